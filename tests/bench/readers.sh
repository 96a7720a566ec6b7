#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# In the guest: what 247 modules cost their readers and the kernel.
. /mnt/share/bench/lib.sh

unreclaimable_kb() { awk '/^SUnreclaim/ { print $2 }' /proc/meminfo; }
read_all() {
	cat /sys/class/hwmon/*/in0_input /sys/class/hwmon/*/temp1_input \
		/sys/class/power_supply/*/voltage_now
}

modprobe bacs
start_sim big --modules 1-247 --baud 115200 --seed 247
before=$(unreclaimable_kb)
start_bus bacsA big --modules 1-247 --baud 115200 --scan-ms 10000
wait_for 120 count_is 247 states bacsA ok
wait_for 120 count_is 247 chips
bench "kernel memory of a module, both devices" \
	$((($(unreclaimable_kb) - before) / 247)) KiB "<= 24"
# every read on its own would measure the emulated fork: one process for all
ten_times() { # FILE...
	begin=$(uptime_ms)
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		cat "$@" >/dev/null
	done
	echo $(($(uptime_ms) - begin))
}
values=$(ten_times /sys/class/hwmon/*/in0_input /sys/class/hwmon/*/temp1_input)
trivial=$(ten_times /sys/class/hwmon/*/name $devices/bacsA-*/address)
bench "494 values against 494 files of a constant" \
	$((100 * values / trivial)) % "<= 200"
sim big rule add silence >/dev/null
begin=$(uptime_ms)
read_all >"$tmp/values" 2>/dev/null
bench "in0, temp1, voltage_now of 247 modules ($(wc -l <"$tmp/values") values), cable pulled" \
	$(($(uptime_ms) - begin)) ms "< 1000"
