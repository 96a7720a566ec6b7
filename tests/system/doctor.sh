#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# vm: --image debian --kernel newest --timeout 600
#
# Bus doctor, capture and replay on the real driver (MASTER, points 4 and 5).
# How often the doctor is wrong is tests/doctor's; here every name is waited
# for, because a busy host disturbs the line by itself.
. /mnt/share/system/lib.sh

instances=/sys/kernel/tracing/instances

names() { # FAULT [OPTION...]: the doctor's first finding
	_fault=$1
	shift
	bacsctl bus doctor --for=6s --json "$@" bacsA >"$tmp/doctor" 2>"$tmp/err"
	cat "$tmp/doctor" "$tmp/err"
	says fault "\"$_fault\""
}
says() { # KEY VALUE: of that finding
	equal "$(jq -c ".bus[0].$1" "$tmp/doctor")" "$2"
}
rule() { sim a rule add "$@" >/dev/null; }
mend() { # all rules gone, all modules there
	sim a rule del all
	wait_for 90 count_is 6 states bacsA ok
}
whole() { # FILE: a capture with an end whose sums are right
	tail -n 1 "$1" | grep -q "^end records=$(grep -c '^[0-9]' "$1") "
}
no_instance() { ! ls -d "$instances"/bacsctl-* 2>/dev/null; }

start_sim a --modules 1-6 --seed 11
start_bus bacsA a --modules 1-6
check "six modules are ok" wait_for 90 count_is 6 states bacsA ok
bacsctl bus scan-period bacsA 200

check "a healthy bus" wait_for 120 names healthy

rule address=2,5-6 silence
check "a cut cable" wait_for 120 names cable-segment --wiring=1,4,3,6,2,5
check "the place of the cut" says segment_before 3
check "and what is behind it" says addresses '[2,5,6]'
check "mended" mend

rule address=4 wrong-address 5
check "a neighbour that answers" wait_for 120 names neighbour-answers
check "for whom" says addresses '[4]'
check "mended" mend

rule second-master 300
check "a second master" wait_for 120 names second-master
check "mended" mend

rule echo
check "an echo" wait_for 120 names echo
check "mended" mend

# captures: for a time, interrupted, killed
rm -f "$tmp"/*.capture
check "a capture" bacsctl bus capture --for=3s bacsA "$tmp/one.capture"
check "is whole" whole "$tmp/one.capture"
check "has replies" grep -q " reply 0[1-6]04" "$tmp/one.capture"
check "leaves no instance" no_instance
check "is not written over" sh -c \
	"! bacsctl bus capture --for=1s bacsA '$tmp/one.capture'"

bacsctl bus capture bacsA "$tmp/two.capture" 2>"$tmp/two.err" &
capture=$!
check "requests come in" wait_for 60 grep -q request "$tmp/two.capture"
# a restart makes the driver read the identifications again
sim a reboot 1-6
identified() { # nothing but a capture knows
	[ "$(grep -c ' request 0[1-6]040100' "$tmp/two.capture")" -ge 6 ]
}
check "identifications, too" wait_for 60 identified
check "all modules are back" wait_for 90 count_is 6 states bacsA ok
sleep 3
kill -INT $capture
check "ends when interrupted" wait "$capture"
check "is whole, too" whole "$tmp/two.capture"
check "says what was lost" grep -q "records of bacsA, [0-9]* lost" "$tmp/two.err"

bacsctl bus capture bacsA "$tmp/three.capture" &
capture=$!
check "a third one" wait_for 60 grep -q reply "$tmp/three.capture"
kill -KILL $capture
wait "$capture" 2>/dev/null
check "killed, it has no end" sh -c "! grep -q ^end '$tmp/three.capture'"
check "and is read up to there" \
	bacsctl bus convert "$tmp/three.capture" "$tmp/three.pcapng"
check "a direct pcapng" bacsctl bus capture --for=2s bacsA "$tmp/four.pcapng"
check "has packets" test "$(wc -c <"$tmp/four.pcapng")" -gt 500
check "what was left behind is gone" no_instance

# the same modules once more, from the capture
start_sim b --replay "$tmp/two.capture"
start_bus bacsB b --modules 1-6
check "six replayed modules are ok" wait_for 120 count_is 6 states bacsB ok
same() {
	for _n in 001 006; do
		equal "$(cat "$devices/bacsB-$_n/serial")" \
			"$(cat "$devices/bacsA-$_n/serial")" || return 1
	done
}
check "with the serial numbers of the others" same

summary
