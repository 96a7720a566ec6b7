#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# vm: --image debian --kernel 6.1 --timeout 600
# vm: --image debian --kernel newest --timeout 600
#
# Readers that nobody here wrote, with 247 modules of which one falls silent,
# and a second bus whose port is pulled away: sensors, sensors -j, node_exporter
# of bookworm and the newest of Debian's suites, UPower (C11, M24, T12).
. /mnt/share/system/lib.sh

exporter() { # PORT PROGRAM
	"$2" --collector.disable-defaults --collector.hwmon \
		--collector.powersupplyclass --web.listen-address="127.0.0.1:$1" \
		>"$tmp/exporter-$1.log" 2>&1 &
	pids="$pids $!"
	wait_for 30 curl -s -o /dev/null "http://127.0.0.1:$1/metrics"
}

scrape() { # PORT: into $tmp/metrics-PORT
	curl -s -m 60 -o "$tmp/metrics-$1" "http://127.0.0.1:$1/metrics"
}

# Series of one name whose labels match; each must be there once.
series() { # PORT NAME PATTERN
	grep "^$2{" "$tmp/metrics-$1" | grep -- "$3"
}

series_once() { # PORT NAME PATTERN WANT
	equal "$(series "$1" "$2" "$3" | sed 's/ [^ ]*$//' | sort -u | wc -l)" "$4" &&
	equal "$(series "$1" "$2" "$3" | wc -l)" "$4"
}

both_succeed() { # PORT
	equal "$(grep -c '^node_scrape_collector_success{.*} 1$' \
		"$tmp/metrics-$1")" 2 &&
	! grep -i 'error\|collected before' "$tmp/exporter-$1.log"
}

no_temp0() { # PORT
	grep -q 'sensor="temp1"' "$tmp/metrics-$1" &&
	! grep 'sensor="temp0"' "$tmp/metrics-$1"
}

version_of() { # PROGRAM
	"$1" --version 2>&1 | sed -n '1s/.*version \([0-9.]*\).*/node_exporter \1/p'
}

run_sensors() { sensors >"$tmp/sensors" 2>"$tmp/sensors.err"; }

# each live module once, nothing else of ours, no complaint
sensors_show() { # WANT
	equal "$(grep -c 'bacs[AB]_[0-9]*-virtual-0' "$tmp/sensors")" "$1" &&
	equal "$(grep 'bacs[AB]_[0-9]*-virtual-0' "$tmp/sensors" | sort -u | wc -l)" \
		"$1" &&
	equal "$(grep -ci bacs "$tmp/sensors")" "$1" &&
	equal "$(cat "$tmp/sensors.err")" ""
}

sensors_json() { # WANT
	sensors -j >"$tmp/sensors.json" 2>/dev/null && test -s "$tmp/sensors.json" &&
	jq -e --argjson want "$1" \
		'[keys[] | select(startswith("bacs"))] | length == $want' \
		"$tmp/sensors.json"
}

# what the exporter says of a chip, in mV
exported_mv() { # PORT CHIP
	series "$1" node_hwmon_in_volts "chip=\"$2\"" |
		awk '{ printf "%.0f\n", $2 * 1000 }'
}

sysfs_mv() { cat "$devices/$1"/hwmon/hwmon*/in0_input; }

power_uv() { cat "/sys/class/power_supply/$1/voltage_now"; }

upower_calm() {
	timeout 30 upower -d >"$tmp/upower" &&
	grep -q 'on-battery: *no' "$tmp/upower" &&
	! grep 'warning-level' "$tmp/upower" | grep -v 'none' &&
	! grep -i bacs "$tmp/upower"
}

on_mains() {
	_ac=/lib/systemd/systemd-ac-power
	[ -x "$_ac" ] || _ac=/usr/bin/systemd-ac-power
	"$_ac"
}

no_class_devices() { # MODULE
	! test -e "$devices/$1/hwmon" && ! test -e "/sys/class/power_supply/$1"
}

# Every file of a lost module can be read afresh, and no value looks live.
lost_reads() { # MODULE
	for _f in "$devices/$1"/* "$devices/$1"/stats/*; do
		[ ! -f "$_f" ] || [ "${_f##*/}" = uevent ] || cat "$_f" >/dev/null ||
			return 1
	done
	equal "$(cat "$devices/$1/state")" lost &&
	equal "$(cat "$devices/$1/resistance_uohm")" ""
}

thermal_before=$(ls /sys/class/thermal | grep -c thermal_zone)
wakeup_before=$(ls /sys/class/wakeup | wc -l)

start_sim big --modules 1-247 --baud 115200 --seed 247
start_sim small --modules 1-8 --baud 115200 --seed 8
sim big set 5 voltage_mv 11403 >/dev/null
sim big set 6 temperature_dc -104 >/dev/null 2>&1 ||
	sim big set 6 temperature_mc -10400 >/dev/null
start_bus bacsA big --modules 1-247 --baud 115200
start_bus bacsB small --baud 115200
check "247 and 8 modules are ok" eval \
	'wait_for 120 count_is 247 states bacsA ok && wait_for 120 count_is 8 states bacsB ok'
check "every module has its chip" wait_for 120 count_is 255 chips
udevadm settle -t 60

run_sensors
check "sensors prints each module once and nothing else of ours" sensors_show 255
check "sensors -j is valid and complete" sensors_json 255

newest=/opt/node_exporter-newest/node_exporter
exporter 9201 prometheus-node-exporter
exporter 9202 $newest
for port in 9201 9202; do
	[ $port = 9201 ] && version=$(version_of prometheus-node-exporter) ||
		version=$(version_of $newest)
	scrape $port
	check "$version: both collectors succeed" both_succeed $port
	check "$version: voltage of 247 + 8 modules once each" eval \
		"series_once $port node_hwmon_in_volts 'chip=\"bacsa_' 247 &&
		 series_once $port node_hwmon_in_volts 'chip=\"bacsb_' 8"
	check "$version: temperature of 255 modules once each" \
		series_once $port node_hwmon_temp_celsius 'chip="bacs.*sensor="temp1"' 255
	check "$version: power supply voltage of 255 modules once each" \
		series_once $port node_power_supply_voltage_volt 'power_supply="bacs' 255
	check "$version: no temp0" no_temp0 $port
	check "$version: the value is the module's" \
		equal "$(exported_mv $port bacsa_bacsa_005)" 11403
	check "$version: a negative temperature is one" \
		equal "$(series $port node_hwmon_temp_celsius \
			'chip="bacsa_bacsa_006",sensor="temp1"' |
			awk '{ printf "%.1f\n", $2 }')" -10.4
done
check "hwmon shows the module's value" equal "$(sysfs_mv bacsA-005)" 11403
check "power supply shows the module's value" equal "$(power_uv bacsA-005)" 11403000
check "UPower: on mains, no warning, no jar" upower_calm
check "systemd: not on battery" on_mains
check "no thermal zones" equal \
	"$(ls /sys/class/thermal | grep -c thermal_zone)" "$thermal_before"
check "no wakeup sources" equal "$(ls /sys/class/wakeup | wc -l)" "$wakeup_before"

# One module falls silent, one port is pulled away.
rule=$(sim big rule add address=17 silence | grep -o '[0-9]*' | head -n 1)
kill -KILL "$sim_small"
check "the silent module is lost" eval "wait_for 60 grep -qx lost $devices/bacsA-017/state"
check "the pulled bus is gone" wait_for 30 test ! -e "$devices/bacsB"
check "the lost module has no class devices" wait_for 20 no_class_devices bacsA-017
for port in 9201 9202; do
	[ $port = 9201 ] && version=$(version_of prometheus-node-exporter) ||
		version=$(version_of $newest)
	scrape $port
	check "$version: lost modules are gone with the next scrape" eval \
		"series_once $port node_hwmon_in_volts 'chip=\"bacsa_' 246 &&
		 series_once $port node_hwmon_in_volts 'chip=\"bacsb_' 0 &&
		 series_once $port node_power_supply_voltage_volt 'power_supply=\"bacs' 246"
	check "$version: both collectors still succeed" eval \
		"equal \"\$(grep -c '^node_scrape_collector_success{.*} 1\$' $tmp/metrics-$port)\" 2"
done
run_sensors
check "sensors prints the live modules once" sensors_show 246
check "sensors -j is valid without the lost ones" sensors_json 246
check "the lost module can be read and shows no value" lost_reads bacsA-017
check "bacsctl shows it lost, without values" eval \
	'bacsctl status --json >$tmp/status && test -s $tmp/status &&
	 jq -e "[.status[] | select(.bus == \"bacsA\" and .address == 17)] |
	 length == 1 and .[0].state == \"lost\" and .[0].voltage_mv == null" $tmp/status'
check "UPower is still calm" upower_calm

sim big rule del "$rule" >/dev/null
check "the module returns under the same names" eval \
	'wait_for 60 test -e /sys/class/power_supply/bacsA-017 &&
	 equal "$(cat $devices/bacsA-017/hwmon/hwmon*/name)" bacsA_017 &&
	 equal "$(cat $devices/bacsA-017/state)" ok'

# The cable: nobody answers, what was read stays readable or is gone at once.
sim big rule add silence >/dev/null
begin=$(date +%s%N)
cat /sys/class/hwmon/*/in0_input /sys/class/hwmon/*/temp1_input \
	/sys/class/power_supply/*/voltage_now >"$tmp/values" 2>"$tmp/values.err"
end=$(date +%s%N)
echo "# $(wc -l <"$tmp/values") values in $(((end - begin) / 1000000)) ms with the cable pulled (goal: 741 in 1000 ms)"
check "all are lost together with the bus" eval \
	'wait_for 60 grep -qx lost $devices/bacsA/state && wait_for 30 count_is 247 states bacsA lost'
check "no chip is left" wait_for 60 count_is 0 chips
run_sensors
check "sensors prints nothing of ours" equal "$(grep -ci bacs "$tmp/sensors")" 0
summary
