// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * RTU codec: any bytes as the reply to any request, and as a request
 *
 * Input: kind of request, address, register (2), count or value (2); the rest
 * is what the line brought. Bit 7 of the kind seals that rest with a right
 * CRC, because random bytes die in the checksum.
 */
#include <string.h>

#include "fuzz.h"
#include "rtu.h"

#define HEAD	6
#define SEAL	0x80

static size_t build(const uint8_t *head, uint8_t *request)
{
	u16 start = rtu_get_u16(head + 2), count = rtu_get_u16(head + 4);
	u16 values[RTU_WRITE_MAX] = { 0 };
	size_t len;

	switch (head[0] & 3) {
	case 0:
		return rtu_build_read(request, head[1], RTU_READ_HOLDING, start,
				      1 + count % RTU_READ_MAX);
	case 1:
		return rtu_build_read(request, head[1], RTU_READ_INPUT, start,
				      1 + count % RTU_READ_MAX);
	case 2:
		return rtu_build_write_single(request, head[1], start, count);
	default:
		len = rtu_build_write_multiple(request, head[1], start, values,
					       count);
		MUST(!len == (!count || count > RTU_WRITE_MAX));
		return len;
	}
}

static void check_lengths(const uint8_t *request, size_t request_len,
			  const uint8_t *reply, size_t len)
{
	size_t whole = len < 2 ? 0 :
		       rtu_reply_length(request, request_len, reply, 2);

	MUST(rtu_reply_length(request, request_len, reply, 0) == 0);
	if (len)
		MUST(rtu_reply_length(request, request_len, reply, 1) == 0);
	for (size_t have = 2; have <= len; have++)
		MUST(rtu_reply_length(request, request_len, reply, have) ==
		     whole);
	MUST(whole <= RTU_FRAME_MAX);
}

static void check_verdict(const uint8_t *request, size_t request_len,
			  const uint8_t *reply, size_t len)
{
	size_t whole = rtu_reply_length(request, request_len, reply, len);
	bool crc = rtu_crc_ok(reply, len);

	switch (rtu_check_reply(request, request_len, reply, len)) {
	case RTU_OK:
		MUST(crc && len == whole);
		MUST(reply[0] == request[0] && reply[1] == request[1]);
		if (reply[1] == RTU_READ_HOLDING || reply[1] == RTU_READ_INPUT)
			MUST(len == 5u + reply[2]);
		else
			MUST(!memcmp(reply, request, 6));
		break;
	case RTU_SHORT:
		MUST(!crc && (len < RTU_FRAME_MIN || len < whole));
		break;
	case RTU_BAD_CRC:
		MUST(!crc && len >= RTU_FRAME_MIN);
		break;
	case RTU_FOREIGN:
		MUST(crc && reply[0] != request[0]);
		break;
	case RTU_IS_EXCEPTION:
		MUST(crc && len == RTU_EXCEPTION_LENGTH);
		MUST(reply[0] == request[0]);
		MUST(reply[1] == (request[1] | RTU_EXCEPTION));
		break;
	case RTU_UNEXPECTED:
		MUST(crc && reply[0] == request[0]);
		break;
	default:
		MUST(!"a verdict of the list");
	}
}

/* The same bytes on a slave's side */
static void check_request(const uint8_t *frame, size_t len)
{
	size_t whole = rtu_request_length(frame, len);

	MUST(whole == 0 || (whole >= 8 && whole <= 9 + 255));
	if (len >= 7 && whole)
		for (size_t have = 7; have <= len; have++)
			MUST(rtu_request_length(frame, have) == whole);
	if (rtu_is_request(frame, len)) {
		MUST(rtu_crc_ok(frame, len));
		MUST(frame[0] == RTU_BROADCAST || len == 8);
	}
	if (len >= 8 && !(frame[1] & RTU_EXCEPTION)) {
		uint8_t exception[RTU_EXCEPTION_LENGTH];

		MUST(rtu_build_exception(exception, frame, RTU_ILLEGAL_VALUE) ==
		     RTU_EXCEPTION_LENGTH);
		MUST(rtu_check_reply(frame, len, exception, sizeof(exception)) ==
		     RTU_IS_EXCEPTION);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t request[RTU_FRAME_MAX];
	size_t request_len, len;
	uint8_t *reply;

	if (size < HEAD)
		return 0;
	request_len = build(data, request);
	if (!request_len)
		return 0;
	MUST(rtu_crc_ok(request, request_len));
	MUST(rtu_request_length(request, request_len) == request_len);

	len = size - HEAD;
	if (data[0] & SEAL && len > RTU_FRAME_MAX - 2)
		len = RTU_FRAME_MAX - 2;
	reply = malloc(len + 2);
	MUST(reply);
	if (len)
		memcpy(reply, data + HEAD, len);
	if (data[0] & SEAL) {
		len = rtu_seal(reply, len);
		MUST(rtu_crc_ok(reply, len) == (len >= RTU_FRAME_MIN));
	}
	check_lengths(request, request_len, reply, len);
	check_verdict(request, request_len, reply, len);
	check_request(reply, len);
	free(reply);
	return 0;
}
