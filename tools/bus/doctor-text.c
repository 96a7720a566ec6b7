// SPDX-License-Identifier: GPL-2.0-or-later
/* The doctor's words */
#include <stdarg.h>
#include <stdio.h>

#include "doctor-internal.h"

static const struct {
	const char *name;
	const char *remedy;
} faults[DOCTOR_FAULTS] = {
	[DOCTOR_HEALTHY] = { "healthy", "nothing to do" },
	[DOCTOR_UNDETERMINED] = { "undetermined",
		"watch longer (--for), or look at 'bacsctl bus stats' and capture the traffic with 'bacsctl bus capture'" },
	[DOCTOR_BUS_SILENT] = { "bus-silent",
		"check the adapter, its power, the first cable, A and B swapped, and baud rate and parity" },
	[DOCTOR_ECHO] = { "echo",
		"switch off the local echo (receiver off while sending, RE to DE) of the RS-485 adapter" },
	[DOCTOR_SECOND_MASTER] = { "second-master",
		"take the other master off the line: a bus has one" },
	[DOCTOR_CABLE_SEGMENT] = { "cable-segment",
		"check or exchange this cable and both of its plugs" },
	[DOCTOR_DUPLICATE_ADDRESS] = { "duplicate-address",
		"take the module off the line: if the address still answers, give one of the two another address" },
	[DOCTOR_LINE_SETTINGS] = { "line-settings",
		"set master and module to the same baud rate, parity and stop bits" },
	[DOCTOR_NEIGHBOUR_ANSWERS] = { "neighbour-answers",
		"check the addresses of both modules and address them anew" },
	[DOCTOR_TERMINATION] = { "termination",
		"put a terminating resistor (120 ohm) at both ends and nowhere else, check bias and shorten stubs" },
	[DOCTOR_MODULE_RESTARTING] = { "module-restarting",
		"check its supply: measuring leads, fuses, plugs; if they are good, exchange it" },
	[DOCTOR_MODULE_SILENT] = { "module-silent",
		"check its plug, leads and fuses; if they are good, exchange it" },
	[DOCTOR_MODULE_SLOW] = { "module-slow",
		"raise the response time-out in the profile, or exchange it" },
	[DOCTOR_MODULE_LINK] = { "module-link",
		"check its plug, socket and stub; if they are good, exchange it" },
	[DOCTOR_INTERFERENCE] = { "interference",
		"look for interference on the whole line: shield, ground, chargers and inverters nearby, the adapter" },
};

const char *doctor_fault_name(enum doctor_fault fault)
{
	return fault < DOCTOR_FAULTS ? faults[fault].name : "unknown";
}

const char *doctor_sureness_name(enum doctor_sureness sure)
{
	static const char *const names[] = { "possible", "likely", "certain" };

	return sure <= DOCTOR_CERTAIN ? names[sure] : "unknown";
}

/* One more finding; beyond the last place it replaces the last */
struct doctor_finding *doctor_add(struct exam *e, enum doctor_fault fault,
				  enum doctor_sureness sure)
{
	struct doctor_report *out = e->out;
	struct doctor_finding *f;

	if (out->count < DOCTOR_FINDINGS)
		out->count++;
	f = &out->finding[out->count - 1];
	*f = (struct doctor_finding){ .fault = fault, .sure = sure,
				      .remedy = faults[fault].remedy };
	return f;
}

void doctor_mark(struct exam *e, struct doctor_finding *f, unsigned int i)
{
	unsigned int address = e->in->module[i].address;

	e->explained[i] = true;
	f->addresses[address / 8] |= (uint8_t)(1U << address % 8);
}

void doctor_what(struct doctor_finding *f, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(f->what, sizeof(f->what), format, args);
	va_end(args);
}

void doctor_evidence(struct doctor_finding *f, const char *format, ...)
{
	va_list args;

	if (f->evidence_count == DOCTOR_EVIDENCE)
		return;
	va_start(args, format);
	vsnprintf(f->evidence[f->evidence_count++], DOCTOR_TEXT, format, args);
	va_end(args);
}

/* "12 %", "0.4 %" */
const char *doctor_percent(uint64_t part, uint64_t whole, char text[16])
{
	double percent = whole ? 100.0 * (double)part / (double)whole : 0;

	snprintf(text, 16, percent && percent < 10 ? "%.1f %%" : "%.0f %%",
		 percent);
	return text;
}

/* "module 7", "modules 7, 9-12"; cut by "..." */
void doctor_list(const struct doctor_finding *f, char text[DOCTOR_TEXT])
{
	unsigned int n = 0;
	size_t at = 0;

	for (unsigned int a = 1; a <= DOCTOR_MODULES; a++)
		n += doctor_concerns(f, a);
	at += (size_t)snprintf(text, DOCTOR_TEXT, n == 1 ? "module" : "modules");
	n = 0;
	for (unsigned int a = 1; a <= DOCTOR_MODULES; a++) {
		unsigned int from = a;

		if (!doctor_concerns(f, a))
			continue;
		while (a < DOCTOR_MODULES && doctor_concerns(f, a + 1))
			a++;
		if (at > 80) {
			snprintf(text + at, DOCTOR_TEXT - at, ", ...");
			return;
		}
		at += (size_t)snprintf(text + at, DOCTOR_TEXT - at,
				       a > from ? "%s %u-%u" : "%s %u",
				       n++ ? "," : "", from, a);
	}
}
