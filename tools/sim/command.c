// SPDX-License-Identifier: GPL-2.0-or-later
/* The commands of the control socket */
#include <inttypes.h>

#include "control.h"

#define WORDS_MAX	32

struct call {
	struct bus *bus;
	u64 now;
	FILE *out;
	bool quit;
	char **words;
	u32 count;
};

static int rule_add(struct call *c, struct parse_error *e)
{
	struct rule r;
	int id = rule_parse(&r, c->words + 2, c->count - 2, e);

	if (id < 0)
		return id;
	id = bus_add_rule(c->bus, &r, c->now);
	if (id == -EEXIST)
		return parse_fail(e, "rule name=%s: there is one already; rule del it first",
				  r.name);
	if (id < 0)
		return parse_fail(e, "%d rules already: rule del some first",
				  RULE_MAX);
	fprintf(c->out, "%d\n", id);
	return 0;
}

/* By id or by name; "all" deletes all. */
static int rule_del(struct call *c, struct parse_error *e)
{
	struct bus *b = c->bus;
	u32 id;

	if (c->count != 3)
		return parse_fail(e, "rule del: say one id, name or all");
	if (!strcmp(c->words[2], "all")) {
		b->rule_count = 0;
		return 0;
	}
	for (u32 i = 0; i < b->rule_count; i++)
		if (!strcmp(b->rule[i].name, c->words[2]))
			return bus_del_rule(b, b->rule[i].id);
	if (parse_u32("rule", c->words[2], 1, UINT32_MAX, &id, e) < 0)
		return parse_fail(e, "rule \"%.64s\": no rule has this name",
				  c->words[2]);
	if (bus_del_rule(b, id) < 0)
		return parse_fail(e, "rule %u: there is none; rule list shows all",
				  id);
	return 0;
}

static int do_rule(struct call *c, struct parse_error *e)
{
	char text[1400];

	if (c->count >= 2 && !strcmp(c->words[1], "add"))
		return rule_add(c, e);
	if (c->count >= 2 && !strcmp(c->words[1], "del"))
		return rule_del(c, e);
	if (c->count != 2 || strcmp(c->words[1], "list"))
		return parse_fail(e, "rule: say rule add [KEY=VALUE...] EFFECT [ARG], rule del ID or rule list");
	for (u32 i = 0; i < c->bus->rule_count; i++) {
		rule_print(&c->bus->rule[i], text, sizeof(text));
		fprintf(c->out, "%s\n", text);
	}
	return 0;
}

/* The devices a command is for; each of them must exist. */
static int devices(struct call *c, u8 *ret_set, struct parse_error *e)
{
	int r = parse_addresses("address", c->words[1], ret_set, e);

	for (u32 a = 1; !r && a <= RTU_ADDRESS_MAX; a++)
		if (address_in(ret_set, a) && !c->bus->module[a])
			r = parse_fail(e, "address %u: no device there", a);
	return r;
}

static int find_key(struct call *c, int *ret, struct parse_error *e)
{
	char names[320] = "";
	size_t at = 0;

	*ret = module_key_find(c->words[2]);
	if (*ret >= 0)
		return 0;
	for (u32 k = 0; k < MODULE_KEYS && at < sizeof(names); k++)
		at += (size_t)snprintf(names + at, sizeof(names) - at, " %s",
				       module_keys[k].name);
	return parse_fail(e, "quantity \"%.32s\": not one of%s", c->words[2], names);
}

static int do_set(struct call *c, struct parse_error *e)
{
	u8 set[PARSE_ADDRESS_BYTES];
	s32 min, max;
	s64 value = 0;
	int key;

	if (c->count != 4)
		return parse_fail(e, "set: say set ADDRESSES QUANTITY VALUE");
	if (devices(c, set, e) < 0 || find_key(c, &key, e) < 0)
		return -EINVAL;
	for (u32 a = 1; a <= RTU_ADDRESS_MAX; a++) {
		u32 class;

		if (!address_in(set, a))
			continue;
		class = c->bus->module[a]->cfg.class;
		if (!module_key_range(class, key, &min, &max))
			return parse_fail(e, "address %u: a device of class %s has no %s",
					  a, module_class_name(class),
					  module_keys[key].name);
		if (parse_s64(module_keys[key].name, c->words[3], min, max,
			      &value, e) < 0)
			return -EINVAL;
	}
	for (u32 a = 1; a <= RTU_ADDRESS_MAX; a++)
		if (address_in(set, a))
			module_fix(c->bus->module[a], key, (s32)value);
	return 0;
}

static int do_unset(struct call *c, struct parse_error *e)
{
	u8 set[PARSE_ADDRESS_BYTES];
	bool all;
	int key = 0;

	if (c->count != 3)
		return parse_fail(e, "unset: say unset ADDRESSES QUANTITY, or all");
	all = !strcmp(c->words[2], "all");
	if (devices(c, set, e) < 0 || (!all && find_key(c, &key, e) < 0))
		return -EINVAL;
	for (u32 a = 1; a <= RTU_ADDRESS_MAX; a++) {
		if (!address_in(set, a))
			continue;
		for (int k = 0; k < MODULE_KEYS; k++)
			if (all || k == key)
				module_unfix(c->bus->module[a], k);
	}
	return 0;
}

static int do_press(struct call *c, struct parse_error *e)
{
	u8 set[PARSE_ADDRESS_BYTES];
	u32 ms;

	if (c->count != 3)
		return parse_fail(e, "press: say press ADDRESSES MS");
	if (devices(c, set, e) < 0 ||
	    parse_u32("ms", c->words[2], 1, 60000, &ms, e) < 0)
		return -EINVAL;
	for (u32 a = 1; a <= RTU_ADDRESS_MAX; a++)
		if (address_in(set, a))
			module_press(c->bus->module[a], ms);
	return 0;
}

static int do_reboot(struct call *c, struct parse_error *e)
{
	u8 set[PARSE_ADDRESS_BYTES];

	if (c->count != 2)
		return parse_fail(e, "reboot: say reboot ADDRESSES");
	if (devices(c, set, e) < 0)
		return -EINVAL;
	for (u32 a = 1; a <= RTU_ADDRESS_MAX; a++)
		if (address_in(set, a))
			module_reboot(c->bus->module[a]);
	return 0;
}

static void print_device(const struct module *m, struct json *j)
{
	static const struct { const char *name; u32 reg; } jar[] = {
		{ "voltage_mv", BACS_C_JAR_VOLTAGE_MV },
		{ "ri_sequence", BACS_C_JAR_RI_SEQUENCE },
		{ "ri_spread_permille", BACS_C_JAR_RI_SPREAD_PERMILLE },
		{ "equalizer_duty_permille", BACS_C_JAR_DUTY_PERMILLE },
		{ "lease_left_s", BACS_C_JAR_LEASE_LEFT_S },
	};
	char serial[17];
	bool exists;

	snprintf(serial, sizeof(serial), "%016" PRIx64, m->serial);
	json_open(j, NULL, '{');
	json_u64(j, "slot", m->slot);
	json_u64(j, "address", m->address);
	json_string(j, "class", module_class_name(m->cfg.class));
	json_string(j, "serial", serial);
	json_string(j, "model", m->model);
	json_u64(j, "flags", module_input(m, 0, &exists));
	json_u64(j, "boots", m->boots);
	json_u64(j, "latch", m->latch);
	json_bool(j, "identify", m->identify);
	json_bool(j, "threshold", m->threshold);
	json_bool(j, "asleep", m->asleep);
	json_open(j, "live", '[');
	for (u32 r = 0;; r++) {
		u16 v = module_input(m, r, &exists);

		if (!exists)
			break;
		json_u64(j, NULL, v);
	}
	json_close(j, ']');
	for (u32 i = 0; m->cfg.class == BACS_CLASS_JAR && i < ARRAY_SIZE(jar); i++)
		json_u64(j, jar[i].name, module_input(m, jar[i].reg, &exists));
	json_close(j, '}');
}

static int do_modules(struct call *c, struct parse_error *e)
{
	struct json j = { .f = c->out };

	if (c->count != 1)
		return parse_fail(e, "modules: takes no argument");
	json_open(&j, NULL, '{');
	json_u64(&j, "version", 1);
	json_open(&j, "modules", '[');
	for (u32 a = 1; a <= RTU_ADDRESS_MAX; a++)
		if (c->bus->module[a])
			print_device(c->bus->module[a], &j);
	json_close(&j, ']');
	json_close(&j, '}');
	return 0;
}

static int do_stats(struct call *c, struct parse_error *e)
{
	struct json j = { .f = c->out };

	if (c->count == 2 && !strcmp(c->words[1], "reset")) {
		bus_reset_stats(c->bus);
		return 0;
	}
	if (c->count != 1)
		return parse_fail(e, "stats \"%.32s\": say stats or stats reset",
				  c->words[1]);
	bus_print(c->bus, &j);
	return 0;
}

static int do_quit(struct call *c, struct parse_error *e)
{
	if (c->count != 1)
		return parse_fail(e, "quit: takes no argument");
	c->quit = true;
	return 0;
}

/* mains, load, charger and speed have one argument each */
static int do_order(struct call *c, struct parse_error *e)
{
	if (c->count != 2)
		return parse_fail(e, "%s: takes one value; help shows which",
				  c->words[0]);
	return battery_order(c->bus->battery, c->words[0], c->words[1], e);
}

static int do_fault(struct call *c, struct parse_error *e)
{
	static const char *const keys[] = { "modules", "severity", "ramp_s" };
	struct battery_fault_config f;

	if (c->count == 2 && !strcmp(c->words[1], "clear")) {
		battery_clear_faults(c->bus->battery);
		return 0;
	}
	if (c->count < 4 || c->count > 5)
		return parse_fail(e, "fault: say fault NAME ADDRESSES SEVERITY [RAMP_S] or fault clear");
	if (battery_fault_init(&f, c->words[1], e) < 0)
		return -EINVAL;
	for (u32 i = 2; i < c->count; i++)
		if (battery_fault_set(&f, keys[i - 2], c->words[i], e) < 0)
			return -EINVAL;
	return battery_add_fault(c->bus->battery, &f, e);
}

static int do_battery(struct call *c, struct parse_error *e)
{
	struct json j = { .f = c->out };

	if (c->count != 1)
		return parse_fail(e, "battery: takes no argument");
	battery_print(c->bus->battery, &j);
	return 0;
}

static int do_help(struct call *c, struct parse_error *e);

static const struct {
	const char *name;
	int (*run)(struct call *c, struct parse_error *e);
	const char *usage;
} commands[] = {
	{ "rule", do_rule,
	  "rule add [KEY=VALUE...] EFFECT [ARG] | rule del ID | rule list" },
	{ "set", do_set, "set ADDRESSES QUANTITY VALUE" },
	{ "unset", do_unset, "unset ADDRESSES QUANTITY|all" },
	{ "press", do_press, "press ADDRESSES MS" },
	{ "reboot", do_reboot, "reboot ADDRESSES" },
	{ "mains", do_order, "mains on|off" },
	{ "load", do_order, "load WATTS" },
	{ "charger", do_order, "charger float|boost|off|VOLTS-PER-CELL" },
	{ "speed", do_order, "speed FACTOR" },
	{ "fault", do_fault,
	  "fault NAME ADDRESSES SEVERITY [RAMP_S] | fault clear" },
	{ "battery", do_battery, "battery" },
	{ "modules", do_modules, "modules" },
	{ "stats", do_stats, "stats [reset]" },
	{ "quit", do_quit, "quit" },
	{ "help", do_help, "help" },
};

static int do_help(struct call *c, struct parse_error *e)
{
	if (c->count != 1)
		return parse_fail(e, "help: takes no argument");
	for (u32 i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(c->out, "%s\n", commands[i].usage);
	return 0;
}

/**
 * command_run() - execute one line
 * @b: bus
 * @line: the line, cut into words
 * @now: CLOCK_MONOTONIC, ns
 * @out: what the command prints
 * @ret_quit: set if the simulator is to end
 * @e: error
 *
 * Return: 0 or -EINVAL; then nothing was changed.
 */
int command_run(struct bus *b, char *line, u64 now, FILE *out, bool *ret_quit,
		struct parse_error *e)
{
	char *words[WORDS_MAX];
	struct call call = { .bus = b, .now = now, .out = out, .words = words };
	int n = parse_split(line, words, WORDS_MAX, e);
	int r;

	if (n < 0)
		return n;
	if (!n)
		return parse_fail(e, "empty command; help lists all");
	call.count = (u32)n;
	for (u32 i = 0; i < ARRAY_SIZE(commands); i++) {
		if (strcmp(words[0], commands[i].name))
			continue;
		r = commands[i].run(&call, e);
		*ret_quit = call.quit;
		return r;
	}
	return parse_fail(e, "command \"%.32s\": there is none; help lists all",
			  words[0]);
}
