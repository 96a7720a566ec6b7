#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# vm: --kernel 6.1 --serial sim:tests/system/strict-64.scenario --timeout 180
#
# The bus over a 16550 against modules that ignore what comes before t3.5: not
# one violation, not one ignored request, from the first request on (C6). The
# time-out is long: when a busy host holds a reply back past it, the request
# after it comes too early for the simulator, and it is not the master to blame.
. /mnt/share/system/lib.sh

bus_scans() { cat $devices/bacsA/stats/scans; }
scanned() { [ "$(bus_scans)" -ge "$1" ]; }

# The first number of that name; what belongs to the bus stands before its
# modules. The small guest has no jq.
excess() { sed '1,/"excess"/d' "$tmp/stats" | first "$1"; }
figure() { first "$1" <"$tmp/stats"; }
first() {
	grep -o "\"$1\": *[0-9.]*" | head -n 1 | sed 's/.*: *//'
}

modprobe bacs
bacs-attach --bus bacsA --modules 1-64 --response-ms 5000 /dev/bacs-port0 >"$tmp/attach" 2>&1 &
pids=$!
check "64 modules are ok" eval 'wait_for 60 count_is 64 states bacsA ok'
from=$(bus_scans)
check "3 more scans" wait_for 60 scanned $((from + 4))
simctl 0 stats >"$tmp/stats"
check "the simulator has seen the requests" \
	eval '[ "$(figure rx_frames)" -ge 320 ]'
check "no request before t3.5" equal "$(figure t35_violations)" 0
check "no request ignored" equal "$(figure ignored)" 0
echo "# bus use $(figure bus_use), excess median $(excess median_us) us," \
	"p99 $(excess p99_us) us, over $(figure scans) scans"
echo "# time-outs $(cat $devices/bacsA-*/stats/timeouts | awk '{ n += $1 } END { print n }')"
sed '/"modules"/,$d; s/^/# /' "$tmp/stats"
summary
