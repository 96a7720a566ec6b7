// SPDX-License-Identifier: GPL-2.0-or-later
/* The model of one device; see module.h */
#include <stdio.h>

#include "module.h"

#define JAR	(1U << BACS_CLASS_JAR)
#define STRING	(1U << BACS_CLASS_STRING)
#define ENV	(1U << BACS_CLASS_ENVIRONMENT)
#define IO	(1U << BACS_CLASS_IO)

const struct module_key_info module_keys[MODULE_KEYS] = {
	[MODULE_KEY_VOLTAGE_MV] = { "voltage_mv", JAR | STRING, 0, 65535, 2000000 },
	[MODULE_KEY_TEMPERATURE_MC] =
		{ "temperature_mc", JAR | ENV, -40000, 125000 },
	[MODULE_KEY_MODULE_TEMPERATURE_MC] =
		{ "module_temperature_mc", JAR | STRING | ENV | IO, -40000, 125000 },
	[MODULE_KEY_RESISTANCE_UOHM] = { "resistance_uohm", JAR, 0, 10000000 },
	[MODULE_KEY_RI_SPREAD_PERMILLE] = { "ri_spread_permille", JAR, 0, 1000 },
	[MODULE_KEY_BYPASSED_MAH] = { "bypassed_mah", JAR, 0, S32_MAX },
	[MODULE_KEY_CURRENT_MA] = { "current_ma", STRING, -10000000, 10000000,
				    10000000 },
	[MODULE_KEY_RIPPLE_MA] = { "ripple_ma", STRING, 0, 10000000, 10000000 },
	[MODULE_KEY_HUMIDITY_PERMILLE] = { "humidity_permille", ENV, 0, 1000 },
	[MODULE_KEY_H2_PPM] = { "h2_ppm", ENV, 0, 1000000 },
	[MODULE_KEY_INPUTS] = { "inputs", IO, 0, 65535 },
	[MODULE_KEY_BOOTS] = { "boots", JAR | STRING | ENV | IO, 0, 65535, 65535 },
	[MODULE_KEY_TEMP_FAULT] = { "temp_fault", JAR | ENV, 0, 1 },
	[MODULE_KEY_SENSE_FAULT] = { "sense_fault", JAR | STRING, 0, 1, 1 },
	[MODULE_KEY_SELF_TEST_FAULT] =
		{ "self_test_fault", JAR | STRING | ENV | IO, 0, 1, 1 },
};

static const char *const class_names[] = {
	[BACS_CLASS_JAR] = "jar",
	[BACS_CLASS_STRING] = "string-sensor",
	[BACS_CLASS_ENVIRONMENT] = "environment",
	[BACS_CLASS_IO] = "io",
};

/**
 * module_class_name() - name of a device class
 * @class: enum bacs_class
 *
 * Return: the name, borrowed.
 */
const char *module_class_name(u32 class)
{
	return class && class < ARRAY_SIZE(class_names) ? class_names[class] :
							  "unknown";
}

/**
 * module_class_find() - device class of a name
 * @name: jar, string-sensor, environment or io
 *
 * Return: enum bacs_class, BACS_CLASS_UNKNOWN if there is none.
 */
u32 module_class_find(const char *name)
{
	for (u32 c = BACS_CLASS_JAR; c < ARRAY_SIZE(class_names); c++)
		if (!strcmp(name, class_names[c]))
			return c;
	return BACS_CLASS_UNKNOWN;
}

/**
 * module_technology_name() - name of a kind of jar
 * @technology: kind
 *
 * Return: the name, borrowed.
 */
const char *module_technology_name(enum module_technology technology)
{
	static const char *const names[] = {
		[MODULE_AGM] = "agm",
		[MODULE_GEL] = "gel",
		[MODULE_FLOODED] = "flooded",
	};

	return names[technology];
}

/**
 * module_technology_find() - kind of jar of a name
 * @name: agm, gel or flooded
 *
 * Return: enum module_technology, or -ENOENT.
 */
int module_technology_find(const char *name)
{
	for (int t = MODULE_AGM; t <= MODULE_FLOODED; t++)
		if (!strcmp(name, module_technology_name(t)))
			return t;
	return -ENOENT;
}

/**
 * module_key_find() - quantity of a name
 * @name: as in module_keys[]
 *
 * Return: enum module_key, or -ENOENT.
 */
int module_key_find(const char *name)
{
	for (int k = 0; k < MODULE_KEYS; k++)
		if (!strcmp(name, module_keys[k].name))
			return k;
	return -ENOENT;
}

/**
 * module_key_range() - does a class have the quantity, and how much of it?
 * @class: enum bacs_class
 * @key: quantity
 * @ret_min: smallest value
 * @ret_max: largest value
 *
 * Return: false if the class does not have the quantity.
 */
bool module_key_range(u32 class, enum module_key key, s32 *ret_min,
		      s32 *ret_max)
{
	const struct module_key_info *info = &module_keys[key];

	if (!(info->classes & 1U << class))
		return false;
	*ret_min = info->min;
	*ret_max = class == BACS_CLASS_STRING && info->string_max ?
		   info->string_max : info->max;
	return true;
}

/**
 * module_fix() - hold a quantity at a value until module_unfix()
 * @m: device
 * @key: quantity
 * @value: value within module_key_range()
 */
void module_fix(struct module *m, enum module_key key, s32 value)
{
	m->fixed |= 1U << key;
	m->fixed_value[key] = value;
	if (key == MODULE_KEY_BOOTS)
		m->boots = (u16)value;
}

/**
 * module_unfix() - let the model have the quantity again
 * @m: device
 * @key: quantity
 */
void module_unfix(struct module *m, enum module_key key)
{
	m->fixed &= ~(1U << key);
}

/**
 * module_shown() - a quantity as the device reports it
 * @m: device
 * @key: quantity
 * @model: what the model says
 *
 * Return: the value it is held at, or else the model's, rounded.
 */
s32 module_shown(const struct module *m, enum module_key key, double model)
{
	if (m->fixed & 1U << key)
		return m->fixed_value[key];
	return (s32)(model < 0 ? model - 0.5 : model + 0.5);
}

/**
 * module_fault() - is this fault present?
 * @m: device
 * @key: one of the MODULE_KEY_*_FAULT
 *
 * Return: true if so.
 */
bool module_fault(const struct module *m, enum module_key key)
{
	return module_shown(m, key, 0);
}

/**
 * module_hot() - must the device do less?
 * @m: device
 *
 * Return: true if so.
 */
bool module_hot(const struct module *m)
{
	return module_shown(m, MODULE_KEY_MODULE_TEMPERATURE_MC,
			    m->module_temperature_mc) > MODULE_HOT_MC;
}

static double noise(struct module *m, double deviation)
{
	return pcg_normal(&m->rng) * deviation * m->cfg.noise;
}

static void measure_ri(struct module *m)
{
	m->ri_sequence++;
	m->ri_uohm = m->block ?
		plant_sensor_resistance_uohm(m->sensor, m->block) : 0;
	m->ri_spread_permille =
		(u16)(m->cfg.noise * (3 + pcg_below(&m->rng, 15)));
	m->ri_valid = m->ri_uohm && !module_fault(m, MODULE_KEY_SENSE_FAULT);
}

/**
 * module_init() - a device as it comes up for the first time
 * @m: device
 * @cfg: what it is, copied
 * @seed: seed of the simulation
 *
 * The same seed and address make the same device.
 */
void module_init(struct module *m, const struct module_config *cfg, u64 seed)
{
	memset(m, 0, sizeof(*m));
	m->cfg = *cfg;
	m->slot = cfg->address;
	m->address = cfg->unaddressed ? 0 : cfg->address;
	pcg_seed(&m->rng, seed, cfg->address);
	m->serial = cfg->serial ? cfg->serial : pcg_mix(seed, cfg->address);
	if (cfg->class == BACS_CLASS_JAR)
		snprintf(m->model, sizeof(m->model), "bacs-sim jar %u V %u Ah",
			 cfg->nominal_mv / 1000, cfg->capacity_ah);
	else
		snprintf(m->model, sizeof(m->model), "bacs-sim %s",
			 module_class_name(cfg->class));
	m->offset = pcg_normal(&m->rng) * cfg->spread;
	m->drift_mc = pcg_normal(&m->rng) * 300 * cfg->spread;
	m->duty_limit_permille = BACS_DUTY_MAX;
	m->boots = 1;
	module_step(m, 0);
}

/**
 * module_attach() - the leads of a jar module come to a jar
 * @m: jar module
 * @block: jar, borrowed
 * @sensor: what the module measures it with, borrowed
 *
 * A device in service has measured internal resistance at least once, so that
 * is done here.
 */
void module_attach(struct module *m, const struct plant_block *block,
		   struct plant_sensor *sensor)
{
	m->block = block;
	m->sensor = sensor;
	measure_ri(m);
}

/**
 * module_detach() - the leads are off
 * @m: jar module
 */
void module_detach(struct module *m)
{
	m->block = NULL;
	m->sensor = NULL;
}

/* Temperature of the air: wanders by a tenth of a degree or so in a minute */
static void step_air(struct module *m, double dt_s)
{
	double pull = dt_s / 1800 < 1 ? dt_s / 1800 : 1;

	m->drift_mc += -m->drift_mc * pull +
		       noise(m, 10) * (dt_s < 1 ? dt_s : 1) * m->cfg.spread;
	m->temperature_mc = m->cfg.ambient_mc + 500 * m->offset + m->drift_mc;
	m->module_temperature_mc = m->temperature_mc + 2000;
}

/**
 * module_bypass_ma() - bypass current at 100 % duty
 * @m: jar module
 *
 * Return: mA, about 2 W whatever the voltage class.
 */
u32 module_bypass_ma(const struct module *m)
{
	return 1800000 / m->cfg.nominal_mv;
}

static void step_environment(struct module *m)
{
	m->humidity_permille = 450 + 20 * m->offset + noise(m, 1);
	m->h2_ppm = 12 + noise(m, 2);
	if (m->h2_ppm < 0)
		m->h2_ppm = 0;
}

static u32 run_down(u32 left_ms, u32 dt_ms)
{
	return left_ms > dt_ms ? left_ms - dt_ms : 0;
}

static void step_timers(struct module *m, u32 dt_ms)
{
	bool leased = m->lease_ms, measuring = m->ri_ms;

	m->lease_ms = run_down(m->lease_ms, dt_ms);
	m->ri_ms = run_down(m->ri_ms, dt_ms);
	m->boot_ms = run_down(m->boot_ms, dt_ms);
	m->latch_ms = run_down(m->latch_ms, dt_ms);
	if (leased && !m->lease_ms) {
		m->duty_permille = 0;
		m->relays = 0;
	}
	if (measuring && !m->ri_ms)
		measure_ri(m);
}

static void step_sleep(struct module *m, u32 dt_ms)
{
	if (!m->cfg.eco)
		return;
	m->quiet_ms += dt_ms;
	if (m->quiet_ms > BACS_C_SLEEP_MS) {
		m->quiet_ms = BACS_C_SLEEP_MS;
		m->asleep = true;
	}
	/* traffic with pauses under a second counts as going on */
	if (m->asleep)
		m->wake_ms = m->quiet_ms < 1000 ? m->wake_ms + dt_ms : 0;
	if (m->asleep && m->wake_ms >= BACS_C_WAKE_MS) {
		m->asleep = false;
		m->wake_ms = 0;
	}
}

/**
 * module_step() - let time pass
 * @m: device
 * @dt_ms: how much; steps of 100 ms or so keep the timers exact enough
 *
 * The same seed and the same steps give the same values.
 */
void module_step(struct module *m, u32 dt_ms)
{
	double dt_s = dt_ms / 1000.0;

	step_timers(m, dt_ms);
	step_sleep(m, dt_ms);
	if (m->cfg.class != BACS_CLASS_JAR)
		step_air(m, dt_s);
	if (m->cfg.class == BACS_CLASS_ENVIRONMENT)
		step_environment(m);
}

/**
 * module_hear() - bytes passed on the wire
 * @m: device
 */
void module_hear(struct module *m)
{
	m->quiet_ms = 0;
}

/**
 * module_awake() - does the device listen?
 * @m: device
 *
 * Return: false while it sleeps or boots.
 */
bool module_awake(const struct module *m)
{
	return !m->asleep && !m->boot_ms;
}

/**
 * module_duty_now() - equalizer duty in force
 * @m: device
 *
 * A hot module halves its duty; an RI measurement suspends it.
 *
 * Return: 0-1000, 0.1 %.
 */
u16 module_duty_now(const struct module *m)
{
	u16 duty = min_t(u16, m->duty_permille, m->duty_limit_permille);

	if (m->ri_ms || m->mode != BACS_C_MODE_OPERATION || !m->address)
		return 0;
	return module_hot(m) ? duty / 2 : duty;
}

/**
 * module_reboot() - power fails for a moment
 * @m: device
 */
void module_reboot(struct module *m)
{
	m->boots++;
	m->boot_ms = MODULE_BOOT_MS;
	m->duty_permille = 0;
	m->duty_limit_permille = BACS_DUTY_MAX;
	m->relays = 0;
	m->identify = 0;
	m->threshold = 0;
	m->mode = BACS_C_MODE_OPERATION;
	m->next_address = 0;
	m->latch = 0;
	m->latch_ms = 0;
	m->lease_ms = 0;
	m->ri_ms = 0;
	m->ri_valid = false;
}

/**
 * module_set_address() - the device has another address from now on
 * @m: device
 * @address: 0-247; without one nothing can renew the lease, so it ends
 */
void module_set_address(struct module *m, u8 address)
{
	m->address = address;
	if (address)
		return;
	m->lease_ms = 0;
	m->duty_permille = 0;
	m->relays = 0;
}

/**
 * module_press() - somebody presses the button
 * @m: device
 * @ms: for so long
 *
 * Under 2 s: take the offered address, or confirm identification. From 2 s on
 * cancel either: address 0. 12 s in operation: address 0, else addressing mode.
 */
void module_press(struct module *m, u32 ms)
{
	bool addressing = m->mode == BACS_C_MODE_ADDRESSING;

	if (ms >= 12000 && m->address && !addressing) {
		module_set_address(m, 0);
	} else if (ms >= 12000) {
		m->mode = BACS_C_MODE_ADDRESSING;
	} else if (ms >= 2000) {
		if (!addressing && !m->identify)
			return;
		m->identify = 0;
		module_set_address(m, 0);
	} else if (addressing && m->next_address) {
		module_set_address(m, m->next_address);
		m->next_address = 0;
		m->mode = BACS_C_MODE_OPERATION;
	} else {
		m->identify = 0;
	}
}
