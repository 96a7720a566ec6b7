// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Answers from a recording of the real driver (fake-record)
 *
 * The file is a line "BACSNL1" and records of a kind, a length and bytes. A
 * request is answered by what followed the same request in the recording;
 * asked more often than recorded, the last such answer is given again.
 */
#include <errno.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake-internal.h"
#include "fake-record.h"

struct record {
	struct fake_record_header h;
	uint8_t data[];
};

struct fake_replay {
	struct record **records;
	size_t count;
	size_t monitor;		/* next notification */
	bool *answered;		/* by record: this request was played */
};

void fake_replay_free(struct fake_replay *replay)
{
	if (!replay)
		return;
	for (size_t i = 0; i < replay->count; i++)
		free(replay->records[i]);
	free(replay->records);
	free(replay->answered);
	free(replay);
}

static struct record *read_record(FILE *f)
{
	struct fake_record_header h;
	struct record *r;

	if (fread(&h, sizeof(h), 1, f) != 1 || h.len > FAKE_PACKET_MAX)
		return NULL;
	r = calloc(1, sizeof(*r) + h.len);
	if (!r)
		abort();
	r->h = h;
	if (fread(r->data, 1, h.len, f) != h.len) {
		free(r);
		return NULL;
	}
	return r;
}

int fake_replay_open(struct fake_kernel *k, const char *path, char *error,
		     size_t size)
{
	struct fake_replay *replay;
	char magic[sizeof(FAKE_RECORD_MAGIC)] = "";
	struct record *r;
	FILE *f;

	f = fopen(path, "r");
	if (!f || !fread(magic, sizeof(magic) - 1, 1, f) ||
	    strcmp(magic, FAKE_RECORD_MAGIC)) {
		snprintf(error, size, "%s is no recording", path);
		if (f)
			fclose(f);
		return -EINVAL;
	}
	replay = calloc(1, sizeof(*replay));
	if (!replay)
		abort();
	while ((r = read_record(f))) {
		replay->records = realloc(replay->records,
					  (replay->count + 1) * sizeof(r));
		if (!replay->records)
			abort();
		replay->records[replay->count++] = r;
	}
	fclose(f);
	replay->answered = calloc(replay->count + 1, sizeof(bool));
	if (!replay->answered)
		abort();
	fake_replay_free(k->replay);
	k->replay = replay;
	return 0;
}

/* The same request, whatever its sequence number */
static bool same(const struct record *r, const struct nlmsghdr *request)
{
	struct nlmsghdr h;

	if (r->h.kind != FAKE_RECORD_SENT || r->h.len != request->nlmsg_len)
		return false;
	memcpy(&h, r->data, sizeof(h));
	return h.nlmsg_type == request->nlmsg_type &&
	       h.nlmsg_flags == request->nlmsg_flags &&
	       !memcmp(r->data + sizeof(h),
		       (const uint8_t *)request + sizeof(h),
		       request->nlmsg_len - sizeof(h));
}

static void send_answer(struct fake_client *client, const struct record *r,
			uint32_t seq)
{
	uint8_t data[FAKE_PACKET_MAX];
	size_t at = 0;
	struct nlmsghdr h;

	memcpy(data, r->data, r->h.len);
	while (at + sizeof(h) <= r->h.len) {
		memcpy(&h, data + at, sizeof(h));
		if (h.nlmsg_len < sizeof(h))
			break;
		h.nlmsg_seq = seq;
		memcpy(data + at, &h, sizeof(h));
		at += NLMSG_ALIGN(h.nlmsg_len);
	}
	fake_client_send(client, FAKE_NETLINK, data, r->h.len);
}

bool fake_replay_answer(struct fake_kernel *k, struct fake_client *client,
			const struct nlmsghdr *request)
{
	struct fake_replay *replay = k->replay;
	size_t i, found = replay->count;

	for (i = 0; i < replay->count; i++) {
		if (!same(replay->records[i], request))
			continue;
		found = i;
		if (!replay->answered[i])
			break;
	}
	if (found == replay->count)
		return false;
	replay->answered[found] = true;
	for (i = found + 1; i < replay->count &&
	     replay->records[i]->h.kind != FAKE_RECORD_SENT; i++)
		if (replay->records[i]->h.kind == FAKE_RECORD_ANSWER)
			send_answer(client, replay->records[i],
				    request->nlmsg_seq);
	return true;
}

/* Sends all notifications that were recorded; returns their number */
unsigned int fake_replay_monitor(struct fake_kernel *k)
{
	struct fake_replay *replay = k->replay;
	unsigned int n = 0;

	for (; replay && replay->monitor < replay->count; replay->monitor++) {
		struct record *r = replay->records[replay->monitor];

		if (r->h.kind != FAKE_RECORD_NOTIFICATION)
			continue;
		fake_multicast(k, FAKE_CTRL_NOTIFY, r->data, r->h.len);
		n++;
	}
	return n;
}
