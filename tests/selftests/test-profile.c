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
#include "harness.h"

#define LIMIT	120000	/* ms, for a broken driver only */

/* A profile being made; what is wrong with it is changed by the test */
struct draft {
	const char *name;
	u32 class, response_ms, quantity;
	u8 function, width;
	u16 start, count, reg;
	s32 multiplier, divisor, offset;
	bool is_signed, low_word_first, twice;
	int fields;
	u8 every;
	bool has_invalid, has_min, has_max;
	u32 invalid;
	s32 min, max;
	u16 valid_flag;
	/* Block 1, of holding registers, with the temperature at its start */
	bool second;
	u8 second_function, second_every, second_block;
	u16 second_start, second_count;
};

static const struct draft good = {
	.name = "some-sensor", .class = BACS_CLASS_JAR, .response_ms = 200,
	.function = RTU_READ_INPUT, .start = 0, .count = BACS_C_JAR_REGISTERS,
	.quantity = BACS_QUANTITY_VOLTAGE_MV, .reg = BACS_C_JAR_VOLTAGE_MV,
	.width = 16, .multiplier = 1, .divisor = 1, .fields = 1,
	.second_function = RTU_READ_HOLDING, .second_start = 0,
	.second_count = 2, .second_block = 1, .second_every = 1,
};

static void put_field(struct msg *msg, const struct draft *d, u32 quantity,
		      u16 reg)
{
	struct nlattr *nest = msg_nest(msg, BACS_PROFILE_A_FIELD);

	msg_u32(msg, BACS_FIELD_A_QUANTITY, quantity);
	msg_u16(msg, BACS_FIELD_A_REGISTER, reg);
	msg_u8(msg, BACS_FIELD_A_WIDTH, d->width);
	if (d->is_signed)
		msg_put(msg, BACS_FIELD_A_SIGNED, NULL, 0);
	if (d->low_word_first)
		msg_put(msg, BACS_FIELD_A_LOW_WORD_FIRST, NULL, 0);
	msg_u32(msg, BACS_FIELD_A_MULTIPLIER, (u32)d->multiplier);
	msg_u32(msg, BACS_FIELD_A_DIVISOR, (u32)d->divisor);
	msg_u32(msg, BACS_FIELD_A_OFFSET, (u32)d->offset);
	if (d->every)
		msg_u8(msg, BACS_FIELD_A_EVERY, d->every);
	if (d->has_invalid)
		msg_u32(msg, BACS_FIELD_A_INVALID, d->invalid);
	if (d->has_min)
		msg_u32(msg, BACS_FIELD_A_MIN_VALUE, (u32)d->min);
	if (d->has_max)
		msg_u32(msg, BACS_FIELD_A_MAX_VALUE, (u32)d->max);
	if (d->valid_flag)
		msg_u16(msg, BACS_FIELD_A_VALID_FLAG, d->valid_flag);
	msg_nest_end(msg, nest);
}

static void put_second(struct msg *msg, const struct draft *d)
{
	struct nlattr *nest = msg_nest(msg, BACS_PROFILE_A_BLOCK);

	msg_u8(msg, BACS_BLOCK_A_FUNCTION, d->second_function);
	msg_u16(msg, BACS_BLOCK_A_START, d->second_start);
	msg_u16(msg, BACS_BLOCK_A_COUNT, d->second_count);
	msg_nest_end(msg, nest);
	nest = msg_nest(msg, BACS_PROFILE_A_FIELD);
	msg_u32(msg, BACS_FIELD_A_QUANTITY, BACS_QUANTITY_TEMP_MC);
	msg_u16(msg, BACS_FIELD_A_REGISTER, 0);
	msg_u8(msg, BACS_FIELD_A_BLOCK, d->second_block);
	msg_u8(msg, BACS_FIELD_A_EVERY, d->second_every);
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
		put_field(&msg, d, d->quantity + (d->twice ? 0 : (u32)i),
			  (u16)(d->reg + i));
	if (d->second)
		put_second(&msg, d);
	msg_nest_end(&msg, nest);
	return nl_do(nl, &msg, NULL, NULL);
}

struct shown {
	unsigned int profiles, fields, builtin, blocks;
	u32 users, response_ms, invalid;
	s32 multiplier, min, max;
	u16 valid_flag, start;
	u8 block, every;
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
		const struct nlattr *b[BACS_BLOCK_A_MAX + 1];

		if ((attr->nla_type & NLA_TYPE_MASK) == BACS_PROFILE_A_BLOCK &&
		    nl_parse_nest(attr, b, BACS_BLOCK_A_MAX)) {
			shown->blocks++;
			shown->start = attr_u16(b[BACS_BLOCK_A_START]);
		}
		if ((attr->nla_type & NLA_TYPE_MASK) != BACS_PROFILE_A_FIELD ||
		    !nl_parse_nest(attr, f, BACS_FIELD_A_MAX))
			continue;
		shown->fields++;
		shown->multiplier = (s32)attr_u32(f[BACS_FIELD_A_MULTIPLIER]);
		if (f[BACS_FIELD_A_BLOCK])
			shown->block = attr_u8(f[BACS_FIELD_A_BLOCK]);
		if (f[BACS_FIELD_A_EVERY])
			shown->every = attr_u8(f[BACS_FIELD_A_EVERY]);
		if (f[BACS_FIELD_A_INVALID])
			shown->invalid = attr_u32(f[BACS_FIELD_A_INVALID]);
		if (f[BACS_FIELD_A_MIN_VALUE])
			shown->min = (s32)attr_u32(f[BACS_FIELD_A_MIN_VALUE]);
		if (f[BACS_FIELD_A_MAX_VALUE])
			shown->max = (s32)attr_u32(f[BACS_FIELD_A_MAX_VALUE]);
		if (f[BACS_FIELD_A_VALID_FLAG])
			shown->valid_flag =
				attr_u16(f[BACS_FIELD_A_VALID_FLAG]);
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
	BAD((d.has_invalid = true, d.invalid = 0x10000));
	BAD((d.has_min = true, d.min = 1));
	BAD((d.has_max = true, d.max = 1));
	BAD((d.has_min = true, d.min = 1, d.has_max = true));
	BAD(d.valid_flag = 1);
	BAD((d.valid_flag = 1, d.quantity = BACS_QUANTITY_FLAGS));
	BAD((d.width = 32, d.fields = 2));
	BAD(d.every = 2);
	BAD((d.second = true, d.second_function = 2));
	BAD((d.second = true, d.second_count = 0));
	BAD((d.second = true, d.second_count = 126));
	BAD((d.second = true, d.second_start = 0xFFFF));
	BAD((d.second = true, d.second_function = RTU_READ_INPUT));
	BAD((d.second = true, d.second_block = 2));
	BAD((d.second = true, d.second_block = 8));
	BAD((d.second = true, d.second_every = 0));
	BAD((d.second = true, d.quantity = BACS_QUANTITY_TEMP_MC));
	EXPECT_EQ(-ENOENT, by_name(&self->nl, BACS_CMD_PROFILE_GET,
				   "some-sensor", &shown));
}

/* All quantities there are fit into one profile and back. */
TEST_F(profile, every_quantity)
{
	struct shown shown = { 0 };
	struct draft d = good;

	d.quantity = 1;
	d.reg = 0;
	d.count = BACS_QUANTITY_MAX;
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
	EXPECT_FALSE(sys_exists(SYS_BACS "/tProf-001/resistance_uohm"));

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

TEST_F(profile, all_of_it_comes_back)
{
	struct shown shown = { 0 };
	struct draft d = good;

	d.quantity = BACS_QUANTITY_FLAGS;
	d.fields = 2;
	d.twice = false;
	/* flags, and behind them the RI sequence that depends on them */
	d.reg = 0;
	d.has_invalid = d.has_min = d.has_max = d.second = true;
	d.invalid = 0x8000;
	d.min = -5;
	d.max = S32_MAX;
	d.second_start = 40;
	d.second_every = 200;
	ASSERT_EQ(0, load(&self->nl, &d));
	ASSERT_EQ(0, by_name(&self->nl, BACS_CMD_PROFILE_GET, "some-sensor",
			     &shown));
	EXPECT_EQ(3U, shown.fields);
	EXPECT_EQ(1U, shown.blocks);
	EXPECT_EQ(40, shown.start);
	EXPECT_EQ(1, shown.block);
	EXPECT_EQ(200, shown.every);
	EXPECT_EQ(0x8000U, shown.invalid);
	EXPECT_EQ(-5, shown.min);
	EXPECT_EQ(S32_MAX, shown.max);
	EXPECT_EQ(0, shown.valid_flag);
}

/* Two requests in each scan make one module; no value outlives its validity. */
TEST_F(profile, two_blocks_and_valid_values)
{
	struct bacs_start args = line_start_args("tBlock", 1, 1);
	struct far_end *far = far_end_new();
	struct draft d = good;
	char path[PATH_MAX];
	int fd;

	ASSERT_NE(NULL, far);
	far_end_add(far, 1, 1);
	far_end_set_live(far, 1, BACS_C_JAR_VOLTAGE_MV, 13500);
	far->modules[1].holding[0] = 21000;
	d.second = true;
	d.second_every = 2;
	d.has_invalid = d.has_min = d.has_max = true;
	d.invalid = 0x8000;
	d.min = 0;
	d.max = 14000;
	ASSERT_EQ(0, load(&self->nl, &d));
	strcpy(args.profile, "some-sensor");
	args.scan_ms = 50;
	fd = line_bus(far->slave, &args);
	ASSERT_LE(0, fd);
	ASSERT_TRUE(AWAIT(LIMIT, sys_live("tBlock", 1)));
	ASSERT_TRUE(sys_hwmon("tBlock", 1, path, sizeof(path)));
	EXPECT_EQ(13500, sys_number("%s/in0_input", path));
	EXPECT_EQ(21000, sys_number("%s/temp1_input", path));
	far_end_set_live(far, 1, BACS_C_JAR_VOLTAGE_MV, 14001);
	EXPECT_TRUE(AWAIT(LIMIT, sys_number("%s/in0_input", path) < 0));
	EXPECT_EQ(21000, sys_number("%s/temp1_input", path));
	far_end_set_live(far, 1, BACS_C_JAR_VOLTAGE_MV, 14000);
	EXPECT_TRUE(AWAIT(LIMIT, sys_number("%s/in0_input", path) == 14000));
	far_end_set_live(far, 1, BACS_C_JAR_VOLTAGE_MV, 0x8000);
	EXPECT_TRUE(AWAIT(LIMIT, sys_number("%s/in0_input", path) < 0));
	EXPECT_EQ(0, sys_stat("tBlock", 1, "losses"));
	line_end(fd);
	far_end_free(far);
}

/*
 * Another profile of the name while buses run: their modules go on and show
 * what it says; a bus without it notices nothing (MASTER 3).
 */
TEST_F(profile, replaced_while_a_bus_runs)
{
	struct bacs_start args = line_start_args("tSwap", 1, 2);
	struct bacs_start other = line_start_args("tStay", 1, 1);
	struct far_end *far = far_end_new(), *stay = far_end_new();
	char path[PATH_MAX], kept[PATH_MAX], now[PATH_MAX];
	struct draft d = good;
	int fd, fd_stay;

	ASSERT_NE(NULL, far);
	ASSERT_NE(NULL, stay);
	far_end_add(far, 1, 2);
	far_end_add(stay, 1, 1);
	far_end_set_live(far, 1, BACS_C_JAR_VOLTAGE_MV, 1350);
	ASSERT_EQ(0, load(&self->nl, &d));
	strcpy(args.profile, "some-sensor");
	args.scan_ms = other.scan_ms = 50;
	fd = line_bus(far->slave, &args);
	fd_stay = line_bus(stay->slave, &other);
	ASSERT_LE(0, fd);
	ASSERT_LE(0, fd_stay);
	ASSERT_TRUE(AWAIT(LIMIT, sys_count_live("tSwap", 1, 2) == 2));
	ASSERT_TRUE(AWAIT(LIMIT, sys_live("tStay", 1)));
	ASSERT_TRUE(sys_hwmon("tStay", 1, kept, sizeof(kept)));
	ASSERT_TRUE(sys_hwmon("tSwap", 1, path, sizeof(path)));
	EXPECT_EQ(1350, sys_number("%s/in0_input", path));

	/* another scale: the same chip, another value */
	d.multiplier = 10;
	ASSERT_EQ(0, load(&self->nl, &d));
	EXPECT_TRUE(AWAIT(LIMIT, sys_number("%s/in0_input", path) == 13500));
	ASSERT_TRUE(sys_hwmon("tSwap", 1, now, sizeof(now)));
	EXPECT_STREQ(path, now);
	/* a bad one changes nothing */
	d.multiplier = 0;
	EXPECT_EQ(-EINVAL, load(&self->nl, &d));
	EXPECT_EQ(13500, sys_number("%s/in0_input", path));
	/* another quantity and class: another chip */
	d.multiplier = 1;
	d.quantity = BACS_QUANTITY_HUMIDITY_PERMILLE;
	d.class = BACS_CLASS_ENVIRONMENT;
	ASSERT_EQ(0, load(&self->nl, &d));
	EXPECT_TRUE(AWAIT(LIMIT, sys_hwmon("tSwap", 1, now, sizeof(now)) &&
			  sys_number("%s/humidity1_input", now) == 135000));
	EXPECT_FALSE(sys_exists("%s/in0_input", now));
	EXPECT_TRUE(AWAIT(LIMIT, sys_hwmon("tSwap", 2, now, sizeof(now)) &&
			  sys_exists("%s/humidity1_input", now)));
	EXPECT_TRUE(sys_is("environment", SYS_BACS "/tSwap-001/class"));
	/* again and again, whatever is on the wire */
	for (int i = 0; i < 300; i++) {
		d.second = i % 2;
		d.second_function = RTU_READ_HOLDING;
		ASSERT_EQ(0, load(&self->nl, &d));
	}
	d = good;
	ASSERT_EQ(0, load(&self->nl, &d));
	EXPECT_TRUE(AWAIT(LIMIT, sys_hwmon("tSwap", 1, now, sizeof(now)) &&
			  sys_number("%s/in0_input", now) == 1350));
	EXPECT_TRUE(sys_is("ok", SYS_BACS "/tSwap-001/state"));
	EXPECT_EQ(0, sys_stat("tSwap", 1, "losses"));
	EXPECT_EQ(0, sys_stat("tSwap", 2, "losses"));
	ASSERT_TRUE(sys_hwmon("tStay", 1, now, sizeof(now)));
	EXPECT_STREQ(kept, now);
	EXPECT_EQ(0, sys_stat("tStay", 1, "losses"));
	line_end(fd);
	line_end(fd_stay);
	EXPECT_EQ(0, by_name(&self->nl, BACS_CMD_PROFILE_DEL, "some-sensor",
			     NULL));
	far_end_free(far);
	far_end_free(stay);
}

#define MANY	60	/* more than a dump has in two messages */

struct changing {
	struct nl other;
	int changes;
};

/* A reader who is told of the first profile forgets another one. */
static void forget_one(void *arg, const struct nlattr **attrs)
{
	struct changing *changing = arg;

	(void)attrs;
	if (!changing->changes++)
		by_name(&changing->other, BACS_CMD_PROFILE_DEL, "many-59", NULL);
}

/* A list that was never so is marked, so that the reader asks again. */
TEST_F(profile, dump_while_one_is_forgotten)
{
	struct changing changing = { .changes = 0 };
	struct shown shown = { 0 };
	struct draft d = good;
	char name[32];
	struct msg msg;

	d.name = name;
	d.count = RTU_READ_MAX;
	d.quantity = 1;
	d.reg = 0;
	d.fields = BACS_QUANTITY_MAX;
	for (int i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "many-%d", i);
		ASSERT_EQ(0, load(&self->nl, &d));
	}
	msg_begin(&msg, &self->nl, BACS_CMD_PROFILE_GET);
	EXPECT_EQ(0, nl_dump(&self->nl, &msg, see, &shown));
	EXPECT_LT(MANY, (int)shown.profiles);
	EXPECT_FALSE(self->nl.interrupted);
	EXPECT_TRUE(nl_open(&changing.other));
	msg_begin(&msg, &self->nl, BACS_CMD_PROFILE_GET);
	EXPECT_EQ(0, nl_dump(&self->nl, &msg, forget_one, &changing));
	EXPECT_LT(1, changing.changes);
	EXPECT_TRUE(self->nl.interrupted);
	nl_close(&changing.other);
	for (int i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "many-%d", i);
		by_name(&self->nl, BACS_CMD_PROFILE_DEL, name, NULL);
	}
}

TEST_HARNESS_MAIN
