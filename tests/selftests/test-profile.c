// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Profiles through netlink: loaded, shown, used, refused, forgotten
 * (SLICE 2, design 2 "Profile")
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "far-end.h"
#include "line.h"
#include "netlink.h"
#include "sysfs.h"
#include "wait.h"
#include "kselftest_harness.h"

#define LIMIT	30000	/* ms, for a broken driver only */

/* A profile being made; what is wrong with it is changed by the test */
struct draft {
	const char *name;
	u32 class, response_ms, quantity;
	u8 function, width;
	u16 start, count, reg;
	s32 multiplier, divisor, offset;
	bool is_signed, low_word_first, twice;
	int fields;
};

static const struct draft good = {
	.name = "some-sensor", .class = BACS_CLASS_JAR, .response_ms = 200,
	.function = RTU_READ_INPUT, .start = 0, .count = BACS_C_JAR_REGISTERS,
	.quantity = BACS_QUANTITY_VOLTAGE_MV, .reg = BACS_C_JAR_VOLTAGE_MV,
	.width = 16, .multiplier = 1, .divisor = 1, .fields = 1,
};

static void put_field(struct msg *msg, const struct draft *d, u32 quantity)
{
	struct nlattr *nest = msg_nest(msg, BACS_PROFILE_A_FIELD);

	msg_u32(msg, BACS_FIELD_A_QUANTITY, quantity);
	msg_u16(msg, BACS_FIELD_A_REGISTER, d->reg);
	msg_u8(msg, BACS_FIELD_A_WIDTH, d->width);
	if (d->is_signed)
		msg_put(msg, BACS_FIELD_A_SIGNED, NULL, 0);
	if (d->low_word_first)
		msg_put(msg, BACS_FIELD_A_LOW_WORD_FIRST, NULL, 0);
	msg_u32(msg, BACS_FIELD_A_MULTIPLIER, (u32)d->multiplier);
	msg_u32(msg, BACS_FIELD_A_DIVISOR, (u32)d->divisor);
	msg_u32(msg, BACS_FIELD_A_OFFSET, (u32)d->offset);
	msg_nest_end(msg, nest);
}

static int load(struct nl *nl, const struct draft *d)
{
	struct nlattr *nest;
	struct msg msg;

	msg_begin(&msg, nl, BACS_CMD_PROFILE_NEW);
	nest = msg_nest(&msg, BACS_A_PROFILE);
	if (d->name)
		msg_string(&msg, BACS_PROFILE_A_NAME, d->name);
	msg_u32(&msg, BACS_PROFILE_A_CLASS, d->class);
	msg_string(&msg, BACS_PROFILE_A_MODEL, "Some sensor");
	msg_u8(&msg, BACS_PROFILE_A_FUNCTION, d->function);
	msg_u16(&msg, BACS_PROFILE_A_START, d->start);
	msg_u16(&msg, BACS_PROFILE_A_COUNT, d->count);
	msg_u32(&msg, BACS_PROFILE_A_RESPONSE_MS, d->response_ms);
	msg_u32(&msg, BACS_PROFILE_A_NOMINAL_MV, 12000);
	for (int i = 0; i < d->fields; i++)
		put_field(&msg, d, d->quantity + (d->twice ? 0 : (u32)i));
	msg_nest_end(&msg, nest);
	return nl_do(nl, &msg, NULL, NULL);
}

struct shown {
	unsigned int profiles, fields, builtin;
	u32 users, response_ms;
	s32 multiplier;
};

static void see(void *arg, const struct nlattr **attrs)
{
	const struct nlattr *p[BACS_PROFILE_A_MAX + 1];
	const struct nlattr *f[BACS_FIELD_A_MAX + 1];
	struct shown *shown = arg;

	if (!nl_parse_nest(attrs[BACS_A_PROFILE], p, BACS_PROFILE_A_MAX))
		return;
	shown->profiles++;
	shown->builtin += !!p[BACS_PROFILE_A_BUILTIN];
	if (strcmp(attr_string(p[BACS_PROFILE_A_NAME]), "some-sensor"))
		return;
	shown->users = attr_u32(p[BACS_PROFILE_A_USERS]);
	shown->response_ms = attr_u32(p[BACS_PROFILE_A_RESPONSE_MS]);
	NL_FOR_EACH(attr, attrs[BACS_A_PROFILE]) {
		if ((attr->nla_type & NLA_TYPE_MASK) != BACS_PROFILE_A_FIELD ||
		    !nl_parse_nest(attr, f, BACS_FIELD_A_MAX))
			continue;
		shown->fields++;
		shown->multiplier = (s32)attr_u32(f[BACS_FIELD_A_MULTIPLIER]);
	}
}

static int by_name(struct nl *nl, u8 cmd, const char *name, struct shown *shown)
{
	struct nlattr *nest;
	struct msg msg;

	msg_begin(&msg, nl, cmd);
	nest = msg_nest(&msg, BACS_A_PROFILE);
	msg_string(&msg, BACS_PROFILE_A_NAME, name);
	msg_nest_end(&msg, nest);
	return nl_do(nl, &msg, see, shown);
}

FIXTURE(profile)
{
	struct nl nl;
};

FIXTURE_SETUP(profile)
{
	ASSERT_TRUE(nl_open(&self->nl));
	by_name(&self->nl, BACS_CMD_PROFILE_DEL, "some-sensor", NULL);
}

FIXTURE_TEARDOWN(profile)
{
	by_name(&self->nl, BACS_CMD_PROFILE_DEL, "some-sensor", NULL);
	nl_close(&self->nl);
}

TEST_F(profile, load_show_forget)
{
	struct shown shown = { 0 };
	struct draft d = good;
	struct msg msg;

	EXPECT_EQ(-ENOENT, by_name(&self->nl, BACS_CMD_PROFILE_GET,
				   "some-sensor", &shown));
	EXPECT_NE('\0', self->nl.text[0]);
	ASSERT_EQ(0, load(&self->nl, &d));
	d.multiplier = -7;
	ASSERT_EQ(0, load(&self->nl, &d));	/* replaces */
	ASSERT_EQ(0, by_name(&self->nl, BACS_CMD_PROFILE_GET, "some-sensor",
			     &shown));
	EXPECT_EQ(1U, shown.fields);
	EXPECT_EQ(-7, shown.multiplier);
	EXPECT_EQ(200U, shown.response_ms);
	EXPECT_EQ(0U, shown.users);
	memset(&shown, 0, sizeof(shown));
	msg_begin(&msg, &self->nl, BACS_CMD_PROFILE_GET);
	ASSERT_EQ(0, nl_dump(&self->nl, &msg, see, &shown));
	EXPECT_LE(2U, shown.profiles);
	EXPECT_EQ(1U, shown.builtin);
	EXPECT_EQ(0, by_name(&self->nl, BACS_CMD_PROFILE_DEL, "some-sensor",
			     NULL));
	EXPECT_EQ(-ENOENT, by_name(&self->nl, BACS_CMD_PROFILE_DEL,
				   "some-sensor", NULL));
	EXPECT_EQ(-ENOENT, by_name(&self->nl, BACS_CMD_PROFILE_DEL, "bacs-c",
				   NULL));
}

#define BAD(_change) do { \
	struct draft d = good; \
	int _err; \
	_change; \
	_err = load(&self->nl, &d); \
	EXPECT_TRUE(_err == -EINVAL || _err == -ERANGE || _err == -EEXIST) \
		TH_LOG("%s: %d", #_change, _err); \
	EXPECT_NE('\0', self->nl.text[0]) \
		TH_LOG("%s: no text", #_change); \
} while (0)

TEST_F(profile, bad_ones_are_refused)
{
	struct shown shown = { 0 };

	BAD(d.name = NULL);
	BAD(d.name = "");
	BAD(d.name = "Upper");
	BAD(d.name = "9digit");
	BAD(d.name = "with space");
	BAD(d.name = "a/b");
	BAD(d.name = "a123456789012345678901234567890x");
	BAD(d.name = "bacs-c");
	BAD(d.class = BACS_CLASS_UNKNOWN);
	BAD(d.class = BACS_CLASS_IO + 1);
	BAD(d.function = 1);
	BAD(d.function = 6);
	BAD(d.count = 0);
	BAD(d.count = 126);
	BAD(d.start = 0xFFFF);
	BAD(d.response_ms = 4);
	BAD(d.response_ms = 10001);
	BAD(d.fields = 0);
	BAD((d.fields = 25, d.twice = true));
	BAD((d.fields = 2, d.twice = true));
	BAD(d.quantity = 0);
	BAD(d.quantity = BACS_QUANTITY_MAX + 1);
	BAD(d.reg = BACS_C_JAR_REGISTERS);
	BAD((d.reg = BACS_C_JAR_REGISTERS - 1, d.width = 32));
	BAD(d.reg = 0xFFFF);
	BAD(d.width = 0);
	BAD(d.width = 24);
	BAD(d.width = 64);
	BAD(d.low_word_first = true);
	BAD(d.multiplier = 0);
	BAD(d.divisor = 0);
	BAD(d.divisor = -1);
	EXPECT_EQ(-ENOENT, by_name(&self->nl, BACS_CMD_PROFILE_GET,
				   "some-sensor", &shown));
}

/* All quantities there are fit into one profile and back. */
TEST_F(profile, every_quantity)
{
	struct shown shown = { 0 };
	struct draft d = good;

	d.quantity = 1;
	d.fields = BACS_QUANTITY_MAX;
	ASSERT_EQ(0, load(&self->nl, &d));
	ASSERT_EQ(0, by_name(&self->nl, BACS_CMD_PROFILE_GET, "some-sensor",
			     &shown));
	EXPECT_EQ((unsigned int)BACS_QUANTITY_MAX, shown.fields);
}

TEST_F(profile, used_by_a_bus)
{
	struct bacs_start args = line_start_args("tProf", 1, 2);
	struct far_end *far = far_end_new();
	struct shown shown = { 0 };
	struct draft d = good;
	char path[PATH_MAX];
	struct msg msg;
	int fd;

	ASSERT_NE(NULL, far);
	far_end_add(far, 1, 2);
	far_end_set_live(far, 1, BACS_C_JAR_VOLTAGE_MV, (u16)-250);
	/* tenths of a volt, signed, with an offset: -25.0 V and 1 mV */
	d.is_signed = true;
	d.multiplier = 1000;
	d.divisor = 10;
	d.offset = 1;
	ASSERT_EQ(0, load(&self->nl, &d));
	strcpy(args.profile, "some-sensor");
	fd = line_bus(far->slave, &args);
	ASSERT_LE(0, fd);
	EXPECT_TRUE(AWAIT(LIMIT, sys_count_live("tProf", 1, 2) == 2));
	ASSERT_TRUE(sys_hwmon("tProf", 1, path, sizeof(path)));
	EXPECT_EQ(-24999, sys_number("%s/in0_input", path));
	EXPECT_FALSE(sys_exists("%s/temp1_input", path));
	EXPECT_TRUE(sys_is("some-sensor", SYS_BACS "/tProf-001/profile"));
	EXPECT_TRUE(sys_is("Some sensor", SYS_BACS "/tProf-001/model"));
	EXPECT_TRUE(sys_is("", SYS_BACS "/tProf-001/serial"));
	EXPECT_TRUE(sys_is("", SYS_BACS "/tProf-001/resistance_uohm"));

	EXPECT_EQ(-EBUSY, load(&self->nl, &good));
	EXPECT_NE('\0', self->nl.text[0]);
	EXPECT_EQ(-EBUSY, by_name(&self->nl, BACS_CMD_PROFILE_DEL,
				  "some-sensor", NULL));
	EXPECT_NE('\0', self->nl.text[0]);
	ASSERT_EQ(0, by_name(&self->nl, BACS_CMD_PROFILE_GET, "some-sensor",
			     &shown));
	EXPECT_EQ(1U, shown.users);
	/* Somebody else's modules are read and never written to. */
	msg_bus(&msg, &self->nl, BACS_CMD_CONTROL_CLAIM, "tProf");
	ASSERT_EQ(0, nl_do(&self->nl, &msg, NULL, NULL));
	msg_module(&msg, &self->nl, BACS_CMD_RI_START, "tProf", 1);
	EXPECT_EQ(-EOPNOTSUPP, nl_do(&self->nl, &msg, NULL, NULL));
	line_end(fd);
	EXPECT_EQ(0U, far_end_count(far, &far->writes));
	EXPECT_EQ(0, by_name(&self->nl, BACS_CMD_PROFILE_DEL, "some-sensor",
			     NULL));
	far_end_free(far);
}

TEST_HARNESS_MAIN
