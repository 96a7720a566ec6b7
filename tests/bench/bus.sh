#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# In the guest: figures of one bus of 64 modules at 19200 8E1 behind a 16550.
. /mnt/share/bench/lib.sh

excess() { sed '1,/"excess"/d' "$tmp/stats" | first "$1"; }
figure() { first "$1" <"$tmp/stats"; }
first() {
	grep -o "\"$1\": *[0-9.]*" | head -n 1 | sed 's/.*: *//'
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
simctl 0 rule del 1
begin=$(uptime_ms)
attach
wait_for 120 count_is 64 states bacsA ok
bench "unknown bus 1-247: 64 modules live after" $(($(uptime_ms) - begin)) ms ""
wait_for 120 grep -qx running $devices/bacsA/state
bench "unknown bus 1-247: searched after" $(($(uptime_ms) - begin)) ms "<= 60000"
