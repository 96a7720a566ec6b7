// SPDX-License-Identifier: GPL-2.0-or-later
/* What people write: options, scenario files, commands - and their mistakes */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "control.h"
#include "options.h"

static char path[] = "/tmp/test-sim-text-XXXXXX";

static int make_file(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	if (fd < 0)
		return -1;
	close(fd);
	return 0;
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

static int load(struct options *o, const char *text, struct parse_error *e)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	memset(o, 0, sizeof(*o));
	memset(e, 0, sizeof(*e));
	return scenario_load(o, path, e);
}

static void a_scenario_says_wire_devices_and_faults(void **state)
{
	static struct options o;
	struct parse_error e;

	(void)state;
	assert_int_equal(load(&o,
		"# a comment\n"
		"\n"
		"[bus]\n"
		"baud = 9600\n"
		"  format=8N1  \n"
		"seed = 0x10\n"
		"strict = yes\n"
		"reply_delay_us = 4000-5000\n"
		"[modules 1-3,9]\n"
		"nominal_mv = 2000\n"
		"voltage_mv = 2233\n"
		"[modules 70]\n"
		"class = string-sensor\n"
		"current_ma = -5\n"
		"[rule noisy]\n"
		"address = 1-2\n"
		"probability = 5 %\n"
		"effect = corrupt 2\n", &e), -EINVAL);
	assert_non_null(strstr(e.text, ":17: probability in %"));
	assert_int_equal(load(&o,
		"[bus]\nbaud = 9600\nformat=8N1\nseed = 0x10\nstrict = yes\n"
		"reply_delay_us = 4000-5000\n"
		"[modules 1-3,9]\nnominal_mv = 2000\nvoltage_mv = 2233\n"
		"technology = flooded\n"
		"[modules 70]\nclass = string-sensor\ncurrent_ma = -5\n"
		"[rule noisy]\naddress = 1-2\nprobability = 5%\n"
		"effect = corrupt 2", &e), 0);
	assert_int_equal(o.bus.baud, 9600);
	assert_int_equal(o.bus.bits, 10);
	assert_int_equal(o.bus.seed, 16);
	assert_true(o.bus.strict);
	assert_int_equal(o.bus.delay_min_us, 4000);
	assert_int_equal(o.bus.delay_max_us, 5000);
	assert_int_equal(o.present[0] | o.present[1] << 8, 0x020E);
	assert_int_equal(o.device[9].nominal_mv, 2000);
	assert_int_equal(o.device[9].technology, MODULE_FLOODED);
	assert_true(o.fixed[9][MODULE_KEY_VOLTAGE_MV]);
	assert_int_equal(o.fixed_value[70][MODULE_KEY_CURRENT_MA], -5);
	assert_int_equal(o.device[70].class, BACS_CLASS_STRING);
	assert_int_equal(o.rule_count, 1);
	assert_string_equal(o.rule[0].name, "noisy");
	assert_int_equal(o.rule[0].effect, RULE_CORRUPT);
	assert_int_equal(o.rule[0].arg, 2);
}

static void a_scenario_says_strings_charger_and_faults(void **state)
{
	static struct options o;
	const struct battery_config *b = &o.battery;
	struct parse_error e;

	(void)state;
	if (load(&o, "[battery]\nmains = off\nload = 500.5\nspeed = 60\n"
		"charger = 2.30\n[string A]\nmodules = 1-32\nsensor = 99\n"
		"[string B]\nmodules = 33-64\ncharger = A\n"
		"[fault dry-out]\nmodules = 3,9\nseverity = 0.25\n"
		"start_s = 60\nramp_s = 86400\n", &e))
		fail_msg("%s", e.text);
	assert_true(b->orders.outage && b->orders.charge == BATTERY_VOLTS);
	assert_true(b->orders.load_w == 500.5 && b->orders.cell_v == 2.3);
	assert_int_equal(b->orders.speed, 60);
	assert_int_equal(b->string_count, 2);
	assert_string_equal(b->string[0].name, "A");
	assert_int_equal(b->string[0].sensor, 99);
	assert_true(address_in(b->string[0].modules, 32));
	assert_false(address_in(b->string[0].modules, 33));
	assert_string_equal(b->string[1].charger, "A");
	assert_int_equal(b->fault_count, 1);
	assert_int_equal(b->fault[0].kind, PLANT_FAULT_DRY_OUT);
	assert_true(address_in(b->fault[0].modules, 9));
	assert_true(b->fault[0].severity == 0.25 && b->fault[0].start_s == 60 &&
		    b->fault[0].ramp_s == 86400);
}

static void mistakes_in_a_scenario_name_line_value_and_range(void **state)
{
	static const struct { const char *text, *line, *what; } bad[] = {
		{ "baud = 9600\n", ":1:", "before the first [section]" },
		{ "[bus]\nbaud = 300\n", ":2:", "1200 to 921600" },
		{ "[bus]\nbaud = 9600x\n", ":2:", "\"9600x\"" },
		{ "[bus]\nbuad = 9600\n", ":2:", "\"buad\"" },
		{ "[bus]\nbaud\n", ":2:", "KEY = VALUE" },
		{ "[bus]\nformat = 7E1\n", ":2:", "8E1, 8O1, 8N1 or 8N2" },
		{ "[bus]\nstrict = maybe\n", ":2:", "yes or no" },
		{ "[bus]\nreply_delay_us = 900-100\n", ":2:", "900 to 1000000" },
		{ "[bus]\nseed = -1\n", ":2:", "0 to 18446744073709551615" },
		{ "[modules 0]\n", ":1:", "1 to 247" },
		{ "[modules 1-248]\n", ":1:", "1 to 247" },
		{ "[modules 5-2]\n", ":1:", "5-2" },
		{ "[modules 1,]\n", ":1:", "1 to 247" },
		{ "[modules]\n", ":1:", "[modules SET]" },
		{ "[modules 1\n", ":1:", "has no ]" },
		{ "[", ":1:", "has no ]" },
		{ "[]", ":1:", "[bus]" },
		{ "[modules 1]\n[modules 2]\n[modules 1-3]\n", ":3:", "address 1" },
		{ "[modules 1]\nclass = pump\n", ":2:", "jar, string-sensor" },
		{ "[modules 1]\nnominal_mv = 3000\n", ":2:", "2000, 4000, 6000" },
		{ "[modules 1]\ncapacity_ah = 0\n", ":2:", "1 to 6000" },
		{ "[modules 1]\n\nvoltage_mv = 70000\n", ":3:", "0 to 65535" },
		{ "[modules 1]\ncurrent_ma = 1\n", ":2:", "class jar" },
		{ "[modules 1]\ntechnology = wet\n", ":2:", "agm, gel or flooded" },
		{ "[modules 1]\nvolts = 1\n", ":2:", "\"volts\"" },
		{ "[modules 1]\nnoise = nan\n", ":2:", "0 to 10" },
		{ "[rule]\neffect = drop\n", ":1:", "[rule NAME]" },
		{ "[rule a b]\neffect = drop\n", ":1:", "[rule NAME]" },
		{ "[rule x]\naddress = 1\n", ":1:", "no effect" },
		{ "[rule x]\neffect = explode\n", ":2:", "drop delay late" },
		{ "[rule x]\neffect = delay\n", ":2:", "1 to 60000" },
		{ "[rule x]\neffect = drop 5\n", ":2:", "no argument" },
		{ "[rule x]\neffect = delay 5 6\n", ":2:", "at most one" },
		{ "[rule x]\neffect =\n", ":2:", "empty" },
		{ "[rule x]\nprobability = 1.5\n", ":2:", "0 to 1" },
		{ "[rule x]\nprobability = %\n", ":2:", "0 to 100" },
		{ "[rule x]\nfrom = 5\nuntil = 5\neffect = drop\n", ":1:",
		  "not after" },
		{ "[rule x]\neffect = answers-for 5\n", ":1:", "address=" },
		{ "[rule x]\ndirection = request\neffect = delay 5\n", ":1:",
		  "direction" },
		{ "[rule x]\neffect = drop\n[rule x]\neffect = drop\n", ":3:",
		  "stands above" },
		{ "[battery]\nmains = maybe\n", ":2:", "\"maybe\"" },
		{ "[battery]\nload = -5\n", ":2:", "0 to 1e+07" },
		{ "[battery]\ncharger = 5\n", ":2:", "1.8 to 2.7 volts per cell" },
		{ "[battery]\nspeed = 0\n", ":2:", "1 to 3600" },
		{ "[battery]\nspeed = 3601\n", ":2:", "1 to 3600" },
		{ "[battery]\nvolts = 5\n", ":2:", "mains load charger speed" },
		{ "[battery x]\n", ":1:", "[battery]" },
		{ "[string]\n", ":1:", "[string NAME]" },
		{ "[string a/b]\n", ":1:", "letters" },
		{ "[string A]\nsensor = 5\n", ":1:", "has no modules" },
		{ "[string A]\nsensor = 0\n", ":2:", "1 to 247" },
		{ "[string A]\nmodules = 1-500\n", ":2:", "1 to 247" },
		{ "[string A]\nmodule = 1\n", ":2:", "modules sensor charger" },
		{ "[string A]\nmodules = 1\n\n[string A]\nmodules = 2\n", ":4:",
		  "stands above" },
		{ "[fault]\n", ":1:", "[fault NAME]" },
		{ "[fault fire]\n", ":1:", "shorted-cell" },
		{ "[fault dry-out]\nmodules = 1\n", ":1:", "no severity" },
		{ "[fault dry-out]\nseverity = 1\n", ":1:", "no modules" },
		{ "[fault dry-out]\nramp_s = -1\n", ":2:", "\"-1\"" },
		{ "[fault dry-out]\nramp = 1\n", ":2:", "start_s ramp_s" },
		{ "[rule ../x]\neffect = drop\n", ":1:", "letters" },
		{ "\xEF\xBB\xBF[bus]\n", ":1:", "without one" },
		{ "[bus]\nbaud = \x1b[31m\n", ":2:", "\"?[31m\"" },
	};
	static struct options o;
	static char full[5000];
	struct parse_error e;

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(load(&o, bad[i].text, &e), -EINVAL);
		if (strncmp(e.text, path, strlen(path)) ||
		    strncmp(e.text + strlen(path), bad[i].line,
			    strlen(bad[i].line)) ||
		    !strstr(e.text, bad[i].what))
			fail_msg("%s\nsays: %s", bad[i].text, e.text);
	}
	/* any length is a comment's, up to the longest line; no file is endless */
	memset(full, '#', 4095);
	strcpy(full + 4095, "\n[bus]\nbaud = 9600\n");
	assert_int_equal(load(&o, full, &e), 0);
	assert_int_equal(o.bus.baud, 9600);
	strcpy(full + 4095, "#\n");
	assert_int_equal(load(&o, full, &e), -EINVAL);
	assert_non_null(strstr(e.text, ":1: more than 4095 characters"));
	assert_int_equal(scenario_load(&o, "/dev/zero", &e), -EINVAL);
	assert_non_null(strstr(e.text, ":1: a zero byte"));
	assert_int_equal(scenario_load(&o, "/nonexistent/file", &e), -EINVAL);
	assert_non_null(strstr(e.text, "/nonexistent/file"));
	assert_int_equal(scenario_load(&o, "/", &e), -EINVAL);
}

/* Any prefix and any changed byte of a good file: refused or taken, no crash */
static void damaged_scenarios_do_no_harm(void **state)
{
	static const char good[] =
		"[bus]\nbaud = 9600\nformat = 8E1\n[modules 1-64,70]\n"
		"class = jar\nvoltage_mv = 12000\n[rule a]\naddress = 3\n"
		"effect = garbage 12\nprobability = 10%\nfrom = 1\nuntil = 9\n"
		"[battery]\nmains = off\nload = 500\ncharger = 2.3\nspeed = 9\n"
		"[string A]\nmodules = 1-32\nsensor = 99\ncharger = B\n"
		"[fault dry-out]\nmodules = 3\nseverity = 1\nramp_s = 60\n";
	static struct options o;
	struct parse_error e;
	char text[sizeof(good)];

	(void)state;
	for (size_t len = 0; len < sizeof(good); len++) {
		memcpy(text, good, sizeof(good));
		text[len] = '\0';
		load(&o, text, &e);
		memcpy(text, good, sizeof(good));
		for (u32 c = 1; c < 256; c += 200) {
			text[len] = (char)c;
			text[sizeof(good) - 1] = '\0';
			load(&o, text, &e);
		}
	}
}

static int options(struct options *o, struct parse_error *e, char *line)
{
	char *argv[40] = { "bacs-sim" };
	int argc = parse_split(line, argv + 1, 38, e) + 1;

	argv[argc] = NULL;
	memset(o, 0, sizeof(*o));
	e->text[0] = '\0';
	optind = 0;
	return options_parse(o, argc, argv, e);
}

static void options_are_read(void **state)
{
	char line[] = "--connect /tmp/s --modules 1-64,70 --string-sensor 71 "
		"--environment 72 --io 73 --nominal 6000 --capacity-ah 200 "
		"--baud 115200 --format 8N2 --seed 99 --strict --eco "
		"--reply-delay-us 2000";
	static struct options o;
	struct parse_error e;

	(void)state;
	assert_int_equal(options(&o, &e, line), OPTIONS_RUN);
	assert_int_equal(o.transport.kind, TRANSPORT_CONNECT);
	assert_string_equal(o.transport.path, "/tmp/s");
	assert_true(address_in(o.present, 64) && address_in(o.present, 73));
	assert_false(address_in(o.present, 65) || address_in(o.present, 74));
	assert_int_equal(o.device[72].class, BACS_CLASS_ENVIRONMENT);
	assert_int_equal(o.device[1].nominal_mv, 6000);
	assert_int_equal(o.device[70].capacity_ah, 200);
	assert_int_equal(o.bus.bits, 11);
	assert_int_equal(o.bus.delay_min_us, 2000);
	assert_int_equal(o.bus.delay_max_us, 3000);
	assert_true(o.bus.strict && o.bus.eco && o.bus.seed == 99);
}

static void the_command_line_has_the_last_word(void **state)
{
	static struct options o;
	struct parse_error e;
	char line[128];

	(void)state;
	load(&o, "[bus]\nbaud = 9600\nseed = 4\n[modules 1]\n", &e);
	snprintf(line, sizeof(line), "--pty --baud 38400 --scenario %s", path);
	assert_int_equal(options(&o, &e, line), OPTIONS_RUN);
	assert_int_equal(o.bus.baud, 38400);
	assert_int_equal(o.bus.seed, 4);
	snprintf(line, sizeof(line), "--pty --io 1 --scenario %s", path);
	assert_int_equal(options(&o, &e, line), -EINVAL);
	assert_non_null(strstr(e.text, "address 1"));
}

static void mistakes_in_options_are_named(void **state)
{
	static const struct { const char *line, *what; } bad[] = {
		{ "--modules 1-64", "no line" },
		{ "--pty", "no devices" },
		{ "--pty --modules 0-64", "\"0-64\"" },
		{ "--pty --modules 1-64 --io 5", "address 5" },
		{ "--pty --listen /x --modules 1", "two lines" },
		{ "--connect /x --link /y --modules 1", "--link /y" },
		{ "--pty --modules 1 --baud 0", "1200 to 921600" },
		{ "--pty --modules 1 --nominal 5000", "\"5000\"" },
		{ "--pty --modules 1 --reply-delay-us x", "\"x\"" },
		{ "--pty --nonsense", "\"--nonsense\"" },
		{ "--pty -x", "\"-x\"" },
		{ "--pty --modules", "--modules: its value is missing" },
		{ "--pty=5 --modules 1", "\"--pty=5\"" },
		{ "--pty --modules 1 extra", "\"extra\"" },
		{ "--pty --modules 1 --scenario a --scenario b", "twice" },
	};
	static struct options o;
	struct parse_error e;
	char line[256];

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(bad); i++) {
		strcpy(line, bad[i].line);
		assert_int_equal(options(&o, &e, line), -EINVAL);
		if (!strstr(e.text, bad[i].what))
			fail_msg("%s\nsays: %s", bad[i].line, e.text);
	}
	memcpy(line, "--connect ", 10);
	memset(line + 10, 'x', 150);
	strcpy(line + 160, " --modules 1");
	assert_int_equal(options(&o, &e, line), -EINVAL);
	assert_non_null(strstr(e.text, "1 to 107"));
}

/* Runs a command on a bus; returns what it printed, or its error */
static int command(struct bus *b, const char *line, char *ret, size_t size)
{
	struct parse_error e = { "" };
	char copy[3000], *text = NULL;
	bool quit = false;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	int r;

	strcpy(copy, line);
	r = command_run(b, copy, 5 * (u64)NSEC_PER_SEC, out, &quit, &e);
	fclose(out);
	snprintf(ret, size, "%s", r < 0 ? e.text : text);
	free(text);
	return r < 0 ? r : quit;
}

static struct bus *make_bus(void)
{
	struct bus_config cfg = { .seed = 1, .baud = 19200, .bits = 11,
				  .parity = 'E', .stop_bits = 1 };
	struct module_config m = { .address = 1, .class = BACS_CLASS_JAR,
				   .nominal_mv = 12000, .capacity_ah = 100 };
	struct parse_error e;
	struct bus *b;

	assert_int_equal(bus_new(&b, &cfg, 0), 0);
	assert_int_equal(bus_add(b, &m), 0);
	assert_int_equal(bus_add(b, &m), -EEXIST);
	m.address = 2;
	m.class = BACS_CLASS_STRING;
	assert_int_equal(bus_add(b, &m), 0);
	assert_int_equal(bus_start(b, NULL, &e), 0);
	return b;
}

static void commands_do_what_they_say(void **state)
{
	struct bus *b = make_bus();
	char out[16384];
	bool exists;

	(void)state;
	assert_int_equal(command(b, "set 1 voltage_mv 11400", out, sizeof(out)), 0);
	assert_int_equal(module_input(b->module[1], 1, &exists), 11400);
	assert_int_equal(command(b, "unset 1 voltage_mv", out, sizeof(out)), 0);
	assert_int_not_equal(module_input(b->module[1], 1, &exists), 11400);
	assert_int_equal(command(b, "rule add name=n address=1,3-4 function=4 count=5 from=1 until=2.5 probability=0.5 delay 10",
				 out, sizeof(out)), 0);
	assert_string_equal(out, "1\n");
	assert_int_equal(command(b, "rule add silence", out, sizeof(out)), 0);
	assert_string_equal(out, "2\n");
	assert_int_equal(command(b, "rule list", out, sizeof(out)), 0);
	assert_string_equal(out,
		"1: name=n address=1,3-4 direction=reply probability=0.5 function=4 count=5 from=1 until=2.5 delay 10 (hits 0)\n"
		"2: address=any direction=reply probability=1 silence (hits 0)\n");
	assert_int_equal(command(b, "rule del n", out, sizeof(out)), 0);
	assert_int_equal(command(b, "rule del 2", out, sizeof(out)), 0);
	assert_int_equal(b->rule_count, 0);
	assert_int_equal(command(b, "rule add drop", out, sizeof(out)), 0);
	assert_string_equal(out, "3\n");
	assert_int_equal(command(b, "rule del all", out, sizeof(out)), 0);
	assert_int_equal(b->rule_count, 0);
	assert_int_equal(command(b, "reboot 1-2", out, sizeof(out)), 0);
	assert_int_equal(b->module[2]->boots, 2);
	b->module[1]->identify = 1;
	assert_int_equal(command(b, "press 1 300", out, sizeof(out)), 0);
	assert_int_equal(b->module[1]->identify, 0);
	assert_int_equal(command(b, "stats", out, sizeof(out)), 0);
	assert_non_null(strstr(out, "\"t35_violations\": 0"));
	assert_int_equal(command(b, "stats reset", out, sizeof(out)), 0);
	assert_int_equal(command(b, "mains off", out, sizeof(out)), 0);
	assert_int_equal(command(b, "load 250", out, sizeof(out)), 0);
	assert_int_equal(command(b, "charger 2.3", out, sizeof(out)), 0);
	assert_int_equal(command(b, "speed 60", out, sizeof(out)), 0);
	assert_true(b->battery->orders.outage);
	assert_true(b->battery->site[0].site.load_w == 250);
	assert_true(b->battery->site[0].site.charger.float_cell_v == 2.3);
	assert_int_equal(b->battery->orders.speed, 60);
	assert_int_equal(command(b, "fault sulphation 1 0.5 3600", out,
				 sizeof(out)), 0);
	assert_true(b->battery->fault[0].plant.ramp_s == 3600);
	assert_int_equal(command(b, "battery", out, sizeof(out)), 0);
	assert_non_null(strstr(out, "\"fault\": \"sulphation\""));
	assert_non_null(strstr(out, "\"mains\": false"));
	assert_int_equal(command(b, "fault clear", out, sizeof(out)), 0);
	assert_int_equal(b->battery->fault_count, 0);
	assert_int_equal(command(b, "modules", out, sizeof(out)), 0);
	assert_non_null(strstr(out, "\"class\": \"string-sensor\""));
	assert_int_equal(command(b, "help", out, sizeof(out)), 0);
	assert_int_equal(command(b, "quit", out, sizeof(out)), 1);
	bus_free(b);
}

static void wrong_commands_change_nothing_and_say_why(void **state)
{
	static const struct { const char *line, *what; } bad[] = {
		{ "", "empty" },
		{ "launch", "\"launch\"" },
		{ "set", "set ADDRESSES" },
		{ "set 1 voltage_mv 70000", "0 to 65535" },
		{ "set 1 voltage_mv 12.5", "\"12.5\"" },
		{ "set 1 volts 12", "voltage_mv" },
		{ "set 1 current_ma 5", "class jar" },
		{ "set 1-3 voltage_mv 12000", "address 3" },
		{ "set 1-2 voltage_mv 100000", "0 to 65535" },
		{ "set x voltage_mv 12000", "\"x\"" },
		{ "unset 1 volts", "\"volts\"" },
		{ "rule", "rule add" },
		{ "rule add", "no effect" },
		{ "rule add adress=1 drop", "\"adress\"" },
		{ "rule add drop 1 2", "\"2\"" },
		{ "rule add exception 256", "1 to 255" },
		{ "rule del 7", "rule 7" },
		{ "rule del nobody", "\"nobody\"" },
		{ "rule del", "one id" },
		{ "press 1 0", "1 to 60000" },
		{ "reboot 9", "address 9" },
		{ "stats now", "stats reset" },
		{ "quit now", "no argument" },
		{ "mains", "takes one value" },
		{ "mains up", "\"up\"" },
		{ "mains off now", "takes one value" },
		{ "load 1e9", "0 to 1e+07" },
		{ "charger 12", "1.8 to 2.7 volts per cell" },
		{ "charger 2.3V", "\"2.3V\"" },
		{ "speed 1.5", "1 to 3600" },
		{ "fault", "fault NAME" },
		{ "fault dry-out 1", "fault NAME" },
		{ "fault clear all", "fault NAME" },
		{ "fault rust 1 1", "grid-growth" },
		{ "fault dry-out 1-2 0.5", "address 2: no jar" },
		{ "fault dry-out 1 2", "above 0 and up to 1" },
		{ "fault dry-out 1 0.5 x", "\"x\"" },
		{ "battery all", "no argument" },
		{ "a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a",
		  "32 words" },
	};
	struct bus *b = make_bus();
	char out[1024];

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(command(b, bad[i].line, out, sizeof(out)),
				 -EINVAL);
		if (!strstr(out, bad[i].what))
			fail_msg("%s\nsays: %s", bad[i].line, out);
	}
	assert_int_equal(b->module[1]->fixed | b->module[2]->fixed, 0);
	assert_int_equal(b->rule_count, 0);
	assert_int_equal(b->battery->fault_count, 0);
	assert_false(b->battery->orders.outage);
	assert_true(b->battery->orders.load_w < 0);
	assert_int_equal(b->battery->orders.charge, BATTERY_FLOAT);
	assert_int_equal(b->battery->orders.speed, 1);
	bus_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_scenario_says_wire_devices_and_faults),
		cmocka_unit_test(a_scenario_says_strings_charger_and_faults),
		cmocka_unit_test(mistakes_in_a_scenario_name_line_value_and_range),
		cmocka_unit_test(damaged_scenarios_do_no_harm),
		cmocka_unit_test(options_are_read),
		cmocka_unit_test(the_command_line_has_the_last_word),
		cmocka_unit_test(mistakes_in_options_are_named),
		cmocka_unit_test(commands_do_what_they_say),
		cmocka_unit_test(wrong_commands_change_nothing_and_say_why),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}
