/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The far end of a bus: modules of profile bacs-c on a pty's master
 *
 * A thread answers requests like well-behaved modules do. What is not well
 * behaved is said by the test itself: it holds a request, looks at the driver
 * and puts bytes on the line. So no test depends on who is scheduled when.
 */
#ifndef BACS_SELFTEST_FAR_END_H
#define BACS_SELFTEST_FAR_END_H

#include <pthread.h>
#include <linux/bacs.h>

#include "bacs_c.h"
#include "rtu.h"

#define FAR_LOG		4096	/* requests kept */
#define FAR_LOG_BYTES	48	/* of each */
#define FAR_ECHO	0x41	/* function that answers with its request */

/**
 * struct far_module - one address
 * @present: somebody is there
 * @mute: hears and does not answer
 * @hold: the next request is kept for the test, see far_end_await_held()
 * @class: enum bacs_class
 * @serial: serial number
 * @model: text of the identification block, not terminated
 * @nominal_mv: nominal voltage
 * @live: live block
 * @holding: holding registers that were written
 * @requests: all requests to this address
 * @polls: requests for the live block
 * @writes: FC 6 and FC 16 to this address
 * @last_reply_ns: CLOCK_BOOTTIME just before its last reply was given away
 * @unanswered: requests since that reply
 */
struct far_module {
	bool present;
	bool mute;
	bool hold;
	u8 class;
	u64 serial;
	u8 model[BACS_C_IDENT_MODEL_CHARS];
	u16 nominal_mv;
	u16 live[16];
	u16 holding[BACS_C_HOLD_REGISTERS];
	u64 requests;
	u64 polls;
	u64 writes;
	u64 last_reply_ns;
	u64 unanswered;
};

struct far_request {
	u64 time_ns;	/* CLOCK_BOOTTIME */
	u8 len;
	u8 bytes[FAR_LOG_BYTES];
};

/**
 * struct far_end - the line and everybody on it
 * @master: the pty's master
 * @slave: path of its slave
 * @lock: protects what follows, and the members of the modules
 * @mute: the cable is pulled: nobody hears and nobody answers
 * @requests: requests heard
 * @writes: FC 6 and FC 16, broadcasts too
 * @maps: lease maps heard
 * @map: the last of them, registers from BACS_C_HOLD_LEASE_S
 * @invalid: bytes that were no valid request
 * @held: a request is being held
 * @held_request: the request
 * @held_reply: what the module would answer
 * @log: ring of requests
 * @logged: number of requests ever logged
 */
struct far_end {
	int master;
	int wake[2];
	char slave[64];
	pthread_t thread;
	pthread_mutex_t lock;
	bool mute;
	bool ended;
	u64 requests;
	u64 writes;
	u64 maps;
	u16 map[BACS_C_LEASE_REGISTERS];
	u64 invalid;
	bool held;
	u8 held_request[RTU_FRAME_MAX];
	size_t held_request_len;
	u8 held_reply[RTU_FRAME_MAX];
	size_t held_reply_len;
	struct far_request log[FAR_LOG];
	u64 logged;
	struct far_module modules[RTU_ADDRESS_MAX + 1];
};

struct far_end *far_end_new(void);
void far_end_hang_up(struct far_end *far);
void far_end_free(struct far_end *far);

void far_end_add(struct far_end *far, unsigned int first, unsigned int last);
void far_end_set_class(struct far_end *far, u8 address, u8 class);
void far_end_set_live(struct far_end *far, u8 address, unsigned int reg,
		      u16 value);
void far_end_mute(struct far_end *far, u8 address, bool mute);
void far_end_mute_all(struct far_end *far, bool mute);

void far_end_hold(struct far_end *far, u8 address);
bool far_end_await_held(struct far_end *far);
void far_end_say(struct far_end *far, const u8 *bytes, size_t len);

u64 far_end_count(struct far_end *far, const u64 *counter);
u16 far_end_register(struct far_end *far, u8 address, unsigned int reg);
bool far_end_mapped(struct far_end *far, u8 address);
u64 boot_ns(void);

#endif
