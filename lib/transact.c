// SPDX-License-Identifier: LGPL-2.1-or-later
/* Raw access: one PDU and its reply */
#include <errno.h>
#include <string.h>

#include "command.h"

/*
 * What may be before the request on the bus: 10 s of listening to a line that
 * is busy, the rest after another's of 10 s, commands, and the acknowledgement
 */
#define QUEUE_MS	30000

_Static_assert(BACS_PDU_BYTES == BACS_PDU_MAX, "longest PDU");

struct outcome {
	bool there;
	struct transact_info info;
};

static int take(struct bacs *b, const struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *tb[BACS_A_MAX + 1];
	struct outcome *o = arg;
	int r;

	(void)b;
	r = parse_top(nlh, tb);
	if (r < 0)
		return r;
	if (!tb[BACS_A_TRANSACT])
		return -EBADMSG;
	r = parse_transact(tb[BACS_A_TRANSACT], &o->info);
	o->there = r >= 0;
	return r;
}

static int check(struct bacs *b, unsigned int address, const uint8_t *pdu,
		 size_t len, uint32_t response_ms)
{
	if (address > BACS_ADDRESS_MAX)
		return bacs_fail(b, -EINVAL,
				 "address %u is not in 0-247 (0: broadcast)",
				 address);
	if (!len || len > BACS_PDU_MAX)
		return bacs_fail(b, -ERANGE,
				 "a PDU of %zu bytes: it has 1 to %u", len,
				 BACS_PDU_MAX);
	if (!pdu[0] || pdu[0] > 127)
		return bacs_fail(b, -EINVAL,
				 "function code %u is not in 1-127", pdu[0]);
	if (response_ms && (response_ms < BACS_RESPONSE_MS_MIN ||
			    response_ms > BACS_RESPONSE_MS_MAX))
		return bacs_fail(b, -ERANGE,
				 "time-out %u ms is not in %u-%u ms",
				 response_ms, BACS_RESPONSE_MS_MIN,
				 BACS_RESPONSE_MS_MAX);
	return 0;
}

static int put(struct nl_msg *msg, unsigned int address, const uint8_t *pdu,
	       size_t len, uint32_t response_ms)
{
	struct nlattr *nest;

	nest = nla_nest_start(msg, BACS_A_TRANSACT | NLA_F_NESTED);
	if (!nest ||
	    nla_put_u8(msg, BACS_TRANSACT_A_ADDRESS, (uint8_t)address) < 0 ||
	    nla_put(msg, BACS_TRANSACT_A_PDU, (int)len, pdu) < 0 ||
	    (response_ms && nla_put_u32(msg, BACS_TRANSACT_A_RESPONSE_MS,
					response_ms) < 0))
		return -ENOMEM;
	nla_nest_end(msg, nest);
	return 0;
}

/* The result in words */
static int explain(struct bacs *b, const struct transact_info *t,
		   const char *bus)
{
	switch (t->result) {
	case 0:
		return 0;
	case -EREMOTEIO:
		return bacs_fail(b, t->result,
				 "address %u refuses: exception %u, %s",
				 t->address, t->reply[1],
				 bacs_exception_name(t->reply[1]));
	case -EPROTO:
		return bacs_fail(b, t->result,
				 "what address %u answered does not fit the request",
				 t->address);
	case -ETIMEDOUT:
		return bacs_fail(b, t->result,
				 "address %u did not answer in time",
				 t->address);
	case -EIO:
		return bacs_fail(b, t->result,
				 "the answer of address %u was damaged, or the line did not take the request; see bacsctl bus stats %s",
				 t->address, bus);
	case -ECANCELED:
		return bacs_fail(b, t->result,
				 "the control of %s was given up before the request was sent",
				 bus);
	case -ENODEV:
		return bacs_fail(b, t->result, "bus %s ended", bus);
	}
	return bacs_fail(b, t->result, "%s", strerror(-t->result));
}

BACS_EXPORT int bacs_transact(struct bacs *b, const char *bus,
			      unsigned int address, const void *pdu,
			      size_t len, uint32_t response_ms, void *reply,
			      size_t *ret_len)
{
	struct nl_msg *msg _cleanup_msg_ = NULL;
	struct outcome o = { .there = false };
	int r;

	assert(b);
	assert(bus);
	assert(pdu || !len);
	assert(reply);
	assert(ret_len);
	*ret_len = 0;
	bacs_clear_error(b);
	r = check(b, address, pdu, len, response_ms);
	if (!r)
		r = command_begin(b, BACS_CMD_TRANSACT, 0, bus, 0, &msg);
	if (!r)
		r = put(msg, address, pdu, len, response_ms);
	if (!r)
		r = command_run_result(b, msg, take, &o, &o.there,
				       QUEUE_MS + 2 * response_ms);
	if (r < 0)
		return r;
	memcpy(reply, o.info.reply, o.info.len);
	*ret_len = o.info.len;
	return explain(b, &o.info, bus);
}

/* Modbus Application Protocol V1.1b3, section 7 */
BACS_EXPORT const char *bacs_exception_name(unsigned int code)
{
	static const char *const names[] = {
		[1] = "illegal-function",
		[2] = "illegal-data-address",
		[3] = "illegal-data-value",
		[4] = "device-failure",
		[5] = "acknowledge",
		[6] = "device-busy",
		[8] = "memory-parity-error",
		[10] = "gateway-path-unavailable",
		[11] = "gateway-target-silent",
	};

	return code < ARRAY_SIZE(names) && names[code] ? names[code] :
							 "unknown";
}
