// SPDX-License-Identifier: GPL-2.0-or-later
#include <math.h>

#include "sensor.h"

#define S_PER_DAY	86400.0
/* An open input floats between nothing and this share of the block */
#define FLOATING	0.3

enum { STREAM_SENSOR = 0x7365, STREAM_STRING = 0x7373 };

/* Uniform in ±1: the limit of a data sheet, not a deviation */
static double within(struct pcg *p)
{
	return 2 * pcg_unit(p) - 1;
}

/**
 * plant_sensor_init() - a module with errors within its data sheet
 * @s: filled in
 * @b: its block
 * @seed: of the errors and the noise
 * @index: number of the module; each has a sequence of its own
 */
void plant_sensor_init(struct plant_sensor *s, const struct plant_block *b,
		       u64 seed, u64 index)
{
	*s = (struct plant_sensor) {
		.noise_v = 0.003 / 6 * b->type->cells,
		.r_noise = 0.005,
		.temp_noise_c = 0.05,
		.module_lag_s = 600,
		.module_k_per_w = 12,
		.case_c = b->temp_c,
		.module_c = b->temp_c,
		.last_v = b->volt_v,
	};
	pcg_seed(&s->rng, pcg_mix(seed, index), STREAM_SENSOR);
	s->gain = 1 + 0.005 * within(&s->rng);
	s->r_gain = 1 + 0.03 * within(&s->rng);
	s->lag_s = 600 + 1200 * pcg_unit(&s->rng);
	s->temp_offset_c = 0.5 * within(&s->rng);
}

/* The share of the way that a lag goes in a step, exact for any length */
static double follow(double dt_s, double lag_s)
{
	return lag_s > 0 ? 1 - exp(-dt_s / lag_s) : 1;
}

/**
 * plant_sensor_step() - let time pass for a module
 * @s: module
 * @b: its block, after the step of the bank
 * @ambient_c: temperature of the air
 * @dt_s: length of the step
 */
void plant_sensor_step(struct plant_sensor *s, const struct plant_block *b,
		       double ambient_c, double dt_s)
{
	double bypass_w = b->bypass_a * fmax(b->volt_v, 0);
	double target_c = (ambient_c + s->case_c) / 2 +
			  s->module_k_per_w * bypass_w;

	s->case_c += (b->temp_c - s->case_c) * follow(dt_s, s->lag_s);
	s->module_c += (target_c - s->module_c) * follow(dt_s, s->module_lag_s);
	if (s->drift_v_per_day != 0)
		s->drift_s += dt_s;
}

static double sensed_v(struct plant_sensor *s, const struct plant_block *b)
{
	switch (s->sense) {
	case PLANT_SENSE_OPEN:
		return FLOATING * 2 * b->type->cells * pcg_unit(&s->rng);
	case PLANT_SENSE_STUCK:
		return s->last_v;
	default:
		return b->volt_v * s->gain + s->offset_v +
		       s->drift_v_per_day * s->drift_s / S_PER_DAY +
		       s->noise_v * pcg_normal(&s->rng);
	}
}

/**
 * plant_sensor_read() - one sample of a module
 * @s: module
 * @b: its block
 * @ret_reading: what goes on the wire
 */
void plant_sensor_read(struct plant_sensor *s, const struct plant_block *b,
		       struct plant_reading *ret_reading)
{
	double temp_c = s->case_c + s->temp_offset_c +
			s->temp_noise_c * pcg_normal(&s->rng);

	s->last_v = sensed_v(s, b);
	*ret_reading = (struct plant_reading) {
		.voltage_mv = (int)lround(s->last_v * 1e3),
		.temperature_dc = (int)lround(temp_c * 10),
		.module_dc = (int)lround(s->module_c * 10),
	};
}

/**
 * plant_sensor_resistance_uohm() - one run of the resistance measurement
 * @s: module
 * @b: its block
 *
 * Return: resistance in µΩ, steps of 1 µΩ; 0 if the leads are open.
 */
unsigned int plant_sensor_resistance_uohm(struct plant_sensor *s,
					  const struct plant_block *b)
{
	double ohm = plant_block_resistance_ohm(b) + s->contact_ohm;

	if (s->sense == PLANT_SENSE_OPEN)
		return 0;
	ohm *= s->r_gain * (1 + s->r_noise * pcg_normal(&s->rng));
	return (unsigned int)lround(fmax(ohm, 0) * 1e6);
}

/**
 * plant_string_sensor_init() - a string sensor with usual errors
 * @s: filled in
 * @seed: of the errors and the noise
 * @index: number of the string
 */
void plant_string_sensor_init(struct plant_string_sensor *s, u64 seed,
			      u64 index)
{
	*s = (struct plant_string_sensor) { .noise_a = 0.02 };
	pcg_seed(&s->rng, pcg_mix(seed, index), STREAM_STRING);
	s->gain = 1 + 0.01 * within(&s->rng);
	s->offset_a = 0.05 * within(&s->rng);
	s->volt_gain = 1 + 0.005 * within(&s->rng);
}

/**
 * plant_string_sensor_current_ma() - one sample of the current
 * @s: sensor
 * @string: its string
 *
 * Return: current in mA, charge is positive.
 */
int plant_string_sensor_current_ma(struct plant_string_sensor *s,
				   const struct plant_string *string)
{
	double amp_a = string->amp_a * s->gain + s->offset_a +
		       s->noise_a * pcg_normal(&s->rng);

	return (int)lround(amp_a * 1e3);
}

/**
 * plant_string_sensor_voltage_mv() - one sample of the voltage
 * @s: sensor
 * @string: its string, with straps
 *
 * Return: voltage in mV.
 */
int plant_string_sensor_voltage_mv(struct plant_string_sensor *s,
				   const struct plant_string *string)
{
	return (int)lround(string->volt_v * s->volt_gain * 1e3);
}
