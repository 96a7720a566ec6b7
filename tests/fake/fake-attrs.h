/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes as tables: what a script may set and how it is put on the wire */
#ifndef FAKE_ATTRS_H
#define FAKE_ATTRS_H

#include <linux/bacs.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FAKE_ATTRS	32

enum fake_type {
	FAKE_NONE,
	FAKE_U8,
	FAKE_U16,
	FAKE_U32,
	FAKE_U64,
	FAKE_STRING,
	FAKE_FLAG,
};

/* One attribute a script may name */
struct fake_key {
	const char *name;
	uint16_t attr;
	enum fake_type type;
	const char *const *words;	/* words that stand for 0, 1, 2 ... */
};

struct fake_value {
	bool set;
	enum fake_type type;
	uint64_t number;
	char string[160];
};

struct fake_attrs {
	struct fake_value value[FAKE_ATTRS];	/* by attribute number */
};

extern const struct fake_key fake_bus_keys[];
extern const struct fake_key fake_module_keys[];
extern const struct fake_key fake_limit_keys[];
extern const struct fake_key fake_sample_keys[];
extern const struct fake_key fake_event_keys[];
extern const struct fake_key fake_stats_keys[];

/* Takes "key=value"; "key=" removes. Returns false if the key is not there. */
bool fake_attrs_assign(struct fake_attrs *attrs, const struct fake_key *keys,
		       const char *assignment);
void fake_attrs_number(struct fake_attrs *attrs, uint16_t attr,
		       enum fake_type type, uint64_t number);
void fake_attrs_string(struct fake_attrs *attrs, uint16_t attr,
		       const char *string);
uint64_t fake_attrs_get(const struct fake_attrs *attrs, uint16_t attr);

/* A datagram under construction */
struct fake_buf {
	uint8_t data[FAKE_ATTRS * 2048];
	size_t len;
};

size_t fake_put(struct fake_buf *buf, uint16_t attr, const void *data,
		size_t len);
void fake_put_u32(struct fake_buf *buf, uint16_t attr, uint32_t v);
void fake_put_string(struct fake_buf *buf, uint16_t attr, const char *s);
size_t fake_nest(struct fake_buf *buf, uint16_t attr);
void fake_nest_end(struct fake_buf *buf, size_t nest);
void fake_put_attrs(struct fake_buf *buf, const struct fake_attrs *attrs);
size_t fake_begin(struct fake_buf *buf, uint16_t type, uint16_t flags,
		  uint32_t seq, uint8_t cmd, uint8_t version);
void fake_end(struct fake_buf *buf, size_t message);

#endif /* FAKE_ATTRS_H */
