#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# In the guest: figures of one bus of 64 modules at 19200 8E1 behind a 16550.
# Prints "bench NAME FIGURE UNIT GOAL". Goals: issue of the driver, design
# section 9; they are printed, not enforced.
. /mnt/share/system/lib.sh

stats() { simctl 0 stats >"$tmp/stats"; }
excess() { sed '1,/"excess"/d' "$tmp/stats" | first "$1"; }
figure() { first "$1" <"$tmp/stats"; }
first() {
	grep -o "\"$1\": *[0-9.]*" | head -n 1 | sed 's/.*: *//'
}
uptime_ms() { awk '{ printf "%d\n", $1 * 1000 }' /proc/uptime; }
scans() { cat $devices/bacsA/stats/scans; }
scans_reach() { [ "$(scans)" -ge "$1" ]; }
bench() { printf 'bench %s|%s|%s|%s\n' "$1" "$2" "$3" "$4"; }
attach() {
	bacs-attach --bus bacsA "$@" /dev/bacs-port0 >"$tmp/attach" 2>&1 &
	attach=$!
	pids=$attach
}
detach() {
	kill "$attach"
	wait "$attach"
}
all_lost() { [ "$(states bacsA lost | wc -l)" -eq 64 ]; }

modprobe bacs
begin=$(uptime_ms)
attach --modules 1-64
wait_for 60 count_is 64 states bacsA ok
bench "first value of 64 configured modules after attach" \
	$(($(uptime_ms) - begin)) ms "<= 15000"

wait_for 60 scans_reach 2
simctl 0 stats reset
wait_for 900 scans_reach $(($(scans) + 100))
stats
bench "bus use over $(figure scans) scans, RX trigger 1" "$(figure bus_use)" "" ">= 0.95"
bench "master excess, median" "$(excess median_us)" us ""
bench "master excess, p99" "$(excess p99_us)" us ""
bench "requests before t3.5" "$(figure t35_violations)" "" "0"

simctl 0 rule add address=33 silence >"$tmp/rule"
begin=$(uptime_ms)
wait_for 60 grep -qx lost $devices/bacsA-033/state
bench "a silent module is lost after" $(($(uptime_ms) - begin)) ms \
	"<= 5000 or 3 scans"
simctl 0 rule add silence >"$tmp/rule"
begin=$(uptime_ms)
wait_for 60 all_lost
bench "a silent bus is lost after" $(($(uptime_ms) - begin)) ms "<= 5000"
detach

simctl 0 rule del 2
# What a lost module costs the others: their replies in a minute without it on the
# list, and with it lost.
replies_a_minute() {
	simctl 0 stats reset
	begin=$(uptime_ms)
	wait_for 900 scans_reach $(($(scans) + 11))
	stats
	replies=$(grep -o '"replies": *[0-9]*' "$tmp/stats" |
		awk -F: '{ n += $2 } END { print n }')
	echo $((replies * 60000 / ($(uptime_ms) - begin)))
}
attach --modules 1-32,34-64
wait_for 60 count_is 63 states bacsA ok
without=$(replies_a_minute)
detach
attach --modules 1-64
wait_for 60 count_is 63 states bacsA ok
wait_for 60 grep -qx lost $devices/bacsA-033/state
with=$(replies_a_minute)
detach
bench "a lost module takes from 63 others" \
	$((1000 * (without - with) / without)) "permille" "<= 20"

simctl 0 rule del 1
begin=$(uptime_ms)
attach
wait_for 120 count_is 64 states bacsA ok
bench "unknown bus 1-247: 64 modules live after" $(($(uptime_ms) - begin)) ms ""
wait_for 120 grep -qx running $devices/bacsA/state
bench "unknown bus 1-247: searched after" $(($(uptime_ms) - begin)) ms "<= 60000"
