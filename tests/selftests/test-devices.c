// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What one module looks like in sysfs (SLICE 2, M8, M24; design 3: hwmon,
 * power_supply, module sysfs; "a read of sysfs never touches the wire")
 */
#include <dirent.h>
#include <errno.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "far-end.h"
#include "line.h"
#include "netlink.h"
#include "sysfs.h"
#include "wait.h"
#include "harness.h"

#define BUS	"tDev"
#define READY	120000	/* ms; half a second of listening and two requests */

/* 1-4 jars, 5 string sensor, 6 environment, 7 input and output */
FIXTURE(devices)
{
	struct far_end *far;
	int fd;
	char hwmon[PATH_MAX];
	char power[PATH_MAX];
};

FIXTURE_SETUP(devices)
{
	struct bacs_start args = line_start_args(BUS, 1, 7);

	self->far = far_end_new();
	ASSERT_NE(NULL, self->far);
	far_end_add(self->far, 1, 7);
	far_end_set_class(self->far, 5, BACS_CLASS_STRING);
	far_end_set_class(self->far, 6, BACS_CLASS_ENVIRONMENT);
	far_end_set_class(self->far, 7, BACS_CLASS_IO);
	/* Nothing but the test makes traffic between two scans. */
	args.scan_ms = 200;
	args.flags = BACS_START_PERMIT_SLEEP;
	self->fd = line_bus(self->far->slave, &args);
	ASSERT_LE(0, self->fd);
	ASSERT_TRUE(AWAIT(READY, sys_count_live(BUS, 1, 7) == 7));
	ASSERT_TRUE(sys_hwmon(BUS, 1, self->hwmon, sizeof(self->hwmon)));
	ASSERT_TRUE(AWAIT(READY, sys_power(BUS, 1, self->power,
					   sizeof(self->power))));
}

FIXTURE_TEARDOWN(devices)
{
	line_end(self->fd);
	far_end_free(self->far);
}

static bool in_list(const char *name, const char *list)
{
	size_t len = strlen(name);

	for (const char *at = list; (at = strstr(at, name)); at += len)
		if ((at == list || at[-1] == ' ') &&
		    (at[len] == ' ' || !at[len]))
			return true;
	return false;
}

static int count_words(const char *list)
{
	int n = 0;

	for (const char *at = list; *at; at++)
		n += *at != ' ' && (at == list || at[-1] == ' ');
	return n;
}

/*
 * The folder holds all of @must, and besides only what is in @may ("hwmonN"
 * stands for any number); says which name is wrong.
 */
static bool holds_exactly(const char *path, const char *must, const char *may)
{
	char names[256][NAME_MAX + 1];
	int n = sys_list(path, names, 256), found = 0;
	bool right = n >= 0;

	for (int i = 0; i < n; i++) {
		if (in_list(names[i], must)) {
			found++;
		} else if (!in_list(names[i], may) &&
			   !(strstr(may, "hwmonN") &&
			     !strncmp(names[i], "hwmon", 5))) {
			fprintf(stderr, "# %s/%s should not be there\n", path, names[i]);
			right = false;
		}
	}
	if (found != count_words(must)) {
		fprintf(stderr, "# %s: %d of %d expected files\n", path, found,
		       count_words(must));
		right = false;
	}
	return right;
}

#define CORE_FILES	"device power subsystem uevent"
#define IN_FILES	"in0_input in0_label in0_min in0_max in0_lcrit in0_crit " \
			"in0_min_alarm in0_max_alarm in0_lcrit_alarm in0_crit_alarm"
#define TEMP_FILES	"temp1_input temp1_label temp1_min temp1_max " \
			"temp1_lcrit temp1_crit temp1_min_alarm " \
			"temp1_max_alarm temp1_lcrit_alarm temp1_crit_alarm " \
			"temp1_fault"

static bool chip_holds(unsigned int address, const char *must)
{
	char path[PATH_MAX];

	return sys_hwmon(BUS, address, path, sizeof(path)) &&
	       holds_exactly(path, must, CORE_FILES);
}

TEST_F(devices, hwmon_files_of_each_class)
{
	EXPECT_TRUE(chip_holds(1, "name " IN_FILES " " TEMP_FILES
			       " temp2_input temp2_label"));
	EXPECT_TRUE(chip_holds(5, "name " IN_FILES " temp2_input temp2_label "
			       "curr1_input curr1_label curr2_input curr2_label"));
	EXPECT_TRUE(chip_holds(6, "name " TEMP_FILES " temp2_input temp2_label "
			       "humidity1_input humidity1_label"));
	EXPECT_TRUE(chip_holds(7, "name temp2_input temp2_label"));
}

/* libsensors knows chips without an address by their name alone. */
TEST_F(devices, chip_name)
{
	EXPECT_TRUE(sys_is(BUS "_001", "%s/name", self->hwmon));
	ASSERT_TRUE(sys_hwmon(BUS, 7, self->hwmon, sizeof(self->hwmon)));
	EXPECT_TRUE(sys_is(BUS "_007", "%s/name", self->hwmon));
}

/* What must not be there: temp, capacity, bridged properties (design 3) */
TEST_F(devices, power_supply_files)
{
	char hwmon[PATH_MAX], names[64][NAME_MAX + 1];
	int n;

	EXPECT_TRUE(holds_exactly(self->power,
		"type status health present technology scope manufacturer "
		"model_name serial_number voltage_min_design "
		"voltage_max_design voltage_now internal_resistance",
		CORE_FILES " extensions hwmonN"));
	/* Only jars are batteries. */
	for (unsigned int a = 5; a <= 7; a++) {
		EXPECT_FALSE(sys_exists(SYS_BACS "/" BUS "-%03u/power_supply",
					a));
	}
	n = sys_list("/sys/class/thermal", names, 64);
	for (int i = 0; i < n; i++) {
		EXPECT_EQ(NULL, strstr(names[i], "thermal_zone"));
	}
	n = sys_list("/sys/class/wakeup", names, 64);
	for (int i = 0; i < n; i++) {
		EXPECT_FALSE(sys_is(BUS "-001", "/sys/class/wakeup/%s/name",
				    names[i]));
	}
	EXPECT_FALSE(sys_exists("%s/wakeup", self->power));
	snprintf(hwmon, sizeof(hwmon), SYS_BACS "/" BUS "-001/hwmon");
	EXPECT_EQ(1, sys_list(hwmon, names, 64));
}

/* The bridge's chip, where the core makes one, shows no value. */
TEST_F(devices, bridge_is_empty)
{
	char names[64][NAME_MAX + 1], path[PATH_MAX + NAME_MAX];
	int n = sys_list(self->power, names, 64);

	for (int i = 0; i < n; i++) {
		if (strncmp(names[i], "hwmon", 5))
			continue;
		snprintf(path, sizeof(path), "%s/%s", self->power, names[i]);
		EXPECT_TRUE(holds_exactly(path, "", CORE_FILES " name"));
	}
}

#define MODULE_FILES	"state address label serial model class profile " \
			"measured_at stats hwmon"

/* What a class does not have is no file, nor are any before it is known. */
TEST_F(devices, module_files_of_each_class)
{
	EXPECT_TRUE(holds_exactly(SYS_BACS "/" BUS "-005",
				  MODULE_FILES " boot_count",
				  "subsystem uevent"));
	EXPECT_TRUE(holds_exactly(SYS_BACS "/" BUS "-006",
				  MODULE_FILES " boot_count h2_ppm",
				  "subsystem uevent"));
	EXPECT_TRUE(holds_exactly(SYS_BACS "/" BUS "-007",
				  MODULE_FILES " boot_count digital_inputs relays",
				  "subsystem uevent"));
}

TEST_F(devices, module_files)
{
	static const char must[] = MODULE_FILES
		" resistance_uohm resistance_sequence equalizer_duty "
		"bypassed_mah boot_count power_supply";
	char names[64][NAME_MAX + 1];
	regex_t like_hwmon;
	int n;

	/* No "name", no "device": libsensors and node_exporter look here. */
	EXPECT_TRUE(holds_exactly(SYS_BACS "/" BUS "-001", must,
				  "subsystem uevent"));
	ASSERT_EQ(0, regcomp(&like_hwmon,
			     "^(in|temp|curr|power|energy|fan|pwm|humidity|"
			     "intrusion|freq)[0-9]+(_|$)", REG_EXTENDED));
	n = sys_list(SYS_BACS "/" BUS "-001", names, 64);
	for (int i = 0; i < n; i++) {
		EXPECT_NE(0, regexec(&like_hwmon, names[i], 0, NULL, 0))
			TH_LOG("%s looks like hwmon", names[i]);
	}
	regfree(&like_hwmon);
	EXPECT_TRUE(holds_exactly(SYS_BACS "/" BUS "-001/stats",
		"requests replies timeouts crc_errors line_errors short_frames "
		"long_frames late_frames foreign_frames doubled_frames "
		"exceptions unexpected_frames retries losses", ""));
}

TEST_F(devices, values)
{
	EXPECT_EQ(13001, sys_number("%s/in0_input", self->hwmon));
	EXPECT_EQ(20100, sys_number("%s/temp1_input", self->hwmon));
	EXPECT_EQ(30100, sys_number("%s/temp2_input", self->hwmon));
	EXPECT_EQ(13001000, sys_number("%s/voltage_now", self->power));
	EXPECT_EQ(4001, sys_number("%s/internal_resistance", self->power));
	EXPECT_EQ(10500000, sys_number("%s/voltage_min_design", self->power));
	EXPECT_EQ(14400000, sys_number("%s/voltage_max_design", self->power));
	EXPECT_TRUE(sys_is("Battery", "%s/type", self->power));
	EXPECT_TRUE(sys_is("Device", "%s/scope", self->power));
	EXPECT_TRUE(sys_is("1", "%s/present", self->power));
	EXPECT_TRUE(sys_is("Unknown", "%s/status", self->power));
	EXPECT_TRUE(sys_is("Unknown", "%s/health", self->power));
	EXPECT_TRUE(sys_is("Test jar", "%s/model_name", self->power));
	EXPECT_TRUE(sys_is("1122334400000001", "%s/serial_number", self->power));
	EXPECT_TRUE(sys_is("ok", SYS_BACS "/" BUS "-001/state"));
	EXPECT_TRUE(sys_is("jar", SYS_BACS "/" BUS "-001/class"));
	EXPECT_TRUE(sys_is("string", SYS_BACS "/" BUS "-005/class"));
	EXPECT_TRUE(sys_is("1122334400000001", SYS_BACS "/" BUS "-001/serial"));
	EXPECT_EQ(4001, sys_number(SYS_BACS "/" BUS "-001/resistance_uohm"));
	EXPECT_EQ(1001, sys_number(SYS_BACS "/" BUS "-001/bypassed_mah"));
	EXPECT_EQ(3, sys_number(SYS_BACS "/" BUS "-001/boot_count"));
	EXPECT_EQ(0, sys_number(SYS_BACS "/" BUS "-001/equalizer_duty"));
}

TEST_F(devices, times_are_of_boot)
{
	long long at = sys_number(SYS_BACS "/" BUS "-001/measured_at");

	EXPECT_LT(0, at);
	EXPECT_GE((long long)boot_ns(), at);
	EXPECT_TRUE(AWAIT(READY, sys_number(SYS_BACS "/" BUS
					    "-001/measured_at") > at));
}

/* Below zero, the largest, the smallest */
TEST_F(devices, extreme_values)
{
	static const int temps_dc[] = { -1, -400, 32767, -32768, 0 };
	char path[PATH_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(temps_dc); i++) {
		far_end_set_live(self->far, 1, BACS_C_JAR_TEMP_DC,
				 (u16)temps_dc[i]);
		EXPECT_TRUE(AWAIT(READY, sys_number("%s/temp1_input",
			self->hwmon) == temps_dc[i] * 100LL));
	}
	far_end_set_live(self->far, 1, BACS_C_JAR_VOLTAGE_MV, 0xFFFF);
	EXPECT_TRUE(AWAIT(READY, sys_number("%s/voltage_now", self->power) ==
			  65535000));
	/* A string sensor: signed 32 bit current, 600 V */
	ASSERT_TRUE(sys_hwmon(BUS, 5, path, sizeof(path)));
	far_end_set_live(self->far, 5, BACS_C_STRING_VOLTAGE_MV_HI, 600000 >> 16);
	far_end_set_live(self->far, 5, BACS_C_STRING_VOLTAGE_MV_LO,
			 600000 & 0xFFFF);
	far_end_set_live(self->far, 5, BACS_C_STRING_CURRENT_MA_HI, 0xFFFE);
	far_end_set_live(self->far, 5, BACS_C_STRING_CURRENT_MA_LO, 0x7960);
	EXPECT_TRUE(AWAIT(READY, sys_number("%s/curr1_input", path) == -100000));
	EXPECT_TRUE(AWAIT(READY, sys_number("%s/in0_input", path) == 600000));
}

/* hwmon counts humidity in 0.001 %. */
TEST_F(devices, environment)
{
	char path[PATH_MAX];

	ASSERT_TRUE(sys_hwmon(BUS, 6, path, sizeof(path)));
	far_end_set_live(self->far, 6, BACS_C_ENV_HUMIDITY_PERMILLE, 455);
	far_end_set_live(self->far, 6, BACS_C_ENV_H2_PPM_LO, 1234);
	EXPECT_TRUE(AWAIT(READY, sys_number("%s/humidity1_input", path) ==
			  45500));
	EXPECT_TRUE(AWAIT(READY, sys_number(SYS_BACS "/" BUS "-006/h2_ppm") ==
			  1234));
	far_end_set_live(self->far, 7, BACS_C_IO_INPUTS, 5);
	EXPECT_TRUE(AWAIT(READY, sys_number(SYS_BACS "/" BUS
					    "-007/digital_inputs") == 5));
}

/* A value that the module calls invalid is no value. */
TEST_F(devices, invalid_values_are_not_shown)
{
	char buf[64];

	far_end_set_live(self->far, 1, BACS_C_JAR_FLAGS,
			 BACS_C_FLAG_TEMP_VALID);
	EXPECT_TRUE(AWAIT(READY, sys_read(buf, sizeof(buf), "%s/in0_input",
					  self->hwmon) == -ENODATA));
	EXPECT_EQ(-EOPNOTSUPP, sys_read(buf, sizeof(buf), "%s/voltage_now",
				     self->power));
	EXPECT_TRUE(sys_is("", SYS_BACS "/" BUS "-001/resistance_uohm"));
	EXPECT_EQ(20100, sys_number("%s/temp1_input", self->hwmon));
	far_end_set_live(self->far, 1, BACS_C_JAR_FLAGS,
			 BACS_C_FLAG_VOLTAGE_VALID | BACS_C_FLAG_TEMP_FAULT);
	EXPECT_TRUE(AWAIT(READY, sys_number("%s/temp1_fault", self->hwmon) == 1));
	EXPECT_EQ(-ENODATA, sys_read(buf, sizeof(buf), "%s/temp1_input",
				     self->hwmon));
}

static bool alarms_are(const char *hwmon, const char *chan, int lcrit, int min,
		       int max, int crit)
{
	return sys_number("%s/%s_lcrit_alarm", hwmon, chan) == lcrit &&
	       sys_number("%s/%s_min_alarm", hwmon, chan) == min &&
	       sys_number("%s/%s_max_alarm", hwmon, chan) == max &&
	       sys_number("%s/%s_crit_alarm", hwmon, chan) == crit;
}

/* Raw and instantaneous; without limits of one's own nothing alarms. */
TEST_F(devices, alarms_follow_limits)
{
	EXPECT_TRUE(alarms_are(self->hwmon, "in0", 0, 0, 0, 0));
	EXPECT_TRUE(alarms_are(self->hwmon, "temp1", 0, 0, 0, 0));
	ASSERT_EQ(0, sys_write("12000", "%s/in0_min", self->hwmon));
	ASSERT_EQ(0, sys_write("11000", "%s/in0_lcrit", self->hwmon));
	ASSERT_EQ(0, sys_write("14000", "%s/in0_max", self->hwmon));
	ASSERT_EQ(0, sys_write("15000", "%s/in0_crit", self->hwmon));
	EXPECT_EQ(12000, sys_number("%s/in0_min", self->hwmon));
	EXPECT_TRUE(alarms_are(self->hwmon, "in0", 0, 0, 0, 0));
	far_end_set_live(self->far, 1, BACS_C_JAR_VOLTAGE_MV, 11999);
	EXPECT_TRUE(AWAIT(READY, alarms_are(self->hwmon, "in0", 0, 1, 0, 0)));
	far_end_set_live(self->far, 1, BACS_C_JAR_VOLTAGE_MV, 10999);
	EXPECT_TRUE(AWAIT(READY, alarms_are(self->hwmon, "in0", 1, 1, 0, 0)));
	far_end_set_live(self->far, 1, BACS_C_JAR_VOLTAGE_MV, 15001);
	EXPECT_TRUE(AWAIT(READY, alarms_are(self->hwmon, "in0", 0, 0, 1, 1)));
	/* A new limit judges the value that is there. */
	ASSERT_EQ(0, sys_write("16000", "%s/in0_crit", self->hwmon));
	EXPECT_TRUE(alarms_are(self->hwmon, "in0", 0, 0, 1, 0));
	ASSERT_EQ(0, sys_write("-10000", "%s/temp1_max", self->hwmon));
	EXPECT_EQ(-10000, sys_number("%s/temp1_max", self->hwmon));
	EXPECT_TRUE(alarms_are(self->hwmon, "temp1", 0, 0, 1, 0));
	EXPECT_GT(0, sys_write("warm", "%s/temp1_max", self->hwmon));
	EXPECT_EQ(-10000, sys_number("%s/temp1_max", self->hwmon));
	/* The neighbour has limits of its own. */
	ASSERT_TRUE(sys_hwmon(BUS, 2, self->hwmon, sizeof(self->hwmon)));
	EXPECT_TRUE(alarms_are(self->hwmon, "in0", 0, 0, 0, 0));
	EXPECT_EQ(125000, sys_number("%s/temp1_max", self->hwmon));
}

TEST_F(devices, labels)
{
	struct msg msg;
	struct nlattr *nest;
	struct nl nl;

	EXPECT_TRUE(sys_is("voltage", "%s/in0_label", self->hwmon));
	EXPECT_TRUE(sys_is("", SYS_BACS "/" BUS "-001/label"));
	ASSERT_TRUE(nl_open(&nl));
	msg_module(&msg, &nl, BACS_CMD_MODULE_SET, BUS, 1);
	nest = msg_nest(&msg, BACS_A_MODULE);
	msg_string(&msg, BACS_MODULE_A_LABEL, "4S2");
	msg_nest_end(&msg, nest);
	ASSERT_EQ(0, nl_do(&nl, &msg, NULL, NULL));
	EXPECT_TRUE(sys_is("4S2", SYS_BACS "/" BUS "-001/label"));
	EXPECT_TRUE(sys_is("4S2 voltage", "%s/in0_label", self->hwmon));
	EXPECT_TRUE(sys_is("4S2 temperature", "%s/temp1_label", self->hwmon));
	EXPECT_TRUE(sys_is("4S2 module", "%s/temp2_label", self->hwmon));
	/* The longest one fits everywhere. */
	msg_module(&msg, &nl, BACS_CMD_MODULE_SET, BUS, 1);
	nest = msg_nest(&msg, BACS_A_MODULE);
	msg_string(&msg, BACS_MODULE_A_LABEL, "1234567890123456789012345678901");
	msg_nest_end(&msg, nest);
	ASSERT_EQ(0, nl_do(&nl, &msg, NULL, NULL));
	EXPECT_TRUE(sys_is("1234567890123456789012345678901 temperature",
			   "%s/temp1_label", self->hwmon));
	nl_close(&nl);
}

/* Strings from the wire are reduced to printable ASCII. */
TEST_F(devices, text_from_the_wire)
{
	char buf[64];

	pthread_mutex_lock(&self->far->lock);
	memcpy(self->far->modules[1].model, "\x1b[31mA\nB\xff \0xyz", 14);
	/* A restart makes the driver ask who it is. */
	self->far->modules[1].live[BACS_C_JAR_BOOTS]++;
	pthread_mutex_unlock(&self->far->lock);
	EXPECT_TRUE(AWAIT(READY, sys_is("?[31mA?B?",
					SYS_BACS "/" BUS "-001/model")));
	EXPECT_TRUE(AWAIT(READY,
		sys_power(BUS, 1, self->power, sizeof(self->power)) &&
		sys_is("?[31mA?B?", "%s/model_name", self->power)));
	EXPECT_LT(0, sys_read(buf, sizeof(buf), "%s/uevent", self->power));
	EXPECT_EQ(NULL, strchr(buf, 0x1b));
}

/* Another module at the address: its devices are made anew. */
TEST_F(devices, module_is_replaced)
{
	pthread_mutex_lock(&self->far->lock);
	self->far->modules[2].serial = 0xabcdef;
	self->far->modules[2].class = BACS_CLASS_STRING;
	memset(self->far->modules[2].live, 0, sizeof(self->far->modules[2].live));
	self->far->modules[2].live[0] = BACS_C_FLAG_CURRENT_VALID;
	pthread_mutex_unlock(&self->far->lock);
	EXPECT_TRUE(AWAIT(120000, sys_is("string",
					SYS_BACS "/" BUS "-002/class")));
	EXPECT_TRUE(AWAIT(READY, sys_is("0000000000abcdef",
					SYS_BACS "/" BUS "-002/serial")));
	EXPECT_TRUE(AWAIT(READY, chip_holds(2, "name " IN_FILES
		" temp2_input temp2_label "
		"curr1_input curr1_label curr2_input curr2_label")));
	EXPECT_FALSE(sys_exists(SYS_BACS "/" BUS "-002/power_supply"));
	EXPECT_TRUE(AWAIT(READY, !sys_exists(SYS_BACS "/" BUS
					     "-002/equalizer_duty")));
	EXPECT_TRUE(sys_exists(SYS_BACS "/" BUS "-002/boot_count"));
}

static int read_everything(void *arg)
{
	(void)arg;
	/* 13 module files, 14 counters, 25 hwmon, 13 power supply, uevents */
	return sys_read_tree(SYS_BACS "/" BUS "-001/", 3) < 65;
}

TEST_F(devices, ordinary_user_reads_all)
{
	int result;

	ASSERT_TRUE(line_as_nobody(read_everything, NULL, &result));
	EXPECT_EQ(0, result);
}

static int write_limit(void *arg)
{
	return -sys_write("1", "%s/in0_min", (const char *)arg);
}

TEST_F(devices, ordinary_user_writes_nothing)
{
	int result;

	ASSERT_TRUE(line_as_nobody(write_limit, self->hwmon, &result));
	EXPECT_EQ(EACCES, result);
}

static unsigned int read_all_modules(void)
{
	char path[PATH_MAX];
	unsigned int files = 0;

	for (unsigned int a = 1; a <= 7; a++) {
		snprintf(path, sizeof(path), SYS_BACS "/" BUS "-%03u", a);
		files += sys_read_tree(path, 3);
	}
	return files;
}

/*
 * With a scan a minute and sleep permitted, the wire is ours to watch. The scan
 * under way, and one a minute later, may be seen by some of the rounds; requests
 * made by reading would be seen by all.
 */
TEST_F(devices, reads_never_touch_the_wire)
{
	unsigned int files = 0, silent = 0;

	ASSERT_EQ(0, sys_write("60000", SYS_BACS "/" BUS "/scan_ms"));
	for (int round = 0; round < 20; round++) {
		u64 before = far_end_count(self->far, &self->far->requests);

		files += read_all_modules();
		silent += far_end_count(self->far, &self->far->requests) == before;
	}
	EXPECT_LT(20 * 7 * 40U, files);
	EXPECT_LE(10U, silent);
}

TEST_HARNESS_MAIN
