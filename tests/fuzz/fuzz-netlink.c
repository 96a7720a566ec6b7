// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Anything a driver might say to the library
 *
 * The first byte chooses how the rest arrives: as a whole datagram, as the
 * attributes of a notification, within a dump, or from the controller.
 * Whatever it was: the handle stays usable, what the library shows is within
 * its own rules, and a second dump repairs the model.
 */
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <string.h>

#include <bacs.h>

#include "fake-internal.h"
#include "fuzz.h"

enum { DATAGRAM, SAMPLES, EVENT, BUS, MODULE, STATS, PROFILE, CTRL, MODES };

static void step(struct fake_kernel *k, const char *line)
{
	char error[256];

	MUST(!fake_script(k, line, error, sizeof(error)));
}

static struct fake_kernel *boot(void)
{
	struct fake_kernel *k = fake_kernel_new();

	fake_ops_kernel = k;
	step(k, "clock 1000000000000 1800000000000000000");
	step(k, "load");
	step(k, "bus bacsA");
	step(k, "module bacsA 1 state=ok sample.time_ns=999000000000 sample.voltage_mv=13000");
	return k;
}

/* The bytes as payload of one message */
static void message(struct fake_kernel *k, uint16_t type, uint8_t cmd,
		    uint16_t flags, const uint8_t *data, size_t size,
		    struct fake_buf *buf)
{
	size_t at;

	(void)k;
	buf->len = 0;
	at = fake_begin(buf, type, flags, 0, cmd, 1);
	if (size > 16384)
		size = 16384;
	memcpy(buf->data + buf->len, data, size);
	buf->len += size;
	fake_end(buf, at);
}

static void inject(struct fake_kernel *k, uint8_t cmd, const uint8_t *data,
		   size_t size)
{
	message(k, k->family, cmd, NLM_F_MULTI, data, size, &k->inject);
	/* the next message of the datagram begins on a boundary */
	while (k->inject.len % 4)
		k->inject.data[k->inject.len++] = 0;
	k->inject_cmd = cmd;
}

static void check_module(const struct bacs_module *m)
{
	char text[512];
	int64_t v;

	MUST(bacs_module_address(m) >= 1 && bacs_module_address(m) <= 247);
	MUST(strlen(bacs_module_label(m)) <= 31);
	for (const char *p = bacs_module_label(m); *p; p++)
		MUST(*p >= ' ' && *p <= '~');
	for (const char *p = bacs_module_model(m); *p; p++)
		MUST(*p >= ' ' && *p <= '~');
	MUST(!bacs_module_live(m) ||
	     bacs_module_state(m) == BACS_MODULE_OK);
	if (bacs_module_last(m))
		for (int q = 0; q < BACS_Q_COUNT; q++)
			if (!bacs_sample_get(bacs_module_last(m),
					     (enum bacs_q)q, &v))
				MUST(bacs_q_format((enum bacs_q)q, v, text,
						   sizeof(text)) > 0);
	bacs_module_colour(m);
}

static void check_model(struct bacs *b)
{
	const struct bacs_notice *n;
	const struct bacs_module *m;
	const struct bacs_bus *bus;
	char text[512];

	for (bus = bacs_bus_first(b); bus; bus = bacs_bus_next(bus)) {
		MUST(bacs_bus_find(b, bacs_bus_name(bus)) == bus);
		for (m = bacs_module_first(bus); m; m = bacs_module_next(m)) {
			MUST(bacs_module_find(bus, bacs_module_address(m)) ==
			     m);
			check_module(m);
		}
	}
	while ((n = bacs_next_notice(b)))
		MUST(bacs_notice_format(n, text, sizeof(text)) > 0);
}

static void feed(struct fake_kernel *k, struct bacs *b, uint8_t mode,
		 const uint8_t *data, size_t size)
{
	static struct fake_buf buf;
	uint32_t group = fake_group_id(k, FAKE_SAMPLES);

	switch (mode) {
	case DATAGRAM:
		if (size <= 16384)
			fake_multicast(k, group, data, size);
		break;
	case SAMPLES:
	case EVENT:
		message(k, k->family, mode == SAMPLES ? BACS_CMD_SAMPLES_NTF :
			BACS_CMD_EVENT_NTF, 0, data, size, &buf);
		fake_multicast(k, group, buf.data, buf.len);
		break;
	case CTRL:
		message(k, GENL_ID_CTRL, CTRL_CMD_DELFAMILY, 0, data, size,
			&buf);
		fake_multicast(k, group, buf.data, buf.len);
		break;
	case BUS:
		inject(k, BACS_CMD_BUS_GET, data, size);
		bacs_refresh(b);
		break;
	case MODULE:
		inject(k, BACS_CMD_MODULE_GET, data, size);
		bacs_refresh(b);
		break;
	}
}

static void ask(struct fake_kernel *k, struct bacs *b, uint8_t mode,
		const uint8_t *data, size_t size)
{
	struct bacs_profile *profiles = NULL;
	struct bacs_stats *stats = NULL;

	inject(k, mode == STATS ? BACS_CMD_STATS_GET : BACS_CMD_PROFILE_GET,
	       data, size);
	if (mode == STATS && bacs_stats_list(b, NULL, &stats) >= 0)
		bacs_stats_free(stats);
	if (mode == PROFILE && bacs_profile_list(b, &profiles) >= 0)
		bacs_profile_free(profiles);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fake_kernel *k;
	struct bacs *b = NULL;
	uint8_t mode;

	if (!size)
		return 0;
	mode = data[0] % MODES;
	k = boot();
	MUST(!bacs_open(BACS_OPEN_SAMPLES | BACS_OPEN_EVENTS, &b));
	check_model(b);

	if (mode == STATS || mode == PROFILE)
		ask(k, b, mode, data + 1, size - 1);
	else
		feed(k, b, mode, data + 1, size - 1);
	for (int i = 0; i < 4; i++)
		bacs_dispatch(b);
	check_model(b);

	/* whatever it believed: the truth is one dump away */
	k->inject.len = 0;
	MUST(bacs_refresh(b) >= 0);
	MUST(bacs_bus_find(b, "bacsA"));
	MUST(!bacs_bus_next(bacs_bus_first(b)));
	MUST(bacs_module_first(bacs_bus_first(b)));
	check_model(b);

	bacs_close(b);
	fake_kernel_free(k);
	fake_ops_kernel = NULL;
	return 0;
}
