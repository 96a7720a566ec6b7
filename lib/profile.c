// SPDX-License-Identifier: LGPL-2.1-or-later
/* Profiles: which register is which quantity */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"

BACS_EXPORT struct bacs_profile *bacs_profile_new(void)
{
	return calloc(1, sizeof(struct bacs_profile));
}

BACS_EXPORT struct bacs_profile *
bacs_profile_free(struct bacs_profile *profile)
{
	while (profile) {
		struct bacs_profile *next = profile->next;

		free(profile);
		profile = next;
	}
	return NULL;
}

BACS_EXPORT const struct bacs_profile *
bacs_profile_next(const struct bacs_profile *p)
{
	assert(p);
	return p->next;
}

bool profile_name_valid(const char *name)
{
	size_t len = strlen(name);

	if (len < 1 || len > BACS_PROFILE_NAME_MAX)
		return false;
	if (name[0] < 'a' || name[0] > 'z')
		return false;
	for (const char *p = name; *p; p++)
		if (!((*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9') ||
		      *p == '-'))
			return false;
	return true;
}

BACS_EXPORT int bacs_profile_set_name(struct bacs_profile *profile,
				      const char *name)
{
	assert(profile);
	assert(name);
	if (!profile_name_valid(name))
		return -EINVAL;
	strcpy(profile->name, name);
	return 0;
}

BACS_EXPORT int bacs_profile_set_class(struct bacs_profile *profile,
				       enum bacs_modclass modclass)
{
	assert(profile);
	if (modclass <= BACS_MODCLASS_UNKNOWN || modclass > BACS_MODCLASS_IO)
		return -EINVAL;
	profile->modclass = modclass;
	return 0;
}

BACS_EXPORT int bacs_profile_set_model(struct bacs_profile *profile,
				       const char *model)
{
	assert(profile);
	assert(model);
	if (strlen(model) > BACS_LABEL_MAX)
		return -EINVAL;
	for (const char *p = model; *p; p++)
		if (*p < ' ' || *p > '~')
			return -EINVAL;
	strcpy(profile->model, model);
	return 0;
}

BACS_EXPORT int bacs_profile_set_function(struct bacs_profile *profile,
					  unsigned int function)
{
	assert(profile);
	if (function != 3 && function != 4)
		return -ERANGE;
	profile->function = function;
	return 0;
}

BACS_EXPORT int bacs_profile_set_block(struct bacs_profile *profile,
				       unsigned int start, unsigned int count)
{
	assert(profile);
	if (start > 65535 || count < 1 ||
	    count > BACS_PROFILE_REGISTERS_MAX || start + count > 65536)
		return -ERANGE;
	profile->start = start;
	profile->count = count;
	return 0;
}

BACS_EXPORT int bacs_profile_set_response_ms(struct bacs_profile *profile,
					     unsigned int response_ms)
{
	assert(profile);
	if (response_ms < BACS_RESPONSE_MS_MIN ||
	    response_ms > BACS_RESPONSE_MS_MAX)
		return -ERANGE;
	profile->response_ms = response_ms;
	return 0;
}

BACS_EXPORT int bacs_profile_set_nominal_mv(struct bacs_profile *profile,
					    unsigned int nominal_mv)
{
	assert(profile);
	if (nominal_mv > 65535)
		return -ERANGE;
	profile->nominal_mv = nominal_mv;
	return 0;
}

BACS_EXPORT int bacs_profile_add_field(struct bacs_profile *profile,
				       enum bacs_q q, unsigned int reg,
				       unsigned int width, unsigned int flags,
				       int32_t multiplier, int32_t divisor,
				       int32_t offset)
{
	assert(profile);
	if (quantity_to_uapi(q) == BACS_QUANTITY_UNSPEC)
		return -EINVAL;
	if ((width != 16 && width != 32) || !multiplier ||
	    (flags & ~(BACS_FIELD_SIGNED | BACS_FIELD_LOW_WORD_FIRST)) ||
	    (width == 16 && (flags & BACS_FIELD_LOW_WORD_FIRST)))
		return -EINVAL;
	if (reg + width / 16 > BACS_PROFILE_REGISTERS_MAX || divisor < 1)
		return -ERANGE;
	for (unsigned int i = 0; i < profile->fields; i++)
		if (profile->field[i].q == q)
			return -EEXIST;
	if (profile->fields == ARRAY_SIZE(profile->field))
		return -ENOSPC;
	profile->field[profile->fields++] = (struct profile_field){
		.q = q, .reg = (uint16_t)reg, .width = (uint8_t)width,
		.flags = flags, .multiplier = multiplier, .divisor = divisor,
		.offset = offset,
	};
	return 0;
}

BACS_EXPORT const char *bacs_profile_name(const struct bacs_profile *profile)
{
	assert(profile);
	return profile->name;
}

BACS_EXPORT enum bacs_modclass
bacs_profile_class(const struct bacs_profile *profile)
{
	assert(profile);
	return profile->modclass;
}

BACS_EXPORT const char *bacs_profile_model(const struct bacs_profile *profile)
{
	assert(profile);
	return profile->model;
}

BACS_EXPORT unsigned int
bacs_profile_function(const struct bacs_profile *profile)
{
	assert(profile);
	return profile->function;
}

BACS_EXPORT unsigned int bacs_profile_start(const struct bacs_profile *profile)
{
	assert(profile);
	return profile->start;
}

BACS_EXPORT unsigned int bacs_profile_count(const struct bacs_profile *profile)
{
	assert(profile);
	return profile->count;
}

BACS_EXPORT unsigned int
bacs_profile_response_ms(const struct bacs_profile *profile)
{
	assert(profile);
	return profile->response_ms;
}

BACS_EXPORT unsigned int
bacs_profile_nominal_mv(const struct bacs_profile *profile)
{
	assert(profile);
	return profile->nominal_mv;
}

BACS_EXPORT unsigned int bacs_profile_users(const struct bacs_profile *profile)
{
	assert(profile);
	return profile->users;
}

BACS_EXPORT bool bacs_profile_builtin(const struct bacs_profile *profile)
{
	assert(profile);
	return profile->builtin;
}

BACS_EXPORT unsigned int
bacs_profile_fields(const struct bacs_profile *profile)
{
	assert(profile);
	return profile->fields;
}

#define GIVE(pointer, value) \
	do { \
		if (pointer) \
			*(pointer) = (value); \
	} while (0)

BACS_EXPORT int bacs_profile_field(const struct bacs_profile *profile,
				   unsigned int index, enum bacs_q *ret_q,
				   unsigned int *ret_reg,
				   unsigned int *ret_width,
				   unsigned int *ret_flags,
				   int32_t *ret_multiplier,
				   int32_t *ret_divisor, int32_t *ret_offset)
{
	const struct profile_field *f;

	assert(profile);
	if (index >= profile->fields)
		return -ERANGE;
	f = &profile->field[index];
	GIVE(ret_q, f->q);
	GIVE(ret_reg, f->reg);
	GIVE(ret_width, f->width);
	GIVE(ret_flags, f->flags);
	GIVE(ret_multiplier, f->multiplier);
	GIVE(ret_divisor, f->divisor);
	GIVE(ret_offset, f->offset);
	return 0;
}

BACS_EXPORT int bacs_profile_check(const struct bacs_profile *profile,
				   char *why, size_t size)
{
	assert(profile);
	assert(why);
	if (!profile->name[0]) {
		snprintf(why, size, "the name is missing");
		return -EINVAL;
	}
	if (!profile->modclass) {
		snprintf(why, size,
			 "the class is missing: jar, string, environment or io");
		return -EINVAL;
	}
	if (!profile->function) {
		snprintf(why, size, "the function code is missing: 3 or 4");
		return -EINVAL;
	}
	if (!profile->count) {
		snprintf(why, size,
			 "the block is missing: first register and 1-125 registers");
		return -EINVAL;
	}
	if (!profile->fields) {
		snprintf(why, size, "no field: nothing would be measured");
		return -EINVAL;
	}
	for (unsigned int i = 0; i < profile->fields; i++) {
		const struct profile_field *f = &profile->field[i];

		if (f->reg + f->width / 16U <= profile->count)
			continue;
		snprintf(why, size,
			 "%s at register %u (%u bit) lies outside the block of %u registers",
			 bacs_q_name(f->q), f->reg, f->width, profile->count);
		return -EINVAL;
	}
	return 0;
}

/*
 * To and from the driver
 */
static int put_field(struct nl_msg *msg, const struct profile_field *f)
{
	struct nlattr *nest;

	nest = nla_nest_start(msg, BACS_PROFILE_A_FIELD | NLA_F_NESTED);
	if (!nest ||
	    nla_put_u32(msg, BACS_FIELD_A_QUANTITY,
			quantity_to_uapi(f->q)) < 0 ||
	    nla_put_u16(msg, BACS_FIELD_A_REGISTER, f->reg) < 0 ||
	    nla_put_u8(msg, BACS_FIELD_A_WIDTH, f->width) < 0 ||
	    ((f->flags & BACS_FIELD_SIGNED) &&
	     nla_put_flag(msg, BACS_FIELD_A_SIGNED) < 0) ||
	    ((f->flags & BACS_FIELD_LOW_WORD_FIRST) &&
	     nla_put_flag(msg, BACS_FIELD_A_LOW_WORD_FIRST) < 0) ||
	    nla_put_u32(msg, BACS_FIELD_A_MULTIPLIER,
			(uint32_t)f->multiplier) < 0 ||
	    nla_put_u32(msg, BACS_FIELD_A_DIVISOR,
			(uint32_t)f->divisor) < 0 ||
	    nla_put_u32(msg, BACS_FIELD_A_OFFSET, (uint32_t)f->offset) < 0)
		return -ENOMEM;
	nla_nest_end(msg, nest);
	return 0;
}

static int put_profile(struct nl_msg *msg, const struct bacs_profile *p)
{
	struct nlattr *nest;

	nest = nla_nest_start(msg, BACS_A_PROFILE | NLA_F_NESTED);
	if (!nest ||
	    nla_put_string(msg, BACS_PROFILE_A_NAME, p->name) < 0 ||
	    nla_put_u32(msg, BACS_PROFILE_A_CLASS, p->modclass) < 0 ||
	    (p->model[0] &&
	     nla_put_string(msg, BACS_PROFILE_A_MODEL, p->model) < 0) ||
	    nla_put_u8(msg, BACS_PROFILE_A_FUNCTION,
		       (uint8_t)p->function) < 0 ||
	    nla_put_u16(msg, BACS_PROFILE_A_START, (uint16_t)p->start) < 0 ||
	    nla_put_u16(msg, BACS_PROFILE_A_COUNT, (uint16_t)p->count) < 0 ||
	    (p->response_ms &&
	     nla_put_u32(msg, BACS_PROFILE_A_RESPONSE_MS,
			 p->response_ms) < 0) ||
	    (p->nominal_mv &&
	     nla_put_u32(msg, BACS_PROFILE_A_NOMINAL_MV, p->nominal_mv) < 0))
		return -ENOMEM;
	for (unsigned int i = 0; i < p->fields; i++)
		if (put_field(msg, &p->field[i]) < 0)
			return -ENOMEM;
	nla_nest_end(msg, nest);
	return 0;
}

BACS_EXPORT int bacs_profile_load(struct bacs *b,
				  const struct bacs_profile *profile)
{
	struct nl_msg *msg _cleanup_msg_ = NULL;
	char why[160];
	int r;

	assert(b);
	assert(profile);
	if (bacs_profile_check(profile, why, sizeof(why)) < 0)
		return bacs_fail(b, -EINVAL, "%s", why);
	r = command_begin(b, BACS_CMD_PROFILE_NEW, 0, NULL, 0, &msg);
	if (r < 0)
		return r;
	if (put_profile(msg, profile) < 0)
		return -ENOMEM;
	return command_run(b, msg, NULL, NULL);
}

/* A message about the profile of that name */
static int begin_named(struct bacs *b, uint8_t cmd, const char *name,
		       struct nl_msg **ret)
{
	struct nl_msg *msg = NULL;
	struct nlattr *nest;
	int r;

	if (!profile_name_valid(name))
		return bacs_fail(b, -EINVAL,
				 "'%s' is no name of a profile: [a-z][a-z0-9-]{0,30}",
				 name);
	r = command_begin(b, cmd, 0, NULL, 0, &msg);
	if (r < 0)
		return r;
	nest = nla_nest_start(msg, BACS_A_PROFILE | NLA_F_NESTED);
	if (!nest || nla_put_string(msg, BACS_PROFILE_A_NAME, name) < 0) {
		nlmsg_free(msg);
		return -ENOMEM;
	}
	nla_nest_end(msg, nest);
	*ret = msg;
	return 0;
}

BACS_EXPORT int bacs_profile_unload(struct bacs *b, const char *name)
{
	struct nl_msg *msg _cleanup_msg_ = NULL;
	int r;

	assert(b);
	assert(name);
	r = begin_named(b, BACS_CMD_PROFILE_DEL, name, &msg);
	return r < 0 ? r : command_run(b, msg, NULL, NULL);
}

struct profile_answer {
	struct bacs_profile *first, **last;
	int count;
};

static int take_profile(struct bacs *b, const struct nlmsghdr *nlh, void *arg)
{
	struct profile_answer *a = arg;
	struct nlattr *tb[BACS_A_MAX + 1];
	struct bacs_profile *p;
	int r;

	p = bacs_profile_new();
	if (!p)
		return -ENOMEM;
	r = parse_top(nlh, tb);
	if (!r && !tb[BACS_A_PROFILE])
		r = -EBADMSG;
	if (!r)
		r = parse_profile(tb[BACS_A_PROFILE], p);
	if (r < 0) {
		bacs_profile_free(p);
		b->diag[BACS_DIAG_MALFORMED]++;
		return 0;
	}
	*a->last = p;
	a->last = &p->next;
	a->count++;
	return 0;
}

BACS_EXPORT int bacs_profile_fetch(struct bacs *b, const char *name,
				   struct bacs_profile **ret)
{
	struct profile_answer a = { .last = &a.first };
	struct nl_msg *msg _cleanup_msg_ = NULL;
	int r;

	assert(b);
	assert(name);
	assert(ret);
	r = begin_named(b, BACS_CMD_PROFILE_GET, name, &msg);
	if (!r)
		r = command_run(b, msg, take_profile, &a);
	if (!r && a.count != 1)
		r = bacs_fail(b, -EBADMSG, "malformed answer of the driver");
	if (r < 0) {
		bacs_profile_free(a.first);
		return r;
	}
	*ret = a.first;
	return 0;
}

BACS_EXPORT int bacs_profile_list(struct bacs *b, struct bacs_profile **ret)
{
	struct profile_answer a;
	int r = -EINTR;

	assert(b);
	assert(ret);
	for (int i = 0; i < 5 && r == -EINTR; i++) {
		struct nl_msg *msg _cleanup_msg_ = NULL;

		a = (struct profile_answer){ 0 };
		a.last = &a.first;
		r = command_begin(b, BACS_CMD_PROFILE_GET, NLM_F_DUMP, NULL, 0,
				  &msg);
		if (!r)
			r = command_run(b, msg, take_profile, &a);
		if (r < 0)
			bacs_profile_free(a.first);
	}
	if (r < 0)
		return r;
	*ret = a.first;
	return a.count;
}
