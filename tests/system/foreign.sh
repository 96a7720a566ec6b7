#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# vm: --image debian
#
# Devices of other makers: libmodbus' and pymodbus' RTU servers serve public
# register maps over a pty; the driver reads them by the profiles that are
# installed. What sysfs and sensors show must be what was served, negative, 32
# bit and in either word order, while it changes, and gone when nobody serves.
set -u
here=/usr/libexec/bacs/foreign
tmp=$(mktemp -d)
devices=/sys/bus/bacs/devices
failed=0
bridge='' server='' attach=''

result() {
	if [ "$1" -eq 0 ]; then
		echo "ok $2"
	else
		echo "not ok $2"
		failed=$((failed + 1))
	fi
}

# wait_for SECONDS COMMAND...: until it is true
wait_for() {
	limit=$(($(date +%s) + $1))
	shift
	until "$@"; do
		[ "$(date +%s)" -lt "$limit" ] || return 1
		sleep 0.05
	done
}

ended() { ! kill -0 "$1" 2>/dev/null; }

cleanup() {
	exec 3>&- 4>&-
	for pid in $attach $server $bridge; do
		kill "$pid" 2>/dev/null
	done
	rm -rf "$tmp"
}
trap cleanup EXIT

start_bridge() {
	rm -f "$tmp/cable" "$tmp/names"
	mkfifo "$tmp/cable"
	"$here/pty-bridge" <"$tmp/cable" >"$tmp/names" &
	bridge=$!
	exec 3>"$tmp/cable"
	wait_for 10 test -s "$tmp/names" || exit 1
	read -r far near <"$tmp/names"
}

# start_server PROGRAM MAP ADDRESSES
start_server() {
	rm -f "$tmp/values" "$tmp/served"
	mkfifo "$tmp/values"
	"$here/$1" "$far" "$2" "$3" <"$tmp/values" >"$tmp/served" &
	server=$!
	exec 4>"$tmp/values"
}

# serve MILLIVOLT MILLIAMPERE: returns when the server has taken them
serve() {
	echo "$1 $2" >&4
	wait_for 20 grep -qx "serving $1 $2" "$tmp/served"
}

start_attach() {
	bacs-attach --verbose --bus bacsF "$@" "$near" 2>"$tmp/attach" &
	attach=$!
	wait_for 20 test -d "$devices/bacsF" || {
		cat "$tmp/attach"
		return 1
	}
}

# value ADDRESS ATTRIBUTE
value() { cat "$devices/bacsF-$1"/hwmon/hwmon*/"$2" 2>/dev/null; }
shows() { [ "$(value "$1" in0_input) $(value "$1" curr1_input)" = "$2 $3" ]; }
no_hwmon() { ! ls "$devices/bacsF-$1"/hwmon/hwmon* >/dev/null 2>&1; }
state_is() { [ "$(cat "$devices/bacsF-$1/state")" = "$2" ]; }

# expect ADDRESS MILLIVOLT MILLIAMPERE NAME
expect() {
	wait_for 20 shows "$1" "$2" "$3"
	r=$?
	result $r "$4"
	[ $r -eq 0 ] ||
		echo "# served $2 mV $3 mA, sysfs: $(value "$1" in0_input) mV" \
			"$(value "$1" curr1_input) mA," \
			"state $(cat "$devices/bacsF-$1/state" 2>&1)"
}

# stop: the bus ends first, then the far end
stop() {
	kill "$attach"
	wait "$attach"
	result $? "$1: bacs-attach ends with 0"
	attach=
	[ ! -e "$devices/bacsF" ]
	result $? "$1: the bus is gone with it"
	exec 4>&-
	wait_for 20 ended "$server"
	result $? "$1: the far end served to its end"
	server=
	exec 3>&-
	wait "$bridge"
	bridge=
}

# one_device PROGRAM MAP OPTION...: the device at address 7
one_device() {
	name="$1 $2"
	start_bridge
	start_server "$1" "$2" 7
	serve 53210 -12340
	result $? "$name: the far end serves"
	shift 2
	start_attach --modules 7 "$@" || {
		result 1 "$name: the bus starts"
		return
	}
	own=0
	[ "${name%% *}" != foreign-pymodbus.py ] || own=70
	expect 007 $((53210 + own)) -12340 "$name: a negative current"
	serve 48000 700000
	expect 007 $((48000 + own)) 700000 "$name: beyond 16 bit"
	serve 400000 -700000
	expect 007 $((400000 + own)) -700000 "$name: beyond -16 bit, 400 V"
	serve 0 0
	expect 007 $((0 + own)) 0 "$name: zero"
	serve 13500 -10
	expect 007 $((13500 + own)) -10 "$name: the least step"
	sensors -u "bacsF_007-virtual-0" >"$tmp/sensors" 2>&1
	grep -q "in0_input: 13.5[07]0" "$tmp/sensors" &&
		grep -q "curr1_input: -0.010" "$tmp/sensors"
	result $? "$name: sensors shows the same"
	[ "$(cat "$devices/bacsF-007/class")" = string ]
	result $? "$name: it is a string sensor"
}

# falls_silent: after one_device
falls_silent() {
	kill -STOP "$server"
	wait_for 30 state_is 007 lost && wait_for 10 no_hwmon 007
	result $? "$name: silent is lost and leaves hwmon"
	kill -CONT "$server"
	wait_for 60 state_is 007 ok && wait_for 10 shows 007 "$1" "$2"
	result $? "$name: it returns with its values"
}

modprobe bacs || exit 1
for map in schneider-conext-bm epever-b-series; do
	one_device foreign-libmodbus $map --profile $map
	[ $map = epever-b-series ] || falls_silent 13500 -10
	stop "$name"
	one_device foreign-pymodbus.py $map \
		--profile-file /usr/share/bacs/profiles/$map.profile
	stop "$name"
done

# three alike on one line, told apart by their addresses
name="three devices of pymodbus"
start_bridge
start_server foreign-pymodbus.py schneider-conext-bm 1,5,247
serve 50000 -1000
start_attach --profile schneider-conext-bm --modules 1,5,247
expect 001 50010 -1000 "$name: 1"
expect 005 50050 -1000 "$name: 5"
expect 247 52470 -1000 "$name: 247"
stop "$name"

[ "$failed" -eq 0 ]
