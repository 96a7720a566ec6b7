// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>

#include "replay.h"
#include "rtu.h"

/* A request of the capture and the records that follow it */
struct exchange {
	size_t first;		/* of its records; the request itself */
	size_t count;
	u32 hash;
	u32 next;		/* exchange with the same hash, or NONE */
};

/*
 * Times are what the file says, and what comes an hour after a request answers
 * nothing: it is left out.
 */
#define DELAY_MAX_NS	(3600 * NSEC_PER_SEC)

#define NONE	UINT32_MAX
#define BUCKETS	4096u

struct run {
	u64 time_ns;
	size_t at;		/* in the bytes of all */
	u16 len;
	bool request;
};

struct replay {
	struct capture_reader reader;
	u64 char_ns;
	struct run *run;
	size_t runs, run_room;
	u8 *bytes;
	size_t bytes_len, bytes_room;
	struct exchange *exchange;
	u32 exchanges;
	u32 bucket[BUCKETS];	/* the next to be played */
	u32 last[BUCKETS];	/* the last of the list */
};

static void *grow(void *array, size_t *room, size_t need, size_t size)
{
	size_t to = *room ? *room : 1024;
	void *more;

	if (need <= *room)
		return array;
	while (to < need)
		to *= 2;
	more = realloc(array, to * size);
	if (more)
		*room = to;
	return more;
}

static int take(const struct capture_record *record, void *data)
{
	struct replay *r = data;
	void *more;

	if (record->kind == CAPTURE_TIMEOUT || !record->len)
		return 0;
	more = grow(r->run, &r->run_room, r->runs + 1, sizeof(*r->run));
	if (!more)
		return -ENOMEM;
	r->run = more;
	more = grow(r->bytes, &r->bytes_room, r->bytes_len + record->len, 1);
	if (!more)
		return -ENOMEM;
	r->bytes = more;
	memcpy(r->bytes + r->bytes_len, record->bytes, record->len);
	r->run[r->runs++] = (struct run){
		.time_ns = record->time_ns, .at = r->bytes_len,
		.len = (u16)record->len,
		.request = record->kind == CAPTURE_REQUEST,
	};
	r->bytes_len += record->len;
	return 0;
}

/* FNV-1a */
static u32 hash_of(const u8 *bytes, size_t len)
{
	u32 h = 2166136261u;

	while (len--)
		h = (h ^ *bytes++) * 16777619u;
	return h;
}

/* Exchanges of one bucket are a list, in the order of the capture. */
static int index_all(struct replay *r)
{
	u32 n = 0;

	for (size_t i = 0; i < r->runs; i++)
		n += r->run[i].request;
	r->exchange = calloc(n ? n : 1, sizeof(*r->exchange));
	if (!r->exchange)
		return -ENOMEM;
	for (u32 i = 0; i < BUCKETS; i++)
		r->bucket[i] = r->last[i] = NONE;
	for (size_t i = 0; i < r->runs; i++) {
		struct exchange *x = &r->exchange[r->exchanges];
		u32 at;

		if (!r->run[i].request) {
			if (r->exchanges)
				x[-1].count++;
			continue;
		}
		x->first = i;
		x->count = 1;
		x->hash = hash_of(r->bytes + r->run[i].at, r->run[i].len);
		x->next = NONE;
		at = x->hash % BUCKETS;
		if (r->last[at] == NONE)
			r->bucket[at] = r->exchanges;
		else
			r->exchange[r->last[at]].next = r->exchanges;
		r->last[at] = r->exchanges++;
	}
	return 0;
}

static int done(struct replay *r, struct parse_error *e)
{
	int err = capture_finish(&r->reader);

	if (err < 0)
		return parse_fail(e, "%s", r->reader.error);
	/* rtu_char_ns() with 11 bits: the standard's character */
	r->char_ns = rtu_char_ns(r->reader.info.baud, 11);
	if (index_all(r) < 0)
		return parse_fail(e, "out of memory");
	if (!r->exchanges)
		return parse_fail(e, "there is no request in the capture");
	return 0;
}

static int fail(struct replay *r, int err, struct parse_error *e)
{
	if (err == -ENOMEM)
		return parse_fail(e, "out of memory");
	return parse_fail(e, "%s", r->reader.error);
}

static struct replay *new(void)
{
	struct replay *r = calloc(1, sizeof(*r));

	if (r)
		capture_reader_init(&r->reader, take, r);
	return r;
}

/**
 * replay_parse() - a capture in memory
 * @ret: result, to be freed with replay_free()
 * @text: the capture
 * @len: its length
 * @e: error
 *
 * Return: 0, -EINVAL.
 */
int replay_parse(struct replay **ret, const char *text, size_t len,
		 struct parse_error *e)
{
	struct replay *r = new();
	int err;

	if (!r)
		return parse_fail(e, "out of memory");
	err = capture_feed(&r->reader, text, len);
	err = err < 0 ? fail(r, err, e) : done(r, e);
	if (err < 0)
		replay_free(r);
	else
		*ret = r;
	return err;
}

static int read_all(struct replay *r, FILE *f, struct parse_error *e)
{
	char buf[65536];
	size_t n, sum = 0;
	int err;

	while ((n = fread(buf, 1, sizeof(buf), f)) > 0) {
		sum += n;
		if (sum > REPLAY_FILE_MAX)
			return parse_fail(e, "longer than %u MiB",
					  REPLAY_FILE_MAX >> 20);
		err = capture_feed(&r->reader, buf, n);
		if (err < 0)
			return fail(r, err, e);
	}
	if (ferror(f))
		return parse_fail(e, "cannot read: %s", strerror(errno));
	return done(r, e);
}

/**
 * replay_load() - a capture in a file
 * @ret: result, to be freed with replay_free()
 * @path: the file
 * @e: error
 *
 * Return: 0, -EINVAL.
 */
int replay_load(struct replay **ret, const char *path, struct parse_error *e)
{
	struct parse_error why = { "" };
	struct replay *r = new();
	FILE *f = fopen(path, "re");
	int err;

	if (!f || !r) {
		free(r);
		if (f)
			fclose(f);
		return parse_fail(e, "--replay %.100s: %s", path,
				  f ? "out of memory" : strerror(errno));
	}
	err = read_all(r, f, &why);
	fclose(f);
	if (err < 0) {
		replay_free(r);
		return parse_fail(e, "--replay %.100s: %.150s", path, why.text);
	}
	*ret = r;
	return 0;
}

struct replay *replay_free(struct replay *r)
{
	if (r) {
		free(r->run);
		free(r->bytes);
		free(r->exchange);
	}
	free(r);
	return NULL;
}

/** replay_source() - what the capture says of itself, and if it was whole */
const struct capture_reader *replay_source(const struct replay *r)
{
	return &r->reader;
}

/* The next exchange that begins with these bytes; it goes behind its equals */
static const struct exchange *find(struct replay *r, const u8 *bytes,
				   size_t len)
{
	u32 hash = hash_of(bytes, len), at = hash % BUCKETS, before = NONE;
	struct exchange *x = NULL;

	for (u32 i = r->bucket[at]; i != NONE; before = i, i = x->next) {
		const struct run *run;

		x = &r->exchange[i];
		run = &r->run[x->first];
		if (x->hash != hash || run->len != len ||
		    memcmp(r->bytes + run->at, bytes, len))
			continue;
		if (x->next == NONE)
			return x;
		if (before == NONE)
			r->bucket[at] = x->next;
		else
			r->exchange[before].next = x->next;
		r->exchange[r->last[at]].next = i;
		r->last[at] = i;
		x->next = NONE;
		return x;
	}
	return NULL;
}

/**
 * replay_hear() - answer as then
 * @r: capture
 * @w: wire to answer on
 * @f: the request
 * @tag: of a reply; what is none has 0
 *
 * Return: false: this was never asked.
 */
bool replay_hear(struct replay *r, struct wire *w, const struct wire_frame *f,
		 u32 tag)
{
	const struct exchange *x = find(r, f->bytes, f->len);
	u64 end;

	if (!x)
		return false;
	if (__builtin_add_overflow(r->run[x->first].time_ns,
				   r->run[x->first].len * r->char_ns, &end))
		end = U64_MAX;
	for (size_t i = x->first + 1; i < x->first + x->count; i++) {
		const struct run *run = &r->run[i];
		/* its stamp is the end of its first character */
		u64 begin = run->time_ns > r->char_ns ?
			    run->time_ns - r->char_ns : 0;
		u64 delay = begin > end ? begin - end : 0;

		if (delay <= DELAY_MAX_NS)
			wire_send(w, f->end_ns + delay, r->bytes + run->at,
				  run->len, i == x->first + 1 ? tag : 0);
	}
	return true;
}
