/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The temperature of the room, from a hwmon sensor of the host (M8) */
#ifndef BACSD_ROOM_H
#define BACSD_ROOM_H

#include <stddef.h>
#include <stdint.h>

struct manager;

/*
 * What a room can have; a sensor that says anything else is broken, or is no
 * sensor of a room (practice values)
 */
#define ROOM_MIN_MC	(-40000)
#define ROOM_MAX_MC	70000

/* A reason may name two paths of a sensor */
#define ROOM_WHY_MAX	1400

/**
 * room_read - read the sensor
 * @sys: directory that stands for /sys
 * @sensor: a path below /sys, or CHIP:SENSOR: name of the hwmon chip, label of
 *	the sensor or temp1, temp2 ...
 * @ret_mc: temperature
 * @why: buffer for the reason of a failure
 * @size: its size
 *
 * The chip is looked for at each call: its number changes with the order in
 * which drivers are loaded.
 *
 * Return: 0; -ENOENT: there is no such sensor; -ENOTUNIQ: there are several;
 * -EIO: it has no value; -ERANGE: none that a room can have.
 */
int room_read(const char *sys, const char *sensor, int32_t *ret_mc, char *why,
	      size_t size);

/* Read it now and then and tell the policy; the journal when that changes */
void room_tick(struct manager *manager, uint64_t now_ns);

#endif
