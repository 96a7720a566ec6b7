#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# vm: --image debian
#
# Devices of other makers: libmodbus' and pymodbus' RTU servers serve public
# register maps over a pty; the driver reads them by the profiles that are
# installed. What sysfs and sensors show must be what was served, negative, 32
# bit and in either word order, while it changes, and gone when nobody serves.
. /mnt/share/system/lib.sh
here=/usr/libexec/bacs/foreign
bridge='' server='' attach=''

ended() { ! kill -0 "$1"; }

start_bridge() {
	rm -f "$tmp/cable" "$tmp/names"
	mkfifo "$tmp/cable"
	"$here/pty-bridge" <"$tmp/cable" >"$tmp/names" &
	bridge=$!
	pids="$pids $bridge"
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
	pids="$pids $server"
	exec 4>"$tmp/values"
}

# serve MILLIVOLT MILLIAMPERE: returns when the server has taken them
serve() {
	echo "$1 $2" >&4
	wait_for 20 grep -x "serving $1 $2" "$tmp/served"
}

start_attach() {
	bacs-attach --verbose --bus bacsF "$@" "$near" 2>"$tmp/attach" &
	attach=$!
	pids="$pids $attach"
	wait_for 20 test -d "$devices/bacsF" || cat "$tmp/attach"
}

# value ADDRESS ATTRIBUTE
value() { cat "$devices/bacsF-$1"/hwmon/hwmon*/"$2"; }
shows() {
	equal "$(value "$1" in0_input) mV $(value "$1" curr1_input) mA" \
		"$2 mV $3 mA"
}
no_hwmon() { ! ls "$devices/bacsF-$1"/hwmon/hwmon*; }
file_is() { equal "$(cat "$devices/$1")" "$2"; }
# served_and_shown MILLIVOLT MILLIAMPERE ADDRESS SHOWN: to the server, then in
# sysfs, where SHOWN is the voltage of that address
served_and_shown() {
	serve "$1" "$2" && {
		wait_for 20 shows "$3" "$4" "$2" || {
			shows "$3" "$4" "$2"
			return 1
		}
	}
}
sensors_show() { # VOLT AMPERE
	sensors -u bacsF_007-virtual-0 >"$tmp/sensors"
	cat "$tmp/sensors"
	grep "in0_input: $1" "$tmp/sensors" &&
		grep "curr1_input: $2" "$tmp/sensors"
}

# Raw access: what their own code answers to any PDU. What was served last
# stands in their registers: 13500 mV, pymodbus' 13570 mV, and -10 mA.
raw() { # WANT PDU...
	_want=$1
	shift
	_have=$(bacsctl bus transact bacsF 7 --timeout=3000 "$@" 2>"$tmp/err") ||
		cat "$tmp/err"
	equal "$_have" "$_want"
}
raw_access() { # after one_device
	case $name in
	*libmodbus*conext*) want="03 08 00 00 34 bc ff ff ff f6" ;;
	*pymodbus*conext*) want="03 08 00 00 35 02 ff ff ff f6" ;;
	*libmodbus*epever*) want="04 06 05 46 ff ff ff ff" ;;
	*) want="04 06 05 4d ff ff ff ff" ;;
	esac
	case $name in
	*conext*)
		check "$name: raw: its registers" raw "$want" 03 0046 0004
		check "$name: raw: an exception" raw "83 02" 03 1000 0001
		check "$name: raw: a write" raw "06 00 50 12 34" 06 0050 1234
		check "$name: raw: it was written" raw "03 02 12 34" 03 0050 0001
		;;
	*)
		check "$name: raw: its registers" raw "$want" 04 331a 0003
		check "$name: raw: an exception" raw "84 02" 04 1000 0001
		;;
	esac
	case $name in
	*libmodbus*)
		check "$name: raw: who is it" \
			raw "11 0a b4 ff 4c 4d 42 33 2e 31 2e 36" 11
		check "$name: raw: a function it has not" raw "c1 01" 41
		;;
	esac
	check "$name: raw: it is still ok" file_is bacsF-007/state ok
}

# stop: the bus ends first, then the far end
stop() {
	kill "$attach"
	check "$name: bacs-attach ends with 0" wait "$attach"
	check "$name: the bus is gone with it" test ! -e "$devices/bacsF"
	exec 4>&-
	check "$name: the far end served to its end" \
		wait_for 20 ended "$server"
	exec 3>&-
	wait "$bridge"
}

# one_device PROGRAM MAP OPTION...: the device at address 7
one_device() {
	name="$1 $2" more=0
	# each of pymodbus' devices has 10 mV more for each address
	[ "$1" != foreign-pymodbus.py ] || more=70
	start_bridge
	start_server "$1" "$2" 7
	shift 2
	check "$name: the far end serves" serve 53210 -12340
	start_attach --modules 7 "$@"
	check "$name: a negative current" \
		served_and_shown 53210 -12340 007 $((53210 + more))
	check "$name: beyond 16 bit" \
		served_and_shown 48000 700000 007 $((48000 + more))
	check "$name: beyond -16 bit, 400 V" \
		served_and_shown 400000 -700000 007 $((400000 + more))
	check "$name: zero" served_and_shown 0 0 007 $more
	check "$name: the least step" \
		served_and_shown 13500 -10 007 $((13500 + more))
	check "$name: sensors shows the same" sensors_show 13.5[07]0 -0.010
	check "$name: it is a string sensor" file_is bacsF-007/class string
}

falls_silent() { # after one_device
	kill -STOP "$server"
	check "$name: silent is lost" wait_for 30 file_is bacsF-007/state lost
	check "$name: and leaves hwmon" wait_for 10 no_hwmon 007
	kill -CONT "$server"
	check "$name: it returns" wait_for 60 file_is bacsF-007/state ok
	check "$name: with its values" wait_for 10 shows 007 13500 -10
}

modprobe bacs || exit 1
for map in schneider-conext-bm epever-b-series; do
	one_device foreign-libmodbus $map --profile $map
	raw_access
	[ $map = epever-b-series ] || falls_silent
	stop
	one_device foreign-pymodbus.py $map \
		--profile-file /usr/share/bacs/profiles/$map.profile
	raw_access
	stop
done

# A room sensor; and its profile replaced while the bus runs
room_shows() { # MILLIDEGREE MILLIPERCENT
	equal "$(value 007 temp1_input) $(value 007 humidity1_input)" "$1 $2"
}
room_serves() { serve "$1" "$2" && wait_for 20 room_shows "$1" "$2"; }
no_temperature() { ! value 007 temp1_input; }
in_fahrenheit() {
	sed -e 's/^Scale=0.1 degC/Scale=0.18 degC/' \
		-e '/^\[Field\]/,/^Max=125/s/^Signed=yes/&\nOffset=32 degC/' \
		/usr/share/bacs/profiles/xy-md02.profile >"$tmp/xy-md02.profile"
	bacsctl profile load "$tmp/xy-md02.profile" >"$tmp/load" 2>&1
	cat "$tmp/load"
	grep -x "profile xy-md02 replaced; 1 bus goes on with it" "$tmp/load"
}
refused() {
	echo Colour=red >>"$tmp/xy-md02.profile"
	! bacsctl profile load "$tmp/xy-md02.profile" 2>"$tmp/load" &&
		grep "unknown key Colour=" "$tmp/load"
}
name="room sensor of libmodbus"
start_bridge
start_server foreign-libmodbus xy-md02 7
serve 21500 45600
start_attach --profile xy-md02 --modules 7
check "$name: its values" wait_for 20 room_shows 21500 45600
check "$name: below zero" room_serves -20500 99900
check "$name: class" file_is bacsF-007/class environment
serve 125100 45600
check "$name: beyond its range is no value" wait_for 20 no_temperature
check "$name: and back" room_serves 21500 45600
check "$name: another profile while it runs" in_fahrenheit
check "$name: the new one counts" wait_for 20 room_shows 70700 45600
check "$name: a bad one is refused" refused
check "$name: and changes nothing" room_shows 70700 45600
check "$name: nothing was lost" file_is bacsF-007/stats/losses 0
check "$name: it is listed and used" \
	sh -c 'bacsctl profile list | grep -E "^xy-md02 +environment .* 1 +loaded"'
stop

# An I/O module: bits, the highest of twelve inputs and of thirteen relays too
io_shows() { # INPUTS RELAYS
	file_is bacsF-007/digital_inputs "$1" && file_is bacsF-007/relays "$2"
}
io_serves() { serve "$1" "$2" && wait_for 20 io_shows "$1" "$2"; }
name="I/O module of libmodbus"
start_bridge
start_server foreign-libmodbus unipi-xs11 7
serve 2049 0
start_attach --profile unipi-xs11 --modules 7
check "$name: its inputs" wait_for 20 io_shows 2049 0
check "$name: all of both" io_serves 4095 8191
check "$name: none" io_serves 0 0
check "$name: class" file_is bacsF-007/class io
stop

# three alike on one line, told apart by their addresses
name="three devices of pymodbus"
start_bridge
start_server foreign-pymodbus.py schneider-conext-bm 1,5,247
start_attach --profile schneider-conext-bm --modules 1,5,247
check "$name: 1" served_and_shown 50000 -1000 001 50010
check "$name: 5" served_and_shown 50000 -1000 005 50050
check "$name: 247" served_and_shown 50000 -1000 247 52470
stop

summary
