// SPDX-License-Identifier: GPL-2.0-or-later
/* The configuration from files: drop-ins in their order, shipped profiles */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"

#include "config.h"
#include "text.h"

static char root[] = "/tmp/bacs-config-XXXXXX";

static void put(const char *path, const char *text)
{
	char full[512], *slash;
	FILE *f;

	snprintf(full, sizeof(full), "%s%s", root, path);
	for (slash = full + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(full, 0755);
		*slash = '/';
	}
	f = fopen(full, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static struct config *load(struct config_errors *e, int want)
{
	struct config *c = NULL;

	memset(e, 0, sizeof(*e));
	assert_int_equal(config_load(root, e, &c), want);
	return c;
}

static void drop_ins_overrule_in_the_order_of_their_names(void **state)
{
	struct config_errors e;
	struct config *c;
	char full[512];

	(void)state;
	assert_non_null(mkdtemp(root));
	c = load(&e, 0);
	assert_int_equal(c->history_s, 300);
	config_free(c);
	put("/usr/lib/bacs/bacsd.conf", "[Sampling]\nHistorySeconds=61\n");
	c = load(&e, 0);
	assert_int_equal(c->history_s, 61);
	config_free(c);
	put("/etc/bacs/bacsd.conf", "[Sampling]\nRetentionDays=5\n");
	put("/usr/lib/bacs/bacsd.conf.d/50-b.conf", "[Site]\nName=lib\n");
	put("/etc/bacs/bacsd.conf.d/40-a.conf", "[Site]\nName=etc\n");
	put("/etc/bacs/bacsd.conf.d/ignored.txt", "[Nonsense]\n");
	c = load(&e, 0);
	assert_int_equal(c->history_s, 300);
	assert_int_equal(c->retention_days, 5);
	assert_string_equal(c->site_name, "lib");
	config_free(c);
	/* the same name in /etc hides the one in /usr */
	put("/etc/bacs/bacsd.conf.d/50-b.conf", "[Site]\nName=mine\n");
	c = load(&e, 0);
	assert_string_equal(c->site_name, "mine");
	config_free(c);
	snprintf(full, sizeof(full), "%s/etc/bacs/bacsd.conf.d/50-b.conf",
		 root);
	unlink(full);
	assert_int_equal(symlink("/dev/null", full), 0);
	c = load(&e, 0);
	assert_string_equal(c->site_name, "etc");
	config_free(c);
	/* an error names the drop-in it is in */
	put("/etc/bacs/bacsd.conf.d/60-c.conf", "\n[Site]\nFoo=1\n");
	assert_null(load(&e, -EINVAL));
	assert_int_equal(e.first.line, 3);
	assert_non_null(strstr(e.first.file, "60-c.conf"));
	snprintf(full, sizeof(full), "rm -r %s", root);
	assert_int_equal(system(full), 0);
}

/* All 12 of 2, 4, 6, 12 V and flooded, AGM, gel, and the vendor's habits */
static void every_shipped_profile_is_whole(void **state)
{
	static const char *const technologies[] = { "flooded", "agm", "gel" };
	static const int volts[] = { 2, 4, 6, 12 };
	char text[300], link[512], source[512];
	struct config_resolved r;
	struct config_errors e;
	struct config *c;
	int i, state_of, level;

	(void)state;
	strcpy(root, "/tmp/bacs-config-XXXXXX");
	assert_non_null(mkdtemp(root));
	put("/usr/share/bacs/x", "");
	snprintf(link, sizeof(link), "%s/usr/share/bacs/limits", root);
	snprintf(source, sizeof(source), "%s/profiles/limits",
		 getenv("BACS_SOURCE"));
	assert_int_equal(symlink(source, link), 0);
	for (i = 0; i < 12; i++) {
		snprintf(text, sizeof(text),
			 "[Bus a]\n[String N]\nBus=a\nModules=1\n"
			 "NominalVoltage=%dV\n[Limits]\nTechnology=%s\n",
			 volts[i % 4],
			 i == 7 ? "AGM" : technologies[i / 4]);
		put("/etc/bacs/bacsd.conf", text);
		c = load(&e, 0);
		assert_string_equal(e.first.text, "");
		config_resolve(c, config_find_string(c, "N"), NULL, &r);
		snprintf(text, sizeof(text), "%s-%dv", technologies[i / 4],
			 volts[i % 4]);
		assert_string_equal(r.profile, text);
		assert_int_equal(r.set.value[LIMIT_TEMP_LOW], 10000);
		assert_int_equal(r.set.value[LIMIT_TEMP_HIGH], 30000);
		assert_int_equal(r.set.value[LIMIT_TEMP_HIGH_ALARM], 35000);
		assert_true(r.set.value[LIMIT_RI_MAX_UOHM] > 0);
		assert_true(r.set.value[LIMIT_FLOAT_VOLTAGE] > 2200);
		for (state_of = 0; state_of < LIMIT_STATES; state_of++)
			for (level = 0; level < LIMIT_HIGH; level++)
				assert_true(r.set.value[limit_voltage(
					state_of, level)] > 1500);
		/* a module without a string has no such profile */
		config_resolve(c, NULL, NULL, &r);
		assert_string_equal(r.profile, "");
		config_free(c);
	}
	put("/etc/bacs/bacsd.conf", "[Limits]\nProfile=vendor\n");
	c = load(&e, 0);
	config_resolve(c, NULL, NULL, &r);
	assert_int_equal(r.set.value[LIMIT_RI_SPREAD_WARNING], 560);
	assert_int_equal(r.set.value[LIMIT_RI_RISE], LIMIT_UNSET);
	assert_int_equal(r.set.value[LIMIT_FLOAT_LOW], 2170);
	config_free(c);
	/* a file in /etc takes its place, and must be what its name says */
	put("/etc/bacs/limits/vendor.conf", "[Limits vendor]\nFallsAway=50mV\n");
	c = load(&e, 0);
	config_resolve(c, NULL, NULL, &r);
	assert_int_equal(r.set.value[LIMIT_FALLS_AWAY], 50);
	assert_int_equal(r.set.value[LIMIT_FLOAT_LOW], LIMIT_UNSET);
	config_free(c);
	put("/etc/bacs/limits/vendor.conf", "[Site]\nName=x\n");
	assert_null(load(&e, -EINVAL));
	assert_non_null(strstr(e.first.text, "[Limits vendor] alone"));
	assert_non_null(strstr(e.first.file, "limits/vendor.conf"));
	snprintf(text, sizeof(text), "rm -r %s", root);
	assert_int_equal(system(text), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(drop_ins_overrule_in_the_order_of_their_names),
		cmocka_unit_test(every_shipped_profile_is_whole),
	};

	return RUN("config-files", tests);
}
