// SPDX-License-Identifier: GPL-2.0-or-later
/* bacsctl ri: the schedule of internal resistance, measurements, baselines */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "jars.h"

static const char usage[] =
	"ri [status] [--json] [--sort=KEY]\n"
	"       bacsctl ri start STRING|MODULE\n"
	"       bacsctl ri baseline [--json] [--sort=KEY]\n"
	"       bacsctl ri baseline sign MODULE|all WHO";
static const char help[] =
	"status shows when the internal resistance (RI) of each string is measured next,\n"
	"and why it is not measured now. start asks for measurements as soon as the\n"
	"rules allow it. baseline shows what each jar is compared with; sign takes the\n"
	"median of its last values as the baseline, in the name of WHO.\n";

enum { NAME, CHARGER, MODULE, RUNS, NEEDED, SETTLED, RUNNING, MEASURED, FAILED,
       INTERVAL, LAST, NEXT, WARMTH, EVIDENCE, WHY, COLUMNS };

static const struct column columns[COLUMNS] = {
	[NAME] = { "STRING", "string", false, false },
	[CHARGER] = { "CHARGER", "charger", false, true },
	[MODULE] = { "MODULE", "module", false, true },
	[RUNS] = { "RUNS", "runs", true, false },
	[NEEDED] = { NULL, "runs_needed", true, false },
	[SETTLED] = { "SETTLED", "settled", false, false },
	[RUNNING] = { NULL, "running", false, false },
	[MEASURED] = { "MEASURED", "measured", true, false },
	[FAILED] = { "FAILED", "failed", true, false },
	[INTERVAL] = { NULL, "interval_s", true, false },
	[LAST] = { "LAST RUN", "last_us", false, false },
	[NEXT] = { "NEXT RUN", "next_us", false, false },
	[WARMTH] = { NULL, "temperature_coefficient_ppm", true, false },
	[EVIDENCE] = { "TEMPERATURE", "temperature_evidence", false, true },
	[WHY] = { "STATE", "state", false, false },
};

static int take_number(sd_bus_message *reply, struct table *t,
		       unsigned int column)
{
	uint32_t v;
	int r = sd_bus_message_read(reply, "v", "u", &v);

	if (r >= 0)
		table_number(t, column, v, "%" PRIu32, v);
	return r;
}

static int take_coefficient(sd_bus_message *reply, struct table *t,
			    unsigned int column)
{
	int32_t v;
	int r = sd_bus_message_read(reply, "v", "i", &v);

	if (r >= 0 && v)
		table_number(t, column, v, "%" PRId32, v);
	return r;
}

static int take_bool(sd_bus_message *reply, struct table *t,
		     unsigned int column)
{
	int v, r = sd_bus_message_read(reply, "v", "b", &v);

	if (r < 0)
		return r;
	table_bool(t, column, v);
	table_show(t, column, v ? "yes" : "no");
	return r;
}

static int take_text(sd_bus_message *reply, struct table *t,
		     unsigned int column)
{
	char text[256];
	int r = jars_read_text(reply, text, sizeof(text));

	if (r >= 0 && *text)
		table_text(t, column, text);
	return r;
}

/* A boot time, before 0 in an earlier boot; the least number: none */
static void set_time(struct table *t, unsigned int column, int64_t us)
{
	char text[40];
	int64_t wall;

	if (us == INT64_MIN)
		return;
	wall = wall_us() - (int64_t)(bacs_now_ns() / 1000) + us;
	format_time(wall, text, sizeof(text));
	table_number(t, column, wall, "%s", text);
}

static int take_time(sd_bus_message *reply, struct table *t,
		     unsigned int column)
{
	int64_t us;
	int r = sd_bus_message_read(reply, "v", "x", &us);

	if (r >= 0)
		set_time(t, column, us);
	return r;
}

static const struct {
	const char *property;
	int (*take)(sd_bus_message *reply, struct table *t,
		    unsigned int column);
	unsigned int column;
} properties[] = {
	{ "State", take_text, WHY }, { "Module", take_text, MODULE },
	{ "Charger", take_text, CHARGER },
	{ "IntervalSec", take_number, INTERVAL },
	{ "Runs", take_number, RUNS }, { "RunsNeeded", take_number, NEEDED },
	{ "Settled", take_bool, SETTLED }, { "Running", take_bool, RUNNING },
	{ "Measured", take_number, MEASURED },
	{ "Failed", take_number, FAILED },
	{ "TemperatureCoefficient", take_coefficient, WARMTH },
	{ "TemperatureEvidence", take_text, EVIDENCE },
	{ "LastRunUSec", take_time, LAST }, { "NextUSec", take_time, NEXT },
};

static int take_property(sd_bus_message *reply, const char *property,
			 void *arg)
{
	for (size_t i = 0; i < ARRAY_SIZE(properties); i++)
		if (!strcmp(property, properties[i].property))
			return properties[i].take(reply, arg,
						  properties[i].column);
	return sd_bus_message_skip(reply, "v");
}

static int add_string(sd_bus *bus, const char *path, void *arg,
		      sd_bus_error *error)
{
	struct table *t = arg;
	char *name = NULL;
	int r = sd_bus_get_property_string(bus, DAEMON_SERVICE, path,
					   DAEMON_STRING, "Name", error,
					   &name);

	if (r < 0)
		return r;
	table_row(t);
	table_text(t, NAME, name);
	free(name);
	return daemon_each_property(bus, path, DAEMON_RESISTANCE,
				    take_property, t, error);
}

static int show_status(sd_bus *bus, const struct options *o)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	struct table *t = table_new("ri", columns, COLUMNS);
	int code, r = daemon_each_string(bus, add_string, t, &error);

	code = r < 0 ? daemon_failed(r, &error, "resistance") : daemon_print(t, o);
	table_free(t);
	sd_bus_error_free(&error);
	return code;
}

/* start */

static int call_start(sd_bus *bus, const char *path, const char *interface,
		      const char *method, sd_bus_message **ret_reply)
{
	sd_bus_message *call = NULL;
	int code, r = sd_bus_message_new_method_call(bus, &call,
						     DAEMON_SERVICE, path,
						     interface, method);

	code = r < 0 ? daemon_failed(r, &SD_BUS_ERROR_NULL, "resistance") :
		       jars_call(bus, call, ret_reply);
	sd_bus_message_unref(call);
	return code;
}

static int start(sd_bus *bus, const char *name)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	char path[DAEMON_PATH_MAX + 1];
	sd_bus_message *reply = NULL;
	struct jar_place place;
	uint32_t modules = 1;
	int code, r = daemon_find_string(bus, name, path, &error);

	if (r < 0) {
		code = daemon_failed(r, &error, "resistance");
		sd_bus_error_free(&error);
		return code;
	}
	if (r > 0) {
		code = call_start(bus, path, DAEMON_RESISTANCE, "Start",
				  &reply);
		if (!code)
			sd_bus_message_read(reply, "u", &modules);
		if (!code)
			printf("%" PRIu32 " module%s of string %s will be measured; 'bacsctl ri' shows how far it is\n",
			       modules, modules == 1 ? "" : "s", name);
	} else {
		code = jars_find(bus, name, &place);
		if (!code)
			code = call_start(bus, place.path, DAEMON_MODULE,
					  "StartResistanceMeasurement",
					  &reply);
		if (!code)
			printf("Module %s will be measured; 'bacsctl ri' shows when\n",
			       name);
	}
	sd_bus_message_unref(reply);
	return code;
}

/* baseline */

enum { B_NAME, B_STRING, B_BASELINE, B_UOHM, B_TEMPERATURE, B_VALUES, B_SIGNER,
       B_SIGNED, B_PROPOSED, B_VALUE, B_RATIO, B_MEDIAN, B_WHY, B_COLUMNS };

static const struct column baseline_columns[B_COLUMNS] = {
	[B_NAME] = { "NAME", "name", false, false },
	[B_STRING] = { NULL, "string", false, false },
	[B_BASELINE] = { "BASELINE", "baseline", false, false },
	[B_UOHM] = { "OF", "baseline_uohm", true, true },
	[B_TEMPERATURE] = { "AT", "baseline_temperature_mc", true, true },
	[B_VALUES] = { NULL, "baseline_values", true, false },
	[B_SIGNER] = { "SIGNED BY", "signer", false, true },
	[B_SIGNED] = { "ON", "signed_us", false, true },
	[B_PROPOSED] = { NULL, "final_proposed", false, false },
	[B_VALUE] = { "NOW", "resistance_uohm", true, true },
	[B_RATIO] = { "PART", "ratio_permille", true, true },
	[B_MEDIAN] = { "MEDIAN", "median_uohm", true, true },
	[B_WHY] = { "COMPARISON", "comparison", false, false },
};

static int take_numbers(sd_bus_message *reply, struct table *t)
{
	static const struct {
		const char *name;
		unsigned int column;
		enum bacs_q like;
	} numbers[] = {
		{ "resistance_uohm", B_VALUE, BACS_Q_RESISTANCE },
		{ "baseline_uohm", B_UOHM, BACS_Q_RESISTANCE },
		{ "median_uohm", B_MEDIAN, BACS_Q_RESISTANCE },
		{ "baseline_temperature_mc", B_TEMPERATURE,
		  BACS_Q_TEMPERATURE },
	};
	const char *name;
	int64_t v;
	int r = sd_bus_message_enter_container(reply, 'v', "a{sx}");

	if (r >= 0)
		r = sd_bus_message_enter_container(reply, 'a', "{sx}");
	while (r >= 0 &&
	       (r = sd_bus_message_read(reply, "{sx}", &name, &v)) > 0) {
		for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
			if (!strcmp(name, numbers[i].name))
				table_quantity(t, numbers[i].column,
					       numbers[i].like, v);
		if (!strcmp(name, "ratio_permille"))
			table_number(t, B_RATIO, v,
				     "%" PRId64 ".%" PRId64 " %%", v / 10,
				     v % 10);
		if (!strcmp(name, "baseline_values"))
			table_number(t, B_VALUES, v, "%" PRId64, v);
	}
	if (r >= 0)
		r = sd_bus_message_exit_container(reply);
	return r < 0 ? r : sd_bus_message_exit_container(reply);
}

static int take_signed(sd_bus_message *reply, struct table *t)
{
	char text[40];
	uint64_t us;
	int r = sd_bus_message_read(reply, "v", "t", &us);

	if (r < 0 || !us)
		return r;
	format_time(us, text, sizeof(text));
	table_number(t, B_SIGNED, us, "%s", text);
	return r;
}

static int take_baseline(sd_bus_message *reply, const char *property,
			 void *arg)
{
	struct table *t = arg;

	if (!strcmp(property, "Baseline"))
		return take_text(reply, t, B_BASELINE);
	if (!strcmp(property, "Signer"))
		return take_text(reply, t, B_SIGNER);
	if (!strcmp(property, "SignedWallUSec"))
		return take_signed(reply, t);
	if (!strcmp(property, "Proposed"))
		return take_bool(reply, t, B_PROPOSED);
	if (!strcmp(property, "Comparison"))
		return take_text(reply, t, B_WHY);
	if (!strcmp(property, "Resistance"))
		return take_numbers(reply, t);
	return sd_bus_message_skip(reply, "v");
}

static int add_baseline(sd_bus *bus, const struct jar_place *p, void *arg,
			sd_bus_error *error)
{
	struct table *t = arg;

	table_row(t);
	table_text(t, B_NAME, p->name);
	table_text(t, B_STRING, p->string);
	return daemon_each_property(bus, p->path, DAEMON_JAR, take_baseline,
				    t, error) < 0 ? -EIO : 0;
}

static int show_baselines(sd_bus *bus, const struct options *o)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	struct table *t = table_new("baselines", baseline_columns, B_COLUMNS);
	int code, r = jars_each(bus, add_baseline, t, &error);

	code = r < 0 ? daemon_failed(r, &error, "baselines") : daemon_print(t, o);
	table_free(t);
	sd_bus_error_free(&error);
	return code;
}

struct signing {
	const char *who;
	unsigned int done, failed;
};

static int sign_one(sd_bus *bus, const struct jar_place *p, const char *who)
{
	sd_bus_message *call = NULL, *reply = NULL;
	char value[24] = "?";
	const char *kind;
	uint32_t uohm;
	int code, r = sd_bus_message_new_method_call(bus, &call,
						     DAEMON_SERVICE, p->path,
						     DAEMON_JAR,
						     "SignBaseline");

	if (r >= 0)
		r = sd_bus_message_append(call, "s", who);
	code = r < 0 ? daemon_failed(r, &SD_BUS_ERROR_NULL, "baselines") :
		       jars_call(bus, call, &reply);
	if (!code && sd_bus_message_read(reply, "su", &kind, &uohm) >= 0) {
		bacs_q_format(BACS_Q_RESISTANCE, uohm, value, sizeof(value));
		printf("%s: %s baseline of %s %s signed by %s\n", p->name,
		       kind, value, bacs_q_unit(BACS_Q_RESISTANCE), who);
	}
	sd_bus_message_unref(reply);
	sd_bus_message_unref(call);
	return code;
}

static int sign_each(sd_bus *bus, const struct jar_place *p, void *arg,
		     sd_bus_error *error)
{
	struct signing *s = arg;

	(void)error;
	if (sign_one(bus, p, s->who))
		s->failed++;
	else
		s->done++;
	return 0;
}

static int sign(sd_bus *bus, const char *name, const char *who)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	struct signing s = { .who = who };
	struct jar_place place;
	int code, r;

	if (strcmp(name, "all")) {
		code = jars_find(bus, name, &place);
		return code ? code : sign_one(bus, &place, who);
	}
	r = jars_each(bus, sign_each, &s, &error);
	code = r < 0 ? daemon_failed(r, &error, "baselines") :
	       s.failed ? EXIT_FAILED : EXIT_DONE;
	sd_bus_error_free(&error);
	return code;
}

static int baseline(sd_bus *bus, int argc, char **argv,
		    const struct options *o)
{
	if (!argc)
		return show_baselines(bus, o);
	if (argc == 3 && !strcmp(argv[0], "sign"))
		return sign(bus, argv[1], argv[2]);
	fprintf(stderr, "Usage: bacsctl %s\n", usage);
	return EXIT_USAGE;
}

int cmd_ri(int argc, char **argv)
{
	struct options o;
	sd_bus *bus = NULL;
	const char *what = "status";
	int first, code;

	first = options_parse(argc, argv, OPTION_JSON | OPTION_SORT, usage,
			      help, &o, &code);
	if (first < 0)
		return code;
	argc -= first;
	argv += first;
	if (argc) {
		what = *argv++;
		argc--;
	}
	if ((!strcmp(what, "status") && argc) ||
	    (!strcmp(what, "start") && argc != 1) ||
	    (strcmp(what, "status") && strcmp(what, "start") &&
	     strcmp(what, "baseline"))) {
		fprintf(stderr, "Usage: bacsctl %s\n", usage);
		return EXIT_USAGE;
	}
	code = daemon_open(&bus);
	if (code)
		return code;
	if (!strcmp(what, "start"))
		code = start(bus, argv[0]);
	else if (!strcmp(what, "baseline"))
		code = baseline(bus, argc, argv, &o);
	else
		code = show_status(bus, &o);
	sd_bus_flush_close_unref(bus);
	return code;
}
