/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an operator does, by way of the policy as bacsd does for him */
#ifndef SCENARIO_OPERATOR_H
#define SCENARIO_OPERATOR_H

#include "world.h"

/* Kinds of alarms, levels of a test: the n-th, NULL after the last */
const char *operator_kind(unsigned int n);
const char *operator_level(unsigned int n);

/* 0, or negative errno and said: what he wants makes no sense then */
int operator_acknowledge(struct world *w, struct scenario_action *a);
int operator_shelve(struct world *w, struct scenario_action *a);
int operator_take_out(struct world *w, struct scenario_action *a);
int operator_test(struct world *w, struct scenario_action *a);
/* The policy ends these by itself */
void operator_nothing(struct world *w, struct scenario_action *a);

#endif
