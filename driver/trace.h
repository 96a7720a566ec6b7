/* SPDX-License-Identifier: GPL-2.0-only */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM bacs

#if !defined(BACS_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define BACS_TRACE_H

#include <linux/tracepoint.h>

#define BACS_TRACE_KINDS \
	{ SCAN_TRACE_REQUEST, "request" }, \
	{ SCAN_TRACE_REPLY, "reply" }, \
	{ SCAN_TRACE_TIMEOUT, "timeout" }, \
	{ SCAN_TRACE_SHORT, "short" }, \
	{ SCAN_TRACE_BAD_CRC, "bad-crc" }, \
	{ SCAN_TRACE_LINE_ERROR, "line-error" }, \
	{ SCAN_TRACE_FOREIGN, "foreign" }, \
	{ SCAN_TRACE_EXCEPTION, "exception" }, \
	{ SCAN_TRACE_UNEXPECTED, "unexpected" }, \
	{ SCAN_TRACE_LATE, "late" }, \
	{ SCAN_TRACE_DOUBLED, "doubled" }, \
	{ SCAN_TRACE_NOISE, "noise" }

/*
 * Every run of bytes on a bus: when it began (CLOCK_BOOTTIME), what it was and
 * the bytes themselves. bacsctl bus capture reads the text.
 */
TRACE_EVENT(bacs_frame,
	TP_PROTO(const char *bus, u64 begin_ns, enum scan_trace what,
		 const u8 *bytes, size_t len),
	TP_ARGS(bus, begin_ns, what, bytes, len),
	TP_STRUCT__entry(
		__array(char, bus, BACS_BUS_NAME_MAX + 1)
		__field(u64, begin_ns)
		__field(int, what)
		__field(u32, len)
		__dynamic_array(u8, bytes, len)
	),
	TP_fast_assign(
		memcpy(__entry->bus, bus, BACS_BUS_NAME_MAX + 1);
		__entry->begin_ns = begin_ns;
		__entry->what = what;
		__entry->len = len;
		memcpy(__get_dynamic_array(bytes), bytes, len);
	),
	TP_printk("%s %llu %s %s", __entry->bus, __entry->begin_ns,
		  __print_symbolic(__entry->what, BACS_TRACE_KINDS),
		  __print_hex(__get_dynamic_array(bytes), __entry->len))
);

#endif /* BACS_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
