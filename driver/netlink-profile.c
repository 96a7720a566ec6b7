// SPDX-License-Identifier: GPL-2.0-only
/* Generic netlink: profiles are loaded, shown and forgotten */
#include "netlink.h"

static int put_field(struct sk_buff *skb, const struct bacs_field *field)
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
	    nla_put_s32(skb, BACS_FIELD_A_OFFSET, field->offset))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_block(struct sk_buff *skb, const struct bacs_profile *profile)
{
	const struct bacs_block *block = &profile->block;

	if (nla_put_u32(skb, BACS_PROFILE_A_CLASS, profile->class) ||
	    nla_put_string(skb, BACS_PROFILE_A_MODEL, profile->model) ||
	    nla_put_u8(skb, BACS_PROFILE_A_FUNCTION, block->function) ||
	    nla_put_u16(skb, BACS_PROFILE_A_START, block->start) ||
	    nla_put_u16(skb, BACS_PROFILE_A_COUNT, block->count) ||
	    nla_put_u32(skb, BACS_PROFILE_A_NOMINAL_MV, profile->nominal_mv))
		return -EMSGSIZE;
	for (u8 i = 0; i < block->field_count; i++)
		if (put_field(skb, &block->fields[i]))
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

/* NULL: the built-in profile, whose blocks depend on the device class */
static int put_profile(struct sk_buff *skb, u32 portid, u32 seq, int flags,
		       const struct bacs_stored_profile *stored)
{
	void *header = genlmsg_put(skb, portid, seq, &bacs_family, flags,
				   BACS_CMD_PROFILE_GET);
	struct nlattr *nest;

	if (!header)
		return -EMSGSIZE;
	if (nla_put_u32(skb, BACS_A_VERSION, BACS_GENL_VERSION))
		goto cancel;
	nest = nla_nest_start(skb, BACS_A_PROFILE);
	if (!nest ||
	    nla_put_string(skb, BACS_PROFILE_A_NAME,
			   stored ? stored->profile.name : BACS_C_PROFILE) ||
	    nla_put_u32(skb, BACS_PROFILE_A_RESPONSE_MS,
			stored ? stored->profile.response_ms :
			BACS_C_RESPONSE_MS) ||
	    nla_put_u32(skb, BACS_PROFILE_A_USERS,
			stored ? stored->users : builtin_users()) ||
	    (stored ? put_block(skb, &stored->profile) :
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
	if (!cb->args[0]) {
		if (put_profile(skb, portid, seq, NLM_F_MULTI, NULL))
			goto out;
		cb->args[0] = n;
	}
	list_for_each_entry(stored, &bacs_profiles, node) {
		if (n++ < cb->args[0])
			continue;
		if (put_profile(skb, portid, seq, NLM_F_MULTI, stored))
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
		err = put_profile(reply, info->snd_portid, info->snd_seq, 0,
				  stored);
	}
	mutex_unlock(&bacs_lock);
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	return genlmsg_reply(reply, info);
}

static int parse_field(struct genl_info *info, struct nlattr *nest,
		       struct bacs_field *field)
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
	return 0;
}

static int parse_fields(struct genl_info *info, struct bacs_block *block)
{
	struct nlattr *attr;
	int rest, err;

	nla_for_each_nested(attr, info->attrs[BACS_A_PROFILE], rest) {
		if (nla_type(attr) != BACS_PROFILE_A_FIELD)
			continue;
		if (block->field_count == BACS_PROFILE_FIELDS_MAX) {
			NL_SET_ERR_MSG_ATTR(info->extack, attr,
					    "more than 24 fields");
			return -EINVAL;
		}
		err = parse_field(info, attr,
				  &block->fields[block->field_count++]);
		if (err)
			return err;
	}
	return 0;
}

static int parse_profile(struct genl_info *info, struct nlattr **attrs,
			 struct bacs_profile *profile)
{
	struct bacs_block *block = &profile->block;
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
	err = parse_fields(info, block);
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
		if (err == -EBUSY)
			GENL_SET_ERR_MSG(info, "a bus uses this profile");
	}
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
		list_del(&stored->node);
		kfree(stored);
	}
	mutex_unlock(&bacs_lock);
	return err;
}
