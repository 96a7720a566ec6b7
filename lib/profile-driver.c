// SPDX-License-Identifier: LGPL-2.1-or-later
/* Profiles to and from the driver */
#include <errno.h>

#include "command.h"

static int put_validity(struct nl_msg *msg, const struct profile_field *f)
{
	if ((f->valid_flag &&
	     nla_put_u16(msg, BACS_FIELD_A_VALID_FLAG, f->valid_flag) < 0) ||
	    (f->has_invalid &&
	     nla_put_u32(msg, BACS_FIELD_A_INVALID, f->invalid) < 0))
		return -ENOMEM;
	if (f->has_range &&
	    (nla_put_u32(msg, BACS_FIELD_A_MIN_VALUE, (uint32_t)f->min) < 0 ||
	     nla_put_u32(msg, BACS_FIELD_A_MAX_VALUE, (uint32_t)f->max) < 0))
		return -ENOMEM;
	return 0;
}

static int put_block(struct nl_msg *msg, const struct profile_block *block)
{
	struct nlattr *nest;

	nest = nla_nest_start(msg, BACS_PROFILE_A_BLOCK | NLA_F_NESTED);
	if (!nest ||
	    nla_put_u8(msg, BACS_BLOCK_A_FUNCTION,
		       (uint8_t)block->function) < 0 ||
	    nla_put_u16(msg, BACS_BLOCK_A_START, (uint16_t)block->start) < 0 ||
	    nla_put_u16(msg, BACS_BLOCK_A_COUNT, (uint16_t)block->count) < 0)
		return -ENOMEM;
	nla_nest_end(msg, nest);
	return 0;
}

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
	    nla_put_u32(msg, BACS_FIELD_A_OFFSET, (uint32_t)f->offset) < 0 ||
	    (f->block &&
	     nla_put_u8(msg, BACS_FIELD_A_BLOCK, f->block) < 0) ||
	    (f->every > 1 &&
	     nla_put_u8(msg, BACS_FIELD_A_EVERY, f->every) < 0) ||
	    put_validity(msg, f) < 0)
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
		       (uint8_t)p->block[0].function) < 0 ||
	    nla_put_u16(msg, BACS_PROFILE_A_START,
			(uint16_t)p->block[0].start) < 0 ||
	    nla_put_u16(msg, BACS_PROFILE_A_COUNT,
			(uint16_t)p->block[0].count) < 0 ||
	    (p->response_ms &&
	     nla_put_u32(msg, BACS_PROFILE_A_RESPONSE_MS,
			 p->response_ms) < 0) ||
	    (p->nominal_mv &&
	     nla_put_u32(msg, BACS_PROFILE_A_NOMINAL_MV, p->nominal_mv) < 0))
		return -ENOMEM;
	for (unsigned int i = 1; i < p->blocks; i++)
		if (put_block(msg, &p->block[i]) < 0)
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
