#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# vm: --image debian --kernel 6.12 --timeout 300
#
# All four device classes of bacs-c on one bus, and eight buses at once: every
# quantity in its file with its sign and unit, in sensors and in bacsctl (M8).
. /mnt/share/system/lib.sh

value() { cat "$devices"/bacsA-"$1"/$2; } # ADDRESS FILE, which may be a pattern
is() { # ADDRESS FILE WANT: what reads so before long
	wait_for 20 eval "equal \"\$(value $1 '$2')\" '$3'"
}
fix() { sim mixed set "$@" >/dev/null; }

start_sim mixed --modules 1-3 --string-sensor 100 --environment 101 --io 102 --seed 4
fix 1 voltage_mv 13377
fix 1 temperature_mc -5500
fix 1 resistance_uohm 70000
fix 2 temp_fault 1
fix 100 voltage_mv 432100
fix 100 current_ma -123456
fix 100 ripple_ma 7890
fix 101 temperature_mc 18300
fix 101 humidity_permille 551
fix 101 h2_ppm 9999
fix 102 inputs 5
start_bus bacsA mixed --modules 1-3,100-102
check "six devices are ok" wait_for 60 count_is 6 states bacsA ok
check "they have their chips" wait_for 60 count_is 6 chips

check "jar: voltage" is 001 'hwmon/hwmon*/in0_input' 13377
check "jar: a negative temperature" is 001 'hwmon/hwmon*/temp1_input' -5500
check "jar: resistance beyond 16 bit" is 001 resistance_uohm 70000
check "jar: class" is 001 class jar
check "jar: a broken sensor is a fault" is 002 'hwmon/hwmon*/temp1_fault' 1
check "string sensor: class" is 100 class string
check "string sensor: voltage beyond 16 bit" is 100 'hwmon/hwmon*/in0_input' 432100
check "string sensor: discharge current is negative" \
	is 100 'hwmon/hwmon*/curr1_input' -123456
check "string sensor: ripple" is 100 'hwmon/hwmon*/curr2_input' 7890
check "string sensor: no power supply" test ! -e /sys/class/power_supply/bacsA-100
check "environment: temperature" is 101 'hwmon/hwmon*/temp1_input' 18300
check "environment: humidity in 0.001 %" is 101 'hwmon/hwmon*/humidity1_input' 55100
check "environment: hydrogen" is 101 h2_ppm 9999
check "I/O: inputs" is 102 digital_inputs 5
check "what a class does not have is no file: I/O" \
	test ! -e "$devices/bacsA-102/resistance_uohm"
check "what a class does not have is no file: jar" \
	test ! -e "$devices/bacsA-001/digital_inputs"
sensors >"$tmp/sensors" 2>"$tmp/sensors.err"
check "sensors shows the current" grep -q 'current: *-123.46 A' "$tmp/sensors"
check "sensors shows the humidity" grep -q 'humidity: *55.1' "$tmp/sensors"
check "bacsctl has all six" eval 'bacsctl status --json >"$tmp/status" &&
	jq -e "[.status[] | select(.bus == \"bacsA\")] | length == 6" "$tmp/status"'
check "bacsctl: current, humidity, hydrogen" jq -e \
	'(.status[] | select(.address == 100) | .current_ma == -123456) and
	 (.status[] | select(.address == 101) |
	  .humidity_permille == 551 and .h2_ppm == 9999)' "$tmp/status"

for n in B C D E F G H; do
	start_sim "m$n" --modules 1-8 --baud 115200 --seed 8
	start_bus "bacs$n" "m$n" --modules 1-8 --baud 115200
done
for n in B C D E F G H; do
	check "bus $n: 8 modules are ok" wait_for 60 count_is 8 states "bacs$n" ok
done
start_sim extra --modules 1
check "a second bus of a name, whatever its case, is refused" eval \
	'! bacs-attach --bus BACSb "$tmp/extra.tty" 2>"$tmp/refused" &&
	 grep "a bus BACSb exists already" "$tmp/refused"'
summary
