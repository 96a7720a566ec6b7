// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "pcapng.h"

/* draft-ietf-opsawg-pcapng, sections 4.1 to 4.6 */
#define BLOCK_SECTION		0x0A0D0D0A
#define BLOCK_INTERFACE		1
#define BLOCK_STATISTICS	5
#define BLOCK_PACKET		6
#define BYTE_ORDER_MAGIC	0x1A2B3C4D
#define LINKTYPE_UPPER_PDU	252

#define OPTION_END		0
#define OPTION_COMMENT		1
#define OPTION_SHB_APPLICATION	4
#define OPTION_IF_NAME		2
#define OPTION_IF_TSRESOL	9
#define OPTION_EPB_FLAGS	2
#define OPTION_ISB_IFRECV	4
#define OPTION_ISB_IFDROP	5

/* epan/exported_pdu.h: tags are big endian */
#define TAG_END			0
#define TAG_DISSECTOR_NAME	12
#define TAG_PORT_TYPE		24
#define TAG_SRC_PORT		25
#define TAG_DST_PORT		26
#define PORT_TYPE_TCP		2

/*
 * The dissector tells request from reply by its form, or by ports if it knows
 * the slave's (-o mbrtu.tcp.port:502): a write and its reply look alike.
 */
#define PORT_SLAVE		502
#define PORT_MASTER		1

struct block {
	uint8_t *out;
	size_t at;
};

static void put(struct block *b, const void *bytes, size_t len)
{
	if (len)
		memcpy(b->out + b->at, bytes, len);
	b->at += len;
}

static void put16(struct block *b, uint16_t v)
{
	put(b, &v, sizeof(v));
}

static void put32(struct block *b, uint32_t v)
{
	put(b, &v, sizeof(v));
}

static void pad(struct block *b)
{
	while (b->at % 4)
		b->out[b->at++] = 0;
}

static void option(struct block *b, uint16_t code, const void *value,
		   size_t len)
{
	put16(b, code);
	put16(b, (uint16_t)len);
	put(b, value, len);
	pad(b);
}

static struct block begin(uint8_t *out, uint32_t type)
{
	struct block b = { .out = out };

	put32(&b, type);
	put32(&b, 0);	/* length, see end() */
	return b;
}

/* The whole length stands in front and behind. */
static size_t end(struct block *b, uint8_t *start)
{
	uint32_t length = (uint32_t)(b->out + b->at - start) + 4;

	put32(b, length);
	memcpy(start + 4, &length, sizeof(length));
	return length;
}

/* Wall time in ns since 1970 */
static uint64_t wall_ns(const struct capture_info *info, uint64_t time_ns)
{
	return (uint64_t)info->wall_us * 1000 + (time_ns - info->boot_ns);
}

static void put_time(struct block *b, uint64_t ns)
{
	put32(b, (uint32_t)(ns >> 32));
	put32(b, (uint32_t)ns);
}

/**
 * pcapng_head() - section header and the one interface
 * @out: result
 * @info: of the capture
 *
 * Return: number of bytes.
 */
size_t pcapng_head(uint8_t out[PCAPNG_BLOCK], const struct capture_info *info)
{
	static const uint8_t nanoseconds = 9;
	struct block b = begin(out, BLOCK_SECTION);
	char text[64];
	size_t n;

	put32(&b, BYTE_ORDER_MAGIC);
	put16(&b, 1);	/* version 1.0 */
	put16(&b, 0);
	put32(&b, UINT32_MAX);	/* length of the section: not known */
	put32(&b, UINT32_MAX);
	option(&b, OPTION_SHB_APPLICATION, "bacsctl", 7);
	option(&b, OPTION_END, NULL, 0);
	n = end(&b, out);

	b = begin(out + n, BLOCK_INTERFACE);
	put16(&b, LINKTYPE_UPPER_PDU);
	put16(&b, 0);
	put32(&b, 0);	/* no limit of length */
	option(&b, OPTION_COMMENT, text,
	       (size_t)snprintf(text, sizeof(text), "Modbus RTU, %u baud",
				info->baud));
	option(&b, OPTION_IF_NAME, info->bus, strlen(info->bus));
	option(&b, OPTION_IF_TSRESOL, &nanoseconds, 1);
	option(&b, OPTION_END, NULL, 0);
	return n + end(&b, out + n);
}

static void put_tag(struct block *b, uint16_t tag, const char *value)
{
	size_t len = strlen(value), padded = (len + 3) & ~(size_t)3;
	uint8_t head[] = { (uint8_t)(tag >> 8), (uint8_t)tag,
			   (uint8_t)(padded >> 8), (uint8_t)padded };

	put(b, head, sizeof(head));
	put(b, value, len);
	while (len++ < padded)
		b->out[b->at++] = 0;
}

static void put_tag32(struct block *b, uint16_t tag, uint32_t value)
{
	uint8_t bytes[] = { (uint8_t)(tag >> 8), (uint8_t)tag, 0, 4,
			    (uint8_t)(value >> 24), (uint8_t)(value >> 16),
			    (uint8_t)(value >> 8), (uint8_t)value };

	put(b, bytes, sizeof(bytes));
}

/**
 * pcapng_packet() - one run of bytes
 * @out: result
 * @info: of the capture
 * @record: the run
 *
 * Return: number of bytes; 0 for a record without bytes on the wire.
 */
size_t pcapng_packet(uint8_t out[PCAPNG_BLOCK], const struct capture_info *info,
		     const struct capture_record *record)
{
	bool sent = record->kind == CAPTURE_REQUEST;
	bool frame = record->kind != CAPTURE_NOISE;
	struct block b;
	uint32_t length, flags = sent ? 2 : 1;
	const char *name = capture_kind_name(record->kind);
	size_t length_at;

	if (record->kind == CAPTURE_TIMEOUT || !record->len)
		return 0;
	b = begin(out, BLOCK_PACKET);
	put32(&b, 0);	/* the interface */
	put_time(&b, wall_ns(info, record->time_ns));
	length_at = b.at;
	put32(&b, 0);
	put32(&b, 0);
	put_tag(&b, TAG_DISSECTOR_NAME, frame ? "mbrtu" : "data");
	put_tag32(&b, TAG_PORT_TYPE, PORT_TYPE_TCP);
	put_tag32(&b, TAG_SRC_PORT, sent ? PORT_MASTER : PORT_SLAVE);
	put_tag32(&b, TAG_DST_PORT, sent ? PORT_SLAVE : PORT_MASTER);
	put_tag(&b, TAG_END, "");
	put(&b, record->bytes, record->len);
	length = (uint32_t)(b.at - length_at - 8);
	memcpy(out + length_at, &length, 4);
	memcpy(out + length_at + 4, &length, 4);
	pad(&b);
	if (!sent && record->kind != CAPTURE_REPLY)
		option(&b, OPTION_COMMENT, name, strlen(name));
	option(&b, OPTION_EPB_FLAGS, &flags, sizeof(flags));
	option(&b, OPTION_END, NULL, 0);
	return end(&b, out);
}

/**
 * pcapng_end() - statistics: what was taken and what was lost
 * @out: result
 * @info: of the capture
 * @records: number of records
 * @lost: number of lost ones
 * @time_ns: CLOCK_BOOTTIME of the end
 *
 * Return: number of bytes.
 */
size_t pcapng_end(uint8_t out[PCAPNG_BLOCK], const struct capture_info *info,
		  uint64_t records, uint64_t lost, uint64_t time_ns)
{
	struct block b = begin(out, BLOCK_STATISTICS);
	uint64_t received = records + lost;

	put32(&b, 0);
	put_time(&b, wall_ns(info, time_ns));
	option(&b, OPTION_ISB_IFRECV, &received, sizeof(received));
	option(&b, OPTION_ISB_IFDROP, &lost, sizeof(lost));
	option(&b, OPTION_END, NULL, 0);
	return end(&b, out);
}
