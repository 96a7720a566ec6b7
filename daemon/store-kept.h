/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What people said while bacsd ran, and the offsets in force, in the history's
 * file. As in store-jar.h these are written at once or not at all.
 */
#ifndef BACSD_STORE_KEPT_H
#define BACSD_STORE_KEPT_H

#include "store.h"

#define STORE_KEPT_KIND_MAX	15
#define STORE_KEPT_OBJECT_MAX	63
#define STORE_KEPT_VALUE_MAX	319

/**
 * struct store_kept - what somebody said beside the configuration
 * @kind: of what: "equalize", "limits"
 * @object: name of a string; BUS:ADDRESS/STATE
 * @value: what holds
 * @who: said so
 * @since_us: wall time in us, 0: it was not known
 */
struct store_kept {
	char kind[STORE_KEPT_KIND_MAX + 1];
	char object[STORE_KEPT_OBJECT_MAX + 1];
	char value[STORE_KEPT_VALUE_MAX + 1];
	char who[48];
	int64_t since_us;
};

/**
 * struct store_offsets - offsets of the modules of one string (M12)
 * @id: number, given by the caller
 * @string: its name, "": modules of no string
 * @voltage_uv: of a cell
 * @temperature_mc: of a block
 * @resistance_uohm: of a block
 * @since_us: in force since, wall time
 * @until_us: and until
 * @ended: they are not in force any more
 */
struct store_offsets {
	uint32_t id;
	char string[32];
	int32_t voltage_uv;
	int32_t temperature_mc;
	int32_t resistance_uohm;
	int64_t since_us;
	int64_t until_us;
	bool ended;
};

/* Of schema: a step of the migrations */
extern const char store_kept_schema[];

/* 0, or -EIO and store_jar_error() says why; earlier rows are replaced */
int store_write_kept(struct store *store, const struct store_kept *list,
		     size_t count);
int store_drop_kept(struct store *store, const struct store_kept *list,
		    size_t count);
int store_write_offsets(struct store *store, const struct store_offsets *list,
			size_t count);

/* Read all, or what is in force; callbacks return 0 or an error that ends it */
int store_read_kept(struct store *store,
		    int (*kept)(void *userdata, const struct store_kept *kept),
		    void *userdata);
int store_read_offsets(struct store *store,
		       int (*offsets)(void *userdata,
				      const struct store_offsets *offsets),
		       void *userdata);
int store_read_offset_number(struct store *store, uint32_t *ret);

#endif
