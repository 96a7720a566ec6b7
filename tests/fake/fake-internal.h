/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the fake kernel share */
#ifndef FAKE_INTERNAL_H
#define FAKE_INTERNAL_H

#include <linux/netlink.h>

#include "fake-attrs.h"
#include "fake-kernel.h"

#define FAKE_GROUPS		8
#define FAKE_CTRL_NOTIFY	0x10
#define FAKE_ADDRESSES		248

enum fake_group { FAKE_SAMPLES, FAKE_EVENTS, FAKE_FAMILY_GROUPS };

struct fake_module {
	bool there;
	struct fake_attrs attrs;
	struct fake_attrs limits;
	struct fake_attrs sample;
	struct fake_attrs stats;
};

struct fake_bus {
	struct fake_bus *next;
	char name[16];
	struct fake_attrs attrs;
	struct fake_attrs stats;
	struct fake_module module[FAKE_ADDRESSES];
	struct fake_client *controller;
	uint32_t sequence[FAKE_FAMILY_GROUPS];
	uint32_t part;
	uint8_t waiting[FAKE_ADDRESSES];	/* samples of the next message */
	unsigned int waiting_count;
};

struct fake_profile {
	struct fake_profile *next;
	char name[32];
	bool builtin;
	uint8_t nest[4096];	/* payload of BACS_A_PROFILE */
	size_t len;
};

struct fake_client {
	struct fake_client *next;
	int fd;
	uint32_t groups[FAKE_GROUPS];
	bool overrun;		/* tell it when there is room again */
};

struct fake_replay;

struct fake_kernel {
	bool loaded;
	bool unprivileged;
	uint16_t family;
	uint32_t version;
	struct fake_bus *buses;
	struct fake_profile *profiles;
	struct fake_client *clients;
	unsigned int interrupt;		/* dumps still to be interrupted */
	uint8_t refuse_cmd;
	int refuse_errno;
	char refuse_text[160];
	uint8_t inject_cmd;		/* dump that carries foreign bytes */
	struct fake_buf inject;
	int transact_result;		/* of raw requests */
	struct fake_buf transact_reply;
	bool transact_early;		/* before the acknowledgement */
	struct fake_buf transact_only;	/* the PDU that is answered; empty: any */
	struct fake_replay *replay;
};

uint64_t fake_now(void);
uint32_t fake_group_id(const struct fake_kernel *k, enum fake_group group);
struct fake_bus *fake_bus_find(struct fake_kernel *k, const char *name);
struct fake_bus *fake_bus_new(struct fake_kernel *k, const char *name);
void fake_bus_free(struct fake_kernel *k, struct fake_bus *bus);
struct fake_module *fake_module_new(struct fake_bus *bus, unsigned int address);

void fake_load(struct fake_kernel *k, bool on);
void fake_multicast(struct fake_kernel *k, uint32_t group, const void *data,
		    size_t len);
void fake_overrun(struct fake_kernel *k);
void fake_event(struct fake_kernel *k, struct fake_bus *bus,
		const struct fake_attrs *event);
void fake_flush(struct fake_kernel *k, struct fake_bus *bus, bool last);

/* fake-request.c */
void fake_request(struct fake_kernel *k, struct fake_client *client,
		  const void *data, size_t len);
void fake_family(struct fake_kernel *k, struct fake_buf *buf, uint32_t seq,
		 uint8_t cmd);
void fake_client_send(struct fake_client *client, uint32_t kind,
		      const void *data, size_t len);

/* fake-replay.c */
int fake_replay_open(struct fake_kernel *k, const char *path, char *error,
		     size_t size);
bool fake_replay_answer(struct fake_kernel *k, struct fake_client *client,
			const struct nlmsghdr *request);
unsigned int fake_replay_monitor(struct fake_kernel *k);
void fake_replay_free(struct fake_replay *replay);

#endif /* FAKE_INTERNAL_H */
