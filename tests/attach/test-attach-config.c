// SPDX-License-Identifier: GPL-2.0-or-later
/* Settings of bacs-attach: values, attach.d, sysfs knobs */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cmocka.h>

#include "config.h"
#include "options.h"
#include "tune.h"

static const char *manual_page;

static int set(struct attach_options *o, const char *option, const char *value,
	       char *why)
{
	for (size_t i = 0; i < attach_n_settings; i++) {
		if (!strcmp(attach_settings[i].option, option))
			return attach_settings[i].set(o, value, why, 256);
	}
	fail_msg("no option %s", option);
	return 0;
}

static void good_values_are_taken(void **state)
{
	struct attach_options o;
	char why[256];

	(void)state;
	attach_options_init(&o);
	assert_int_equal(o.baud, 19200);
	assert_string_equal(o.data_format, "8E1");
	assert_int_equal(set(&o, "bus", "bacsA0123456", why), 0);
	assert_int_equal(set(&o, "profile", "x-9", why), 0);
	assert_int_equal(set(&o, "baud", "115200", why), 0);
	assert_int_equal(set(&o, "format", "8n2", why), 0);
	assert_int_equal(set(&o, "scan-ms", "60000", why), 0);
	assert_int_equal(set(&o, "response-ms", "5", why), 0);
	assert_int_equal(set(&o, "read-only", "Yes", why), 0);
	assert_int_equal(set(&o, "permit-sleep", NULL, why), 0);
	assert_int_equal(set(&o, "rs485",
			     "rts-low,delay-before=1,delay-after=100", why), 0);
	assert_string_equal(o.bus, "bacsA0123456");
	assert_string_equal(o.profile, "x-9");
	assert_int_equal(o.baud, 115200);
	assert_string_equal(o.data_format, "8N2");
	assert_int_equal(o.scan_ms, 60000);
	assert_int_equal(o.response_ms, 5);
	assert_true(o.read_only);
	assert_true(o.permit_sleep);
	assert_true(o.rs485.wanted);
	assert_true(o.rs485.rts_low);
	assert_int_equal(o.rs485.delay_before_ms, 1);
	assert_int_equal(o.rs485.delay_after_ms, 100);
	assert_int_equal(set(&o, "rs485", "no", why), 0);
	assert_false(o.rs485.wanted);
}

static void bad_values_are_refused_with_the_allowed_ones(void **state)
{
	static const struct {
		const char *option;
		const char *value;
		const char *says;
	} cases[] = {
		{ "bus", "", "letter" },
		{ "bus", "1a", "letter" },
		{ "bus", "bacs_A", "letter" },
		{ "bus", "bacsA01234567", "11" },
		{ "bus", "b\xc3\xa4", "letter" },
		{ "profile", "Bacs", "small letter" },
		{ "profile", "-a", "small letter" },
		{ "profile", "a2345678901234567890123456789012", "30" },
		{ "baud", "1199", "1200 to 115200" },
		{ "baud", "115201", "1200 to 115200" },
		{ "baud", "0x4b00", "1200 to 115200" },
		{ "baud", " 9600", "1200 to 115200" },
		{ "baud", "-9600", "1200 to 115200" },
		{ "baud", "99999999999999999999", "1200 to 115200" },
		{ "baud", "", "1200 to 115200" },
		{ "format", "7E1", "8 data bits" },
		{ "format", "8X1", "8N1" },
		{ "format", "8E3", "8N1" },
		{ "format", "8E", "8N1" },
		{ "scan-ms", "60001", "60000" },
		{ "response-ms", "4", "5 to 10000" },
		{ "response-ms", "10001", "5 to 10000" },
		{ "read-only", "perhaps", "yes and no" },
		{ "modules", "", "1 to 247" },
		{ "modules", "0", "1 to 247" },
		{ "modules", "248", "1 to 247" },
		{ "modules", "5-3", "rising" },
		{ "modules", "1,,2", "1 to 247" },
		{ "modules", "1-2-3", "1 to 247" },
		{ "modules", "1,", "1 to 247" },
		{ "modules", "1 2", "1 to 247" },
		{ "rs485", "", "rts-high" },
		{ "rs485", ",", "rts-high" },
		{ "rs485", "rts-high,", "rts-high" },
		{ "rs485", "delay-before=101", "0-100" },
		{ "rs485", "delay-before", "rts-high" },
		{ "ldisc", "0", "1 to 30" },
		{ "ldisc", "31", "1 to 30" },
		{ "profile-file", "", "file name" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct attach_options before;
		struct attach_options o;
		char why[256] = "";

		attach_options_init(&o);
		attach_options_init(&before);
		if (set(&o, cases[i].option, cases[i].value, why) != -EINVAL)
			fail_msg("%s=%s was taken", cases[i].option,
				 cases[i].value);
		if (!strstr(why, cases[i].says))
			fail_msg("%s=%s: '%s' does not say '%s'",
				 cases[i].option, cases[i].value, why,
				 cases[i].says);
		assert_memory_equal(&o, &before, sizeof(o));
	}
}

static void module_lists_become_bits(void **state)
{
	struct attach_options o;
	char why[256];

	(void)state;
	attach_options_init(&o);
	assert_int_equal(set(&o, "modules", "1-3,8,247", why), 0);
	for (unsigned int a = 0; a < 256; a++) {
		bool is_set = o.addresses[a / 8] >> a % 8 & 1;

		assert_int_equal(is_set, (a >= 1 && a <= 3) || a == 8 ||
					 a == 247);
	}
}

static int parse(struct attach_entry **list, struct ini *ini, const char *text)
{
	ini->file = "t.conf";
	return attach_entries_parse(list, ini, text, strlen(text));
}

static void a_file_may_hold_several_buses(void **state)
{
	struct attach_entry *list = NULL;
	struct attach_options o;
	char why[256];
	struct ini ini;

	(void)state;
	assert_int_equal(parse(&list, &ini,
			       "# comment \xc3\xa4\r\n"
			       "[Attach]\r\n"
			       "Device = /dev/ttyS1\r\n"
			       "Bus=bacsA\r\n"
			       "Baud=9600\n"
			       "\n"
			       "[Attach]\n"
			       "Device=/dev/ttyS2\n"
			       "Bus=bacsB\n"
			       "ReadOnly=yes"), 0);
	assert_string_equal(list->device, "/dev/ttyS1");
	assert_string_equal(list->next->device, "/dev/ttyS2");
	assert_null(list->next->next);
	attach_options_init(&o);
	assert_int_equal(attach_entry_apply(list->next, &o, why, sizeof(why)),
			 0);
	assert_string_equal(o.bus, "bacsB");
	assert_true(o.read_only);
	assert_int_equal(o.baud, 19200);
	attach_entries_free(list);
}

static void bad_files_are_refused_by_line(void **state)
{
	static const struct {
		const char *text;
		const char *says;
	} cases[] = {
		{ "Bus=a\n", "t.conf:1: Bus= stands before" },
		{ "[Attach]\nBus=a\n", "t.conf:1: [Attach] has no Device=" },
		{ "[Attach]\nDevice=/d\n", "t.conf:1: [Attach] has no Bus=" },
		{ "\n[Attach]\nDevice=/d\n[Attach]\n",
		  "t.conf:2: [Attach] has no Bus=" },
		{ "[Other]\n", "t.conf:1: unknown section [Other]" },
		{ "[Attach\n", "t.conf:1: '[Attach'" },
		{ "[Attach]\nDevice=tty\n", "t.conf:2: Device=tty: a path" },
		{ "[Attach]\nBaud=1\n", "t.conf:2: Baud=1: allowed" },
		{ "[Attach]\nBaud\n", "t.conf:2: 'Baud': a setting" },
		{ "[Attach]\nBaude=1\n", "t.conf:2: unknown key Baude=" },
		{ "[Attach]\nBus=a\nBus=a\n", "t.conf:3: Bus= is given twice" },
		{ "[Attach]\nBus=\x01\n", "t.conf:2: byte 0x01 in column 5" },
		{ "[Attach]\n=1\n", "t.conf:2: no key" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct attach_entry *list = NULL;
		struct ini ini;

		assert_true(parse(&list, &ini, cases[i].text) < 0);
		assert_null(list);
		if (!strstr(ini.error, cases[i].says))
			fail_msg("'%s' does not say '%s'", ini.error,
				 cases[i].says);
	}
}

static void lines_that_are_too_long_are_refused(void **state)
{
	struct attach_entry *list = NULL;
	char text[INI_LINE_MAX + 32];
	struct ini ini;

	(void)state;
	memset(text, '#', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(parse(&list, &ini, text), -E2BIG);
	text[INI_LINE_MAX] = '\0';
	assert_int_equal(parse(&list, &ini, text), 0);
	assert_null(list);
}

static void zero_bytes_are_refused(void **state)
{
	struct attach_entry *list = NULL;
	struct ini ini = { .file = "t.conf" };

	(void)state;
	assert_int_equal(attach_entries_parse(&list, &ini, "#\0\n", 3),
			 -EINVAL);
	assert_null(list);
}

static bool matches_text(const char *device, void *user)
{
	return !strcmp(device, user);
}

static void a_device_claimed_twice_is_refused(void **state)
{
	struct attach_entry *list = NULL;
	const struct attach_entry *entry;
	char why[512];
	struct ini ini;

	(void)state;
	assert_int_equal(parse(&list, &ini,
			       "[Attach]\nDevice=/d\nBus=a\n"
			       "[Attach]\nDevice=/e\nBus=b\n"), 0);
	assert_int_equal(attach_entries_find(list, matches_text, "/e", &entry,
					     why, sizeof(why)), 0);
	assert_ptr_equal(entry, list->next);
	assert_int_equal(attach_entries_find(list, matches_text, "/f", &entry,
					     why, sizeof(why)), 0);
	assert_null(entry);
	assert_int_equal(parse(&list, &ini,
			       "[Attach]\nDevice=/d\nBus=c\n"), 0);
	assert_int_equal(attach_entries_find(list, matches_text, "/d", &entry,
					     why, sizeof(why)), -EEXIST);
	assert_non_null(strstr(why, "t.conf:1"));
	attach_entries_free(list);
}

/* A copy of what sysfs shows of a port, in a folder of its own */
struct tree {
	char root[64];
	char port[128];
};

static int make_tree(void **state)
{
	struct tree *tree = calloc(1, sizeof(*tree));
	char command[512];

	strcpy(tree->root, "/tmp/bacs-tune-XXXXXX");
	assert_non_null(mkdtemp(tree->root));
	snprintf(tree->port, sizeof(tree->port), "%s/devices/x/ttyS4",
		 tree->root);
	snprintf(command, sizeof(command),
		 "cd %s && mkdir -p devices/x/ttyS4 dev/char bus/usb-serial "
		 "devices/virtual/workqueue/ttyS-serial_8250 && "
		 "ln -s ../../devices/x/ttyS4 dev/char/4:68 && "
		 "echo 0 >devices/virtual/workqueue/ttyS-serial_8250/nice",
		 tree->root);
	assert_int_equal(system(command), 0);
	*state = tree;
	return 0;
}

static int remove_tree(void **state)
{
	struct tree *tree = *state;
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", tree->root);
	assert_int_equal(system(command), 0);
	free(tree);
	return 0;
}

static void put(const char *base, const char *name, const char *text)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", base, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static int get(const char *base, const char *name)
{
	char path[256];
	int value = -1;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", base, name);
	file = fopen(path, "r");
	assert_non_null(file);
	assert_int_equal(fscanf(file, "%d", &value), 1);
	fclose(file);
	return value;
}

static void trigger_and_latency_are_set_and_put_back(void **state)
{
	const struct tree *tree = *state;
	struct attach_tuning tuning;
	char device[192];

	put(tree->port, "rx_trig_bytes", "8\n");
	snprintf(device, sizeof(device), "%s/device", tree->port);
	assert_int_equal(mkdir(device, 0755), 0);
	put(device, "latency_timer", "16\n");
	assert_int_equal(attach_tune(&tuning, tree->root, makedev(4, 68),
				     false), 1);
	assert_int_equal(get(tree->port, "rx_trig_bytes"), 1);
	assert_int_equal(get(device, "latency_timer"), 1);
	assert_true(tuning.workqueue);
	assert_int_equal(get(tree->root, "devices/virtual/workqueue/"
			     "ttyS-serial_8250/nice"), -20);
	attach_untune(&tuning);
	assert_int_equal(get(tree->port, "rx_trig_bytes"), 8);
	assert_int_equal(get(device, "latency_timer"), 16);
}

static void a_knob_that_stands_right_is_left_alone(void **state)
{
	const struct tree *tree = *state;
	struct attach_tuning tuning;

	put(tree->port, "rx_trig_bytes", "1\n");
	assert_int_equal(attach_tune(&tuning, tree->root, makedev(4, 68),
				     false), 1);
	put(tree->port, "rx_trig_bytes", "4\n");
	attach_untune(&tuning);
	assert_int_equal(get(tree->port, "rx_trig_bytes"), 4);
}

static void the_trigger_is_told_as_known(void **state)
{
	const struct tree *tree = *state;
	struct attach_tuning tuning;
	char command[512];

	assert_int_equal(attach_tune(&tuning, tree->root, makedev(4, 68),
				     false), 0);
	assert_int_equal(attach_tune(&tuning, tree->root, makedev(136, 1),
				     true), 1);
	put(tree->port, "xmit_fifo_size", "64\n");
	assert_int_equal(attach_tune(&tuning, tree->root, makedev(4, 68),
				     false), 0);
	put(tree->port, "xmit_fifo_size", "1\n");
	assert_int_equal(attach_tune(&tuning, tree->root, makedev(4, 68),
				     false), 1);
	put(tree->port, "xmit_fifo_size", "0\n");
	snprintf(command, sizeof(command), "mkdir %s/device && ln -s "
		 "../../../../bus/usb-serial %s/device/subsystem", tree->port,
		 tree->port);
	assert_int_equal(system(command), 0);
	assert_int_equal(attach_tune(&tuning, tree->root, makedev(4, 68),
				     false), 1);
}

/* One line of the manual page's table names key, property and option. */
static bool manual_has(const char *text, const struct attach_setting *setting)
{
	char line[256];

	snprintf(line, sizeof(line), "\n.It %s Ta %s Ta Fl -%s Ta ",
		 setting->key, setting->property, setting->option);
	return strstr(text, line);
}

static void the_manual_page_has_every_setting(void **state)
{
	size_t rows = 0;
	char *text;
	size_t n;
	struct ini ini;

	(void)state;
	assert_int_equal(ini_read_file(&ini, manual_page, &text, &n), 0);
	text[n - 1] = '\0';
	for (size_t i = 0; i < attach_n_settings; i++) {
		char item[64];

		if (!manual_has(text, &attach_settings[i]))
			fail_msg("%s: no row for %s", manual_page,
				 attach_settings[i].key);
		snprintf(item, sizeof(item), "\n.It Li %s=\n",
			 attach_settings[i].key);
		if (!strstr(text, item))
			fail_msg("%s: no text for %s=", manual_page,
				 attach_settings[i].key);
	}
	for (const char *p = text; (p = strstr(p, " Ta BACS_")); p++)
		rows++;
	assert_int_equal(rows, attach_n_settings);
	free(text);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_values_are_taken),
		cmocka_unit_test(bad_values_are_refused_with_the_allowed_ones),
		cmocka_unit_test(module_lists_become_bits),
		cmocka_unit_test(a_file_may_hold_several_buses),
		cmocka_unit_test(bad_files_are_refused_by_line),
		cmocka_unit_test(lines_that_are_too_long_are_refused),
		cmocka_unit_test(zero_bytes_are_refused),
		cmocka_unit_test(a_device_claimed_twice_is_refused),
		cmocka_unit_test(the_manual_page_has_every_setting),
		cmocka_unit_test_setup_teardown(
			trigger_and_latency_are_set_and_put_back, make_tree,
			remove_tree),
		cmocka_unit_test_setup_teardown(
			a_knob_that_stands_right_is_left_alone, make_tree,
			remove_tree),
		cmocka_unit_test_setup_teardown(the_trigger_is_told_as_known,
						make_tree, remove_tree),
	};

	if (argc != 2) {
		fprintf(stderr, "usage: %s bacs-attach.conf.5\n", argv[0]);
		return 2;
	}
	manual_page = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
