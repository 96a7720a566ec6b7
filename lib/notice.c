// SPDX-License-Identifier: LGPL-2.1-or-later
/* Notices: the queue between the model and the caller */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static void append(struct bacs *b, struct bacs_notice *n)
{
	*b->last = n;
	b->last = &n->next;
	b->pending++;
}

static struct bacs_notice *make(struct bacs *b, enum bacs_notice_kind kind,
				const struct bacs_bus *bus,
				const struct bacs_module *module,
				size_t samples)
{
	struct bacs_notice *n;

	n = calloc(1, sizeof(*n) + samples * sizeof(n->sample[0]));
	if (!n) {
		b->failure = -ENOMEM;
		return NULL;
	}
	n->kind = kind;
	if (bus) {
		strcpy(n->bus, bus->info.name);
		strcpy(n->name, bus->info.name);
	}
	if (module) {
		n->address = module->info.address;
		snprintf(n->name, sizeof(n->name), "%s",
			 bacs_module_name(module));
	}
	return n;
}

/**
 * notice_add() - append a notice
 * @b: handle
 * @kind: what happened
 * @bus: bus concerned, or NULL
 * @module: module concerned, or NULL
 * @time_ns: when
 * @old_value: see enum bacs_notice_kind
 * @new_value: see enum bacs_notice_kind
 *
 * Return: the notice, still owned by the queue; NULL without memory, which
 * the next bacs_dispatch() reports.
 */
struct bacs_notice *notice_add(struct bacs *b, enum bacs_notice_kind kind,
			       const struct bacs_bus *bus,
			       const struct bacs_module *module,
			       uint64_t time_ns, uint32_t old_value,
			       uint32_t new_value)
{
	struct bacs_notice *n = make(b, kind, bus, module, 0);

	if (!n)
		return NULL;
	n->time_ns = time_ns;
	n->old_value = old_value;
	n->new_value = new_value;
	append(b, n);
	return n;
}

/*
 * Appends the last sample of @module, which was @read or notified, if the
 * caller asked for samples
 */
void notice_add_sample(struct bacs *b, const struct bacs_module *module,
		       bool read)
{
	struct bacs_notice *n;

	if (!(b->flags & BACS_OPEN_SAMPLES))
		return;
	n = make(b, BACS_NOTICE_SAMPLE, module->bus, module, 1);
	if (!n)
		return;
	n->time_ns = module->info.sample.time_ns;
	n->has_sample = true;
	n->read = read;
	n->sample[0] = module->info.sample;
	append(b, n);
}

void notice_free_all(struct bacs *b)
{
	struct bacs_notice *n = b->first;

	while (n) {
		struct bacs_notice *next = n->next;

		free(n);
		n = next;
	}
	free(b->current);
	b->current = NULL;
	b->first = NULL;
	b->last = &b->first;
	b->pending = 0;
}

BACS_EXPORT const struct bacs_notice *bacs_next_notice(struct bacs *b)
{
	assert(b);
	free(b->current);
	b->current = b->first;
	if (!b->current)
		return NULL;
	b->first = b->current->next;
	if (!b->first)
		b->last = &b->first;
	b->pending--;
	return b->current;
}

BACS_EXPORT enum bacs_notice_kind
bacs_notice_kind(const struct bacs_notice *notice)
{
	assert(notice);
	return notice->kind;
}

BACS_EXPORT const char *bacs_notice_bus(const struct bacs_notice *notice)
{
	assert(notice);
	return notice->bus;
}

BACS_EXPORT unsigned int
bacs_notice_address(const struct bacs_notice *notice)
{
	assert(notice);
	return notice->address;
}

BACS_EXPORT const char *bacs_notice_name(const struct bacs_notice *notice)
{
	assert(notice);
	return notice->name;
}

BACS_EXPORT uint64_t bacs_notice_time_ns(const struct bacs_notice *notice)
{
	assert(notice);
	return notice->time_ns;
}

BACS_EXPORT uint32_t bacs_notice_old(const struct bacs_notice *notice)
{
	assert(notice);
	return notice->old_value;
}

BACS_EXPORT uint32_t bacs_notice_new(const struct bacs_notice *notice)
{
	assert(notice);
	return notice->new_value;
}

BACS_EXPORT uint32_t bacs_notice_pid(const struct bacs_notice *notice)
{
	assert(notice);
	return notice->pid;
}

BACS_EXPORT enum bacs_command
bacs_notice_command(const struct bacs_notice *notice)
{
	assert(notice);
	return notice->command;
}

BACS_EXPORT int bacs_notice_result(const struct bacs_notice *notice)
{
	assert(notice);
	return notice->result;
}

BACS_EXPORT const struct bacs_sample *
bacs_notice_sample(const struct bacs_notice *notice)
{
	assert(notice);
	return notice->has_sample ? notice->sample : NULL;
}

BACS_EXPORT bool bacs_notice_read(const struct bacs_notice *notice)
{
	assert(notice);
	return notice->read;
}

/*
 * Words
 */
static int join(char *buf, size_t size, const char *text)
{
	size_t len = strlen(buf);

	if (len + strlen(text) >= size)
		return -ENOSPC;
	strcpy(buf + len, text);
	return 0;
}

static void alarm_words(uint32_t alarms, char *buf, size_t size)
{
	static const char *const words[] = {
		"voltage low", "voltage high", "voltage very low",
		"voltage very high", "temperature low", "temperature high",
		"temperature very low", "temperature very high",
		"temperature sensor faulty",
	};

	snprintf(buf, size, "%s", alarms ? "" : "none");
	for (unsigned int i = 0; i < ARRAY_SIZE(words); i++) {
		if (!(alarms & (1U << i)))
			continue;
		if (buf[0])
			join(buf, size, ", ");
		join(buf, size, words[i]);
	}
}

static void command_words(const struct bacs_notice *n, char *buf, size_t size)
{
	if (n->result)
		snprintf(buf, size, "command %s failed: %s",
			 bacs_command_name(n->command), strerror(-n->result));
	else
		snprintf(buf, size, "command %s done",
			 bacs_command_name(n->command));
}

static void sample_words(const struct bacs_notice *n, char *buf, size_t size)
{
	char value[24];

	snprintf(buf, size, "sample");
	for (unsigned int q = 1; q < BACS_Q_COUNT; q++) {
		if (q != BACS_Q_VOLTAGE && q != BACS_Q_CURRENT &&
		    q != BACS_Q_TEMPERATURE && q != BACS_Q_HUMIDITY)
			continue;
		if (!bacs_sample_has(n->sample, (enum bacs_q)q))
			continue;
		bacs_q_format((enum bacs_q)q, n->sample->value[q], value,
			      sizeof(value));
		join(buf, size, " ");
		join(buf, size, value);
		join(buf, size, " ");
		join(buf, size, bacs_q_unit((enum bacs_q)q));
	}
}

static void words(const struct bacs_notice *n, char *buf, size_t size)
{
	char before[120];

	switch (n->kind) {
	case BACS_NOTICE_DRIVER:
		snprintf(buf, size, "driver %s -> %s",
			 bacs_driver_name((enum bacs_driver)n->old_value),
			 bacs_driver_name((enum bacs_driver)n->new_value));
		break;
	case BACS_NOTICE_BUS_ADDED:
		snprintf(buf, size, "bus started (%s)",
			 bacs_busstate_name((enum bacs_busstate)n->new_value));
		break;
	case BACS_NOTICE_BUS_REMOVED:
		snprintf(buf, size, "bus ended");
		break;
	case BACS_NOTICE_BUS_STATE:
		snprintf(buf, size, "bus %s -> %s",
			 bacs_busstate_name((enum bacs_busstate)n->old_value),
			 bacs_busstate_name((enum bacs_busstate)n->new_value));
		break;
	case BACS_NOTICE_MODULE_ADDED:
		snprintf(buf, size, "module is there (%s)",
			 bacs_modstate_name((enum bacs_modstate)n->new_value));
		break;
	case BACS_NOTICE_MODULE_REMOVED:
		snprintf(buf, size, "module removed");
		break;
	case BACS_NOTICE_MODULE_STATE:
		snprintf(buf, size, "%s -> %s",
			 bacs_modstate_name((enum bacs_modstate)n->old_value),
			 bacs_modstate_name((enum bacs_modstate)n->new_value));
		break;
	case BACS_NOTICE_MODULE_REBOOTED:
		snprintf(buf, size, "module restarted, start %u -> %u",
			 n->old_value, n->new_value);
		break;
	case BACS_NOTICE_MODULE_CHANGED:
		snprintf(buf, size, "another module answers at this address");
		break;
	case BACS_NOTICE_SAMPLE:
		sample_words(n, buf, size);
		break;
	case BACS_NOTICE_SCAN:
		snprintf(buf, size, "scan %u complete", n->new_value);
		break;
	case BACS_NOTICE_ALARM:
		alarm_words(n->old_value, before, sizeof(before));
		snprintf(buf, size, "alarm ");
		join(buf, size, before);
		join(buf, size, " -> ");
		alarm_words(n->new_value, before, sizeof(before));
		join(buf, size, before);
		break;
	case BACS_NOTICE_LIMITS:
		if (n->pid)
			snprintf(buf, size, "settings written by process %u",
				 n->pid);
		else
			snprintf(buf, size, "settings written through sysfs");
		break;
	case BACS_NOTICE_COMMAND:
		command_words(n, buf, size);
		break;
	case BACS_NOTICE_CONTROL:
		if (n->new_value)
			snprintf(buf, size, "controlled by process %u",
				 n->new_value);
		else
			snprintf(buf, size, "controlled by nobody");
		break;
	case BACS_NOTICE_LEASE_EXPIRED:
		snprintf(buf, size, "lease expired, equalizing set to 0 %%");
		break;
	case BACS_NOTICE_SECOND_MASTER:
		snprintf(buf, size, "a second master is on the wire");
		break;
	case BACS_NOTICE_GAP:
		snprintf(buf, size, "%u message%s missing", n->new_value,
			 n->new_value == 1 ? "" : "s");
		break;
	case BACS_NOTICE_OVERRUN:
		snprintf(buf, size, "messages were lost, reading all again");
		break;
	case BACS_NOTICE_RESYNCED:
		snprintf(buf, size, "all buses and modules read again");
		break;
	default:
		snprintf(buf, size, "event of kind %u", n->kind);
		break;
	}
}

BACS_EXPORT int bacs_notice_format(const struct bacs_notice *notice, char *buf,
				   size_t size)
{
	char text[320], device[BACS_BUS_NAME_MAX + 5];
	int n;

	assert(notice);
	assert(buf);
	words(notice, text, sizeof(text));
	snprintf(device, sizeof(device), "%s-%03u", notice->bus,
		 (unsigned int)notice->address);
	if (notice->address && strcmp(notice->name, device))
		n = snprintf(buf, size, "%s (%s): %s", notice->name, device,
			     text);
	else if (notice->bus[0])
		n = snprintf(buf, size, "%s: %s", notice->name, text);
	else
		n = snprintf(buf, size, "%s", text);
	return n < 0 || (size_t)n >= size ? -ENOSPC : n;
}
