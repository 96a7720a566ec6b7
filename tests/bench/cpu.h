/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How long the processors were not idle */
#ifndef BENCH_CPU_H
#define BENCH_CPU_H

#include <stdint.h>

uint64_t cpu_now_ns(void);
int cpu_idle_ns(uint64_t *ret);
uint64_t cpu_process_ns(int pid);

#endif
