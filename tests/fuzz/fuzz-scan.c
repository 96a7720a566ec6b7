// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Scan engine: a bus on which anything happens
 *
 * The input is a script of bytes; each step lets time pass, puts rubbish or
 * well-made frames on the wire, spoils the modules' answers, gives commands
 * or changes the line. Whatever happens: t3.5 is kept, every request is one,
 * a read-only bus is not written to, states are of the list, and once it is
 * over and the modules answer, every one of them is back.
 */
#include <string.h>

#include "fuzz.h"
#include "rig.h"

#define MODULES		6
#define STEPS_MAX	400

struct script {
	const uint8_t *data;
	size_t left;
	uint8_t answers;	/* how modules answer: see hook() */
};

static uint8_t next(struct script *s)
{
	if (!s->left)
		return 0;
	s->left--;
	return *s->data++;
}

/* Each bit of @answers spoils the answer in its way */
static bool hook(struct rig *rig, const u8 *request, size_t len)
{
	struct script *s = rig->hook_data;
	u64 at = rig->wire_end + 4 * RIG_MS;
	u8 reply[2 * RTU_FRAME_MAX];
	size_t n;

	if (!s->answers || request[0] == RTU_BROADCAST ||
	    !rig->modules[request[0]].there)
		return false;
	if (rig->queued > RIG_QUEUE_MAX - 1200)
		return true;
	n = rig_answer(rig, request, len, reply);
	if (s->answers & 0x01)
		reply[2 + next(s) % (n - 2)] ^= next(s);
	if (s->answers & 0x02)
		n = next(s) % n;
	if (s->answers & 0x04 && n >= 2)
		n = rtu_seal(reply, n - 2 + next(s) % 8);
	if (s->answers & 0x08)
		at += (u64)next(s) * RIG_MS;
	if (s->answers & 0x10)
		reply[0] = next(s);
	if (s->answers & 0x20 && n >= 2)
		rtu_seal(reply, n - 2);
	if (!(s->answers & 0x80))
		rig_say(rig, at, reply, n);
	if (s->answers & 0x40)
		rig_say(rig, at + (n + next(s) % 8) * rig->char_ns, reply, n);
	return true;
}

/* Any PDU, to any address; whatever came of the one before is taken. */
static void transact(struct rig *rig, struct script *s, uint8_t address,
		     u16 value)
{
	uint8_t pdu[RTU_PDU_MAX] = { 0 };
	size_t n = 1 + next(s) % sizeof(pdu);
	struct scan_raw raw;

	for (size_t i = 0; i < n && i < 12; i++)
		pdu[i] = next(s);
	if (scan_transact_take(&rig->scan, &raw))
		MUST(raw.result <= 0 && raw.len <= RTU_PDU_MAX);
	if (value & 1)
		scan_transact_cancel(&rig->scan, -ECANCELED);
	scan_transact(&rig->scan, address, pdu, n, value >> 8);
}

static void command(struct rig *rig, struct script *s)
{
	uint8_t what = next(s), address = next(s);
	u16 value = (u16)(next(s) << 8 | next(s));
	u32 min_ms;

	switch (what % 10) {
	case 0:
		scan_set_duty(&rig->scan, address, value, what & 0x80);
		break;
	case 1:
		scan_set_lease(&rig->scan, BACS_LEASE_MS_MIN + value);
		break;
	case 2:
		scan_end_lease(&rig->scan);
		break;
	case 3:
		scan_command(&rig->scan, address, SCAN_PENDING_RI, true);
		break;
	case 4:
		scan_command(&rig->scan, address, SCAN_PENDING_IDENTIFY,
			     value & 1);
		break;
	case 5:
		scan_latch(&rig->scan, value);
		break;
	case 6:
		scan_set_period(&rig->scan, value, &min_ms);
		MUST(min_ms >= 1 && min_ms == (scan_min_ms(&rig->scan) ?: 1));
		break;
	case 7:
		scan_rescan(&rig->scan);
		break;
	case 8:
		transact(rig, s, address, value);
		break;
	default:
		rig->transmit_error = value & 1 ? -EAGAIN : 0;
		break;
	}
}

static void say_bytes(struct rig *rig, struct script *s, bool sealed)
{
	uint8_t bytes[66];
	size_t n = 1 + next(s) % 64;

	for (size_t i = 0; i < n; i++)
		bytes[i] = next(s);
	if (sealed)
		n = rtu_seal(bytes, n);
	if (rig->queued + n < RIG_QUEUE_MAX - 1200)
		rig_say(rig, rig->now, bytes, n);
}

static void change_module(struct rig *rig, struct script *s)
{
	struct rig_module *m = &rig->modules[1 + next(s) % MODULES];
	uint8_t how = next(s);

	m->there = !(how & 1);
	m->deaf = how & 2;
	m->mute = how & 4;
	m->boots += how >> 3 & 1;
	m->serial += how >> 4 & 1;
	m->refuse = how & 0x20 ? next(s) : 0;
	m->class = how & 0x40 ? next(s) : BACS_CLASS_JAR;
	m->delay_us = 1000 + next(s) * 100u;
}

static void check(const struct rig *rig)
{
	const struct scan *scan = &rig->scan;
	u32 pending = 0;

	MUST(!rig->violations);
	MUST(!rig->malformed);
	MUST(!(rig->readonly && rig->writes));
	MUST(scan->state <= BACS_BUS_STATE_STOPPED);
	MUST(rig->timer || scan->phase == SCAN_STOPPED);
	MUST(scan->rx_len <= RTU_FRAME_MAX);
	for (unsigned int a = 1; a <= RTU_ADDRESS_MAX; a++) {
		const struct scan_slot *slot = &scan->slots[a];

		MUST(slot->state <= BACS_MODULE_STATE_LOST);
		MUST(slot->duty_target <= BACS_DUTY_MAX);
		MUST(!slot->duty_target || slot->state == BACS_MODULE_STATE_OK);
		pending += !!slot->pending;
	}
	MUST(pending == scan->pending_count);
}

static bool all_back(const struct rig *rig)
{
	for (u8 a = 1; a <= MODULES; a++)
		if (rig->scan.slots[a].state != BACS_MODULE_STATE_OK)
			return false;
	return rig->scan.state == BACS_BUS_STATE_RUNNING;
}

static void heal(struct rig *rig)
{
	u32 min_ms;

	rig->hook = NULL;
	rig->transmit_error = 0;
	for (u8 a = 1; a <= MODULES; a++)
		rig_add(rig, a, BACS_CLASS_JAR);
	scan_set_period(&rig->scan, 0, &min_ms);
	rig->fifo = true;
	for (int i = 0; i < 150 && !all_back(rig); i++)
		rig_run(rig, RIG_S);
	check(rig);
	MUST(all_back(rig));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct script s = { .data = data, .left = size };
	struct scan_config config = { 0 };
	uint8_t options = next(&s);
	struct rig *rig;
	u8 final[RTU_FRAME_MAX];

	if (size < 2)
		return 0;
	config.readonly = options & 1;
	config.permit_sleep = options & 2;
	if (options & 4) {
		config.baud = options & 8 ? 9600 : 115200;
		config.char_bits = 10;
		config.rx_trigger = options & 16 ? 1 : 14;
	}
	rig_expect(&config, 1, MODULES);
	rig = rig_new(&config);
	rig->fifo = options & 32;
	rig_add_range(rig, 1, MODULES);
	if (options & 64)
		rig_run(rig, 8 * RIG_S);
	rig->any_pdu = true;
	rig->hook = hook;
	rig->hook_data = &s;
	for (int step = 0; s.left && step < STEPS_MAX; step++) {
		uint8_t op = next(&s);

		switch (op & 7) {
		case 0:
			rig_run(rig, (u64)next(&s) * RIG_MS);
			break;
		case 1:
			rig_run(rig, (u64)(next(&s) & 31) * RIG_S / 4);
			break;
		case 2:
			say_bytes(rig, &s, op & 8);
			break;
		case 3:
			if (rig->queued < RIG_QUEUE_MAX - 1200)
				rig_say_error(rig, rig->now, next(&s));
			break;
		case 4:
			command(rig, &s);
			break;
		case 5:
			s.answers = next(&s);
			break;
		case 6:
			change_module(rig, &s);
			break;
		default:
			scan_timer(&rig->scan);
			break;
		}
		rig_run(rig, NSEC_PER_USEC);
		check(rig);
	}
	s.left = 0;
	heal(rig);
	scan_stop(&rig->scan);
	MUST(!rig->readonly || !scan_final_map(&rig->scan, final));
	rig_free(rig);
	return 0;
}
