// SPDX-License-Identifier: GPL-2.0-only
/* Generic netlink: profiles are loaded, shown and forgotten */
#include "netlink.h"

/* What a profile may leave out is left out. */
static int put_validity(struct sk_buff *skb, const struct bacs_field *field)
{
	if (field->valid_flag &&
	    nla_put_u16(skb, BACS_FIELD_A_VALID_FLAG, field->valid_flag))
		return -EMSGSIZE;
	if (field->has_invalid &&
	    nla_put_u32(skb, BACS_FIELD_A_INVALID, field->invalid))
		return -EMSGSIZE;
	if (field->has_range &&
	    (nla_put_s32(skb, BACS_FIELD_A_MIN_VALUE, field->min) ||
	     nla_put_s32(skb, BACS_FIELD_A_MAX_VALUE, field->max)))
		return -EMSGSIZE;
	return 0;
}

static int put_field(struct sk_buff *skb, const struct bacs_field *field,
		     u8 block)
{
	struct nlattr *nest = nla_nest_start(skb, BACS_PROFILE_A_FIELD);

	if (!nest ||
	    nla_put_u32(skb, BACS_FIELD_A_QUANTITY, field->quantity) ||
	    nla_put_u16(skb, BACS_FIELD_A_REGISTER, field->reg) ||
	    nla_put_u8(skb, BACS_FIELD_A_WIDTH, field->width) ||
	    (field->is_signed && nla_put_flag(skb, BACS_FIELD_A_SIGNED)) ||
	    (field->low_word_first &&
	     nla_put_flag(skb, BACS_FIELD_A_LOW_WORD_FIRST)) ||
	    nla_put_s32(skb, BACS_FIELD_A_MULTIPLIER, field->multiplier) ||
	    nla_put_s32(skb, BACS_FIELD_A_DIVISOR, field->divisor) ||
	    nla_put_s32(skb, BACS_FIELD_A_OFFSET, field->offset) ||
	    (block && nla_put_u8(skb, BACS_FIELD_A_BLOCK, block)) ||
	    (field->every > 1 &&
	     nla_put_u8(skb, BACS_FIELD_A_EVERY, field->every)) ||
	    put_validity(skb, field))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* A block beyond the first */
static int put_block(struct sk_buff *skb, const struct bacs_block *block)
{
	struct nlattr *nest = nla_nest_start(skb, BACS_PROFILE_A_BLOCK);

	if (!nest ||
	    nla_put_u8(skb, BACS_BLOCK_A_FUNCTION, block->function) ||
	    nla_put_u16(skb, BACS_BLOCK_A_START, block->start) ||
	    nla_put_u16(skb, BACS_BLOCK_A_COUNT, block->count))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_map(struct sk_buff *skb, const struct bacs_profile *profile)
{
	const struct bacs_block *block = &profile->blocks[0];

	if (nla_put_u32(skb, BACS_PROFILE_A_CLASS, profile->class) ||
	    nla_put_string(skb, BACS_PROFILE_A_MODEL, profile->model) ||
	    nla_put_u8(skb, BACS_PROFILE_A_FUNCTION, block->function) ||
	    nla_put_u16(skb, BACS_PROFILE_A_START, block->start) ||
	    nla_put_u16(skb, BACS_PROFILE_A_COUNT, block->count) ||
	    nla_put_u32(skb, BACS_PROFILE_A_NOMINAL_MV, profile->nominal_mv))
		return -EMSGSIZE;
	for (u8 b = 1; b < profile->block_count; b++)
		if (put_block(skb, &profile->blocks[b]))
			return -EMSGSIZE;
	for (u8 b = 0; b < profile->block_count; b++)
		for (u8 i = 0; i < profile->blocks[b].field_count; i++)
			if (put_field(skb, &profile->blocks[b].fields[i], b))
				return -EMSGSIZE;
	return 0;
}

static u32 builtin_users(void)
{
	struct bacs_bus *bus;
	u32 users = 0;

	list_for_each_entry(bus, &bacs_buses, node)
		users += !bus->stored;
	return users;
}

/*
 * @stored: NULL: the built-in profile, whose blocks depend on the device class;
 * @cb: the dump it is for, or NULL
 */
static int put_profile(struct sk_buff *skb, u32 portid, u32 seq,
		       const struct bacs_stored_profile *stored,
		       struct netlink_callback *cb)
{
	void *header = genlmsg_put(skb, portid, seq, &bacs_family,
				   cb ? NLM_F_MULTI : 0, BACS_CMD_PROFILE_GET);
	struct nlattr *nest;

	if (!header)
		return -EMSGSIZE;
	if (cb)
		genl_dump_check_consistent(cb, header);
	if (nla_put_u32(skb, BACS_A_VERSION, BACS_GENL_VERSION))
		goto cancel;
	nest = nla_nest_start(skb, BACS_A_PROFILE);
	if (!nest ||
	    nla_put_string(skb, BACS_PROFILE_A_NAME,
			   stored ? stored->name : BACS_C_PROFILE) ||
	    nla_put_u32(skb, BACS_PROFILE_A_RESPONSE_MS,
			stored ? stored->profile->response_ms :
			BACS_C_RESPONSE_MS) ||
	    nla_put_u32(skb, BACS_PROFILE_A_USERS,
			stored ? stored->users : builtin_users()) ||
	    (stored ? put_map(skb, stored->profile) :
	     nla_put_flag(skb, BACS_PROFILE_A_BUILTIN)))
		goto cancel;
	nla_nest_end(skb, nest);
	genlmsg_end(skb, header);
	return 0;

cancel:
	genlmsg_cancel(skb, header);
	return -EMSGSIZE;
}

int bacs_nl_profile_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	u32 portid = NETLINK_CB(cb->skb).portid, seq = cb->nlh->nlmsg_seq;
	struct bacs_stored_profile *stored;
	long n = 1;

	mutex_lock(&bacs_lock);
	cb->seq = bacs_profiles_generation;
	if (!cb->args[0]) {
		if (put_profile(skb, portid, seq, NULL, cb))
			goto out;
		cb->args[0] = n;
	}
	list_for_each_entry(stored, &bacs_profiles, node) {
		if (n++ < cb->args[0])
			continue;
		if (put_profile(skb, portid, seq, stored, cb))
			break;
		cb->args[0] = n;
	}
out:
	mutex_unlock(&bacs_lock);
	return skb->len;
}

static int parse_name(struct genl_info *info, struct nlattr **attrs)
{
	int err;

	if (!info->attrs[BACS_A_PROFILE]) {
		GENL_SET_ERR_MSG(info, "profile is missing");
		return -EINVAL;
	}
	err = nla_parse_nested(attrs, BACS_PROFILE_A_MAX,
			       info->attrs[BACS_A_PROFILE], bacs_profile_policy,
			       info->extack);
	if (!err && !attrs[BACS_PROFILE_A_NAME]) {
		GENL_SET_ERR_MSG(info, "name of the profile is missing");
		err = -EINVAL;
	}
	return err;
}

int bacs_nl_profile_get(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *attrs[BACS_PROFILE_A_MAX + 1];
	struct bacs_stored_profile *stored = NULL;
	struct sk_buff *reply;
	const char *name;
	int err = parse_name(info, attrs);

	if (err)
		return err;
	name = nla_data(attrs[BACS_PROFILE_A_NAME]);
	reply = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!reply)
		return -ENOMEM;
	mutex_lock(&bacs_lock);
	if (strcmp(name, BACS_C_PROFILE))
		stored = bacs_profile_find(name);
	if (strcmp(name, BACS_C_PROFILE) && !stored) {
		GENL_SET_ERR_MSG(info, "no such profile");
		err = -ENOENT;
	} else {
		err = put_profile(reply, info->snd_portid, info->snd_seq,
				  stored, NULL);
	}
	mutex_unlock(&bacs_lock);
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	return genlmsg_reply(reply, info);
}

static int parse_validity(struct genl_info *info, struct nlattr **attrs,
			  struct bacs_field *field)
{
	if (attrs[BACS_FIELD_A_VALID_FLAG])
		field->valid_flag = nla_get_u16(attrs[BACS_FIELD_A_VALID_FLAG]);
	field->has_invalid = attrs[BACS_FIELD_A_INVALID];
	if (field->has_invalid)
		field->invalid = nla_get_u32(attrs[BACS_FIELD_A_INVALID]);
	field->has_range = attrs[BACS_FIELD_A_MIN_VALUE];
	if (field->has_range != !!attrs[BACS_FIELD_A_MAX_VALUE]) {
		GENL_SET_ERR_MSG(info,
				 "field: a range has two ends, min and max");
		return -EINVAL;
	}
	if (field->has_range) {
		field->min = nla_get_s32(attrs[BACS_FIELD_A_MIN_VALUE]);
		field->max = nla_get_s32(attrs[BACS_FIELD_A_MAX_VALUE]);
	}
	return 0;
}

static int parse_field(struct genl_info *info, struct nlattr *nest,
		       struct bacs_field *field, u8 *ret_block)
{
	struct nlattr *attrs[BACS_FIELD_A_MAX + 1];
	int err = nla_parse_nested(attrs, BACS_FIELD_A_MAX, nest,
				   bacs_field_policy, info->extack);

	if (err)
		return err;
	if (!attrs[BACS_FIELD_A_QUANTITY] || !attrs[BACS_FIELD_A_REGISTER]) {
		NL_SET_ERR_MSG_ATTR(info->extack, nest,
				    "field without quantity or register");
		return -EINVAL;
	}
	field->quantity = nla_get_u32(attrs[BACS_FIELD_A_QUANTITY]);
	field->reg = nla_get_u16(attrs[BACS_FIELD_A_REGISTER]);
	field->width = attrs[BACS_FIELD_A_WIDTH] ?
		       nla_get_u8(attrs[BACS_FIELD_A_WIDTH]) : 16;
	field->is_signed = attrs[BACS_FIELD_A_SIGNED];
	field->low_word_first = attrs[BACS_FIELD_A_LOW_WORD_FIRST];
	field->multiplier = attrs[BACS_FIELD_A_MULTIPLIER] ?
			    nla_get_s32(attrs[BACS_FIELD_A_MULTIPLIER]) : 1;
	field->divisor = attrs[BACS_FIELD_A_DIVISOR] ?
			 nla_get_s32(attrs[BACS_FIELD_A_DIVISOR]) : 1;
	field->offset = attrs[BACS_FIELD_A_OFFSET] ?
			nla_get_s32(attrs[BACS_FIELD_A_OFFSET]) : 0;
	field->every = attrs[BACS_FIELD_A_EVERY] ?
		       nla_get_u8(attrs[BACS_FIELD_A_EVERY]) : 1;
	*ret_block = attrs[BACS_FIELD_A_BLOCK] ?
		     nla_get_u8(attrs[BACS_FIELD_A_BLOCK]) : 0;
	return parse_validity(info, attrs, field);
}

/* A field joins the block that it names. */
static int add_field(struct genl_info *info, struct nlattr *nest,
		     struct bacs_profile *profile)
{
	struct bacs_field field = { 0 };
	struct bacs_block *block;
	u8 index = 0;
	int err = parse_field(info, nest, &field, &index);

	if (err)
		return err;
	if (index >= profile->block_count) {
		NL_SET_ERR_MSG_ATTR(info->extack, nest,
				    "field of a block that is not there");
		return -EINVAL;
	}
	block = &profile->blocks[index];
	if (block->field_count == BACS_PROFILE_FIELDS_MAX) {
		NL_SET_ERR_MSG_ATTR(info->extack, nest, "more than 24 fields");
		return -EINVAL;
	}
	block->fields[block->field_count++] = field;
	return 0;
}

static int add_block(struct genl_info *info, struct nlattr *nest,
		     struct bacs_profile *profile)
{
	struct nlattr *attrs[BACS_BLOCK_A_MAX + 1];
	struct bacs_block *block;
	int err = nla_parse_nested(attrs, BACS_BLOCK_A_MAX, nest,
				   bacs_block_policy, info->extack);

	if (err)
		return err;
	if (!attrs[BACS_BLOCK_A_FUNCTION] || !attrs[BACS_BLOCK_A_START] ||
	    !attrs[BACS_BLOCK_A_COUNT]) {
		NL_SET_ERR_MSG_ATTR(info->extack, nest,
				    "block without function, start or count");
		return -EINVAL;
	}
	if (profile->block_count == BACS_PROFILE_BLOCKS_MAX) {
		NL_SET_ERR_MSG_ATTR(info->extack, nest, "more than 8 blocks");
		return -EINVAL;
	}
	block = &profile->blocks[profile->block_count++];
	block->function = nla_get_u8(attrs[BACS_BLOCK_A_FUNCTION]);
	block->start = nla_get_u16(attrs[BACS_BLOCK_A_START]);
	block->count = nla_get_u16(attrs[BACS_BLOCK_A_COUNT]);
	return 0;
}

/* All blocks are known before the first field asks for one. */
static int parse_nests(struct genl_info *info, struct bacs_profile *profile)
{
	struct nlattr *attr;
	int rest, err;

	nla_for_each_nested(attr, info->attrs[BACS_A_PROFILE], rest) {
		if (nla_type(attr) != BACS_PROFILE_A_BLOCK)
			continue;
		err = add_block(info, attr, profile);
		if (err)
			return err;
	}
	nla_for_each_nested(attr, info->attrs[BACS_A_PROFILE], rest) {
		if (nla_type(attr) != BACS_PROFILE_A_FIELD)
			continue;
		err = add_field(info, attr, profile);
		if (err)
			return err;
	}
	return 0;
}

static int parse_profile(struct genl_info *info, struct nlattr **attrs,
			 struct bacs_profile *profile)
{
	struct bacs_block *block = &profile->blocks[0];
	const char *why;
	int err;

	if (!attrs[BACS_PROFILE_A_CLASS] || !attrs[BACS_PROFILE_A_FUNCTION] ||
	    !attrs[BACS_PROFILE_A_START] || !attrs[BACS_PROFILE_A_COUNT]) {
		GENL_SET_ERR_MSG(info,
				 "profile without class, function, start or count");
		return -EINVAL;
	}
	nla_strscpy(profile->name, attrs[BACS_PROFILE_A_NAME],
		    sizeof(profile->name));
	if (attrs[BACS_PROFILE_A_MODEL])
		nla_strscpy(profile->model, attrs[BACS_PROFILE_A_MODEL],
			    sizeof(profile->model));
	for (char *c = profile->model; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	profile->class = nla_get_u32(attrs[BACS_PROFILE_A_CLASS]);
	block->function = nla_get_u8(attrs[BACS_PROFILE_A_FUNCTION]);
	block->start = nla_get_u16(attrs[BACS_PROFILE_A_START]);
	block->count = nla_get_u16(attrs[BACS_PROFILE_A_COUNT]);
	/* A foreign module may take its time; Modbus names no number. */
	profile->response_ms = attrs[BACS_PROFILE_A_RESPONSE_MS] ?
		nla_get_u32(attrs[BACS_PROFILE_A_RESPONSE_MS]) : 300;
	if (attrs[BACS_PROFILE_A_NOMINAL_MV])
		profile->nominal_mv =
			nla_get_u32(attrs[BACS_PROFILE_A_NOMINAL_MV]);
	profile->block_count = 1;
	err = parse_nests(info, profile);
	if (err)
		return err;
	why = bacs_profile_check(profile);
	if (why) {
		/* Static strings of profile.c, which live with the driver */
		info->extack->_msg = why;
		return -EINVAL;
	}
	return 0;
}

int bacs_nl_profile_new(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *attrs[BACS_PROFILE_A_MAX + 1];
	struct bacs_profile *profile;
	int err = parse_name(info, attrs);

	if (err)
		return err;
	if (!strcmp(nla_data(attrs[BACS_PROFILE_A_NAME]), BACS_C_PROFILE)) {
		GENL_SET_ERR_MSG(info, "this profile is built in");
		return -EEXIST;
	}
	profile = kzalloc(sizeof(*profile), GFP_KERNEL);
	if (!profile)
		return -ENOMEM;
	err = parse_profile(info, attrs, profile);
	if (!err) {
		mutex_lock(&bacs_lock);
		err = bacs_profile_add(profile);
		mutex_unlock(&bacs_lock);
	}
	if (err)
		kfree(profile);
	return err;
}

int bacs_nl_profile_del(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *attrs[BACS_PROFILE_A_MAX + 1];
	struct bacs_stored_profile *stored;
	int err = parse_name(info, attrs);

	if (err)
		return err;
	mutex_lock(&bacs_lock);
	stored = bacs_profile_find(nla_data(attrs[BACS_PROFILE_A_NAME]));
	if (!stored) {
		GENL_SET_ERR_MSG(info, "no such loaded profile");
		err = -ENOENT;
	} else if (stored->users) {
		GENL_SET_ERR_MSG(info, "a bus uses this profile");
		err = -EBUSY;
	} else {
		bacs_profile_forget(stored);
	}
	mutex_unlock(&bacs_lock);
	return err;
}
