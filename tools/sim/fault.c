// SPDX-License-Identifier: GPL-2.0-or-later
/* From a request to what is heard on the wire, rules applied */
#include "bus.h"
#include "contend.h"

#define TAG_REPLY	0x100	/* tag of a reply: this and the address */
#define TAG_NOISE	0

#define UNIT_ANY	248	/* whoever is there answers */

/* What the rules do to one transaction */
struct fate {
	bool deaf;		/* the request is not heard */
	bool mute;		/* the reply is not sent */
	bool mismatch;
	bool doubled;
	bool foreign;
	u64 delay_ns;
	u32 request_flips;
	u32 reply_flips;
	u32 garbage_before;
	u32 garbage_after;
	u32 lengthen;
	bool truncate;
	u32 truncate_to;
	bool readdress;
	u8 wrong_address;
	u8 foreign_address;
	u8 exception;
	bool reboot;
	bool twin;
	u32 ringing;
};

static void apply(struct fate *fate, const struct rule *r)
{
	switch (r->effect) {
	case RULE_DROP:
		if (r->on_request)
			fate->deaf = true;
		else
			fate->mute = true;
		break;
	case RULE_SILENCE:
		fate->deaf = true;
		break;
	case RULE_DELAY:
	case RULE_LATE:
		fate->delay_ns += (u64)r->arg * NSEC_PER_MSEC;
		break;
	case RULE_CORRUPT:
		if (r->on_request)
			fate->request_flips += r->arg;
		else
			fate->reply_flips += r->arg;
		break;
	case RULE_WRONG_ADDRESS:
		fate->readdress = true;
		fate->wrong_address = (u8)r->arg;
		break;
	case RULE_GARBAGE:
		if (r->on_request)
			fate->garbage_before = r->arg;
		else
			fate->garbage_after = r->arg;
		break;
	case RULE_TRUNCATE:
		fate->truncate = true;
		fate->truncate_to = r->arg;
		break;
	case RULE_LENGTHEN:
		fate->lengthen = r->arg;
		break;
	case RULE_DOUBLE:
		fate->doubled = true;
		break;
	case RULE_FOREIGN:
		fate->foreign = true;
		fate->foreign_address = (u8)r->arg;
		break;
	case RULE_BAUD_MISMATCH:
		fate->mismatch = true;
		break;
	case RULE_REBOOT:
		fate->reboot = true;
		break;
	case RULE_EXCEPTION:
		fate->exception = (u8)r->arg;
		break;
	case RULE_DUPLICATE:
		fate->twin = true;
		break;
	case RULE_REFLECTION:
		fate->ringing = r->arg;
		break;
	case RULE_ANSWERS_FOR:	/* see ask_modules() */
	case RULE_ECHO:		/* see echo() */
	case RULE_SECOND_MASTER:	/* see bus_intrude() */
	case RULE_NONE:
	case RULE_EFFECTS:
		break;
	}
}

static struct fate decide(struct bus *b, u8 address, u8 function, u64 now)
{
	struct fate fate = { 0 };

	for (u32 i = 0; i < b->rule_count; i++) {
		struct rule *r = &b->rule[i];

		if (r->effect == RULE_ANSWERS_FOR || r->effect == RULE_ECHO ||
		    r->effect == RULE_SECOND_MASTER ||
		    !rule_hits(r, address, function, now, &b->fault_rng))
			continue;
		b->stats->module[address].faults++;
		apply(&fate, r);
	}
	return fate;
}

static void random_bytes(struct bus *b, u8 *bytes, size_t len)
{
	while (len--)
		*bytes++ = (u8)pcg_next(&b->fault_rng);
}

/* Different bits each, so that two flips never undo each other */
static void flip_bits(struct bus *b, u8 *bytes, size_t len, u32 flips)
{
	u8 done[WIRE_TX_MAX] = { 0 };

	if (flips > 8 * len)
		flips = (u32)(8 * len);
	while (flips) {
		u32 bit = pcg_below(&b->fault_rng, (u32)(8 * len));

		if (done[bit / 8] >> bit % 8 & 1)
			continue;
		done[bit / 8] |= (u8)(1 << bit % 8);
		bytes[bit / 8] ^= (u8)(1 << bit % 8);
		flips--;
	}
}

static bool is_for(const struct module *m, u8 unit)
{
	return unit == UNIT_ANY || m->address == unit;
}

/* Everybody who takes the request for his; the wire carries the mixture. */
static size_t ask_modules(struct bus *b, const struct wire_frame *f, u8 *reply)
{
	u8 address = f->bytes[0], one[RTU_FRAME_MAX];
	u8 asked[PARSE_ADDRESS_BYTES] = { 0 };
	size_t len = 0, n;

	for (u32 i = 0; i < b->rule_count; i++) {
		struct rule *r = &b->rule[i];

		if (r->effect != RULE_ANSWERS_FOR || r->arg != address)
			continue;
		for (u32 a = 1; a <= RTU_ADDRESS_MAX; a++)
			if (address_in(r->addresses, a) && b->module[a] &&
			    rule_hits(r, (u8)a, f->bytes[1], f->end_ns,
				      &b->fault_rng))
				address_add(asked, a);
	}
	for (u32 a = 1; a <= RTU_ADDRESS_MAX; a++) {
		struct module *m = b->module[a];

		if (!m || !module_awake(m) ||
		    (!is_for(m, address) && !address_in(asked, a)))
			continue;
		n = module_request(m, f->bytes, f->len, one);
		len = contend_at_once(reply, len, one, n);
	}
	return len;
}

static void reboot(struct bus *b, u8 address)
{
	for (u32 a = 1; a <= RTU_ADDRESS_MAX; a++)
		if (b->module[a] && is_for(b->module[a], address))
			module_reboot(b->module[a]);
}

/* A valid reply of somebody else: two registers, as if he had been asked */
static size_t foreign_frame(struct bus *b, const struct fate *fate, u8 address,
			    u8 *frame)
{
	frame[0] = fate->foreign_address ? fate->foreign_address :
					   (u8)(address % RTU_ADDRESS_MAX + 1);
	frame[1] = RTU_READ_INPUT;
	frame[2] = 4;
	random_bytes(b, frame + 3, 4);
	return rtu_seal(frame, 7);
}

/*
 * Another module at the same address takes its own time to answer, with values
 * of its own; the earlier one begins what is heard.
 */
static size_t add_twin(struct bus *b, u8 *reply, size_t len)
{
	u32 span = b->cfg.delay_max_us - b->cfg.delay_min_us;
	u64 later_ns = (u64)pcg_below(&b->fault_rng, span + 1) * NSEC_PER_USEC;
	u32 shift = (u32)(later_ns * b->wire.line.bits * CONTEND_STEPS /
			  b->wire.char_ns);
	u32 whole = (u32)len * b->wire.line.bits * CONTEND_STEPS;
	u8 one[RTU_FRAME_MAX], two[RTU_FRAME_MAX];

	memcpy(one, reply, len);
	memcpy(two, reply, len);
	if (len > 5) {
		random_bytes(b, two + 3, len - 5);
		rtu_seal(two, len - 2);
	}
	/* half of the room is for what else may hang on */
	return contend_shifted(reply, WIRE_TX_MAX / 2, one, len, two, len,
			       shift < whole ? shift : whole,
			       b->wire.line.bits);
}

/* Ringing follows the last bit; now and then a bit before it is misread. */
static size_t add_ringing(struct bus *b, u32 max, u8 *reply, size_t len)
{
	if (!pcg_below(&b->fault_rng, 8))
		flip_bits(b, reply, len, 1);
	return len + contend_ring(reply + len, max, &b->fault_rng);
}

static size_t spoil(struct bus *b, const struct fate *fate, u8 *reply,
		    size_t len)
{
	if (fate->readdress) {
		reply[0] = fate->wrong_address;
		len = rtu_seal(reply, len - 2);
	}
	if (fate->reply_flips)
		flip_bits(b, reply, len, fate->reply_flips);
	if (fate->truncate) {
		size_t to = fate->truncate_to ? fate->truncate_to : len / 2;

		len = to < len ? to : len;
	}
	if (fate->twin)
		len = add_twin(b, reply, len);
	if (fate->ringing)
		len = add_ringing(b, fate->ringing, reply, len);
	if (fate->lengthen) {
		random_bytes(b, reply + len, fate->lengthen);
		len += fate->lengthen;
	}
	return len;
}

static void send_noise(struct bus *b, u64 at, u32 count)
{
	u8 noise[256];

	random_bytes(b, noise, count);
	wire_send(&b->wire, at, noise, count, TAG_NOISE);
}

static u64 reply_start(struct bus *b, const struct wire_frame *f,
		       const struct fate *fate)
{
	u32 span = b->cfg.delay_max_us - b->cfg.delay_min_us;
	u64 us = b->cfg.delay_min_us + pcg_below(&b->delay_rng, span + 1);

	return f->end_ns + us * NSEC_PER_USEC + fate->delay_ns;
}

static void send_reply(struct bus *b, const struct wire_frame *f,
		       const struct fate *fate, u8 *reply, size_t len)
{
	u64 start = reply_start(b, f, fate), t_char = b->wire.char_ns;
	u8 address = f->bytes[0], foreign[16];

	if (fate->foreign) {
		size_t n = foreign_frame(b, fate, address, foreign);

		wire_send(&b->wire, start, foreign, n, TAG_NOISE);
		start += n * t_char + b->wire.t35_ns;
	}
	if (reply[1] & RTU_EXCEPTION)
		b->stats->module[address].exceptions++;
	len = spoil(b, fate, reply, len);
	wire_send(&b->wire, start, reply, len, TAG_REPLY | address);
	start += (len + 1) * t_char;
	if (fate->doubled) {
		wire_send(&b->wire, start, reply, len, TAG_NOISE);
		start += (len + 1) * t_char;
	}
	if (fate->garbage_after)
		send_noise(b, start, fate->garbage_after);
}

static bool somebody_at(const struct bus *b, u8 address)
{
	for (u32 a = 1; a <= RTU_ADDRESS_MAX; a++)
		if (b->module[a] && is_for(b->module[a], address) &&
		    module_awake(b->module[a]))
			return true;
	return false;
}

static void hear_unicast(struct bus *b, const struct wire_frame *f)
{
	u8 reply[WIRE_TX_MAX] = { 0 };
	u8 address = f->bytes[0];
	struct fate fate = decide(b, address, f->bytes[1], f->end_ns);
	bool heard = !fate.deaf && !fate.request_flips && !fate.mismatch;
	size_t len = 0;

	if (fate.garbage_before)
		send_noise(b, f->end_ns + b->wire.char_ns, fate.garbage_before);
	if (fate.reboot)
		reboot(b, address);
	/* at another speed a frame is any bytes, and so is what answers it */
	if (fate.mismatch && !fate.deaf && somebody_at(b, address))
		send_noise(b, reply_start(b, f, &fate),
			   1 + pcg_below(&b->fault_rng, 60));
	if (heard)
		len = ask_modules(b, f, reply);
	if (len && fate.exception)
		len = rtu_build_exception(reply, f->bytes, fate.exception);
	if (len && !fate.mute)
		send_reply(b, f, &fate, reply, len);
	else if (fate.garbage_after)
		send_noise(b, reply_start(b, f, &fate), fate.garbage_after);
}

/* An adapter that listens while it sends hands our bytes back. */
static void echo(struct bus *b, const struct wire_frame *f)
{
	for (u32 i = 0; i < b->rule_count; i++) {
		struct rule *r = &b->rule[i];

		if (r->effect == RULE_ECHO &&
		    rule_hits(r, f->bytes[0], f->bytes[1], f->end_ns,
			      &b->fault_rng))
			wire_send(&b->wire, f->begin_ns, f->bytes, f->len,
				  TAG_NOISE);
	}
}

/* Another master asks a module, which answers it. */
static void intrude(struct bus *b, u8 address, u64 now)
{
	struct module *m = b->module[address];
	u64 reply_at = now + 8 * b->wire.char_ns;
	u8 frame[RTU_FRAME_MAX], reply[RTU_FRAME_MAX];
	size_t len;

	len = rtu_build_read(frame, address, RTU_READ_INPUT, 0, 2);
	wire_send(&b->wire, now, frame, len, TAG_NOISE);
	if (!module_awake(m))
		return;
	reply_at += (u64)b->cfg.delay_min_us * NSEC_PER_USEC;
	len = module_request(m, frame, len, reply);
	if (len)
		wire_send(&b->wire, reply_at, reply, len, TAG_NOISE);
}

/**
 * bus_intrude() - let the other masters ask if their time has come
 * @b: bus
 * @now: CLOCK_MONOTONIC, ns
 */
void bus_intrude(struct bus *b, u64 now)
{
	for (u32 i = 0; i < b->rule_count; i++) {
		struct rule *r = &b->rule[i];
		u32 a;

		if (r->effect != RULE_SECOND_MASTER || now < r->next_ns)
			continue;
		/* by a clock of its own, a tenth more or less */
		r->next_ns = now + r->arg * (NSEC_PER_MSEC / 10) *
			     (9 + pcg_below(&b->fault_rng, 3));
		a = 1 + pcg_below(&b->fault_rng, RTU_ADDRESS_MAX);
		for (u32 tries = 0; tries < RTU_ADDRESS_MAX; tries++) {
			if (b->module[a] && (r->any || address_in(r->addresses, a)))
				break;
			a = a % RTU_ADDRESS_MAX + 1;
		}
		if (b->module[a] &&
		    rule_hits(r, (u8)a, RTU_READ_INPUT, now, &b->fault_rng))
			intrude(b, (u8)a, now);
	}
}

static void hear_broadcast(struct bus *b, const struct wire_frame *f)
{
	u8 nothing[RTU_FRAME_MAX];

	for (u32 a = 0; a <= RTU_ADDRESS_MAX; a++) {
		struct module *m = b->module[a];
		struct fate fate;

		if (!m || !module_awake(m))
			continue;
		fate = decide(b, m->slot, f->bytes[1], f->end_ns);
		if (fate.reboot)
			module_reboot(m);
		else if (!fate.deaf && !fate.request_flips && !fate.mismatch)
			module_request(m, f->bytes, f->len, nothing);
	}
}

/**
 * bus_frame() - the wire brings a frame, or a run of bytes that is none
 * @data: struct bus
 * @f: what came
 */
void bus_frame(void *data, const struct wire_frame *f)
{
	struct bus *b = data;

	stats_request(b->stats, &b->wire, f);
	if (b->trace)
		b->trace(f->collided ? "rx collided" : f->valid ? "rx" :
			 f->early && b->cfg.strict ? "rx ignored" : "rx bad",
			 f->bytes, f->len, f->begin_ns);
	if (b->replay) {
		b->replay_unknown += f->valid &&
			!replay_hear(b->replay, &b->wire, f,
				     TAG_REPLY | f->bytes[0]);
		return;
	}
	echo(b, f);
	if (!f->valid)
		return;
	if (f->bytes[0] == RTU_BROADCAST)
		hear_broadcast(b, f);
	else
		hear_unicast(b, f);
}

/**
 * bus_sent() - a frame of a module has left
 * @data: struct bus
 * @tx: the frame
 * @begin_ns: when it began
 * @end_ns: when it ended
 * @late_ns: how much later than planned that was
 */
void bus_sent(void *data, const struct wire_tx *tx, u64 begin_ns, u64 end_ns,
	      u64 late_ns)
{
	struct bus *b = data;

	(void)end_ns;
	if (b->trace)
		b->trace(tx->tag & TAG_REPLY ? "tx" : "tx noise", tx->bytes,
			 tx->len, begin_ns);
	if (tx->tag & TAG_REPLY)
		stats_reply(b->stats, (u8)tx->tag, tx->len, begin_ns, late_ns);
}
