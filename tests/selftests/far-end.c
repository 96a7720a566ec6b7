// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "far-end.h"
#include "wait.h"

u64 boot_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return (u64)t.tv_sec * NSEC_PER_SEC + (u64)t.tv_nsec;
}

static unsigned int live_registers(u8 class)
{
	switch (class) {
	case BACS_CLASS_JAR:
		return BACS_C_JAR_REGISTERS;
	case BACS_CLASS_STRING:
		return BACS_C_STRING_REGISTERS;
	case BACS_CLASS_ENVIRONMENT:
		return BACS_C_ENV_REGISTERS;
	default:
		return BACS_C_IO_REGISTERS;
	}
}

static void ident_block(const struct far_module *module, u16 *regs)
{
	regs[BACS_C_IDENT_MAGIC_HI] = BACS_C_IDENT_MAGIC_0;
	regs[BACS_C_IDENT_MAGIC_LO] = BACS_C_IDENT_MAGIC_1;
	regs[BACS_C_IDENT_VERSION] = BACS_C_VERSION;
	regs[BACS_C_IDENT_CLASS] = module->class;
	regs[BACS_C_IDENT_HARDWARE] = 0x0102;
	regs[BACS_C_IDENT_FIRMWARE] = 0x0304;
	for (int i = 0; i < 4; i++)
		regs[BACS_C_IDENT_SERIAL_3 + i] =
			(u16)(module->serial >> (48 - 16 * i));
	regs[BACS_C_IDENT_NOMINAL_MV] = module->nominal_mv;
	regs[BACS_C_IDENT_RANGE_MIN_MV] = 1000;
	regs[BACS_C_IDENT_RANGE_MAX_MV] = 17000;
	regs[BACS_C_IDENT_RI_MAX_UOHM_LO] = 50000;
	regs[BACS_C_IDENT_BYPASS_MA] = 250;
	for (int i = 0; i < BACS_C_IDENT_MODEL_CHARS / 2; i++)
		regs[BACS_C_IDENT_MODEL + i] =
			(u16)(module->model[2 * i] << 8 | module->model[2 * i + 1]);
}

static size_t answer_read(const struct far_module *module, const u8 *request,
			  u8 *reply)
{
	u16 regs[BACS_C_IDENT_REGISTERS] = { 0 };
	u16 start = rtu_get_u16(request + 2), count = rtu_get_u16(request + 4);

	if (request[1] == RTU_READ_INPUT && count &&
	    start + count <= live_registers(module->class))
		memcpy(regs, module->live + start, count * sizeof(*regs));
	else if (request[1] == RTU_READ_HOLDING && count &&
		 start + count <= BACS_C_HOLD_REGISTERS)
		memcpy(regs, module->holding + start, count * sizeof(*regs));
	else if (request[1] == RTU_READ_INPUT && start == BACS_C_IDENT_START &&
		 count == BACS_C_IDENT_REGISTERS)
		ident_block(module, regs);
	else
		return rtu_build_exception(reply, request, RTU_ILLEGAL_ADDRESS);
	reply[0] = request[0];
	reply[1] = request[1];
	reply[2] = (u8)(2 * count);
	for (u16 i = 0; i < count; i++)
		rtu_put_u16(reply + 3 + 2 * i, regs[i]);
	return rtu_seal(reply, 3 + 2 * count);
}

/* A duty comes with a lease, and both end together. */
static void set_duty(struct far_module *module, u16 duty)
{
	if (module->class != BACS_CLASS_JAR)
		return;
	module->live[BACS_C_JAR_DUTY_PERMILLE] = duty;
	module->live[BACS_C_JAR_FLAGS] &= (u16)~BACS_C_FLAG_LEASED;
	if (duty)
		module->live[BACS_C_JAR_FLAGS] |= BACS_C_FLAG_LEASED;
}

static size_t answer(struct far_module *module, const u8 *request,
		     size_t request_len, u8 *reply)
{
	if (request[1] == RTU_WRITE_SINGLE) {
		u16 reg = rtu_get_u16(request + 2);

		if (reg >= BACS_C_HOLD_REGISTERS)
			return rtu_build_exception(reply, request,
						   RTU_ILLEGAL_ADDRESS);
		module->holding[reg] = rtu_get_u16(request + 4);
		if (reg == BACS_C_HOLD_DUTY_PERMILLE)
			set_duty(module, module->holding[reg]);
		memcpy(reply, request, 6);
		return rtu_seal(reply, 6);
	}
	if (request[1] == FAR_ECHO) {
		memcpy(reply, request, request_len);
		return request_len;
	}
	return answer_read(module, request, reply);
}

/* Bit clear: 0 % at once. */
static void hear_map(struct far_end *far, const u8 *request)
{
	for (int i = 0; i < BACS_C_LEASE_REGISTERS; i++)
		far->map[i] = rtu_get_u16(request + 7 + 2 * i);
	far->maps++;
	for (unsigned int a = 1; a <= RTU_ADDRESS_MAX; a++)
		if (!(far->map[1 + a / 16] >> (a % 16) & 1))
			set_duty(&far->modules[a], 0);
}

static void hear(struct far_end *far, const u8 *request, size_t len)
{
	struct far_request *log = &far->log[far->logged++ % FAR_LOG];
	struct far_module *module = &far->modules[request[0]];
	u8 reply[RTU_FRAME_MAX];
	size_t reply_len;
	bool write_request = request[1] == RTU_WRITE_SINGLE ||
			     request[1] == RTU_WRITE_MULTIPLE;

	far->requests++;
	far->writes += write_request;
	log->time_ns = boot_ns();
	log->len = (u8)min_t(size_t, len, FAR_LOG_BYTES);
	memcpy(log->bytes, request, log->len);
	if (request[0] == RTU_BROADCAST) {
		if (request[1] == RTU_WRITE_MULTIPLE && len == 43 &&
		    rtu_get_u16(request + 2) == BACS_C_HOLD_LEASE_S)
			hear_map(far, request);
		return;
	}
	module->requests++;
	module->writes += write_request;
	module->unanswered++;
	if (request[1] == RTU_READ_INPUT && !rtu_get_u16(request + 2))
		module->polls++;
	if (!module->present || module->mute)
		return;
	reply_len = answer(module, request, len, reply);
	if (module->hold) {
		module->hold = false;
		memcpy(far->held_request, request, len);
		memcpy(far->held_reply, reply, reply_len);
		far->held_request_len = len;
		far->held_reply_len = reply_len;
		far->held = true;
		return;
	}
	module->last_reply_ns = boot_ns();
	module->unanswered = 0;
	if (write(far->master, reply, reply_len) != (ssize_t)reply_len)
		perror("far end: write");
}

/* Cut what was read into requests; requests may wait behind one another. */
static size_t hear_all(struct far_end *far, u8 *bytes, size_t have)
{
	size_t at = 0;

	while (at < have) {
		size_t want = rtu_request_length(bytes + at, have - at);

		/* Of other functions a read() brings all there is. */
		if (!want && rtu_crc_ok(bytes + at, have - at))
			want = have - at;
		if (!want || have - at < want)
			break;
		if (far->mute)
			;
		else if (rtu_crc_ok(bytes + at, want))
			hear(far, bytes + at, want);
		else
			far->invalid += want;
		at += want;
	}
	memmove(bytes, bytes + at, have - at);
	return have - at;
}

static void *run(void *arg)
{
	struct far_end *far = arg;
	struct pollfd fds[] = {
		{ .fd = far->master, .events = POLLIN },
		{ .fd = far->wake[0], .events = POLLIN },
	};
	u8 bytes[4 * RTU_FRAME_MAX];
	size_t have = 0;

	for (;;) {
		ssize_t n;

		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return NULL;
		if (fds[1].revents)
			return NULL;
		if (!(fds[0].revents & POLLIN)) {
			/* No slave is open now. */
			if (fds[0].revents & POLLHUP)
				usleep(1000);
			continue;
		}
		n = read(far->master, bytes + have, sizeof(bytes) - have);
		if (n <= 0)
			continue;
		pthread_mutex_lock(&far->lock);
		have = hear_all(far, bytes, have + (size_t)n);
		pthread_mutex_unlock(&far->lock);
		if (have == sizeof(bytes))
			have = 0;
	}
}

/**
 * far_end_new() - a line without modules
 *
 * Return: the far end; NULL with errno.
 */
struct far_end *far_end_new(void)
{
	struct far_end *far = calloc(1, sizeof(*far));

	if (!far)
		return NULL;
	pthread_mutex_init(&far->lock, NULL);
	far->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (far->master < 0 || grantpt(far->master) || unlockpt(far->master) ||
	    ptsname_r(far->master, far->slave, sizeof(far->slave)) ||
	    pipe2(far->wake, O_CLOEXEC) ||
	    pthread_create(&far->thread, NULL, run, far)) {
		free(far);
		return NULL;
	}
	return far;
}

/**
 * far_end_hang_up() - close the master: the port is gone
 * @far: the far end; only far_end_free() is allowed afterwards
 */
void far_end_hang_up(struct far_end *far)
{
	if (far->ended)
		return;
	far->ended = true;
	close(far->wake[1]);
	pthread_join(far->thread, NULL);
	close(far->master);
	close(far->wake[0]);
}

void far_end_free(struct far_end *far)
{
	far_end_hang_up(far);
	free(far);
}

static void set_default_live(struct far_module *module, u8 a)
{
	u16 *live = module->live;

	memset(module->live, 0, sizeof(module->live));
	live[0] = BACS_C_FLAG_VOLTAGE_VALID | BACS_C_FLAG_TEMP_VALID |
		  BACS_C_FLAG_RI_VALID | BACS_C_FLAG_CURRENT_VALID |
		  BACS_C_FLAG_HUMIDITY_VALID | BACS_C_FLAG_H2_VALID;
	if (module->class != BACS_CLASS_JAR)
		return;
	live[BACS_C_JAR_VOLTAGE_MV] = (u16)(13000 + a);
	live[BACS_C_JAR_TEMP_DC] = (u16)(200 + a);
	live[BACS_C_JAR_RI_UOHM_LO] = (u16)(4000 + a);
	live[BACS_C_JAR_RI_SEQUENCE] = 7;
	live[BACS_C_JAR_MODULE_TEMP_DC] = (u16)(300 + a);
	live[BACS_C_JAR_BYPASSED_MAH_LO] = (u16)(1000 + a);
	live[BACS_C_JAR_BOOTS] = 3;
}

/**
 * far_end_add() - put jar modules on the line
 * @far: the far end
 * @first: first address
 * @last: last address
 *
 * Module a shows 13000 + a mV, (200 + a) / 10 degree Celsius, 4000 + a uohm.
 */
void far_end_add(struct far_end *far, unsigned int first, unsigned int last)
{
	pthread_mutex_lock(&far->lock);
	for (unsigned int a = first; a <= last; a++) {
		struct far_module *module = &far->modules[a];

		module->present = true;
		module->class = BACS_CLASS_JAR;
		module->serial = 0x1122334400000000ULL + a;
		module->nominal_mv = 12000;
		memcpy(module->model, "Test jar", 8);
		set_default_live(module, (u8)a);
	}
	pthread_mutex_unlock(&far->lock);
}

void far_end_set_class(struct far_end *far, u8 address, u8 class)
{
	struct far_module *module = &far->modules[address];

	pthread_mutex_lock(&far->lock);
	module->class = class;
	module->nominal_mv = class == BACS_CLASS_JAR ? 12000 : 0;
	set_default_live(module, address);
	pthread_mutex_unlock(&far->lock);
}

void far_end_set_live(struct far_end *far, u8 address, unsigned int reg,
		      u16 value)
{
	pthread_mutex_lock(&far->lock);
	far->modules[address].live[reg] = value;
	pthread_mutex_unlock(&far->lock);
}

void far_end_mute(struct far_end *far, u8 address, bool mute)
{
	pthread_mutex_lock(&far->lock);
	far->modules[address].mute = mute;
	pthread_mutex_unlock(&far->lock);
}

void far_end_mute_all(struct far_end *far, bool mute)
{
	pthread_mutex_lock(&far->lock);
	far->mute = mute;
	pthread_mutex_unlock(&far->lock);
}

/**
 * far_end_hold() - do not answer the next request to this address
 * @far: the far end
 * @address: 1-247
 */
void far_end_hold(struct far_end *far, u8 address)
{
	pthread_mutex_lock(&far->lock);
	far->held = false;
	far->modules[address].hold = true;
	pthread_mutex_unlock(&far->lock);
}

/**
 * far_end_await_held() - the request has come; it and its reply can be read
 * @far: the far end
 *
 * Return: false if none came in time.
 */
bool far_end_await_held(struct far_end *far)
{
	bool held;

	return AWAIT(60000, ({
		pthread_mutex_lock(&far->lock);
		held = far->held;
		pthread_mutex_unlock(&far->lock);
		held;
	}));
}

/**
 * far_end_say() - put bytes on the line
 * @far: the far end
 * @bytes: the bytes
 * @len: their number
 */
void far_end_say(struct far_end *far, const u8 *bytes, size_t len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = write(far->master, bytes + done, len - done);

		if (n < 0 && errno != EINTR && errno != EAGAIN) {
			perror("far end: write");
			return;
		}
		if (n > 0)
			done += (size_t)n;
	}
}

u64 far_end_count(struct far_end *far, const u64 *counter)
{
	u64 value;

	pthread_mutex_lock(&far->lock);
	value = *counter;
	pthread_mutex_unlock(&far->lock);
	return value;
}

u16 far_end_register(struct far_end *far, u8 address, unsigned int reg)
{
	u16 value;

	pthread_mutex_lock(&far->lock);
	value = far->modules[address].holding[reg];
	pthread_mutex_unlock(&far->lock);
	return value;
}

/* Does the last lease map name this address? */
bool far_end_mapped(struct far_end *far, u8 address)
{
	bool mapped;

	pthread_mutex_lock(&far->lock);
	mapped = far->map[1 + address / 16] >> (address % 16) & 1;
	pthread_mutex_unlock(&far->lock);
	return mapped;
}
