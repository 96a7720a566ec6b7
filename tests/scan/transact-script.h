/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Raw access in tests: one PDU, and modules that answer as a script says */
#ifndef BACS_TESTS_TRANSACT_SCRIPT_H
#define BACS_TESTS_TRANSACT_SCRIPT_H

#include "suite.h"

#define READ_TWO	{ RTU_READ_INPUT, 0, 1, 0, 2 }
#define SLOW		(&(struct scan_config){ .scan_ms = 60000 })

static const u8 read_two[] = READ_TWO;

/* What a hook shall say and to whom; the rig has one */
struct script {
	const u8 *pdu;		/* instead of the module's answer */
	size_t len;
	u8 only;		/* to requests to this address; 0: to all */
	u8 function;		/* only if of this function; 0: of all */
	u8 as;			/* in the name of another address; 0: its own */
	u8 extra;		/* bytes after the frame */
	bool bad_crc;
	bool silent;
	u32 seen;
};

static inline bool play(struct rig *rig, const u8 *request, size_t len)
{
	struct script *s = rig->hook_data;
	u8 frame[RTU_FRAME_MAX + UINT8_MAX] = { 0 };

	(void)len;
	if ((s->only && request[0] != s->only) ||
	    (s->function && request[1] != s->function))
		return false;
	s->seen++;
	if (s->silent || request[0] == RTU_BROADCAST)
		return true;
	frame[0] = s->as ? s->as : request[0];
	memcpy(frame + 1, s->pdu, s->len);
	len = rtu_seal(frame, 1 + s->len);
	frame[len - 1] ^= s->bad_crc;
	rig_say(rig, rig->wire_end + 3 * rig->t35_ns, frame, len + s->extra);
	return true;
}

static inline void direct(struct rig *rig, struct script *script)
{
	rig->any_pdu = true;
	rig->hook = play;
	rig->hook_data = script;
}

/* Queue one and let time pass until it is over */
static inline struct scan_raw transact(struct rig *rig, u8 address, const u8 *pdu,
				size_t len, u32 response_ms)
{
	struct scan_raw raw = { 0 };

	assert_int_equal(scan_transact(&rig->scan, address, pdu, len,
				       response_ms), 0);
	assert_true(rig_run_until_note(rig, SCAN_NOTE_TRANSACT, 0, 60 * RIG_S));
	assert_true(scan_transact_take(&rig->scan, &raw));
	assert_false(scan_transact_take(&rig->scan, &raw));
	return raw;
}

#define TRANSACT(_rig, _address, _ms, ...) ({ \
	const u8 _pdu[] = { __VA_ARGS__ }; \
	transact(_rig, _address, _pdu, sizeof(_pdu), _ms); })

static inline const struct rig_sent *first_sent(const struct rig *rig, u8 address,
					 u64 since)
{
	for (size_t i = 0; i < rig->sent_count; i++)
		if (rig->sent[i].begin >= since &&
		    rig->sent[i].bytes[0] == address)
			return &rig->sent[i];
	fail();
	return NULL;
}

#endif
