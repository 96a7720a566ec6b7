// SPDX-License-Identifier: GPL-2.0-or-later
/* The book of jars */
#include <errno.h>
#include <string.h>

#include "jar-text.h"
#include "jars.h"
#include "manager.h"
#include "policy/learnt/learnt.h"

#define RETRY_NS	(30 * NSEC_PER_SEC)
#define PPM		1000000
#define CELL_MV		2000

struct entry {
	struct store_jar row;
	bool dirty;
};

struct schedule {
	struct store_schedule row;
	bool dirty;
};

struct calibration {
	struct store_calibration row;
	bool dirty;
};

struct jars {
	bool loaded;
	bool given;		/* the policy has all there is */
	bool dirty;
	uint64_t retry_ns;
	uint32_t last_id, last_calibration;
	struct entry *list;
	size_t count;
	struct calibration *calibrations;
	size_t calibration_count;
	struct schedule *schedules;
	size_t schedule_count;
};

int jars_new(struct jars **ret)
{
	*ret = calloc(1, sizeof(**ret));
	return *ret ? 0 : -ENOMEM;
}

struct jars *jars_free(struct jars *jars)
{
	if (!jars)
		return NULL;
	free(jars->list);
	free(jars->calibrations);
	free(jars->schedules);
	free(jars);
	return NULL;
}

/* Wall time and boot time of this moment */

static int64_t wall_now_us(const struct manager *m)
{
	return recorder_wall_us(m->recorder, manager_now_ns());
}

static int64_t to_boot_ns(const struct manager *m, int64_t wall_us)
{
	if (wall_us == INT64_MIN)
		return RI_NEVER;
	return (int64_t)manager_now_ns() +
	       (wall_us - wall_now_us(m)) * (int64_t)NSEC_PER_USEC;
}

static int64_t to_wall_us(const struct manager *m, int64_t boot_ns)
{
	if (boot_ns == RI_NEVER)
		return INT64_MIN;
	return wall_now_us(m) + (boot_ns - (int64_t)manager_now_ns()) /
				(int64_t)NSEC_PER_USEC;
}

/* Reading */

static int on_jar(void *userdata, const struct store_jar *jar)
{
	struct jars *b = userdata;
	struct entry *list = reallocarray(b->list, b->count + 1,
					  sizeof(*list));

	if (!list)
		return -ENOMEM;
	b->list = list;
	list[b->count++] = (struct entry){ .row = *jar };
	return 0;
}

static int on_calibration(void *userdata, const struct store_calibration *c)
{
	struct jars *b = userdata;
	struct calibration *list = reallocarray(b->calibrations,
						b->calibration_count + 1,
						sizeof(*list));

	if (!list)
		return -ENOMEM;
	b->calibrations = list;
	list[b->calibration_count++] = (struct calibration){ .row = *c };
	return 0;
}

static int on_schedule(void *userdata, const struct store_schedule *s)
{
	struct jars *b = userdata;
	struct schedule *list = reallocarray(b->schedules,
					     b->schedule_count + 1,
					     sizeof(*list));

	if (!list)
		return -ENOMEM;
	b->schedules = list;
	list[b->schedule_count++] = (struct schedule){ .row = *s };
	return 0;
}

void jars_load(struct manager *m)
{
	struct jars *b = m->jars;
	int r;

	b->count = b->calibration_count = b->schedule_count = 0;
	r = store_read_jar_numbers(m->store, &b->last_id,
				   &b->last_calibration);
	if (r == 0)
		r = store_read_jars(m->store, on_jar, b);
	if (r == 0)
		r = store_read_calibrations(m->store, on_calibration, b);
	if (r == 0)
		r = store_read_schedules(m->store, on_schedule, b);
	b->loaded = r == 0;
	if (r < 0 && !b->retry_ns)
		journal_print(LOG_WARNING,
			      "Records of jars cannot be read: %s. Resistance is judged without baselines until they can",
			      r == -EIO ? store_jar_error(m->store) :
					  strerror(-r));
	b->retry_ns = manager_now_ns() + RETRY_NS;
}

/* Finding */

static struct entry *find_entry(const struct manager *m, const char *string,
				unsigned int position)
{
	struct jars *b = m->jars;
	size_t i;

	for (i = 0; i < b->count; i++)
		if (b->list[i].row.position == position &&
		    !strcmp(b->list[i].row.string, string))
			return &b->list[i];
	return NULL;
}

const struct store_jar *jars_find(const struct manager *m,
				  const struct policy_module *module)
{
	const struct entry *e = module->jar ? find_entry(m, module->string,
							 module->jar) : NULL;

	return e ? &e->row : NULL;
}

const struct store_calibration *
jars_find_calibration(const struct manager *m, const char *bus,
		      unsigned int address, uint64_t serial)
{
	const struct jars *b = m->jars;
	size_t i;

	for (i = 0; i < b->calibration_count; i++) {
		const struct store_calibration *c = &b->calibrations[i].row;

		if (c->ended || c->serial != serial)
			continue;
		if (serial || (c->address == address && !strcmp(c->bus, bus)))
			return c;
	}
	return NULL;
}

static int64_t correct(int64_t raw, int32_t gain_ppm, int32_t offset)
{
	return raw + raw * gain_ppm / PPM + offset;
}

/* Values that cannot be are not made plausible by a correction */
static bool adjustable(const struct policy_sample *s, enum bacs_q q)
{
	return s->present & 1U << q && s->value[q] > -PPM &&
	       s->value[q] < (int64_t)PPM * PPM;
}

/* 0 and what is beyond the range stand for "not measured" */
static void adjust_resistance(struct policy_sample *s, int32_t gain_ppm,
			      int32_t offset_uohm)
{
	int64_t *v = &s->value[BACS_Q_RESISTANCE];

	if (!adjustable(s, BACS_Q_RESISTANCE) || *v < RI_MIN_UOHM ||
	    *v > RI_MAX_UOHM)
		return;
	*v = correct(*v, gain_ppm, offset_uohm);
	if (*v < 0)
		*v = 0;
}

void jars_find_offsets(struct manager *m, const char *bus,
		       unsigned int address, uint64_t serial,
		       struct jars_offsets *ret)
{
	const struct policy_module *p = policy_find_module(m->policy, bus,
							   address);
	const struct store_calibration *c =
		jars_find_calibration(m, bus, address, serial);
	struct config_offsets o;

	memset(ret, 0, sizeof(*ret));
	/* sensors of current or rooms do not hang on a jar's leads */
	if (!p || !m->config || p->facts.modclass != BACS_MODCLASS_JAR)
		return;
	config_offsets_of(m->config, *p->string ?
			  config_find_string(m->config, p->string) : NULL, &o);
	if (!c)
		ret->voltage_mv = (int64_t)o.voltage_uv * p->nominal_mv /
				  (CELL_MV * 1000);
	if (!c || !c->temperature_offset_mc)
		ret->temperature_mc = o.temperature_mc;
	if (!c || (!c->resistance_gain_ppm && !c->resistance_offset_uohm))
		ret->resistance_uohm = o.resistance_uohm;
}

bool jars_any_offset(const struct jars_offsets *o)
{
	return o->voltage_mv || o->temperature_mc || o->resistance_uohm;
}

void jars_adjust(struct manager *m, const char *bus, unsigned int address,
		 uint64_t serial, struct policy_sample *s)
{
	const struct store_calibration *c =
		jars_find_calibration(m, bus, address, serial);
	int64_t *v = s->value;
	struct jars_offsets o;

	/* either a calibration or an offset, never both to one quantity */
	jars_find_offsets(m, bus, address, serial, &o);
	if (adjustable(s, BACS_Q_VOLTAGE))
		v[BACS_Q_VOLTAGE] = c ? correct(v[BACS_Q_VOLTAGE],
						c->voltage_gain_ppm,
						c->voltage_offset_mv) :
					v[BACS_Q_VOLTAGE] + o.voltage_mv;
	if (adjustable(s, BACS_Q_TEMPERATURE))
		v[BACS_Q_TEMPERATURE] += o.temperature_mc +
					 (c ? c->temperature_offset_mc : 0);
	adjust_resistance(s, c ? c->resistance_gain_ppm : 0,
			  o.resistance_uohm +
			  (c ? c->resistance_offset_uohm : 0));
}

/* Writing */

static int write_jars(struct manager *m)
{
	struct jars *b = m->jars;
	int r = 0;
	size_t i, n = 0;
	_free_ struct store_jar *rows = calloc(b->count + 1, sizeof(*rows));

	if (!rows)
		return -ENOMEM;
	for (i = 0; i < b->count; i++)
		if (b->list[i].dirty)
			rows[n++] = b->list[i].row;
	if (n)
		r = store_write_jars(m->store, rows, n);
	for (i = 0; r == 0 && i < b->count; i++)
		b->list[i].dirty = false;
	return r;
}

static int write_calibrations(struct manager *m)
{
	struct jars *b = m->jars;
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < b->calibration_count; i++) {
		if (!b->calibrations[i].dirty)
			continue;
		r = store_write_calibrations(m->store,
					     &b->calibrations[i].row, 1);
		b->calibrations[i].dirty = r < 0;
	}
	return r;
}

static int write_schedules(struct manager *m)
{
	struct jars *b = m->jars;
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < b->schedule_count; i++) {
		if (!b->schedules[i].dirty)
			continue;
		r = store_write_schedules(m->store, &b->schedules[i].row, 1);
		b->schedules[i].dirty = r < 0;
	}
	return r;
}

static void write_dirty(struct manager *m, uint64_t now_ns)
{
	struct jars *b = m->jars;
	int r = write_jars(m);

	if (r == 0)
		r = write_calibrations(m);
	if (r == 0)
		r = write_schedules(m);
	b->dirty = r < 0;
	b->retry_ns = now_ns + RETRY_NS;
}

void jars_rewrite(struct manager *m)
{
	struct jars *b = m->jars;
	size_t i;

	if (!b)
		return;
	for (i = 0; i < b->count; i++)
		b->list[i].dirty = true;
	for (i = 0; i < b->calibration_count; i++)
		b->calibrations[i].dirty = true;
	for (i = 0; i < b->schedule_count; i++)
		b->schedules[i].dirty = true;
	b->dirty = true;
	b->retry_ns = 0;
}

/* Giving */

static enum ri_baseline_kind kind_by_name(const char *name)
{
	if (!strcmp(name, "final"))
		return RI_BASELINE_FINAL;
	return *name ? RI_BASELINE_PROVISIONAL : RI_BASELINE_NONE;
}

static void give_record(struct manager *m, const struct policy_module *module,
			const struct store_jar *j)
{
	struct policy_jar jar = {
		.id = j->id,
		.type = j->type,
		.capacity_mah = j->capacity_mah,
		.begin_ns = to_boot_ns(m, j->begin_us),
		.module_serial = j->module_serial,
		.baseline = {
			.kind = kind_by_name(j->baseline),
			.uohm = j->baseline_uohm,
			.temperature_mc = j->baseline_mc ==
					  STORE_NO_TEMPERATURE ?
					  RI_NO_TEMPERATURE : j->baseline_mc,
			.count = j->baseline_count,
			.is_signed = *j->signer != '\0',
		},
	};

	policy_jar_set(m->policy, module->bus->name, module->address, &jar);
}

struct restore {
	struct manager *m;
	const struct policy_module *module;
};

static enum string_state state_by_name(const char *name)
{
	int s;

	for (s = STRING_UNKNOWN; s < STRING_STATE_COUNT; s++)
		if (!strcmp(string_state_name(s), name))
			return s;
	return STRING_UNKNOWN;
}

static int on_value(void *userdata, uint32_t jar,
		    const struct store_jar_value *from)
{
	struct restore *q = userdata;
	struct ri_value v = {
		.time_ns = to_boot_ns(q->m, from->time_us),
		.uohm = from->resistance_uohm,
		.temperature_mc = from->temperature_mc ==
				  STORE_NO_TEMPERATURE ? RI_NO_TEMPERATURE :
				  from->temperature_mc,
		.state = state_by_name(from->state),
		.trend = from->trend,
	};
	const struct policy_module *p = q->module;
	struct policy_sample s = { .present = 1U << BACS_Q_RESISTANCE };

	(void)jar;
	/* the history has raw values */
	s.value[BACS_Q_RESISTANCE] = v.uohm;
	jars_adjust(q->m, p->bus->name, p->address, p->facts.serial, &s);
	v.uohm = s.value[BACS_Q_RESISTANCE];
	if (v.uohm >= RI_MIN_UOHM)
		policy_jar_restore(q->m->policy, p->bus->name, p->address, &v,
				   from->sequence);
	return 0;
}

static int add_entry(struct manager *m, const struct policy_module *module,
		     const struct store_jar **ret)
{
	struct jars *b = m->jars;
	struct store_jar row = {
		.id = b->last_id + 1,
		.position = module->jar,
		.baseline_mc = STORE_NO_TEMPERATURE,
		.begin_us = wall_now_us(m),
		.module_serial = module->ri.accepted,
	};
	int r;

	snprintf(row.string, sizeof(row.string), "%s", module->string);
	r = on_jar(b, &row);
	if (r < 0)
		return r;
	b->last_id++;
	b->list[b->count - 1].dirty = true;
	b->dirty = true;
	b->retry_ns = 0;
	*ret = &b->list[b->count - 1].row;
	return 0;
}

static int give_module(struct manager *m, const struct policy_module *module)
{
	struct restore q = { m, module };
	const struct store_jar *j = jars_find(m, module);
	bool known;
	int r = 0;

	policy_set_calibrated(m->policy, module->bus->name, module->address,
			      jars_find_calibration(m, module->bus->name,
						    module->address,
						    module->facts.serial));
	if (!module->jar)
		return 0;
	if (!j)
		r = add_entry(m, module, &j);
	if (r < 0)
		return r;
	known = module->ri.jar_id == j->id;
	give_record(m, module, j);
	if (!known)
		store_read_jar_values(m->store, j->id, RI_VALUES, on_value,
				      &q);
	return 0;
}

static struct schedule *find_schedule(struct manager *m, const char *string)
{
	struct jars *b = m->jars;
	size_t i;

	for (i = 0; i < b->schedule_count; i++)
		if (!strcmp(b->schedules[i].row.string, string))
			return &b->schedules[i];
	return NULL;
}

static void give_schedule(struct manager *m, const struct policy_string *s)
{
	const struct schedule *q = find_schedule(m, s->name);
	struct policy_ri_kept kept;

	/* what runs already is not set back by a reload */
	if (!q || s->ri.s.runs || s->ri.s.run_ns != RI_NEVER)
		return;
	kept.begin_ns = to_boot_ns(m, q->row.begin_us);
	kept.run_ns = to_boot_ns(m, q->row.run_us);
	kept.deep_ns = to_boot_ns(m, q->row.deep_us);
	kept.runs = q->row.runs < RI_RUNS ? q->row.runs : RI_RUNS;
	policy_ri_restore(m->policy, s->name, &kept);
}

void jars_give(struct manager *m)
{
	struct jars *b = m->jars;
	size_t i;
	unsigned int k;
	int r = 0;

	b->given = false;
	/* without a date there is no telling how old anything is */
	if (!b->loaded || wall_now_us(m) < 0)
		return;
	for (i = 0; r == 0 && i < policy_string_count(m->policy); i++) {
		const struct policy_string *s = policy_string_at(m->policy, i);

		give_schedule(m, s);
		for (k = 0; r == 0 && k < s->count; k++) {
			const struct policy_module *module =
				policy_find_module(m->policy, s->bus,
						   s->cells[k].address);

			if (module)
				r = give_module(m, module);
		}
	}
	b->given = r == 0;
}

bool jars_are_given(const struct manager *m)
{
	return m->jars->given;
}

void jars_tick(struct manager *m, uint64_t now_ns)
{
	struct jars *b = m->jars;

	if (!b->loaded && now_ns >= b->retry_ns)
		jars_load(m);
	if (!b->given)
		jars_give(m);
	if (b->dirty && b->given && now_ns >= b->retry_ns)
		write_dirty(m, now_ns);
}

void jars_flush(struct manager *m)
{
	if (m->jars->dirty && m->jars->given)
		write_dirty(m, manager_now_ns());
}

/* Operators */

int jars_set(struct manager *m, const struct store_jar *jar)
{
	struct entry *e = find_entry(m, jar->string, jar->position);
	int r;

	if (!m->jars->given || !e)
		return -EAGAIN;
	r = store_write_jars(m->store, jar, 1);
	if (r < 0)
		return r;
	e->row = *jar;
	e->dirty = false;
	jars_give(m);
	return 0;
}

int jars_replace(struct manager *m, struct store_jar *jar, const char *reason)
{
	struct entry *e = find_entry(m, jar->string, jar->position);
	struct store_jar rows[2];
	int r;

	if (!m->jars->given || !e)
		return -EAGAIN;
	rows[0] = e->row;
	rows[0].removed = true;
	rows[0].removed_us = wall_now_us(m);
	snprintf(rows[0].reason, sizeof(rows[0].reason), "%s", reason);
	jar->id = m->jars->last_id + 1;
	jar->begin_us = rows[0].removed_us;
	rows[1] = *jar;
	r = store_write_jars(m->store, rows, 2);
	if (r < 0)
		return r;
	m->jars->last_id++;
	e->row = *jar;
	e->dirty = false;
	jars_give(m);
	return 0;
}

int jars_calibrate(struct manager *m, struct store_calibration *c)
{
	struct jars *b = m->jars;
	struct store_calibration rows[2], *old = (struct store_calibration *)
		jars_find_calibration(m, c->bus, c->address, c->serial);
	size_t n = 0;
	int r;

	if (!b->given)
		return -EAGAIN;
	c->id = b->last_calibration + 1;
	c->since_us = wall_now_us(m);
	if (old) {
		rows[n] = *old;
		rows[n].ended = true;
		rows[n++].until_us = c->since_us;
	}
	/* zeros, too, are a calibration if somebody stands for them */
	if (calibration_corrects(c) || *c->person)
		rows[n++] = *c;
	r = n ? store_write_calibrations(m->store, rows, n) : 0;
	if (r < 0)
		return r;
	b->last_calibration++;
	if (old)
		*old = rows[0];
	if (calibration_corrects(c) || *c->person)
		r = on_calibration(b, c);
	jars_give(m);
	/* what it showed before is no measure of what it shows now */
	policy_learnt_forget(m->policy, c->bus, c->address);
	return r;
}

/* What the policy tells */

void jars_on_baseline(struct manager *m, const struct policy_module *module,
		      const struct ri_baseline *b)
{
	struct entry *e = module->jar ? find_entry(m, module->string,
						   module->jar) : NULL;

	if (!e || !m->jars->given)
		return;
	snprintf(e->row.baseline, sizeof(e->row.baseline), "%s",
		 ri_baseline_name(b->kind));
	e->row.baseline_uohm = b->uohm;
	e->row.baseline_mc = b->temperature_mc == RI_NO_TEMPERATURE ?
			     STORE_NO_TEMPERATURE : b->temperature_mc;
	e->row.baseline_count = b->count;
	e->row.baseline_us = wall_now_us(m);
	e->row.signer[0] = '\0';
	e->row.signed_us = 0;
	e->dirty = true;
	m->jars->dirty = true;
	m->jars->retry_ns = 0;
}

void jars_on_module(struct manager *m, const struct policy_module *module)
{
	struct entry *e = module->jar ? find_entry(m, module->string,
						   module->jar) : NULL;

	if (!e || !m->jars->given)
		return;
	e->row.module_serial = module->ri.accepted;
	e->dirty = true;
	m->jars->dirty = true;
	m->jars->retry_ns = 0;
}

void jars_on_schedule(struct manager *m, const struct policy_string *s)
{
	struct store_schedule row = { .string = "" };
	struct policy_ri_kept kept;
	struct schedule *q;

	if (!m->jars->given)
		return;
	q = find_schedule(m, s->name);
	if (!q) {
		snprintf(row.string, sizeof(row.string), "%s", s->name);
		if (on_schedule(m->jars, &row) < 0)
			return;
		q = &m->jars->schedules[m->jars->schedule_count - 1];
	}
	policy_ri_get_kept(s, &kept);
	q->row.begin_us = to_wall_us(m, kept.begin_ns);
	q->row.run_us = to_wall_us(m, kept.run_ns);
	q->row.deep_us = to_wall_us(m, kept.deep_ns);
	q->row.runs = kept.runs;
	q->dirty = true;
	m->jars->dirty = true;
	m->jars->retry_ns = 0;
}
