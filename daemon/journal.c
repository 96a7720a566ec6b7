// SPDX-License-Identifier: GPL-2.0-or-later
/* What bacsd says in the journal, or on stderr where there is none */
#include <stdarg.h>
#include <string.h>
#include <sys/uio.h>

/* our fields name the thing, not the line of code */
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

#include "journal.h"
#include "message-ids.h"

/* systemd sets this when our stderr goes to the journal */
static bool have_journal(void)
{
	return getenv("JOURNAL_STREAM") != NULL;
}

static int priority_of(enum policy_severity severity)
{
	switch (severity) {
	case POLICY_ALARM:
		return LOG_ERR;
	case POLICY_WARNING:
		return LOG_WARNING;
	default:
		return LOG_NOTICE;
	}
}

#define FIELDS 13

struct fields {
	struct iovec iov[FIELDS];
	char text[FIELDS][320];
	int count;
};

static void __printf(2, 3) add(struct fields *f, const char *format, ...)
{
	char *text = f->text[f->count];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(f->text[0]), format, ap);
	va_end(ap);
	f->iov[f->count].iov_base = text;
	f->iov[f->count].iov_len = strlen(text);
	f->count++;
}

void journal_event(const struct policy_event *e, uint64_t serial)
{
	struct fields f = { .count = 0 };

	if (!have_journal()) {
		fprintf(stderr, "bacsd: %s: %s\n",
			policy_severity_name(e->severity), e->text);
		return;
	}
	add(&f, "MESSAGE=%s", e->text);
	add(&f, "PRIORITY=%d", priority_of(e->severity));
	add(&f, "MESSAGE_ID=%s", message_ids[e->kind]);
	add(&f, "SYSLOG_IDENTIFIER=bacsd");
	add(&f, "BACS_KIND=%s", policy_kind_name(e->kind));
	add(&f, "BACS_NAME=%s", e->name);
	if (*e->alarm)
		add(&f, "BACS_ALARM=%s", e->alarm);
	if (*e->bus)
		add(&f, "BACS_BUS=%s", e->bus);
	if (e->address)
		add(&f, "BACS_ADDRESS=%u", e->address);
	if (serial)
		add(&f, "BACS_SERIAL=%016llx", (unsigned long long)serial);
	if (e->old_value || e->new_value) {
		add(&f, "BACS_OLD=%lld", (long long)e->old_value);
		add(&f, "BACS_NEW=%lld", (long long)e->new_value);
	}
	sd_journal_sendv(f.iov, f.count);
}

void journal_print(int priority, const char *format, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	if (have_journal())
		sd_journal_print(priority, "%s", text);
	else
		fprintf(stderr, "bacsd: %s\n", text);
}

bool bucket_pass(struct bucket *b, uint64_t now_ns)
{
	uint64_t leaked;

	if (now_ns > b->last_ns) {
		leaked = (now_ns - b->last_ns) / NSEC_PER_MSEC * b->per_second;
		b->level = leaked < b->level ? b->level - leaked : 0;
		b->last_ns = now_ns;
	}
	if (b->level + 1000 > (uint64_t)b->burst * 1000) {
		b->suppressed++;
		return false;
	}
	b->level += 1000;
	return true;
}
