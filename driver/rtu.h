/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Modbus RTU codec: frames as bytes, no allocation, no I/O, no clock
 *
 * Sources: Modbus over Serial Line V1.02 (serial line), Modbus Application
 * Protocol V1.1b3 (application protocol).
 */
#ifndef BACS_RTU_H
#define BACS_RTU_H

#include "pure.h"

#define RTU_FRAME_MAX		256	/* serial line 2.5.1 */
#define RTU_FRAME_MIN		4	/* address, function, CRC */
#define RTU_READ_MAX		125	/* registers, V1.1b3 6.3, 6.4 */
#define RTU_WRITE_MAX		123	/* registers, V1.1b3 6.12 */
#define RTU_EXCEPTION		0x80
#define RTU_EXCEPTION_LENGTH	5
#define RTU_BROADCAST		0
#define RTU_ADDRESS_MAX		247

#define RTU_PDU_MAX		253	/* V1.1b3 4.1 */

/* Function codes of V1.1b3 section 6 */
enum rtu_function {
	RTU_READ_COILS		= 1,
	RTU_READ_DISCRETE	= 2,
	RTU_READ_HOLDING	= 3,
	RTU_READ_INPUT		= 4,
	RTU_WRITE_COIL		= 5,
	RTU_WRITE_SINGLE	= 6,
	RTU_READ_EXCEPTION_STATUS = 7,
	RTU_DIAGNOSTICS		= 8,
	RTU_EVENT_COUNTER	= 11,
	RTU_EVENT_LOG		= 12,
	RTU_WRITE_COILS		= 15,
	RTU_WRITE_MULTIPLE	= 16,
	RTU_SERVER_ID		= 17,
	RTU_READ_FILE		= 20,
	RTU_WRITE_FILE		= 21,
	RTU_MASK_WRITE		= 22,
	RTU_READ_WRITE		= 23,
	RTU_READ_FIFO		= 24,
	RTU_ENCAPSULATED	= 43,
};

#define RTU_MEI_DEVICE_ID	14	/* V1.1b3 6.21 */

enum rtu_exception {
	RTU_ILLEGAL_FUNCTION	= 1,
	RTU_ILLEGAL_ADDRESS	= 2,
	RTU_ILLEGAL_VALUE	= 3,
	RTU_DEVICE_FAILURE	= 4,
	RTU_DEVICE_BUSY		= 6,
};

/**
 * enum rtu_verdict - what a complete run of bytes is to a waiting master
 * @RTU_OK: the reply asked for
 * @RTU_SHORT: too short to be any frame, or broken off
 * @RTU_BAD_CRC: the checksum does not match
 * @RTU_FOREIGN: a valid frame of another address
 * @RTU_IS_EXCEPTION: the module refused; byte 2 says why
 * @RTU_UNEXPECTED: right address, but not an answer to this request
 */
enum rtu_verdict {
	RTU_OK,
	RTU_SHORT,
	RTU_BAD_CRC,
	RTU_FOREIGN,
	RTU_IS_EXCEPTION,
	RTU_UNEXPECTED,
};

static inline u16 rtu_get_u16(const u8 *p)
{
	return (u16)(p[0] << 8 | p[1]);
}

static inline u32 rtu_get_u32(const u8 *p)
{
	return (u32)rtu_get_u16(p) << 16 | rtu_get_u16(p + 2);
}

static inline void rtu_put_u16(u8 *p, u16 v)
{
	p[0] = (u8)(v >> 8);
	p[1] = (u8)v;
}

size_t rtu_seal(u8 *frame, size_t len);
bool rtu_crc_ok(const u8 *frame, size_t len);

size_t rtu_build_read(u8 *frame, u8 address, u8 function, u16 start, u16 count);
size_t rtu_build_write_single(u8 *frame, u8 address, u16 reg, u16 value);
size_t rtu_build_write_multiple(u8 *frame, u8 address, u16 start,
				const u16 *values, u16 count);

size_t rtu_reply_length(const u8 *request, size_t request_len,
			const u8 *reply, size_t have);
enum rtu_verdict rtu_check_reply(const u8 *request, size_t request_len,
				 const u8 *reply, size_t len);
bool rtu_is_request(const u8 *frame, size_t len);
bool rtu_only_reads(const u8 *pdu, size_t len);

size_t rtu_request_length(const u8 *frame, size_t have);
size_t rtu_build_exception(u8 *frame, const u8 *request, u8 code);

u32 rtu_char_ns(u32 baud, u32 bits);
u32 rtu_t35_ns(u32 baud, u32 bits);

#endif /* BACS_RTU_H */
