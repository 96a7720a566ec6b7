/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a module tells of its block: errors, lag, noise, steps of the wire */
#ifndef PLANT_SENSOR_H
#define PLANT_SENSOR_H

#include "bank.h"
#include "pcg.h"

enum plant_sense {
	PLANT_SENSE_OK,
	PLANT_SENSE_OPEN,	/* blown fuse, broken lead: floats and jumps */
	PLANT_SENSE_STUCK,	/* voltage stays what it was */
};

/**
 * struct plant_sensor - the module of one block
 * @gain: of the voltage, 1 is right
 * @offset_v: of the voltage
 * @noise_v: standard deviation of the voltage (ripple, converter)
 * @drift_v_per_day: of the voltage, since @drift_s was set to 0
 * @r_gain: of the resistance, 1 is right
 * @r_noise: standard deviation of the resistance, relative
 * @contact_ohm: bad sense contact, seen by the resistance only
 * @lag_s: time constant from the inside of the block to the sensor
 * @temp_offset_c: of the temperature
 * @temp_noise_c: its standard deviation
 * @module_lag_s: time constant of the module's own temperature
 * @module_k_per_w: rise of that by the power of the bypass
 * @sense: state of the sense leads
 * @rng: its noise
 * @case_c: where the sensor is
 * @module_c: inside the module
 * @drift_s: how long it has drifted
 * @last_v: last voltage that it read
 */
struct plant_sensor {
	double gain;
	double offset_v;
	double noise_v;
	double drift_v_per_day;
	double r_gain;
	double r_noise;
	double contact_ohm;
	double lag_s;
	double temp_offset_c;
	double temp_noise_c;
	double module_lag_s;
	double module_k_per_w;
	enum plant_sense sense;

	struct pcg rng;
	double case_c;
	double module_c;
	double drift_s;
	double last_v;
};

/**
 * struct plant_reading - as on the wire
 * @voltage_mv: voltage, steps of 1 mV
 * @temperature_dc: temperature of the block, steps of 0.1 °C
 * @module_dc: temperature of the module, steps of 0.1 °C
 */
struct plant_reading {
	int voltage_mv;
	int temperature_dc;
	int module_dc;
};

/**
 * struct plant_string_sensor - current and voltage of a string
 * @gain: of the current, 1 is right
 * @offset_a: of the current
 * @noise_a: standard deviation of the current
 * @volt_gain: of the voltage, 1 is right
 * @rng: its noise
 */
struct plant_string_sensor {
	double gain;
	double offset_a;
	double noise_a;
	double volt_gain;
	struct pcg rng;
};

void plant_sensor_init(struct plant_sensor *s, const struct plant_block *b,
		       u64 seed, u64 index);
void plant_sensor_step(struct plant_sensor *s, const struct plant_block *b,
		       double ambient_c, double dt_s);
void plant_sensor_read(struct plant_sensor *s, const struct plant_block *b,
		       struct plant_reading *ret_reading);
unsigned int plant_sensor_resistance_uohm(struct plant_sensor *s,
					  const struct plant_block *b);
void plant_string_sensor_init(struct plant_string_sensor *s, u64 seed,
			      u64 index);
int plant_string_sensor_current_ma(struct plant_string_sensor *s,
				   const struct plant_string *string);
int plant_string_sensor_voltage_mv(struct plant_string_sensor *s,
				   const struct plant_string *string);

#endif
