// SPDX-License-Identifier: GPL-2.0-or-later
/* The configuration: every error with its line, every default as shipped */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"

#include "config.h"
#include "text.h"

static struct config *read_text(const char *text, struct config_errors *errors)
{
	struct config *c = NULL;

	memset(errors, 0, sizeof(*errors));
	assert_int_equal(config_new(&c), 0);
	assert_int_equal(config_read_text(c, "t.conf", text, strlen(text),
					  errors), 0);
	if (!errors->count)
		config_check(c, "t.conf", errors);
	return c;
}

static const char good[] =
	"# a comment\n"
	"[Site]\n"
	"Name = Pr\xc3\xbc" "fstand\n"
	"RoomSensor=coretemp:Package id 0\n"
	"[Bus bacsA]\n"
	"Modules=1-4, 6,\\\n"
	"; a comment within\n"
	" 8-10\n"
	"[String North]\n"
	"Bus=bacsA\n"
	"Modules=4,3,2,1\n"
	"NominalVoltage=12 V\n"
	"Sensor=bacsB:200\n"
	"Charger=Rectifier 1\n"
	"ResistanceInterval=12h\n"
	"CurrentZero=500 mA\n"
	"Equalize=yes\n"
	"Capacity=7.2Ah\n"
	"EqualizeTemperatureSlope=-1.75mV\n"
	"EqualizeDeadBand=0.5 mV\n"
	"EqualizeDelay=90min\n"
	"[Bus bacsB]\n"
	"[String South]\r\n"
	"Bus=bacsA\n"
	"Modules=6,8-10\n"
	"Number=1\n"
	"NominalVoltage=2000mV\n"
	"[Sampling]\n"
	"HistorySeconds=60\n"
	"[Limits]\n"
	"FloatVoltageLow=2.17V\n"
	"DischargeVoltageLow=none\n"
	"TemperatureHigh=30.5 °C\n";

/* Order, branches, and the text they are written as */
static void the_cable_has_an_order(void **state)
{
	static const struct {
		const char *in, *out;
		unsigned int count, last;
		bool branches;
	} cases[] = {
		{ "1-4,8-5", "1-4,8-5", 8, 5, false },
		{ "4-1", "4-1", 4, 1, false },
		{ "1,2,1-1,", "", 0, 0, false },
		{ "7", "7", 1, 7, false },
		{ "1 - 3 , S , 9-8, 4", "1-3,S,9-8,4", 6, 4, true },
		{ "1,2,S,3,4", "1-2,S,3-4", 4, 4, true },
		{ "3,2,S,1", "3-2,S,1", 3, 1, true },
		{ "247-1", "247-1", 247, 1, false },
		{ "1,3,2,4", "1,3-2,4", 4, 4, false },
	};
	char file[100], line[100];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		_text_ struct text text = { .s = NULL };
		struct config_errors e;
		struct config *c;
		const struct config_wiring *w;

		snprintf(file, sizeof(file), "[Bus bacsA]\nWiring=%s\n",
			 cases[i].in);
		c = read_text(file, &e);
		if (!*cases[i].out) {
			assert_int_equal(e.count, 1);
			config_free(c);
			continue;
		}
		assert_string_equal(e.first.text, "");
		w = &c->buses[0].wiring;
		assert_int_equal(w->order.count, cases[i].count);
		assert_int_equal(w->order.list[cases[i].count - 1],
				 cases[i].last);
		assert_int_equal(memcmp(w->ends, (uint8_t[32]){ 0 }, 32) != 0,
				 cases[i].branches);
		config_format(c, &text);
		snprintf(line, sizeof(line), "\nWiring=%s\n", cases[i].out);
		assert_non_null(strstr(text.s, line));
		config_free(c);
	}
}

static void a_good_file_is_taken_as_it_says(void **state)
{
	struct config_errors e;
	struct config *c = read_text(good, &e);
	const struct config_string *s;
	char label[CONFIG_LABEL_MAX + 1];
	unsigned int jar;

	(void)state;
	assert_string_equal(e.first.text, "");
	assert_string_equal(c->site_name, "Pr\xc3\xbc" "fstand");
	assert_int_equal(c->bus_count, 2);
	assert_string_equal(c->strings[0].sensor.bus, "bacsB");
	assert_int_equal(c->strings[0].sensor.address, 200);
	assert_int_equal(c->strings[0].current_zero_ma, 500);
	assert_string_equal(c->strings[0].charger, "Rectifier 1");
	assert_int_equal(c->strings[0].resistance_s, 43200);
	assert_int_equal(c->strings[0].equalize.on, 1);
	assert_int_equal(c->strings[0].equalize.capacity_mah, 7200);
	assert_int_equal(c->strings[0].equalize.slope_uv, -1750);
	assert_int_equal(c->strings[0].equalize.band_uv, 500);
	assert_int_equal(c->strings[0].equalize.delay_s, 5400);
	assert_int_equal(c->strings[1].equalize.on, 0);
	assert_int_equal(c->strings[1].equalize.slope_uv, -3000);
	assert_int_equal(c->strings[1].equalize.delay_s, 43200);
	assert_int_equal(c->strings[1].sensor.address, 0);
	assert_int_equal(c->strings[1].current_zero_ma, 1000);
	assert_string_equal(c->strings[1].charger, "");
	assert_int_equal(c->strings[1].resistance_s, 86400);
	assert_int_equal(c->buses[0].modules.count, 8);
	assert_int_equal(c->buses[0].modules.list[7], 10);
	assert_int_equal(c->history_s, 60);
	assert_int_equal(c->retention_days, 30);
	assert_int_equal(c->limits.value[LIMIT_FLOAT_LOW], 2170);
	assert_int_equal(c->limits.value[LIMIT_FLOAT_HIGH], CONFIG_UNSET);
	assert_int_equal(c->limits.value[LIMIT_DISCHARGE_LOW], CONFIG_NONE);
	assert_int_equal(c->limits.value[LIMIT_TEMP_HIGH], 30500);
	/* order of Modules= is order of jars; numbers fill what is free */
	s = config_find_jar(c, "bacsA", 4, &jar);
	assert_non_null(s);
	assert_int_equal(jar, 1);
	assert_int_equal(s->number, 2);
	assert_int_equal(config_label(s, jar, label), 0);
	assert_string_equal(label, "1S2");
	s = config_find_jar(c, "bacsA", 9, &jar);
	assert_int_equal(s->number, 1);
	assert_int_equal(s->nominal_mv, 2000);
	assert_null(config_find_jar(c, "bacsA", 200, &jar));
	config_free(c);
}

static void what_is_printed_reads_back_the_same(void **state)
{
	struct config_errors e;
	struct config *a = read_text(good, &e), *b;
	struct text once = { .s = NULL }, twice = { .s = NULL };

	(void)state;
	config_format(a, &once);
	b = read_text(once.s, &e);
	assert_string_equal(e.first.text, "");
	config_format(b, &twice);
	assert_string_equal(once.s, twice.s);
	text_done(&once);
	text_done(&twice);
	config_free(a);
	config_free(b);
}

static const struct {
	const char *text;
	unsigned int line;
	const char *says;
} bad[] = {
	{ "[Bus bacsA]\n[String N]\nBus=bacsA\nModules=1\nSensor=200\n", 5,
	  "is not BUS:ADDRESS" },
	{ "[Bus bacsA]\n[String N]\nBus=bacsA\nModules=1\nSensor=bacsA:248\n",
	  5, "1 to 247" },
	{ "[Bus bacsA]\n[String N]\nBus=bacsA\nModules=1\nSensor=bacsA:1\n",
	  2, "measures a block" },
	{ "[Bus bacsA]\n[String N]\nBus=bacsA\nModules=1\nSensor=bacsB:9\n",
	  2, "no section [Bus bacsB]" },
	{ "[Bus bacsA]\nModules=1-4\n[String N]\nBus=bacsA\nModules=1\n"
	  "Sensor=bacsA:9\n", 3, "which Modules= of [Bus bacsA] does not" },
	{ "[Bus bacsA]\n[String N]\nBus=bacsA\nModules=1\nSensor=bacsA:9\n"
	  "[String S]\nBus=bacsA\nModules=2\nSensor=bacsA:9\n", 6,
	  "sensor of another string" },
	{ "[Bus bacsA]\n[String N]\nCurrentZero=51A\n", 3,
	  "0.010A to 50A" },
	{ "[Bus bacsA]\n[String N]\nResistanceInterval=366d\n", 3, "1h to 365d" },
	{ "[Bus bacsA]\n[String N]\nResistanceInterval=59min\n", 3, "1h to 365d" },
	{ "[Bus bacsA]\n[String N]\nResistanceInterval=0\n", 3, "1h to 365d" },
	{ "[Site]\nVoltageOffset=81mV\n", 2, "-80mV to 80mV" },
	{ "[Site]\nVoltageOffset=0.5V\n", 2, "unknown unit 'V'" },
	{ "[Site]\nTemperatureOffset=-11C\n", 2, "-10C to 10C" },
	{ "[Bus bacsA]\n[String N]\nResistanceOffset=21mOhm\n", 3,
	  "-20mOhm to 20mOhm" },
	{ "[Site]\nRoomSensor=room\n", 2, "is no hwmon sensor" },
	{ "[Site]\nRoomSensor=:temp1\n", 2, "as CHIP:SENSOR" },
	{ "[Site]\nRoomSensor=jc42:\n", 2, "as CHIP:SENSOR" },
	{ "[Site]\nRoomSensor=/etc/temp1_input\n", 2, "is no hwmon sensor" },
	{ "[Site]\nRoomSensor=/sys/../etc/x_input\n", 2, "is no hwmon" },
	{ "[Site]\nRoomSensor=/sys/temp1\n", 2, "is no hwmon sensor" },
	{ "[Site]\nRoomSensor=a/b:temp1\n", 2, "is no hwmon sensor" },
	{ "[Site]\nNmae=x\n", 2, "nearest name is Name=" },
	{ "[Sit]\nName=x\n", 1, "nearest name is [Site]" },
	{ "Name=x\n", 1, "before the first [Section]" },
	{ "[Site]\nName\n", 2, "neither Key=Value" },
	{ "[Site\nName=x\n", 1, "does not end in ']'" },
	{ "[]\n", 1, "Section header is empty" },
	{ "[Site]\n=x\n", 2, "has no key" },
	{ "[Site]\nName=a\nName=b\n", 3, "first time in line 2" },
	{ "[Site foo]\n", 1, "takes no name" },
	{ "[Site]\nHistorySeconds=60\n", 2, "belongs to [Sampling]" },
	{ "[Bus]\n", 1, "[Bus bacsA]" },
	{ "[Bus 1a]\n", 1, "a letter and up to 11" },
	{ "[Bus a-b]\n", 1, "a letter and up to 11" },
	{ "[Bus abcdefghijklm]\n", 1, "a letter and up to 11" },
	{ "[Bus bacsA]\n[Bus BACSa]\n", 2, "by case alone" },
	{ "[Bus bacsA]\nModules=0\n", 2, "1 to 247" },
	{ "[Bus bacsA]\nModules=248\n", 2, "1 to 247" },
	{ "[Bus bacsA]\nModules=5-3\n", 2, "runs backwards" },
	{ "[Bus bacsA]\nModules=1-3,2\n", 2, "address 2 twice" },
	{ "[Bus bacsA]\nModules=1-\n", 2, "1 to 247" },
	{ "[Bus bacsA]\nModules=1 x\n", 2, "1 to 247" },
	{ "[Bus bacsA]\nModules=,\n", 2, "names no address" },
	{ "[Bus bacsA]\nModules=1,S,2\n", 2, "such as 1-20,33" },
	{ "[Bus bacsA]\nWiring=1-3,2\n", 2, "address 2 twice" },
	{ "[Bus bacsA]\nWiring=1-3,248\n", 2, "1 to 247, such as 1-20,40-21" },
	{ "[Bus bacsA]\nWiring=S,1\n", 2, "is not a list" },
	{ "[Bus bacsA]\nWiring=1,S,S,2\n", 2, "is not a list" },
	{ "[Bus bacsA]\nWiring=1,S2\n", 2, "is not a list" },
	{ "[Bus bacsA]\nWiring=1,2,S\n", 2, "no address behind its last S" },
	{ "[Bus bacsA]\nModules=1-4\nWiring=1-5,9\n", 3,
	  "Wiring= names 5, 9, which Modules= does not" },
	{ "[Bus bacsA]\nModules=1-4\nWiring=4,1\n", 3,
	  "Wiring= leaves out 2, 3 of Modules=" },
	{ "[Bus bacsA]\nWiring=1-2\n[String N]\nBus=bacsA\nModules=1-4\n", 2,
	  "Wiring= leaves out 3, 4 of [String N]" },
	{ "[Bus bacsA]\nProfile=a-profile-name-that-is-far-too-long\n", 2,
	  "at most 31" },
	{ "[Bus bacsA]\nProfile=\xc3\xbc\n", 2, "printable ASCII" },
	{ "[Sampling]\nHistorySeconds=59\n", 2, "60 to 900 is allowed" },
	{ "[Sampling]\nHistorySeconds=901\n", 2, "60 to 900 is allowed" },
	{ "[Sampling]\nHistorySeconds=99999999999999999999\n", 2,
	  "60 to 900" },
	{ "[Sampling]\nHistorySeconds=-60\n", 2, "60 to 900" },
	{ "[Sampling]\nHistorySeconds=60.5\n", 2, "not a whole number" },
	{ "[Sampling]\nHistorySeconds=1h\n", 2, "not a whole number" },
	{ "[Limits]\nFloatVoltageLow=4.1V\n", 2, "0V to 4V or none is allowed" },
	{ "[Limits]\nFloatVoltageLow=2.1771V\n", 2, "at most 3 decimals" },
	{ "[Limits]\nFloatVoltageLow=2A\n", 2, "unknown unit 'A'" },
	{ "[Limits]\nTemperatureHigh=126\n", 2, "-40C to 125C" },
	{ "[Limits]\nFloatVoltageLow=2.4\nFloatVoltageHigh=2.2\n", 3,
	  "FloatVoltageLow=2.400V is not below FloatVoltageHigh=2.200V (FloatVoltageLow is from t.conf:2)" },
	{ "[Limits]\nFloatVoltageLowAlarm=2.4\nFloatVoltageLow=2.2\n", 3,
	  "is not below" },
	{ "[Limits]\nVoltageLow=2.17V\n", 2, "FloatVoltageLow=" },
	{ "[Limits]\nFloatVoltageLow=none\nFloatSlope=none\n", 3,
	  "is not a number" },
	{ "[Limits]\nFloatVoltageLow=nan\n", 2, "is not a number" },
	{ "[Limits]\nFloatVoltageLow=inf\n", 2, "is not a number" },
	{ "[Limits]\nFloatVoltageLow=1e3\n", 2, "unknown unit 'e3'" },
	{ "[Limits]\nFloatVoltageLow=-1V\n", 2, "out of range" },
	{ "[Limits]\nFloatVoltageLow=99999999999999999999V\n", 2,
	  "out of range" },
	{ "[Limits]\nDeepDischargeTime=1.5s\n", 2, "more decimals" },
	{ "[Limits]\nDeepDischargeTime=1y\n", 2, "unknown unit 'y'" },
	{ "[Limits]\nTechnology=lithium\n", 2, "flooded, agm, gel" },
	{ "[Limits]\nForeignLimits=ignore\n", 2, "overwrite, adopt" },
	{ "[Limits]\nProfile=agm-13v\n", 2, "no profile 'agm-13v'" },
	{ "[Limits]\nProfile=../../etc/passwd\n", 2, "a-z, 0-9 and '-'" },
	{ "[Limits Foo]\n", 1, "a-z, 0-9 and '-'" },
	{ "[Limits a]\nProfile=b\n[Limits b]\nProfile=c\n", 4,
	  "no profile 'c'" },
	{ "[Limits]\nVoltageDeviation=7mV\n", 2, "0.008V to 0.170V" },
	{ "[Limits]\nDeepDischargeAlarm=1.85V\n", 2,
	  "is not below DeepDischarge=1.800V (DeepDischarge is from the default)" },
	{ "[Limits]\nTemperatureHigh=40C\nTemperatureHighAlarm=40C\n", 3,
	  "is not below" },
	{ "[Limits]\nFloatVoltageLow=2.2V\n[Bus a]\n[String N]\nBus=a\n"
	  "Modules=1\nFloatVoltageHigh=2.1V\n", 7,
	  "[String N]: FloatVoltageLow=2.200V is not below FloatVoltageHigh=2.100V (FloatVoltageLow is from t.conf:2)" },
	{ "[Limits p]\nFloatVoltageHigh=2.1V\n[Limits]\nFloatVoltageLow=2.2V\n"
	  "[Bus a]\n[Module a:7]\nProfile=p\n", 2,
	  "[Module a:7]: FloatVoltageLow=2.200V is not below" },
	{ "[Module a:7]\n", 1, "no section [Bus a]" },
	{ "[Module a]\n", 1, "is not BUS:ADDRESS" },
	{ "[Bus a]\n[String N]\nBus=a\nModules=1\nTechnology=agm\n", 5,
	  "only with its NominalVoltage=" },
	{ "[Limits]\nTechnology=agm\n[Bus a]\n[String N]\nBus=a\nModules=1\n",
	  4, "only with its NominalVoltage=" },
	{ "[Bus a]\n[Battery B]\nBus=a\nModules=1-3\n", 2,
	  "need an even number" },
	{ "[Bus a]\n[Battery B]\nBus=a\nModules=1-4\nHalves=x\n", 2,
	  "two different names" },
	{ "[Bus a]\n[Battery B]\nBus=a\nModules=1-4\nHalves=x,x\n", 2,
	  "two different names" },
	{ "[Bus a]\n[Battery B]\nModules=1-4\n", 2, "has no Bus=" },
	{ "[Bus a]\n[Battery B]\nBus=a\nModules=1-4\n[String B-plus]\n"
	  "Modules=1\n", 5, "is a half of [Battery B]" },
	{ "[Bus a]\n[Battery B]\nBus=a\nModules=1-4\nNominalVoltage=2V\n"
	  "[String B-plus]\nNominalVoltage=12V\n", 2,
	  "different NominalVoltage=" },
	{ "[String N]\nModules=1\n", 1, "has no Bus=" },
	{ "[Bus a]\n[String N]\nBus=a\n", 2, "has no Modules=" },
	{ "[String N]\nBus=a\nModules=1\n", 1, "there is no section [Bus a]" },
	{ "[Bus a]\nModules=1-2\n[String N]\nBus=a\nModules=3\n", 3,
	  "names address 3" },
	{ "[Bus a]\n[String N]\nBus=a\nModules=1\n[String M]\nBus=a\n"
	  "Modules=1\n", 5, "belongs to another string" },
	{ "[Bus a]\n[String N]\nBus=a\nModules=1\nNumber=2\n[String M]\nBus=a\n"
	  "Modules=2\nNumber=2\n", 6, "belongs to another string" },
	{ "[Bus a]\n[String N]\nBus=a\nModules=1,2\nEqualize=yes\n", 5,
	  "Equalize=yes needs Capacity= of the blocks, 1Ah to 10000Ah" },
	{ "[Bus a]\n[String N]\nBus=a\nModules=1\nCapacity=7Ah\nEqualize=yes\n",
	  6, "needs at least 2 modules" },
	{ "[String N]\nCapacity=0.5Ah\n", 2, "1Ah to 10000Ah is allowed" },
	{ "[String N]\nEqualizeDelay=8d\n", 2, "0s to 7d is allowed" },
	{ "[String N]\nEqualizeTemperatureSlope=3mV\n", 2,
	  "-5mV to -1.700mV is allowed" },
	{ "[Bus a]\n[String N]\nBus=a\nModules=1,2\nEqualizeWindowLow=2.3V\n"
	  "EqualizeWindowHigh=2.25V\n", 2, "is not below EqualizeWindowHigh=" },
	{ "[Bus a]\n[String N]\nBus=a\nModules=1,2\nEqualizeDerateFrom=80C\n",
	  2, "is not below EqualizeDerateTo= of 75 C" },
	{ "[Bus a]\n[String N]\nBus=a\nModules=1\nNominalVoltage=5V\n", 2,
	  "whole number of 2 V cells" },
	{ "[Bus a]\n[String N]\nBus=a\nModules=1\nBlocks=%x\n", 2,
	  "unknown %" },
	{ "[Bus a]\n[String N]\nBus=a\nModules=1\nBlocks=%\n", 2,
	  "unknown %" },
	{ "[Bus a]\n[String N]\nBus=a\nModules=1\nBlocks=%S%S%S%S%S\n"
	  "[String long-name-1]\nBus=a\nModules=2\nBlocks=%S%S%S%S%S\n", 6,
	  "longer than 31" },
	{ "[Bus a]\n[String N]\nBus=a\nModules=1,2\nBlocks=x\n", 0,
	  "Two modules get the name 'x'" },
	{ "[String \xc3\xbc]\n", 1, "printable ASCII" },
	{ "[Site]\nName=\xff\n", 2, "not valid UTF-8" },
	{ "[Site]\nName=\x01\n", 2, "control character" },
	{ "[Site]\nName=a\\\\\n\n", 2, "ends in a backslash" },
};

static void every_error_has_its_line_and_remedy(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		struct config_errors e;
		struct config *c = read_text(bad[i].text, &e);

		if (e.count != 1 || e.first.line != bad[i].line ||
		    !strstr(e.first.text, bad[i].says))
			fail_msg("%s\ngives %u errors, line %u: %s\nnot line %u: %s",
				 bad[i].text, e.count, e.first.line,
				 e.first.text, bad[i].line, bad[i].says);
		config_free(c);
	}
}

static void zero_bytes_and_long_lines_are_errors_with_their_line(void **state)
{
	char text[CONFIG_LINE_MAX * 2 + 64];
	struct config_errors e = { .count = 0 };
	struct config *c = NULL;
	size_t n;

	(void)state;
	assert_int_equal(config_new(&c), 0);
	config_read_text(c, "t", "[Site]\nName=a\0b\n", 16, &e);
	assert_int_equal(e.count, 1);
	assert_int_equal(e.first.line, 2);
	assert_non_null(strstr(e.first.text, "zero byte"));

	memset(&e, 0, sizeof(e));
	n = sprintf(text, "[Site]\n\nName=");
	memset(text + n, 'x', CONFIG_LINE_MAX + 10);
	n += CONFIG_LINE_MAX + 10;
	text[n++] = '\n';
	n += sprintf(text + n, "[Sampling]\nHistorySeconds=1\n");
	config_read_text(c, "t", text, n, &e);
	assert_int_equal(e.count, 2);
	assert_int_equal(e.first.line, 3);
	assert_non_null(strstr(e.first.text, "at most 2048"));
	config_free(c);
}

static void a_long_line_of_many_continued_ones_is_refused(void **state)
{
	struct text text = { .s = NULL };
	struct config_errors e;
	struct config *c;
	int i;

	(void)state;
	text_add(&text, "[Bus a]\nModules=1");
	for (i = 0; i < 2000; i++)
		text_add(&text, ",\\\n");
	text_add(&text, "2\n[Site]\nName=ok\n");
	c = read_text(text.s, &e);
	assert_int_equal(e.count, 1);
	assert_int_equal(e.first.line, 2);
	assert_string_equal(c->site_name, "ok");
	config_free(c);
	text_done(&text);
}

static void an_empty_value_is_the_default_again(void **state)
{
	static const char first[] = "[Sampling]\nHistorySeconds=60\n";
	static const char second[] = "[Sampling]\nHistorySeconds=\n";
	struct config_errors e = { .count = 0 };
	struct config *c = NULL;

	(void)state;
	assert_int_equal(config_new(&c), 0);
	config_read_text(c, "a", first, strlen(first), &e);
	assert_int_equal(c->history_s, 60);
	config_read_text(c, "b", second, strlen(second), &e);
	assert_int_equal(e.count, 0);
	assert_int_equal(c->history_s, 300);
	config_free(c);
}

/* Uncommented, the shipped file must be what no file at all is */
static void the_shipped_file_shows_every_default(void **state)
{
	char path[512], line[512];
	struct text shipped = { .s = NULL }, a = { .s = NULL }, b = { .s = NULL };
	struct config_errors e;
	struct config *c, *none;
	FILE *f;

	(void)state;
	snprintf(path, sizeof(path), "%s/daemon/data/bacsd.conf",
		 getenv("BACS_SOURCE"));
	f = fopen(path, "r");
	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		size_t n = strcspn(line, "=\n");
		bool key = line[0] == '#' && line[1] >= 'A' && line[1] <= 'Z' &&
			   line[n] == '=' && !memchr(line, ' ', n);

		text_add(&shipped, "%s", key || line[1] == '[' ? line + 1 :
								 line);
	}
	fclose(f);
	memset(&e, 0, sizeof(e));
	assert_int_equal(config_new(&c), 0);
	config_read_text(c, path, shipped.s, shipped.size, &e);
	assert_string_equal(e.first.text, "");
	/* the two example sections were there with their defaults */
	assert_int_equal(c->bus_count, 1);
	assert_int_equal(c->string_count, 1);
	assert_string_equal(c->strings[0].blocks, "%nS%s");
	assert_int_equal(c->buses[0].modules.count, 0);
	free(c->buses[0].marks.list);
	free(c->strings[0].marks.list);
	c->bus_count = 0;
	c->string_count = 0;
	assert_int_equal(config_new(&none), 0);
	config_format(c, &a);
	config_format(none, &b);
	assert_string_equal(a.s, b.s);
	/* and no key of the table is missing in it: see check-keys.py */
	config_free(c);
	config_free(none);
	text_done(&shipped);
	text_done(&a);
	text_done(&b);
}

static void the_good_copy_survives_and_is_checked(void **state)
{
	char path[] = "/tmp/bacs-good-XXXXXX";
	struct config_errors e;
	struct config *c = read_text(good, &e), *again = NULL;
	struct stat before, after;
	off_t size;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(config_save_good(c, path), 0);
	assert_int_equal(stat(path, &before), 0);
	assert_int_equal(config_save_good(c, path), 0);
	assert_int_equal(stat(path, &after), 0);
	/* the same text is not written again */
	assert_int_equal(before.st_ino, after.st_ino);
	assert_int_equal(config_load_good(path, &again), 0);
	assert_string_equal(again->site_name, c->site_name);
	config_free(again);
	for (size = after.st_size - 1; size >= 0; size -= 7) {
		assert_int_equal(truncate(path, size), 0);
		assert_int_equal(config_load_good(path, &again), -EINVAL);
	}
	unlink(path);
	assert_int_equal(config_load_good(path, &again), -ENOENT);
	close(fd);
	config_free(c);
}

static const char inherited[] =
	"[Limits base]\n"
	"FloatVoltageLow=2.10V\nFloatVoltageHigh=2.40V\n"
	"DeepDischarge=1.90V\n"
	"[Limits mine]\n"
	"Profile=base\n"
	"FloatVoltageLow=2.12V\n"
	"[Limits]\n"
	"Profile=base\n"
	"FloatVoltageHigh=2.42V\n"
	"DeepDischarge=none\n"
	"[Bus a]\n"
	"[String N]\nBus=a\nModules=1-2\nProfile=mine\n"
	"[String S]\nBus=a\nModules=3-4\nFloatVoltageLow=2.14V\n"
	"[Module a:1]\nFloatVoltageLow=2.16V\n"
	"[Module a:9]\nTemperatureHigh=40C\n";

/* Site, string, module; in each the profile before its own keys */
static void limits_are_inherited_from_site_string_and_module(void **state)
{
	struct config_errors e;
	struct config *c = read_text(inherited, &e);
	struct config_resolved r;

	(void)state;
	assert_string_equal(e.first.text, "");
	config_resolve(c, NULL, NULL, &r);
	assert_int_equal(r.set.value[LIMIT_FLOAT_LOW], 2100);
	assert_int_equal(r.set.value[LIMIT_FLOAT_HIGH], 2420);
	assert_int_equal(r.set.value[LIMIT_DEEP_DISCHARGE], LIMIT_UNSET);
	assert_int_equal(r.set.value[LIMIT_DEEP_DISCHARGE_ALARM], 1750);
	assert_int_equal(r.set.value[LIMIT_BOOST_LOW], LIMIT_UNSET);
	assert_string_equal(r.profile, "base");
	assert_int_equal(r.source[LIMIT_FLOAT_LOW].mark->where.line, 2);
	assert_string_equal(r.source[LIMIT_FLOAT_LOW].profile->name, "base");
	assert_null(r.source[LIMIT_FLOAT_HIGH].profile);
	assert_null(r.source[LIMIT_DEEP_DISCHARGE_ALARM].mark);
	/* a profile that is nearer overrules keys that are further off */
	config_resolve(c, config_find_string(c, "N"), NULL, &r);
	assert_int_equal(r.set.value[LIMIT_FLOAT_LOW], 2120);
	assert_int_equal(r.set.value[LIMIT_FLOAT_HIGH], 2400);
	assert_int_equal(r.set.value[LIMIT_DEEP_DISCHARGE], 1900);
	assert_string_equal(r.profile, "mine");
	config_resolve(c, config_find_string(c, "S"), NULL, &r);
	assert_int_equal(r.set.value[LIMIT_FLOAT_LOW], 2140);
	assert_int_equal(r.set.value[LIMIT_FLOAT_HIGH], 2420);
	assert_int_equal(r.source[LIMIT_FLOAT_LOW].level, CONFIG_BY_STRING);
	config_resolve(c, config_find_string(c, "N"),
		       config_find_block(c, "a", 1), &r);
	assert_int_equal(r.set.value[LIMIT_FLOAT_LOW], 2160);
	assert_int_equal(r.set.value[LIMIT_FLOAT_HIGH], 2400);
	config_resolve(c, NULL, config_find_block(c, "a", 9), &r);
	assert_int_equal(r.set.value[LIMIT_TEMP_HIGH], 40000);
	assert_int_equal(r.set.value[LIMIT_FLOAT_HIGH], 2420);
	config_free(c);
}

static void profiles_in_a_circle_are_refused(void **state)
{
	struct config_errors e;
	struct config *c = read_text("[Limits a]\nProfile=b\n"
				     "[Limits b]\nProfile=a\n", &e);

	(void)state;
	assert_int_equal(e.count, 2);
	assert_non_null(strstr(e.first.text, "in a circle"));
	config_free(c);
}

static void a_battery_with_a_tap_becomes_two_strings(void **state)
{
	static const char text[] =
		"[Bus a]\n[Battery B]\nBus=a\nModules=1-8\n"
		"NominalVoltage=12V\n[String B-minus]\nSensor=a:200\n"
		"[Battery C]\nBus=a\nModules=9-12\nHalves=upper,lower\n";
	struct config_errors e;
	struct config *c = read_text(text, &e);
	struct text printed = { .s = NULL };
	const struct config_string *s;

	(void)state;
	assert_string_equal(e.first.text, "");
	assert_int_equal(c->string_count, 4);
	s = config_find_string(c, "B-plus");
	assert_non_null(s);
	assert_int_equal(s->modules.count, 4);
	assert_int_equal(s->modules.list[0], 1);
	assert_int_equal(s->nominal_mv, 12000);
	assert_string_equal(s->battery, "B");
	s = config_find_string(c, "B-minus");
	assert_int_equal(s->modules.list[0], 5);
	assert_int_equal(s->sensor.address, 200);
	assert_non_null(config_find_string(c, "C-upper"));
	/* the good copy has battery and strings, and both still fit */
	config_format(c, &printed);
	config_free(c);
	c = read_text(printed.s, &e);
	assert_string_equal(e.first.text, "");
	assert_int_equal(c->string_count, 4);
	assert_string_equal(config_find_string(c, "C-lower")->battery, "C");
	text_done(&printed);
	config_free(c);
}

static void errors_of_drop_ins_name_their_file_in_every_check(void **state)
{
	struct config_errors e = { .count = 0 };
	struct config *c = NULL;
	static const char a[] = "[Bus a]\n";
	static const char b[] = "\n[String N]\nBus=a\nModules=1\n"
				"NominalVoltage=5V\n";

	(void)state;
	assert_int_equal(config_new(&c), 0);
	config_read_text(c, "a.conf", a, strlen(a), &e);
	config_read_text(c, "b.conf", b, strlen(b), &e);
	config_check(c, "a.conf", &e);
	assert_int_equal(e.count, 1);
	assert_string_equal(e.first.file, "b.conf");
	assert_int_equal(e.first.line, 2);
	config_free(c);
}

static void a_line_of_64_kib_is_refused_alone(void **state)
{
	struct text text = { .s = NULL };
	struct config_errors e;
	struct config *c;
	int i;

	(void)state;
	text_add(&text, "[Limits]\nFloatVoltageLow=");
	for (i = 0; i < 65536; i++)
		text_add(&text, "2");
	text_add(&text, "\nFloatVoltageHigh=2.4V\n");
	c = read_text(text.s, &e);
	assert_int_equal(e.count, 1);
	assert_int_equal(e.first.line, 2);
	assert_int_equal(c->limits.value[LIMIT_FLOAT_HIGH], 2400);
	assert_int_equal(c->limits.value[LIMIT_FLOAT_LOW], CONFIG_UNSET);
	config_free(c);
	text_done(&text);
}

static void distances_count_edits(void **state)
{
	(void)state;
	assert_int_equal(text_distance("Name", "name"), 0);
	assert_int_equal(text_distance("Nmae", "Name"), 2);
	assert_int_equal(text_distance("", "abc"), 3);
	assert_int_equal(text_distance("Modules", "Module"), 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_file_is_taken_as_it_says),
		cmocka_unit_test(the_cable_has_an_order),
		cmocka_unit_test(what_is_printed_reads_back_the_same),
		cmocka_unit_test(every_error_has_its_line_and_remedy),
		cmocka_unit_test(
			zero_bytes_and_long_lines_are_errors_with_their_line),
		cmocka_unit_test(a_long_line_of_many_continued_ones_is_refused),
		cmocka_unit_test(an_empty_value_is_the_default_again),
		cmocka_unit_test(the_shipped_file_shows_every_default),
		cmocka_unit_test(the_good_copy_survives_and_is_checked),
		cmocka_unit_test(
			limits_are_inherited_from_site_string_and_module),
		cmocka_unit_test(profiles_in_a_circle_are_refused),
		cmocka_unit_test(a_battery_with_a_tap_becomes_two_strings),
		cmocka_unit_test(
			errors_of_drop_ins_name_their_file_in_every_check),
		cmocka_unit_test(a_line_of_64_kib_is_refused_alone),
		cmocka_unit_test(distances_count_edits),
	};

	return RUN("config", tests);
}
