// SPDX-License-Identifier: GPL-2.0-or-later
/* From libbacs to the policy and back */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "manager.h"

#define PUSHES_AT_ONCE	32
#define LOST_TELL_NS	(60 * 1000000000ULL)

struct push {
	char bus[13];
	uint8_t address;
	bool has_label;
	char label[32];
	bool has_supply;
	struct policy_supply supply;
	bool has_limits;
	struct policy_limits limits;
};

static void take_facts(const struct bacs_module *module,
		       struct policy_facts *ret)
{
	int i;

	memset(ret, 0, sizeof(*ret));
	ret->state = bacs_module_state(module);
	ret->modclass = bacs_module_class(module);
	ret->serial = bacs_module_serial(module);
	ret->nominal_mv = bacs_module_nominal_mv(module);
	ret->bypass_ma = bacs_module_bypass_ma(module);
	snprintf(ret->label, sizeof(ret->label), "%s",
		 bacs_module_label(module));
	ret->supply.status = bacs_module_status(module);
	ret->supply.health = bacs_module_health(module);
	policy_unset_limits(&ret->limits);
	for (i = BACS_LIMIT_VOLTAGE_MIN; i < BACS_LIMIT_COUNT; i++)
		bacs_module_limit(module, i, &ret->limits.value[i]);
}

static void take_sample(const struct bacs_sample *sample,
			struct policy_sample *ret)
{
	int q;

	memset(ret, 0, sizeof(*ret));
	ret->time_ns = bacs_sample_time_ns(sample);
	for (q = BACS_Q_UNKNOWN + 1; q < BACS_Q_COUNT; q++)
		if (bacs_sample_get(sample, q, &ret->value[q]) == 0)
			ret->present |= 1U << q;
}

static void give_bus(struct manager *m, const struct bacs_bus *bus,
		     uint64_t now_ns)
{
	uint32_t scan_ms = bacs_bus_scan_last_ms(bus);

	if (bacs_bus_scan_ms(bus) > scan_ms)
		scan_ms = bacs_bus_scan_ms(bus);
	policy_bus(m->policy, bacs_bus_name(bus), bacs_bus_state(bus), scan_ms,
		   now_ns);
	policy_report(m->policy, ALARM_SECOND_MASTER, bacs_bus_name(bus), 0,
		      bacs_bus_second_master(bus) ? ALARM_WARNING : ALARM_NONE,
		      "foreign requests were heard on the wire", now_ns);
	policy_bus_read_only(m->policy, bacs_bus_name(bus),
			     bacs_bus_readonly(bus));
}

static void give_module(struct manager *m, const struct bacs_module *module,
			uint64_t now_ns)
{
	struct policy_facts facts;

	take_facts(module, &facts);
	policy_module(m->policy, bacs_bus_name(bacs_module_bus(module)),
		      bacs_module_address(module), &facts, now_ns);
}

static void on_sample(struct manager *m, const struct bacs_notice *n,
		      uint64_t now_ns)
{
	const char *bus = bacs_notice_bus(n);
	unsigned int address = bacs_notice_address(n);
	const struct bacs_bus *b = bacs_bus_find(m->bacs, bus);
	const struct bacs_module *module = b ? bacs_module_find(b, address) :
					       NULL;
	const struct policy_module *known;
	struct policy_sample raw, s;

	take_sample(bacs_notice_sample(n), &raw);
	raw.read = bacs_notice_read(n);
	s = raw;
	jars_adjust(m, bus, address,
		    module ? bacs_module_serial(module) : 0, &s);
	policy_sample(m->policy, bus, address, &s, now_ns);
	known = policy_find_module(m->policy, bus, address);
	if (known && known->state == BACS_MODULE_OK)
		recorder_sample(m->recorder, known,
				module ? bacs_module_model(module) : "", &raw);
}

static void on_bus(struct manager *m, const char *name, uint64_t now_ns)
{
	const struct bacs_bus *bus = bacs_bus_find(m->bacs, name);

	if (bus)
		give_bus(m, bus, now_ns);
	else
		policy_bus_removed(m->policy, name, now_ns);
}

static void on_module(struct manager *m, const char *bus, unsigned int address,
		      uint64_t now_ns)
{
	const struct bacs_bus *b = bacs_bus_find(m->bacs, bus);
	const struct bacs_module *module = b ? bacs_module_find(b, address) :
					       NULL;

	if (module)
		give_module(m, module, now_ns);
	else
		policy_module_removed(m->policy, bus, address, now_ns);
}

static void on_limits(struct manager *m, const struct bacs_notice *n,
		      uint64_t now_ns)
{
	const struct bacs_bus *b = bacs_bus_find(m->bacs, bacs_notice_bus(n));
	const struct bacs_module *module =
		b ? bacs_module_find(b, bacs_notice_address(n)) : NULL;
	struct policy_facts facts;

	if (!module)
		return;
	/* the label may have come along, and is not to be written again */
	give_module(m, module, now_ns);
	/* our own writes pass each other when states follow fast */
	if (bacs_notice_pid(n) == (uint32_t)getpid())
		return;
	take_facts(module, &facts);
	policy_limits_written(m->policy, bacs_notice_bus(n),
			      bacs_notice_address(n), &facts.limits,
			      bacs_notice_pid(n), now_ns);
}

/* Notices that are events as they are */
static void on_other(struct manager *m, enum policy_kind kind,
		     const struct bacs_notice *n, const char *remedy)
{
	char text[200];

	if (bacs_notice_format(n, text, sizeof(text)) < 0)
		text[0] = '\0';
	manager_event_text(m, kind, bacs_notice_bus(n), bacs_notice_address(n),
			   "%s%s", text, remedy);
}

static bool has_serial(struct manager *m, const char *bus,
		       unsigned int address)
{
	const struct policy_module *p = policy_find_module(m->policy, bus,
							   address);

	return p && p->facts.serial;
}

/* Of our own commands only failures are news */
static void on_command(struct manager *m, const struct bacs_notice *n,
		       uint64_t now_ns)
{
	char who[80] = "";

	if (bacs_notice_command(n) == BACS_COMMAND_TRANSACT)
		snprintf(who, sizeof(who), "; a raw request of process %u",
			 bacs_notice_pid(n));
	else if (bacs_notice_result(n) >= 0)
		return;
	/* it is tried again, and told when that fails, too */
	if (bacs_notice_command(n) == BACS_COMMAND_RI)
		policy_ri_refused(m->policy, bacs_notice_bus(n),
				  bacs_notice_address(n), now_ns);
	on_other(m, POLICY_COMMAND, n, who);
}

static void on_notice(struct manager *m, const struct bacs_notice *n,
		      uint64_t now_ns)
{
	const char *bus = bacs_notice_bus(n);
	unsigned int address = bacs_notice_address(n);

	switch (bacs_notice_kind(n)) {
	case BACS_NOTICE_DRIVER:
		policy_driver(m->policy, bacs_driver(m->bacs), now_ns);
		break;
	case BACS_NOTICE_BUS_ADDED:
	case BACS_NOTICE_BUS_REMOVED:
	case BACS_NOTICE_BUS_STATE:
	case BACS_NOTICE_SCAN:
		on_bus(m, bus, now_ns);
		break;
	case BACS_NOTICE_MODULE_ADDED:
	case BACS_NOTICE_MODULE_REMOVED:
	case BACS_NOTICE_MODULE_STATE:
		on_module(m, bus, address, now_ns);
		break;
	case BACS_NOTICE_SAMPLE:
		on_sample(m, n, now_ns);
		break;
	case BACS_NOTICE_LIMITS:
		on_limits(m, n, now_ns);
		break;
	case BACS_NOTICE_MODULE_REBOOTED:
		on_other(m, POLICY_MODULE_REBOOTED, n,
			 "; it restarted by itself");
		break;
	case BACS_NOTICE_MODULE_CHANGED:
		on_module(m, bus, address, now_ns);
		/* by its serial number the policy tells whose place it is */
		if (!has_serial(m, bus, address))
			on_other(m, POLICY_MODULE_CHANGED, n,
				 "; another module answers at this address");
		break;
	case BACS_NOTICE_COMMAND:
		on_command(m, n, now_ns);
		break;
	case BACS_NOTICE_LEASE_EXPIRED:
		on_other(m, POLICY_LEASE_EXPIRED, n, "");
		policy_lease_expired(m->policy, bus, now_ns);
		break;
	case BACS_NOTICE_SECOND_MASTER:
		on_other(m, POLICY_SECOND_MASTER, n,
			 "; end the other master, or attach this bus read-only");
		break;
	default:
		break;
	}
}

/*
 * What was missed is not in the history: say so there. A machine that cannot keep
 * up is told once a minute.
 */
static void tell_lost(struct manager *m, uint64_t now_ns)
{
	uint64_t overruns = bacs_diagnostic(m->bacs, BACS_DIAG_OVERRUNS);
	uint64_t gaps = bacs_diagnostic(m->bacs, BACS_DIAG_GAPS);

	if (overruns == m->lost_overruns && gaps == m->lost_gaps)
		return;
	if (m->lost_told_ns && now_ns < m->lost_told_ns + LOST_TELL_NS)
		return;
	manager_event_text(m, POLICY_MESSAGES_LOST, "", 0,
			   "messages of the driver were lost (socket full: %"
			   PRIu64 ", numbers missing: %" PRIu64
			   "); all was read again, values in between are not in the history",
			   overruns - m->lost_overruns, gaps - m->lost_gaps);
	m->lost_overruns = overruns;
	m->lost_gaps = gaps;
	m->lost_told_ns = now_ns;
}

void manager_dispatch_driver(struct manager *m)
{
	const struct bacs_notice *n;
	int r = bacs_dispatch(m->bacs);

	if (r < 0 && r != m->dispatch_error)
		journal_print(LOG_WARNING, "Driver: %s (%s)",
			      bacs_error_text(m->bacs), strerror(-r));
	m->dispatch_error = r < 0 ? r : 0;
	while ((n = bacs_next_notice(m->bacs)))
		on_notice(m, n, manager_now_ns());
	tell_lost(m, manager_now_ns());
	policy_driver(m->policy, bacs_driver(m->bacs), manager_now_ns());
	policy_tick(m->policy, manager_now_ns());
}

static int on_bacs(sd_event_source *source, int fd, uint32_t revents,
		   void *userdata)
{
	struct manager *m = userdata;

	(void)source;
	(void)fd;
	(void)revents;
	manager_dispatch_driver(m);
	manager_notify_tick(m, manager_now_ns());
	return 0;
}

static void send_push(struct manager *m, const struct push *p)
{
	struct bacs_settings *settings = bacs_settings_new();
	int i, r = settings ? 0 : -ENOMEM;

	if (r == 0 && p->has_label)
		r = bacs_settings_label(settings, p->label);
	for (i = 0; p->has_limits && r == 0 && i < BACS_LIMIT_COUNT; i++)
		if (p->limits.value[i] != POLICY_UNSET)
			r = bacs_settings_limit(settings, i,
						p->limits.value[i]);
	if (r == 0 && p->has_supply)
		r = bacs_settings_status(settings, p->supply.status);
	if (r == 0 && p->has_supply)
		r = bacs_settings_health(settings, p->supply.health);
	if (r == 0)
		r = bacs_module_set(m->bacs, p->bus, p->address, settings);
	/* gone meanwhile: it will be told when it is there again */
	if (r < 0 && r != -ENODEV)
		journal_print(LOG_WARNING,
			      "Module %u of %s does not take label '%s', limits or status: %s (%s)",
			      p->address, p->bus, p->label,
			      bacs_error_text(m->bacs), strerror(-r));
	bacs_settings_free(settings);
}

static int on_push(sd_event_source *source, void *userdata)
{
	struct manager *m = userdata;
	size_t i, n = m->push_count < PUSHES_AT_ONCE ? m->push_count :
						       PUSHES_AT_ONCE;

	for (i = 0; i < n; i++)
		send_push(m, &m->pushes[i]);
	m->push_count -= n;
	memmove(m->pushes, m->pushes + n, m->push_count * sizeof(*m->pushes));
	if (m->push_count) {
		sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
	} else {
		free(m->pushes);
		m->pushes = NULL;
	}
	/* the answers may have brought notices along */
	manager_dispatch_driver(m);
	return 0;
}

/* The order that waits for this module, made if there is none; NULL without memory */
static struct push *get_push(struct manager *m,
			     const struct policy_module *module)
{
	struct push *p;
	size_t i;

	for (i = 0; i < m->push_count; i++)
		if (m->pushes[i].address == module->address &&
		    !strcmp(m->pushes[i].bus, module->bus->name))
			return &m->pushes[i];
	p = reallocarray(m->pushes, m->push_count + 1, sizeof(*p));
	if (!p)
		return NULL;
	m->pushes = p;
	p = &m->pushes[m->push_count++];
	memset(p, 0, sizeof(*p));
	snprintf(p->bus, sizeof(p->bus), "%s", module->bus->name);
	p->address = module->address;
	if (m->push_source)
		sd_event_source_set_enabled(m->push_source, SD_EVENT_ONESHOT);
	return p;
}

void manager_queue_push(struct manager *m, const struct policy_module *module,
			const char *label, const struct policy_limits *limits)
{
	struct push *p = get_push(m, module);

	if (p && label) {
		p->has_label = true;
		snprintf(p->label, sizeof(p->label), "%s", label);
	}
	if (p && limits) {
		p->has_limits = true;
		p->limits = *limits;
	}
}

void manager_queue_supply(struct manager *m,
			  const struct policy_module *module,
			  const struct policy_supply *supply)
{
	struct push *p = get_push(m, module);

	if (!p)
		return;
	p->has_supply = true;
	p->supply = *supply;
}

int manager_open_driver(struct manager *m)
{
	int r = bacs_open(BACS_OPEN_SAMPLES | BACS_OPEN_EVENTS, &m->bacs);

	if (r < 0) {
		journal_print(LOG_ERR, "Cannot open generic netlink: %s",
			      strerror(-r));
		return r;
	}
	r = sd_event_add_io(m->event, &m->bacs_source, bacs_fd(m->bacs),
			    EPOLLIN, on_bacs, m);
	if (r < 0)
		return r;
	sd_event_source_set_description(m->bacs_source, "driver");
	r = sd_event_add_defer(m->event, &m->push_source, on_push, m);
	if (r < 0)
		return r;
	sd_event_source_set_description(m->push_source, "labels");
	if (!m->push_count)
		sd_event_source_set_enabled(m->push_source, SD_EVENT_OFF);
	manager_dispatch_driver(m);
	return 0;
}

void manager_close_driver(struct manager *m)
{
	m->bacs_source = sd_event_source_disable_unref(m->bacs_source);
	m->push_source = sd_event_source_disable_unref(m->push_source);
	m->bacs = bacs_close(m->bacs);
	free(m->pushes);
	m->pushes = NULL;
	m->push_count = 0;
}
