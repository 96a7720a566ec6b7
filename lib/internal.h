/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the library share; nothing of it leaves the library */
#ifndef BACS_INTERNAL_H
#define BACS_INTERNAL_H

#include <assert.h>
#include <linux/bacs.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include "bacs.h"
#include "ops.h"

#define BACS_EXPORT __attribute__((visibility("default")))

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#define BACS_MODEL_MAX		32	/* characters of a model text */
#define BACS_TTY_MAX		63
#define BACS_ADDRESSES		(BACS_ADDRESS_MAX + 1)
#define BACS_ERROR_TEXT		256
#define BACS_NL_BUFFER		(32 * 1024)

#define NS_PER_S		1000000000ULL

/* A new message, freed when it goes out of scope */
#define _cleanup_msg_ __attribute__((cleanup(bacs_msg_cleanup)))
static inline void bacs_msg_cleanup(struct nl_msg **msg)
{
	nlmsg_free(*msg);
}

/*
 * Sample: one value per quantity and a mask of those present
 */
struct bacs_sample {
	uint64_t time_ns;
	uint32_t present;	/* bit enum bacs_q */
	uint8_t address;
	int64_t value[BACS_Q_COUNT];
};

/*
 * What the driver's nests say, as plain values. Parsers fill a zeroed one.
 */
struct bus_info {
	char name[BACS_BUS_NAME_MAX + 1];
	char tty[BACS_TTY_MAX + 1];
	char profile[BACS_PROFILE_NAME_MAX + 1];
	enum bacs_busstate state;
	uint32_t flags;
	uint32_t baud;
	uint32_t scan_ms;
	uint32_t scan_min_ms;
	uint32_t scan_last_ms;
	uint32_t scans;
	uint32_t controller_pid;
	uint32_t lease_left_ms;
	bool second_master;
	uint64_t started_ns;
};

struct limits {
	uint32_t present;	/* bit enum bacs_limit */
	int32_t value[BACS_LIMIT_COUNT];
};

struct module_info {
	char bus[BACS_BUS_NAME_MAX + 1];
	char label[BACS_LABEL_MAX + 1];
	char model[BACS_MODEL_MAX + 1];
	char profile[BACS_PROFILE_NAME_MAX + 1];
	uint8_t address;
	enum bacs_modstate state;
	enum bacs_modclass modclass;
	enum bacs_psystatus status;
	enum bacs_psyhealth health;
	uint64_t serial;
	uint64_t state_since_ns;
	uint32_t hw_revision;
	uint32_t fw_revision;
	uint32_t nominal_mv;
	uint32_t range_min_mv;
	uint32_t range_max_mv;
	uint32_t bypass_ma;
	uint32_t duty_target;
	struct limits limits;
	struct bacs_sample sample;	/* time_ns 0: none */
};

struct event_info {
	uint32_t kind;		/* enum bacs_event */
	uint8_t address;
	uint64_t time_ns;
	uint32_t old_value;
	uint32_t new_value;
	uint32_t command;	/* enum bacs_cmd */
	int32_t result;
	uint32_t pid;
};

struct transact_info {
	uint8_t address;
	int result;
	size_t len;		/* 0: no reply */
	uint8_t reply[BACS_PDU_MAX];
};

/*
 * Model
 */
enum group { GROUP_SAMPLES, GROUP_EVENTS, GROUPS };

struct sequence {
	bool known;
	uint32_t next;
};

struct bacs_module {
	struct bacs_bus *bus;
	struct module_info info;	/* sample: the last one noticed */
	struct bacs_sample read;	/* waits for older ones in the socket */
	char device[BACS_BUS_NAME_MAX + 5];
	uint32_t alarms;	/* as last noticed */
	uint32_t boots;		/* as last noticed, 0: not told */
};

struct bacs_bus {
	struct bacs *b;
	struct bacs_bus *next;
	struct bus_info info;
	struct bacs_module *modules[BACS_ADDRESSES];
	struct sequence sequence[GROUPS];
};

struct bacs_notice {
	struct bacs_notice *next;
	enum bacs_notice_kind kind;
	char bus[BACS_BUS_NAME_MAX + 1];
	char name[BACS_LABEL_MAX + 1];
	uint8_t address;
	uint64_t time_ns;
	uint32_t old_value;
	uint32_t new_value;
	uint32_t pid;
	enum bacs_command command;
	int result;
	bool has_sample;
	bool read;
	struct bacs_sample sample[];
};

struct family {
	uint16_t id;		/* 0: not registered */
	uint32_t version;
	uint32_t groups[GROUPS];
	uint32_t notify;	/* of nlctrl only */
};

struct bacs {
	unsigned int flags;
	int epoll_fd;
	int monitor_fd;		/* -1: flags are 0 */
	int timer_fd;
	int request_fd;
	uint32_t seq;
	struct family family;
	enum bacs_driver driver;
	uint32_t driver_version;
	struct bacs_bus *buses;
	struct bacs_notice *first, **last, *current;
	unsigned int pending;	/* notices between first and last */
	int failure;		/* a notice was lost for want of memory */
	bool resync;		/* the model may be incomplete */
	bool lost;		/* because messages were lost */
	bool drained;		/* no notification waits in the socket */
	bool has_read;		/* some module has a sample that was read */
	uint64_t diag[BACS_DIAG_COUNT];
	char error[BACS_ERROR_TEXT];
	/* a notification may cause a request while it is being read */
	uint8_t request_buf[BACS_NL_BUFFER] __attribute__((aligned(8)));
	uint8_t monitor_buf[BACS_NL_BUFFER] __attribute__((aligned(8)));
};

/* nl.c: requests and their answers */

/* the driver answers from memory; only a dead kernel takes this long */
#define NL_ANSWER_TIMEOUT_MS	5000

/*
 * One answer of the kernel to a request. Return 0, or a negative errno that
 * becomes the result of the request.
 */
typedef int (*nl_answer_t)(struct bacs *b, const struct nlmsghdr *nlh,
			   void *arg);

int nl_request(struct bacs *b, struct nl_msg *msg, nl_answer_t answer,
	       void *arg);
int nl_request_result(struct bacs *b, struct nl_msg *msg, nl_answer_t answer,
		      void *arg, const bool *there, unsigned int timeout_ms);
int nl_family(struct bacs *b, const char *name, struct family *ret);
int nl_ctrl_parse(const struct nlmsghdr *nlh, const char *name,
		  struct family *ret);
struct nl_msg *nl_message(struct bacs *b, uint8_t cmd, int flags);
__attribute__((format(printf, 3, 4)))
int bacs_fail(struct bacs *b, int error, const char *format, ...);
void bacs_clear_error(struct bacs *b);

/* parse.c: bytes of the driver into plain values, -EBADMSG if malformed */
int parse_top(const struct nlmsghdr *nlh, struct nlattr **tb);
int parse_level(struct nlattr **tb, int max, const struct nlattr *nest,
		const struct nla_policy *policy);
int parse_bus(const struct nlattr *nest, struct bus_info *ret);
int parse_module(const struct nlattr *nest, struct module_info *ret);
int parse_sample(const struct nlattr *nest, struct bacs_sample *ret);
int parse_event(const struct nlattr *nest, struct event_info *ret);
int parse_stats(const struct nlattr *nest, struct bacs_stats *ret);
int parse_profile(const struct nlattr *nest, struct bacs_profile *ret);
int parse_transact(const struct nlattr *nest, struct transact_info *ret);
int parse_bus_name(const struct nlattr *attr, char *ret, size_t size);
bool bus_name_valid(const char *name);

/* model.c: buses and modules, and what changed about them */
int model_sync(struct bacs *b);
int model_refresh_module(struct bacs *b, struct bacs_bus *bus, uint8_t address,
			 bool quiet);
void model_show_read(struct bacs *b);
void model_drop_bus(struct bacs *b, struct bacs_bus *bus, uint64_t time_ns);
void model_drop_all(struct bacs *b);
struct bacs_bus *model_bus(struct bacs *b, const char *name);

/* context.c: the driver comes and goes */
int driver_attach(struct bacs *b);
void driver_detach(struct bacs *b);

/* event.c: notifications of the driver */
void event_handle(struct bacs *b, const struct nlmsghdr *nlh);

/* notice.c: the queue */
struct bacs_notice *notice_add(struct bacs *b, enum bacs_notice_kind kind,
			       const struct bacs_bus *bus,
			       const struct bacs_module *module,
			       uint64_t time_ns, uint32_t old_value,
			       uint32_t new_value);
void notice_add_sample(struct bacs *b, const struct bacs_module *module,
		       bool read);
void notice_free_all(struct bacs *b);

/* stats.c, profile.c: shared with the parsers */
struct bacs_stats {
	struct bacs_stats *next;
	char bus[BACS_BUS_NAME_MAX + 1];
	uint8_t address;
	uint8_t stranger;	/* 0: nobody */
	uint32_t present;	/* bit enum bacs_counter */
	uint64_t value[BACS_COUNTER_COUNT];
	bool has_latency;
	uint32_t latency[BACS_LATENCY_CLASSES];
};

struct profile_block {
	unsigned int function;
	unsigned int start;
	unsigned int count;
};

struct profile_field {
	enum bacs_q q;
	uint8_t block;
	uint16_t reg;
	uint8_t width;
	uint8_t every;
	uint32_t flags;
	int32_t multiplier;
	int32_t divisor;
	int32_t offset;
	bool has_invalid;
	bool has_range;
	uint32_t invalid;
	int32_t min;
	int32_t max;
	uint16_t valid_flag;
};

struct bacs_profile {
	struct bacs_profile *next;
	char name[BACS_PROFILE_NAME_MAX + 1];
	char model[BACS_MODEL_MAX + 1];
	enum bacs_modclass modclass;
	unsigned int response_ms;
	unsigned int nominal_mv;
	unsigned int users;
	bool builtin;
	unsigned int blocks;	/* 0: block 0 is not set, or not wholly */
	struct profile_block block[BACS_PROFILE_BLOCKS_MAX];
	unsigned int fields;
	struct profile_field field[BACS_PROFILE_FIELDS_MAX];
};

bool profile_name_valid(const char *name);
enum bacs_q quantity_from_uapi(uint32_t quantity);
uint32_t quantity_to_uapi(enum bacs_q q);

#endif /* BACS_INTERNAL_H */
