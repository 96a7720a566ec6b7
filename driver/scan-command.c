// SPDX-License-Identifier: GPL-2.0-only
/*
 * Scan engine, commands: what the outside asks for; duties and their lease
 *
 * Bypass current outlives nobody who asked for it. Three walls stand one
 * behind the other: the daemon stops; the driver's lease runs out and a map
 * with all bits clear is sent; the module's own lease runs out.
 */
#include "scan-internal.h"

static int command_allowed(const struct scan *scan, u8 address)
{
	if (scan->readonly)
		return -EROFS;
	if (!scan_is_bacs_c(scan))
		return -EOPNOTSUPP;
	if (address < 1 || address > RTU_ADDRESS_MAX ||
	    scan->slots[address].state != BACS_MODULE_STATE_OK)
		return -ENODEV;
	return 0;
}

static void set_pending(struct scan *scan, struct scan_slot *slot, u8 pending)
{
	if (!slot->pending)
		scan->pending_count++;
	slot->pending |= pending;
}

static void clear_pending(struct scan *scan, struct scan_slot *slot, u8 pending)
{
	if (!slot->pending)
		return;
	slot->pending &= ~pending;
	if (!slot->pending)
		scan->pending_count--;
}

/* Something is due: in a gap the timer may be far away. */
void scan_wake(struct scan *scan)
{
	/* Silence is checked again. */
	if (scan->phase == SCAN_GAP)
		scan->ops->set_timer(scan->ctx, scan_now(scan));
}

/**
 * scan_set_duty() - set a module's equalizer duty
 * @scan: the engine
 * @address: 1-247
 * @duty: 0-1000, 0.1 %
 * @check_only: only say whether it would be accepted
 *
 * The duty holds while the lease does; see scan_set_lease().
 *
 * Return: 0; -EROFS on a read-only bus; -EOPNOTSUPP for a profile or class
 * without equalizer; -ENODEV if the module is not ok; -ERANGE.
 */
int scan_set_duty(struct scan *scan, u8 address, u16 duty, bool check_only)
{
	int err = command_allowed(scan, address);
	struct scan_slot *slot;

	if (err)
		return err;
	slot = &scan->slots[address];
	if (slot->class != BACS_CLASS_JAR)
		return -EOPNOTSUPP;
	if (duty > BACS_DUTY_MAX)
		return -ERANGE;
	if (check_only)
		return 0;
	if (duty == slot->duty_target && duty == slot->duty_confirmed)
		return 0;
	slot->duty_target = duty;
	set_pending(scan, slot, SCAN_PENDING_DUTY);
	scan_wake(scan);
	return 0;
}

/**
 * scan_set_lease() - the controller is alive
 * @scan: the engine
 * @lease_ms: how long the duties hold without another call
 */
void scan_set_lease(struct scan *scan, u32 lease_ms)
{
	u64 now = scan_now(scan);

	if (!scan_leases(scan))
		return;
	if (!scan->lease_until)
		scan->next_renew = now + min_t(u64, SCAN_RENEW_NS,
			div_u64((u64)lease_ms * NSEC_PER_MSEC, 3));
	scan->lease_until = now + (u64)lease_ms * NSEC_PER_MSEC;
	if (scan->lease_until < scan->deadline)
		scan_hurry(scan);
}

/**
 * scan_end_lease() - everything to 0 %, now
 * @scan: the engine
 */
void scan_end_lease(struct scan *scan)
{
	bool any = scan_leases(scan);

	for (unsigned int a = 1; a <= RTU_ADDRESS_MAX; a++) {
		struct scan_slot *slot = &scan->slots[a];

		slot->duty_target = 0;
		slot->duty_confirmed = 0;
		clear_pending(scan, slot, SCAN_PENDING_DUTY);
	}
	scan->lease_until = 0;
	if (any)
		scan_urgent_map(scan);
}

/* Called before each request: is the lease over? */
void scan_check_lease(struct scan *scan, u64 now)
{
	bool any;

	if (!scan->lease_until || now < scan->lease_until)
		return;
	any = scan_leases(scan);
	scan_end_lease(scan);
	if (any)
		scan_note(scan, SCAN_NOTE_LEASE_EXPIRED, 0, 0, 0);
}

/**
 * scan_leases() - is any module equalizing on our word?
 * @scan: the engine
 *
 * Return: true if so.
 */
bool scan_leases(const struct scan *scan)
{
	for (unsigned int a = 1; a <= RTU_ADDRESS_MAX; a++)
		if (scan->slots[a].duty_target || scan->slots[a].duty_confirmed)
			return true;
	return false;
}

/**
 * scan_lease_left_ms() - how long do the duties still hold?
 * @scan: the engine
 *
 * Return: ms, 0 if nothing is leased.
 */
u32 scan_lease_left_ms(const struct scan *scan)
{
	u64 now = scan_now(scan);

	if (!scan->lease_until || now >= scan->lease_until)
		return 0;
	return (u32)div_u64(scan->lease_until - now, NSEC_PER_MSEC);
}

/* Shall this module go on equalizing? */
bool scan_leased(const struct scan *scan, u8 address)
{
	const struct scan_slot *slot = &scan->slots[address];

	return slot->state == BACS_MODULE_STATE_OK && slot->duty_target &&
	       slot->duty_confirmed;
}

size_t scan_build_map(struct scan *scan, u8 *frame, u64 now)
{
	u16 values[BACS_C_LEASE_REGISTERS] = { 0 };
	u64 left = scan->lease_until > now ? scan->lease_until - now : 0;

	/* Rounded down: the module's wall never stands behind the driver's. */
	values[0] = (u16)min_t(u64, div_u64(left, NSEC_PER_SEC), 0xFFFF);
	for (unsigned int a = 1; a <= RTU_ADDRESS_MAX; a++) {
		if (values[0] && scan_leased(scan, (u8)a) &&
		    scan->slots[a].unanswered < SCAN_UNANSWERED)
			values[1 + a / 16] |= (u16)BIT(a % 16);
		else	/* 0 % by this map; only a new write changes that */
			scan->slots[a].duty_confirmed = 0;
	}
	return rtu_build_write_multiple(frame, RTU_BROADCAST,
					BACS_C_HOLD_LEASE_S, values,
					BACS_C_LEASE_REGISTERS);
}

/* Send the map at once and again, a broadcast is not confirmed. */
void scan_urgent_map(struct scan *scan)
{
	scan->lease_repeats = SCAN_REPEATS;
	scan->next_renew = 0;
	scan_hurry(scan);
	scan_wake(scan);
}

/* Something else has written to the module, nobody knows what. */
void scan_write_duty_again(struct scan *scan, u8 address)
{
	struct scan_slot *slot = &scan->slots[address];

	slot->duty_confirmed = 0;
	if (slot->duty_target)
		set_pending(scan, slot, SCAN_PENDING_DUTY);
}

/**
 * scan_final_map() - a last word for a bus that ends
 * @scan: the engine, stopped or not
 * @frame: room for RTU_FRAME_MAX bytes
 *
 * Return: length of a map with all bits clear; 0 if nothing was leased or
 * the bus is not ours to write to.
 */
size_t scan_final_map(const struct scan *scan, u8 *frame)
{
	u16 values[BACS_C_LEASE_REGISTERS] = { 0 };

	if (scan->readonly || !scan_is_bacs_c(scan) ||
	    (!scan_leases(scan) && !scan->lease_repeats))
		return 0;
	return rtu_build_write_multiple(frame, RTU_BROADCAST,
					BACS_C_HOLD_LEASE_S, values,
					BACS_C_LEASE_REGISTERS);
}

/**
 * scan_command() - ask one module for something
 * @scan: the engine
 * @address: 1-247
 * @pending: SCAN_PENDING_RI or SCAN_PENDING_IDENTIFY
 * @on: for identify
 *
 * The result comes as a note.
 *
 * Return: 0; -EROFS, -EOPNOTSUPP, -ENODEV as scan_set_duty().
 */
int scan_command(struct scan *scan, u8 address, u8 pending, bool on)
{
	int err = command_allowed(scan, address);
	struct scan_slot *slot;

	if (err)
		return err;
	slot = &scan->slots[address];
	if (pending & SCAN_PENDING_RI && slot->class != BACS_CLASS_JAR)
		return -EOPNOTSUPP;
	if (pending & SCAN_PENDING_IDENTIFY)
		slot->identify_on = on;
	set_pending(scan, slot, pending);
	scan_wake(scan);
	return 0;
}

/**
 * scan_latch() - broadcast "latch now"
 * @scan: the engine
 * @number: of the latch, shown by every module afterwards
 *
 * Return: 0; -EROFS, -EOPNOTSUPP as scan_set_duty().
 */
int scan_latch(struct scan *scan, u16 number)
{
	if (scan->readonly)
		return -EROFS;
	if (!scan_is_bacs_c(scan))
		return -EOPNOTSUPP;
	scan->latch_number = number;
	scan->latch_pending = true;
	scan_wake(scan);
	return 0;
}

static const struct {
	u8 pending;
	u32 cmd;
} command_of[] = {
	[SCAN_KIND_DUTY] = { SCAN_PENDING_DUTY, BACS_CMD_EQUALIZE_SET },
	[SCAN_KIND_RI] = { SCAN_PENDING_RI, BACS_CMD_RI_START },
	[SCAN_KIND_IDENTIFY] = { SCAN_PENDING_IDENTIFY, BACS_CMD_IDENTIFY_SET },
};

static void command_note(struct scan *scan, u8 address, u32 cmd, int result)
{
	struct scan_note note = {
		.kind = SCAN_NOTE_COMMAND,
		.address = address,
		.scan = scan->scans,
		.time_ns = scan_now(scan),
		.command = { .cmd = cmd, .result = result },
	};

	scan->ops->emit(scan->ctx, &note);
}

/* The command in force has its answer, or will get none. */
void scan_command_done(struct scan *scan, int result)
{
	struct scan_slot *slot = &scan->slots[scan->address];
	u8 pending = command_of[scan->kind].pending;

	if (scan->kind == SCAN_KIND_DUTY) {
		u16 sent = rtu_get_u16(scan->request + 4);

		if (!result)
			slot->duty_confirmed = sent;
		/* Changed while the request was under way: send it again. */
		if (sent != slot->duty_target)
			pending = 0;
		/* The map must name the newcomer, or silence the deaf. */
		if (result || (sent && scan->pending_count <= 1))
			scan->next_renew = 0;
		if (result && !sent)
			scan_urgent_map(scan);
	}
	clear_pending(scan, slot, pending);
	command_note(scan, scan->address, command_of[scan->kind].cmd, result);
}

/* The module is gone: nothing that waits for it will happen. */
void scan_drop_commands(struct scan *scan, u8 address, int error)
{
	struct scan_slot *slot = &scan->slots[address];

	for (size_t i = 0; i < ARRAY_SIZE(command_of); i++)
		if (command_of[i].pending & slot->pending)
			command_note(scan, address, command_of[i].cmd, error);
	clear_pending(scan, slot, 0xFF);
}

/**
 * scan_min_ms() - the shortest scan the line permits
 * @scan: the engine
 *
 * Requests, replies and silences of the present modules with all their blocks,
 * and no delay of theirs.
 *
 * Return: ms, rounded up.
 */
u32 scan_min_ms(const struct scan *scan)
{
	u64 ns = 0;

	for (unsigned int a = 1; a <= RTU_ADDRESS_MAX; a++) {
		const struct scan_slot *slot = &scan->slots[a];

		for (unsigned int i = 0; slot->polled && i < scan_blocks(scan);
		     i++) {
			const struct bacs_block *block =
				scan_block(scan, slot, i);

			if (!block)
				continue;
			ns += (8ULL + 5 + 2 * block->count) * scan->char_ns +
			      2ULL * scan->t35_ns;
		}
	}
	return (u32)div_u64(ns + NSEC_PER_MSEC - 1, NSEC_PER_MSEC);
}

/**
 * scan_set_period() - set the scan period
 * @scan: the engine
 * @scan_ms: 1-60000, 0 = default
 * @ret_min_ms: the shortest period possible
 *
 * Return: 0; -ERANGE.
 */
int scan_set_period(struct scan *scan, u32 scan_ms, u32 *ret_min_ms)
{
	*ret_min_ms = max_t(u32, 1, scan_min_ms(scan));
	if (scan_ms && (scan_ms < *ret_min_ms || scan_ms > BACS_SCAN_MS_MAX))
		return -ERANGE;
	scan->period_ns = scan_ms ? (u64)scan_ms * NSEC_PER_MSEC :
			  SCAN_PERIOD_DEFAULT_NS;
	scan_wake(scan);
	return 0;
}

/**
 * scan_rescan() - ask all absent addresses again, soon
 * @scan: the engine
 */
void scan_rescan(struct scan *scan)
{
	scan->search_cursor = 1;
	scan->passes = 0;
	if (scan->phase == SCAN_STOPPED || scan->phase == SCAN_LISTENING)
		return;
	for (unsigned int a = 1; a <= RTU_ADDRESS_MAX; a++) {
		struct scan_slot *slot = &scan->slots[a];

		slot->searched = !slot->polled &&
				 slot->state != BACS_MODULE_STATE_LOST &&
				 (slot->configured || scan->any_address);
	}
	scan->first_tx = 0;
	scan->discovering = true;
	scan_set_bus_state(scan, BACS_BUS_STATE_DISCOVERING);
	scan_wake(scan);
}
