# SPDX-License-Identifier: GPL-2.0-or-later
# For the benchmarks in the guest, sourced. bench NAME FIGURE UNIT GOAL prints a
# line for tests/bench/run. Goals: issue of the driver, design section 9; they are
# printed, not enforced.
. /mnt/share/system/lib.sh

bench() { printf 'bench %s|%s|%s|%s\n' "$1" "$2" "$3" "$4"; }
uptime_ms() { awk '{ printf "%d\n", $1 * 1000 }' /proc/uptime; }

# What follows is of one bus, bacsA, on port 0.
stats() { simctl 0 stats >"$tmp/stats"; }
scans() { cat $devices/bacsA/stats/scans; }
scans_reach() { [ "$(scans)" -ge "$1" ]; }
attach() { # OPTION...
	bacs-attach --bus bacsA "$@" /dev/bacs-port0 >"$tmp/attach" 2>&1 &
	attach=$!
	pids=$attach
}
detach() {
	kill "$attach"
	wait "$attach"
}
