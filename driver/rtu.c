// SPDX-License-Identifier: GPL-2.0-only
/* Modbus RTU codec; see rtu.h */
#include "rtu.h"

/**
 * rtu_seal() - append the CRC, low byte first (serial line 2.5.1.2)
 * @frame: frame with room for two more bytes
 * @len: bytes before the CRC, at most RTU_FRAME_MAX - 2
 *
 * Return: length of the sealed frame.
 */
size_t rtu_seal(u8 *frame, size_t len)
{
	u16 crc = crc16(0xFFFF, frame, len);

	frame[len] = (u8)crc;
	frame[len + 1] = (u8)(crc >> 8);
	return len + 2;
}

/**
 * rtu_crc_ok() - does a run of bytes end in its own CRC?
 * @frame: bytes
 * @len: their number; fewer than RTU_FRAME_MIN never pass
 *
 * Return: true if so.
 */
bool rtu_crc_ok(const u8 *frame, size_t len)
{
	u16 crc;

	if (len < RTU_FRAME_MIN || len > RTU_FRAME_MAX)
		return false;
	crc = crc16(0xFFFF, frame, len - 2);
	return frame[len - 2] == (u8)crc && frame[len - 1] == (u8)(crc >> 8);
}

/**
 * rtu_build_read() - request to read registers
 * @frame: room for 8 bytes
 * @address: 1-247
 * @function: RTU_READ_HOLDING or RTU_READ_INPUT
 * @start: first register, from 0
 * @count: 1-RTU_READ_MAX
 *
 * Return: length of the frame, always 8.
 */
size_t rtu_build_read(u8 *frame, u8 address, u8 function, u16 start, u16 count)
{
	frame[0] = address;
	frame[1] = function;
	rtu_put_u16(frame + 2, start);
	rtu_put_u16(frame + 4, count);
	return rtu_seal(frame, 6);
}

/**
 * rtu_build_write_single() - request to write one holding register
 * @frame: room for 8 bytes
 * @address: 0-247, 0 is the broadcast that nobody answers
 * @reg: register, from 0
 * @value: its new value
 *
 * Return: length of the frame, always 8.
 */
size_t rtu_build_write_single(u8 *frame, u8 address, u16 reg, u16 value)
{
	frame[0] = address;
	frame[1] = RTU_WRITE_SINGLE;
	rtu_put_u16(frame + 2, reg);
	rtu_put_u16(frame + 4, value);
	return rtu_seal(frame, 6);
}

/**
 * rtu_build_write_multiple() - request to write holding registers
 * @frame: room for RTU_FRAME_MAX bytes
 * @address: 0-247, 0 is the broadcast that nobody answers
 * @start: first register, from 0
 * @values: new values
 * @count: 1-RTU_WRITE_MAX
 *
 * Return: length of the frame; 0 if @count is out of range.
 */
size_t rtu_build_write_multiple(u8 *frame, u8 address, u16 start,
				const u16 *values, u16 count)
{
	if (!count || count > RTU_WRITE_MAX)
		return 0;
	frame[0] = address;
	frame[1] = RTU_WRITE_MULTIPLE;
	rtu_put_u16(frame + 2, start);
	rtu_put_u16(frame + 4, count);
	frame[6] = (u8)(2 * count);
	for (u16 i = 0; i < count; i++)
		rtu_put_u16(frame + 7 + 2 * i, values[i]);
	return rtu_seal(frame, 7 + 2 * count);
}

/* Fewest bytes of a request, CRC included, that tell what its reply is like */
static size_t request_min(u8 function)
{
	switch (function) {
	case RTU_READ_COILS ... RTU_WRITE_SINGLE:
	case RTU_DIAGNOSTICS:
		return 8;
	case RTU_WRITE_COILS:
	case RTU_WRITE_MULTIPLE:
		return 9;
	case RTU_MASK_WRITE:
		return 10;
	case RTU_READ_WRITE:
		return 13;
	default:
		return RTU_FRAME_MIN;
	}
}

/* The whole reply with that function code; 0: its length is not known (yet) */
static size_t normal_length(const u8 *request, size_t request_len,
			    const u8 *reply, size_t have)
{
	if (request_len < request_min(request[1]))
		return 0;
	switch (request[1]) {
	case RTU_READ_COILS:
	case RTU_READ_DISCRETE:
		return 5 + ((size_t)rtu_get_u16(request + 4) + 7) / 8;
	case RTU_READ_HOLDING:
	case RTU_READ_INPUT:
	case RTU_READ_WRITE:
		return 5 + 2 * (size_t)rtu_get_u16(request + 4);
	case RTU_READ_EXCEPTION_STATUS:
		return 5;
	case RTU_WRITE_COIL:
	case RTU_WRITE_SINGLE:
	case RTU_WRITE_COILS:
	case RTU_WRITE_MULTIPLE:
	case RTU_EVENT_COUNTER:
		return 8;
	case RTU_MASK_WRITE:
		return 10;
	case RTU_DIAGNOSTICS:
	case RTU_WRITE_FILE:
		return request_len;
	case RTU_EVENT_LOG:
	case RTU_SERVER_ID:
	case RTU_READ_FILE:
		return have < 3 ? 0 : 5 + (size_t)reply[2];
	case RTU_READ_FIFO:
		return have < 4 ? 0 : 6 + (size_t)rtu_get_u16(reply + 2);
	default:
		return 0;
	}
}

/**
 * rtu_reply_length() - how long is the reply that has begun?
 * @request: the request it answers
 * @request_len: its length
 * @reply: bytes received so far
 * @have: their number
 *
 * The length follows from the request, or from the count that the reply
 * begins with, so that a reply is complete at its last byte and not a silence
 * later; an exception at its fifth.
 *
 * Return: length of the whole frame; 0 while too few bytes are there to tell,
 * when no reply to @request begins like this, or when nobody knows, as with
 * functions that V1.1b3 does not describe: silence ends such a reply.
 */
size_t rtu_reply_length(const u8 *request, size_t request_len,
			const u8 *reply, size_t have)
{
	if (request_len < RTU_FRAME_MIN || have < 2 || reply[0] != request[0])
		return 0;
	if (reply[1] == (request[1] | RTU_EXCEPTION))
		return RTU_EXCEPTION_LENGTH;
	if (reply[1] != request[1])
		return 0;
	return normal_length(request, request_len, reply, have);
}

/* The fields of a reply with valid CRC and the right address and function */
static bool reply_matches(const u8 *request, size_t request_len,
			  const u8 *reply)
{
	if (request_len < request_min(request[1]))
		return true;
	switch (request[1]) {
	case RTU_READ_COILS:
	case RTU_READ_DISCRETE:
		return reply[2] == (rtu_get_u16(request + 4) + 7) / 8;
	case RTU_READ_HOLDING:
	case RTU_READ_INPUT:
	case RTU_READ_WRITE:
		return reply[2] == 2 * rtu_get_u16(request + 4);
	case RTU_WRITE_COIL:
	case RTU_WRITE_SINGLE:
	case RTU_WRITE_COILS:
	case RTU_WRITE_MULTIPLE:
		return !memcmp(reply + 2, request + 2, 4);
	default:
		return true;
	}
}

/**
 * rtu_check_reply() - judge a complete run of bytes
 * @request: the request that was sent
 * @request_len: its length
 * @reply: bytes received
 * @len: their number
 *
 * Of a function whose replies have no known length, every frame with the
 * right address and function is the reply.
 *
 * Return: the verdict; every run of bytes has exactly one.
 */
enum rtu_verdict rtu_check_reply(const u8 *request, size_t request_len,
				 const u8 *reply, size_t len)
{
	size_t want;

	if (len < RTU_FRAME_MIN)
		return RTU_SHORT;
	want = rtu_reply_length(request, request_len, reply, len);
	if (!rtu_crc_ok(reply, len))
		return want && len < want ? RTU_SHORT : RTU_BAD_CRC;
	if (reply[0] != request[0])
		return RTU_FOREIGN;
	if ((reply[1] & ~RTU_EXCEPTION) != request[1] || (want && len != want))
		return RTU_UNEXPECTED;
	if (reply[1] & RTU_EXCEPTION)
		return RTU_IS_EXCEPTION;
	return reply_matches(request, request_len, reply) ? RTU_OK :
							    RTU_UNEXPECTED;
}

/**
 * rtu_only_reads() - can this PDU change nothing in the slave?
 * @pdu: function code and data
 * @len: their number
 *
 * By the functions of V1.1b3 section 6 that only read; of those that others
 * define nobody knows. Diagnostics (8) may restart or silence a slave.
 *
 * Return: true if so.
 */
bool rtu_only_reads(const u8 *pdu, size_t len)
{
	if (!len)
		return false;
	switch (pdu[0]) {
	case RTU_READ_COILS ... RTU_READ_INPUT:
	case RTU_READ_EXCEPTION_STATUS:
	case RTU_EVENT_COUNTER:
	case RTU_EVENT_LOG:
	case RTU_SERVER_ID:
	case RTU_READ_FILE:
	case RTU_READ_FIFO:
		return true;
	case RTU_ENCAPSULATED:
		return len >= 2 && pdu[1] == RTU_MEI_DEVICE_ID;
	default:
		return false;
	}
}

/**
 * rtu_is_request() - could only a master have sent this?
 * @frame: bytes
 * @len: their number
 *
 * A read request is 8 bytes long and no reply to a read is, because replies
 * to reads have an odd length. The broadcast address is never a reply's.
 *
 * Return: true for a valid frame that is a request.
 */
bool rtu_is_request(const u8 *frame, size_t len)
{
	if (!rtu_crc_ok(frame, len))
		return false;
	if (frame[0] == RTU_BROADCAST)
		return true;
	return len == 8 && frame[1] >= 1 && frame[1] <= 4;
}

/**
 * rtu_request_length() - how long is the request that has begun?
 * @frame: bytes received so far
 * @have: their number
 *
 * For the slave's side (the simulator). Real slaves end a frame by silence;
 * this serves where the length is wanted earlier.
 *
 * Return: length of the whole frame, 0 while it cannot be told.
 */
size_t rtu_request_length(const u8 *frame, size_t have)
{
	if (have < 2)
		return 0;
	switch (frame[1]) {
	case 1 ... 6:
		return 8;
	case 15:
	case RTU_WRITE_MULTIPLE:
		return have < 7 ? 0 : 9 + (size_t)frame[6];
	default:
		return 0;
	}
}

/**
 * rtu_build_exception() - refuse a request
 * @frame: room for RTU_EXCEPTION_LENGTH bytes
 * @request: the request
 * @code: enum rtu_exception
 *
 * Return: length of the frame.
 */
size_t rtu_build_exception(u8 *frame, const u8 *request, u8 code)
{
	frame[0] = request[0];
	frame[1] = request[1] | RTU_EXCEPTION;
	frame[2] = code;
	return rtu_seal(frame, 3);
}

/**
 * rtu_char_ns() - time of one character on the wire
 * @baud: bits per second, at least 1
 * @bits: start, data, parity and stop bits: 11 for 8E1, 10 for 8N1
 *
 * Return: ns, rounded up.
 */
u32 rtu_char_ns(u32 baud, u32 bits)
{
	return (u32)div_u64((u64)bits * NSEC_PER_SEC + baud - 1, baud);
}

/**
 * rtu_t35_ns() - the silence between frames
 * @baud: bits per second
 * @bits: bits of a character
 *
 * Serial line 2.5.1.1: 3.5 characters, fixed 1.750 ms above 19200 baud.
 *
 * Return: ns.
 */
u32 rtu_t35_ns(u32 baud, u32 bits)
{
	if (baud > 19200)
		return 1750 * NSEC_PER_USEC;
	return (u32)div_u64((u64)bits * 35 * NSEC_PER_SEC + 10ULL * baud - 1,
			    10 * baud);
}
