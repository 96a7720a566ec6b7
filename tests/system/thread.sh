#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# vm: --image debian --kernel 6.12 --serial sim:64 --timeout 400
#
# The whole thread as a user meets it: a bus attached at boot by udev and
# systemd, 64 modules in sysfs, sensors, bacsctl, on D-Bus and in the history;
# a module that is lost and returns; the daemon stopped, killed and without
# its driver (M2, M31, C11).
. /mnt/share/system/lib.sh

db=/var/lib/bacs/history.db

status() { bacsctl status --json >"$tmp/status" && test -s "$tmp/status"; }
ok_modules() { # WANT
	status && jq -e --argjson want "$1" \
		'[.status[] | select(.state == "ok")] | length == $want' "$tmp/status"
}
property() { # NAME
	busctl get-property org.bacs1 /org/bacs1 org.bacs1.Manager "$1"
}
property_is() { equal "$(property "$1")" "$2"; }
event_row() { # KIND: is it in the history?
	sqlite3 "file:$db?mode=ro" \
		"select count(*) from event where kind = '$1'" | grep -qv '^0$'
}
minutes() { # TABLE MINIMUM: at least so many rows
	[ "$(sqlite3 "file:$db?mode=ro" "select count(*) from $1")" -ge "$2" ]
}
values_plausible() {
	status && jq -e 'all(.status[]; .voltage_mv > 12000 and .voltage_mv < 15000 and
		.temperature_mc > 10000 and .temperature_mc < 40000 and
		.resistance_uohm > 1000 and .resistance_uohm < 20000)' "$tmp/status"
}
same_as_sysfs() {
	_said=$(bacsctl status --json | jq -r \
		'.status[] | select(.address == 9) | .serial')
	equal "$_said" "$(cat $devices/bacsA-009/serial)"
}

check "the bus was attached at boot" wait_for 60 test -e $devices/bacsA
check "bacsd runs" systemctl is-active bacsd
check "64 modules are ok in bacsctl" wait_for 120 ok_modules 64
check "their values are those of jars" wait_for 60 values_plausible
check "the serial number is the module's" same_as_sysfs
check "64 chips in sensors" wait_for 60 eval \
	'equal "$(sensors | grep -c "^bacsA_[0-9]*-virtual-0")" 64'
check "64 power supplies" count_is 64 ls /sys/class/power_supply
check "the driver is present on D-Bus" property_is Driver 's "present"'
check "loss alarms are armed" wait_for 30 property_is Armed "b true"
echo "# armed after $(($(property ArmedUSec | cut -d' ' -f2) -
	$(property StartedUSec | cut -d' ' -f2))) us (goal on a known site: 10 s)"
check "the snapshot holds 64 modules" eval \
	'busctl --json=short call org.bacs1 /org/bacs1 org.bacs1.Manager GetSnapshot |
	 jq -e ".data[2] | length == 64"'

simctl 0 rule add address=7 silence >"$tmp/rule"
check "the daemon says that module 7 is lost" wait_for 60 eval \
	'bacsctl status --json | jq -e ".status[] | select(.address == 7) |
	 .state == \"lost\" and (.reason | length > 0) and .voltage_mv == null"'
check "the loss is in the history" wait_for 30 event_row module-lost
check "the loss is in the journal" wait_for 30 eval \
	'journalctl -u bacsd -o cat --grep="bacsA-007" | grep -qi "does not answer"'
simctl 0 rule del "$(grep -o '[0-9]*' "$tmp/rule" | head -n 1)" >/dev/null
check "module 7 is ok again" wait_for 60 ok_modules 64

systemctl restart bacsd
check "after a restart loss alarms are armed" wait_for 30 property_is Armed "b true"
check "samples are in the history" minutes minute 64
kill -KILL "$(systemctl show -P MainPID bacsd)"
check "after SIGKILL bacsd is back" wait_for 60 eval \
	'systemctl is-active bacsd && property_is Driver "s \"present\""'
check "the history is sound" equal "$(sqlite3 "file:$db?mode=ro" 'pragma integrity_check')" ok

systemctl stop 'bacs-attach@*'
check "a bus that is gone is a state" wait_for 30 eval \
	'systemctl is-active bacsd && ! test -e $devices/bacsA &&
	 bacsctl status | grep -q "no bus is attached"'
rmmod bacs
check "without its driver bacsd says so" wait_for 30 property_is Driver 's "missing"'
check "and goes on" systemctl is-active bacsd
bacsctl status >"$tmp/without" 2>&1
check "bacsctl names the remedy" grep -q 'modprobe bacs' "$tmp/without"
summary
