/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A capture played again: whoever asks what was asked then gets what came then
 *
 * The same request takes its answers in the order of the capture, and from the
 * first again after the last. What came until the next request of the capture
 * is the answer, at the same distance, whatever it was.
 */
#ifndef SIM_REPLAY_H
#define SIM_REPLAY_H

#include "capture.h"
#include "parse.h"
#include "wire.h"

#define REPLAY_FILE_MAX	(256u << 20)

struct replay;

int replay_load(struct replay **ret, const char *path, struct parse_error *e);
int replay_parse(struct replay **ret, const char *text, size_t len,
		 struct parse_error *e);
struct replay *replay_free(struct replay *r);
const struct capture_reader *replay_source(const struct replay *r);
bool replay_hear(struct replay *r, struct wire *w, const struct wire_frame *f,
		 u32 tag);

#endif
