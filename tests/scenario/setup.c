// SPDX-License-Identifier: GPL-2.0-or-later
/* The configuration of a scenario, by the daemon's own code */
#include <errno.h>
#include <string.h>

#include "config-give.h"
#include "setup.h"

static char *read_file(const char *path, size_t *ret_size)
{
	FILE *f = fopen(path, "re");
	char *text = NULL;
	size_t size = 0, n;

	if (!f) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return NULL;
	}
	do {
		text = realloc(text, size + 65536);
		if (!text)
			abort();
		n = fread(text + size, 1, 65536, f);
		size += n;
	} while (n);
	fclose(f);
	*ret_size = size;
	return text;
}

static void report(const struct config_error *e, void *userdata)
{
	const char *const *title = userdata;

	if (*title)
		fprintf(stderr, "%s: %s:%u: %s\n", *title, e->file, e->line,
			e->text);
}

/* What an installer writes for such a site: nothing but what is where */
static char *site_config(const struct setup *s, size_t *ret_size)
{
	char *text;
	unsigned int k;
	FILE *f = open_memstream(&text, ret_size);

	if (!f)
		abort();
	fprintf(f, "[Site]\nName=Scenario\n[Limits]\nTechnology=%s\n",
		s->technology);
	for (k = 0; k < s->strings; k++) {
		unsigned int last = s->blocks + s->sensor;

		fprintf(f, "[Bus bacs%c]\n", 'A' + k);
		if (last)
			fprintf(f, "Modules=1-%u\n", last);
		if (!s->blocks)
			continue;
		fprintf(f, "[String S%u]\nBus=bacs%c\nModules=1-%u\nNominalVoltage=%uV\nNumber=%u\n",
			k + 1, 'A' + k, s->blocks, s->nominal_v, k + 1);
		if (s->sensor)
			fprintf(f, "Sensor=bacs%c:%u\n", 'A' + k, last);
	}
	fclose(f);
	return text;
}

static int read_part(struct config *c, const char *name, const char *text,
		     size_t size, struct config_errors *errors)
{
	return text ? config_read_text(c, name, text, size, errors) : 0;
}

int setup_read(const struct setup *s, struct config **ret, char *error,
	       size_t error_size)
{
	const char *title = error ? NULL : "configuration";
	struct config_errors errors = { .report = report, .userdata = &title };
	const char *source = getenv("BACS_SOURCE");
	char *conf = NULL, *limits = NULL;
	struct config *c;
	char *text = NULL;
	size_t i, size = 0;
	int r;

	r = config_new(&c);
	if (r < 0)
		return r;
	if (!source)
		source = SCENARIO_SOURCE;
	if (asprintf(&conf, "%s/daemon/data/bacsd.conf", source) < 0 ||
	    asprintf(&limits, "%s/profiles/limits", source) < 0)
		abort();
	text = read_file(conf, &size);
	r = text ? 0 : -ENOENT;
	if (r == 0)
		r = read_part(c, "bacsd.conf", text, size, &errors);
	free(text);
	text = site_config(s, &size);
	if (r == 0)
		r = read_part(c, "site.conf", text, size, &errors);
	free(text);
	for (i = 0; r == 0 && i < sizeof(s->more) / sizeof(s->more[0]); i++)
		if (s->more[i])
			r = read_part(c, i ? "config action" : "[config]",
				      s->more[i], strlen(s->more[i]), &errors);
	if (r == 0)
		r = config_load_profiles(c, "", limits, &errors);
	if (r == 0)
		config_check(c, "site.conf", &errors);
	if (r == 0 && errors.count)
		r = -EINVAL;
	if (error && errors.count)
		snprintf(error, error_size, "%s:%u: %s", errors.first.file,
			 errors.first.line, errors.first.text);
	free(conf);
	free(limits);
	if (r < 0)
		config_free(c);
	else
		*ret = c;
	return r;
}

int setup_give(const struct config *config, struct policy *policy,
	       uint64_t now_ns)
{
	return config_give(config, policy, now_ns);
}

void setup_free(struct config *config)
{
	config_free(config);
}
