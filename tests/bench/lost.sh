#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# In the guest: what one of 64 modules costs the others when it does not answer, at
# 19200 8E1 behind a 16550.
. /mnt/share/bench/lib.sh

replies() {
	simctl 0 stats | grep -o '"replies": *[0-9]*' |
		awk -F: '{ n += $2 } END { print n }'
}
minute_over() { [ "$(uptime_ms)" -ge $((begin + 60000)) ]; }
replies_a_minute() {
	simctl 0 stats reset
	begin=$(uptime_ms)
	wait_for 900 minute_over
	echo $(($(replies) * 60000 / ($(uptime_ms) - begin)))
}
cost() { # NAME GOAL: of what is now, against a bus that does not expect it
	bench "$1" $((1000 * (alone - $(replies_a_minute)) / alone)) permille "$2"
}
is_state() { grep -qx "$1" $devices/bacsA-033/state; }

modprobe bacs
attach --modules 1-32,34-64
wait_for 60 count_is 63 states bacsA ok
alone=$(replies_a_minute)
detach

attach --modules 1-64
wait_for 60 count_is 64 states bacsA ok
simctl 0 rule add address=33 silence >"$tmp/rule"
wait_for 60 is_state lost
cost "a module just lost takes from 63 others in a minute" "<= 20"
detach

attach --modules 1-64
wait_for 60 count_is 63 states bacsA ok
wait_for 60 is_state absent
cost "an expected one that was never there, first ten minutes" ""
detach
