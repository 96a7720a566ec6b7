// SPDX-License-Identifier: GPL-2.0-or-later
/* A bus for the scan engine in virtual time; see rig.h */
#include <stdio.h>
#include <stdlib.h>

#include "rig.h"

/* Without a test framework, so that the fuzzer can use the rig, too */
static void must(bool condition, const char *what)
{
	if (condition)
		return;
	fprintf(stderr, "rig: %s\n", what);
	abort();
}

/* An array that doubles whenever its number of members is a power of two */
static void *room_for(void *array, size_t count, size_t size)
{
	if (count & (count - 1))
		return array;
	array = realloc(array, 2 * (count ? count : 1) * size);
	must(array, "out of memory");
	return array;
}

static bool is_write(const u8 *request)
{
	return request[1] != RTU_READ_HOLDING && request[1] != RTU_READ_INPUT;
}

static u16 live_register(struct rig *rig, struct rig_module *m, u16 reg)
{
	u16 flags = BACS_C_FLAG_VOLTAGE_VALID | BACS_C_FLAG_TEMP_VALID |
		    BACS_C_FLAG_CURRENT_VALID;

	if (rig->now < m->lease_until)
		flags |= BACS_C_FLAG_LEASED;
	else
		m->duty = 0;
	switch (m->class) {
	case BACS_CLASS_JAR:
		switch (reg) {
		case BACS_C_JAR_FLAGS:
			return flags;
		case BACS_C_JAR_VOLTAGE_MV:
			return m->voltage_mv;
		case BACS_C_JAR_TEMP_DC:
			return 213;
		case BACS_C_JAR_DUTY_PERMILLE:
			return m->duty;
		case BACS_C_JAR_BOOTS:
			return m->boots;
		case BACS_C_JAR_LATCH:
			return m->latch;
		}
		return 0;
	case BACS_CLASS_STRING:
		return reg == BACS_C_STRING_FLAGS ? flags :
		       reg == BACS_C_STRING_BOOTS ? m->boots : 0;
	case BACS_CLASS_ENVIRONMENT:
		return reg == BACS_C_ENV_BOOTS ? m->boots : 0;
	default:
		return reg == BACS_C_IO_BOOTS ? m->boots : 0;
	}
}

static u16 ident_register(const struct rig_module *m, u16 reg)
{
	switch (reg) {
	case BACS_C_IDENT_MAGIC_HI:
		return BACS_C_IDENT_MAGIC_0;
	case BACS_C_IDENT_MAGIC_LO:
		return BACS_C_IDENT_MAGIC_1;
	case BACS_C_IDENT_VERSION:
		return BACS_C_VERSION;
	case BACS_C_IDENT_CLASS:
		return m->class;
	case BACS_C_IDENT_SERIAL_3 ... BACS_C_IDENT_SERIAL_0:
		return (u16)(m->serial >> 16 * (BACS_C_IDENT_SERIAL_0 - reg));
	case BACS_C_IDENT_NOMINAL_MV:
		return 12000;
	default:
		return 0;
	}
}

static void write_one(struct rig *rig, struct rig_module *m, u16 reg, u16 value)
{
	switch (reg) {
	case BACS_C_HOLD_DUTY_PERMILLE:
		if (value && (!m->duty || rig->now >= m->lease_until))
			m->lease_until = rig->now +
					 BACS_C_LEASE_DEFAULT_S * RIG_S;
		m->duty = value;
		break;
	case BACS_C_HOLD_RI_TRIGGER:
		m->ri_runs += value;
		break;
	case BACS_C_HOLD_IDENTIFY:
		m->identify = value;
		break;
	case BACS_C_HOLD_LATCH:
		m->latch = value;
		break;
	}
}

/**
 * rig_answer() - what the module at this address answers
 * @rig: the rig
 * @request: a valid request to a unit
 * @len: its length
 * @reply: room for RTU_FRAME_MAX bytes
 *
 * Return: length of the reply.
 */
size_t rig_answer(struct rig *rig, const u8 *request, size_t len, u8 *reply)
{
	struct rig_module *m = &rig->modules[request[0]];
	u16 start = rtu_get_u16(request + 2), count = rtu_get_u16(request + 4);

	(void)len;
	if (m->refuse)
		return rtu_build_exception(reply, request, m->refuse);
	if (!is_write(request) && count > RTU_READ_MAX)
		return rtu_build_exception(reply, request, RTU_ILLEGAL_VALUE);
	if (is_write(request)) {
		write_one(rig, m, start, count);
		memcpy(reply, request, 6);
		return rtu_seal(reply, 6);
	}
	reply[0] = request[0];
	reply[1] = request[1];
	reply[2] = (u8)(2 * count);
	for (u16 i = 0; i < count; i++)
		rtu_put_u16(reply + 3 + 2 * i, start >= BACS_C_IDENT_START ?
			    ident_register(m, start + i - BACS_C_IDENT_START) :
			    live_register(rig, m, start + i));
	return rtu_seal(reply, 3 + 2 * (size_t)count);
}

static void act_broadcast(struct rig *rig, const u8 *request)
{
	for (unsigned int a = 1; a <= RTU_ADDRESS_MAX; a++) {
		struct rig_module *m = &rig->modules[a];
		u16 word;

		if (!m->there || m->deaf)
			continue;
		if (request[1] == RTU_WRITE_SINGLE) {
			write_one(rig, m, rtu_get_u16(request + 2),
				  rtu_get_u16(request + 4));
			continue;
		}
		word = rtu_get_u16(request + 9 + 2 * (a / 16));
		if (word >> a % 16 & 1)
			m->lease_until = rig->now +
					 rtu_get_u16(request + 7) * RIG_S;
		else
			m->duty = m->lease_until = 0;
	}
}

static void act(struct rig *rig, const u8 *request, size_t len)
{
	struct rig_module *m = &rig->modules[request[0]];
	u8 reply[RTU_FRAME_MAX];
	size_t reply_len;

	if (request[0] == RTU_BROADCAST) {
		act_broadcast(rig, request);
		return;
	}
	if (!m->there || m->deaf)
		return;
	m->asked++;
	m->written += is_write(request);
	reply_len = rig_answer(rig, request, len, reply);
	if (!m->mute)
		rig_say(rig, rig->wire_end + m->delay_us * (u64)NSEC_PER_USEC,
			reply, reply_len);
}

static bool well_formed(const struct rig *rig, const u8 *frame, size_t len)
{
	if (!rtu_crc_ok(frame, len) || frame[0] > RTU_ADDRESS_MAX)
		return false;
	if (rig->any_pdu)
		return true;
	if (rtu_request_length(frame, len) != len)
		return false;
	if (frame[0] == RTU_BROADCAST)
		return is_write(frame);
	return frame[1] == RTU_READ_HOLDING || frame[1] == RTU_READ_INPUT ||
	       frame[1] == RTU_WRITE_SINGLE || frame[1] == RTU_WRITE_MULTIPLE;
}

static int op_transmit(void *ctx, const u8 *frame, size_t len)
{
	struct rig *rig = ctx;
	struct rig_sent *sent;
	u64 gap;

	if (rig->transmit_error)
		return rig->transmit_error;
	rig->sent = room_for(rig->sent, rig->sent_count, sizeof(*rig->sent));
	sent = &rig->sent[rig->sent_count];
	must(len <= RTU_FRAME_MAX, "request longer than any frame");
	rig->malformed += !well_formed(rig, frame, len);
	rig->writes += is_write(frame);
	gap = rig->now - rig->wire_end;
	rig->violations += rig->now < rig->wire_end + rig->t35_ns +
				      rig->quiet_extra_ns;
	if (gap < rig->shortest_gap)
		rig->shortest_gap = gap;
	if (gap > rig->longest_gap)
		rig->longest_gap = gap;
	sent->begin = rig->now;
	sent->end = rig->wire_end = rig->now + len * rig->char_ns;
	sent->len = (u8)(len - 1);
	memcpy(sent->bytes, frame, len);
	rig->sent_count++;
	if (!rig->hook || !rig->hook(rig, frame, len))
		act(rig, frame, len);
	return 0;
}

static u64 op_now(void *ctx)
{
	return ((struct rig *)ctx)->now;
}

static void op_set_timer(void *ctx, u64 deadline_ns)
{
	((struct rig *)ctx)->timer = deadline_ns ? deadline_ns : 1;
}

static void op_emit(void *ctx, const struct scan_note *note)
{
	struct rig *rig = ctx;

	rig->notes = room_for(rig->notes, rig->note_count, sizeof(*rig->notes));
	rig->notes[rig->note_count++] = *note;
}

static void op_trace(void *ctx, enum scan_trace what, u64 begin_ns,
		     const u8 *bytes, size_t len)
{
	struct rig *rig = ctx;

	must(begin_ns && begin_ns <= rig->now, "trace from another time");
	must(begin_ns + 20 * RIG_S > rig->now, "trace of long ago");

	must(what <= SCAN_TRACE_NOISE, "unknown trace");
	must(bytes || !len, "trace without bytes");
	rig->trace[what]++;
}

static const struct scan_ops rig_ops = {
	.transmit = op_transmit,
	.now = op_now,
	.set_timer = op_set_timer,
	.emit = op_emit,
	.trace = op_trace,
};

/**
 * rig_new() - a bus whose engine has just been started
 * @config: how; 19200 8E1 with a receive trigger of 1 where it says 0 baud
 *
 * Return: the rig, to be freed with rig_free().
 */
struct rig *rig_new(const struct scan_config *config)
{
	struct rig *rig = calloc(1, sizeof(*rig));
	struct scan_config c = *config;

	must(rig, "out of memory");
	if (!c.baud) {
		c.baud = 19200;
		c.char_bits = 11;
		c.rx_trigger = 1;
	}
	rig->baud = c.baud;
	rig->char_bits = c.char_bits;
	rig->char_ns = (c.char_bits * RIG_S + c.baud - 1) / c.baud;
	rig->t35_ns = c.baud > 19200 ? 1750000 :
		      (35ULL * c.char_bits * RIG_S + 10ULL * c.baud - 1) /
		      (10ULL * c.baud);
	rig->quiet_extra_ns = c.rx_trigger == 1 ? 0 : 4 * rig->char_ns;
	rig->readonly = c.readonly;
	rig->shortest_gap = U64_MAX;
	rig->now = 1000 * RIG_S;
	scan_init(&rig->scan, &rig_ops, rig, &c);
	scan_start(&rig->scan);
	return rig;
}

void rig_free(struct rig *rig)
{
	if (!rig)
		return;
	free(rig->sent);
	free(rig->notes);
	free(rig);
}

/** rig_add() - connect a module */
void rig_add(struct rig *rig, u8 address, u8 class)
{
	rig->modules[address] = (struct rig_module){
		.there = true,
		.class = class,
		.serial = 0xB0000000ULL + address,
		.boots = 1,
		.voltage_mv = (u16)(13000 + address),
		.delay_us = (u32)(rig->t35_ns / 1000 + 500),
	};
}

void rig_add_range(struct rig *rig, u8 first, u8 last)
{
	for (unsigned int a = first; a <= last; a++)
		rig_add(rig, (u8)a, BACS_CLASS_JAR);
}

static void enqueue(struct rig *rig, struct rig_byte byte)
{
	size_t at = rig->queued;

	must(rig->queued < RIG_QUEUE_MAX, "too many bytes under way");
	while (at && rig->queue[at - 1].time > byte.time) {
		rig->queue[at] = rig->queue[at - 1];
		at--;
	}
	rig->queue[at] = byte;
	rig->queued++;
}

/**
 * rig_say() - bytes on the wire
 * @rig: the rig
 * @when: begin of the first
 * @bytes: the bytes
 * @len: their number
 */
void rig_say(struct rig *rig, u64 when, const u8 *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		size_t seen = i + 1;

		if (rig->fifo)
			seen = min_t(size_t, len, (i / RIG_FIFO + 1) * RIG_FIFO);
		enqueue(rig, (struct rig_byte){
			.time = when + seen * rig->char_ns,
			.value = bytes[i],
		});
	}
}

/** rig_say_error() - a character with a line error */
void rig_say_error(struct rig *rig, u64 when, u8 value)
{
	enqueue(rig, (struct rig_byte){
		.time = when + rig->char_ns, .value = value, .error = true,
	});
}

static void deliver(struct rig *rig)
{
	struct rig_byte first = rig->queue[0];
	u8 run[RIG_QUEUE_MAX];
	size_t n = 0;

	rig->now = max_t(u64, rig->now, first.time);
	rig->wire_end = max_t(u64, rig->wire_end, first.time);
	if (first.error) {
		n = 1;
	} else {
		while (n < rig->queued && !rig->queue[n].error &&
		       rig->queue[n].time == first.time) {
			run[n] = rig->queue[n].value;
			n++;
		}
	}
	rig->queued -= n;
	memmove(rig->queue, rig->queue + n, rig->queued * sizeof(first));
	if (first.error)
		scan_rx_error(&rig->scan);
	else
		scan_rx(&rig->scan, run, n);
	must(rig->scan.rx_len <= sizeof(rig->scan.rx),
	     "the engine took more bytes than it has room for");
}

/* The next thing that happens until then; false if nothing does */
static bool step(struct rig *rig, u64 end)
{
	u64 byte = rig->queued ? rig->queue[0].time : U64_MAX;
	u64 timer = rig->timer ? rig->timer : U64_MAX;
	u64 was = rig->now;

	if (min_t(u64, byte, timer) > end)
		return false;
	if (byte <= timer) {
		deliver(rig);
	} else {
		rig->timer = 0;
		rig->now = max_t(u64, rig->now, timer);
		scan_timer(&rig->scan);
	}
	if (rig->now != was)
		rig->stalls = 0;
	else
		must(++rig->stalls < 1000, "the engine spins without time");
	return true;
}

/** rig_run() - let time pass */
void rig_run(struct rig *rig, u64 duration_ns)
{
	u64 end = rig->now + duration_ns;

	while (step(rig, end))
		;
	rig->now = end;
}

/** rig_run_until_state() - true when the module gets there within the time */
bool rig_run_until_state(struct rig *rig, u8 address, u8 state, u64 limit_ns)
{
	u64 end = rig->now + limit_ns;

	while (rig->scan.slots[address].state != state)
		if (!step(rig, end))
			return false;
	return true;
}

bool rig_run_until_bus(struct rig *rig, enum bacs_bus_state state, u64 limit_ns)
{
	u64 end = rig->now + limit_ns;

	while (rig->scan.state != state)
		if (!step(rig, end))
			return false;
	return true;
}

/** rig_run_until_note() - true when one more such note comes in time */
bool rig_run_until_note(struct rig *rig, enum scan_note_kind kind, u8 address,
			u64 limit_ns)
{
	size_t have = rig_count_notes(rig, kind, address);
	u64 end = rig->now + limit_ns;

	while (rig_count_notes(rig, kind, address) == have)
		if (!step(rig, end))
			return false;
	return true;
}

size_t rig_count_notes(const struct rig *rig, enum scan_note_kind kind,
		       u8 address)
{
	size_t n = 0;

	for (size_t i = 0; i < rig->note_count; i++)
		n += rig->notes[i].kind == kind &&
		     rig->notes[i].address == address;
	return n;
}

const struct scan_note *rig_last_note(const struct rig *rig,
				      enum scan_note_kind kind, u8 address)
{
	for (size_t i = rig->note_count; i--;)
		if (rig->notes[i].kind == kind &&
		    rig->notes[i].address == address)
			return &rig->notes[i];
	return NULL;
}

const struct rig_sent *rig_last_sent(const struct rig *rig, u8 address)
{
	for (size_t i = rig->sent_count; i--;)
		if (rig->sent[i].bytes[0] == address)
			return &rig->sent[i];
	return NULL;
}

/** rig_count_sent() - requests to an address that began then or later */
size_t rig_count_sent(const struct rig *rig, u8 address, u64 since)
{
	size_t n = 0;

	for (size_t i = rig->sent_count; i-- && rig->sent[i].begin >= since;)
		n += rig->sent[i].bytes[0] == address;
	return n;
}

bool rig_map_bit(const struct rig_sent *map, u8 address)
{
	return rtu_get_u16(map->bytes + 9 + 2 * (address / 16)) >>
	       address % 16 & 1;
}

const struct rig_sent *rig_last_map(const struct rig *rig)
{
	for (size_t i = rig->sent_count; i--;)
		if (rig->sent[i].bytes[0] == RTU_BROADCAST &&
		    rig->sent[i].bytes[1] == RTU_WRITE_MULTIPLE)
			return &rig->sent[i];
	return NULL;
}

/** rig_expect() - configure a range of addresses */
void rig_expect(struct scan_config *config, u8 first, u8 last)
{
	for (unsigned int a = first; a <= last; a++)
		config->addresses[a / 8] |= (u8)(1u << a % 8);
}
