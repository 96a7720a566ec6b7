#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# vm: --image debian --kernel 6.1 --timeout 900
#
# While modules are bypassed at 100 %: a module's transmitter dies, the cable is
# cut, the port closes, bacsd is killed, the driver is unloaded. Every module is
# at 0 % within the lease of 60 s, as the simulator itself says.
. /mnt/share/system/lib.sh

lease=60
buses="bacsP bacsQ bacsR bacsS"
modprobe bacs

duty() { # BUS ADDRESS: what the simulated module does
	sim "$1" modules |
		jq ".modules[] | select(.slot == $2).equalizer_duty_permille"
}

duty_is() { equal "$(duty "$1" "$2")" "$3"; }

# Nobody on the bus is bypassed any more
idle() {
	sim "$1" modules |
		jq -e 'all(.modules[]; .equalizer_duty_permille == 0)' >/dev/null
}

# ends BUS WHAT: idle within the lease from now; says when
ends() {
	_from=$(date +%s%N)
	wait_for $lease idle "$1" || return 1
	echo "# $1, $2: 0 % after $((($(date +%s%N) - _from) / 1000000)) ms" >&3
}

state() { # STRING PROPERTY
	busctl get-property org.bacs1 "/org/bacs1/string/$1" org.bacs1.String "$2"
}

says() { state "$1" EqualizingReason | grep -q "$2"; }

configure() { # yes|no
	for _b in $buses; do
		printf '[Bus %s]\nModules=1-4\n' "$_b"
		printf '[String %s]\nBus=%s\nModules=1-4\n' "$_b" "$_b"
		printf 'NominalVoltage=12V\nBlocks=%%n-%%S\nResistanceInterval=none\n'
		# so much float current that a module may take all it can
		printf 'Equalize=%s\nCapacity=1000Ah\nCalibrated=yes\n' "$1"
		printf 'FloatCurrent=50A\nEqualizeDelay=0s\n'
	done >/etc/bacs/bacsd.conf.d/test.conf
}

attach() { # BUS: its simulator's line
	start_bus "$1" "$1" --modules 1-4
}

full() { # BUS...: module 2 is bypassed at 100 %
	for _b in "$@"; do
		duty_is "$_b" 2 1000 || return 1
	done
}

begin() { # BUS...
	wait_for 240 full "$@" || {
		for _b in "$@"; do
			state "$_b" EqualizingReason
			duty "$_b" 2
		done
		return 1
	}
}

# What never was at 100 % would be at 0 % soon enough
needed() {
	check "$@"
	[ "$failed" -eq 0 ] || {
		journalctl -u bacsd -p warning | tail -n 20 | sed 's/^/# /'
		summary
		exit 1
	}
}

exec 3>&1
systemctl stop bacsd
configure no
for b in $buses; do
	start_sim "$b" --modules 1-4 --seed 7
	sim "$b" set 1,3,4 voltage_mv 13450
	sim "$b" set 2 voltage_mv 13800
	sim "$b" set 1-4 temperature_mc 25000
	attach "$b"
done
systemctl start bacsd

off_claims_nothing() {
	wait_for 60 sh -c 'busctl get-property org.bacs1 /org/bacs1/string/bacsP \
		org.bacs1.String State | grep -q unknown\\\|float' &&
		equal "$(state bacsP Equalizing)" 's "off"' &&
		equal "$(busctl get-property org.bacs1 /org/bacs1/bus/bacsP \
			org.bacs1.Bus ControllerPID)" 'u 0'
}
check 'off: nothing is claimed' off_claims_nothing

switch_on() {
	configure yes
	systemctl reload bacsd
}
check 'it is switched on' switch_on
# shellcheck disable=SC2086 # one word per bus is meant
needed 'module 2 of every bus is bypassed at 100 %' begin $buses
check 'and no other' duty_is bacsP 1 0
check 'the lease runs in the module' sh -c "bacs-sim ctl $tmp/bacsP.ctl modules |
	jq -e '.modules[] | select(.slot == 2).lease_left_s > 0'"
check 'bacsctl shows it' sh -c 'bacsctl equalize bacsP | grep -q "100.0 %.*mA bypassed"'

# It hears and obeys, and nobody hears it: the map leaves it out
check 'a transmitter dies' sim bacsP rule add address=2 drop
check 'the module is at 0 % within the lease' ends bacsP 'dead transmitter'
check 'the string says who is missing' wait_for $lease says bacsP '2-bacsP'

# Nobody hears anything: the module's own lease is the last wall
check 'the cable is cut' sim bacsQ rule add address=1-4 silence
check 'the module is at 0 % within the lease' ends bacsQ 'cable cut'

eval "kill \$bus_bacsR"
check 'the port closes: 0 % within the lease' ends bacsR 'port closed'

# What a busy host made it lose for a moment has begun anew.
check 'the last bus went on meanwhile' wait_for 60 full bacsS
systemctl kill -s KILL bacsd
check 'bacsd is killed: 0 % within the lease' ends bacsS 'bacsd killed'

# All again, and then the driver goes
sim bacsP rule del all
sim bacsQ rule del all
attach bacsR
# shellcheck disable=SC2086
needed 'all are bypassed again' begin $buses
unload() {
	for _b in $buses; do
		eval "kill \$bus_$_b"
	done
	wait_for 20 modprobe -r bacs
}
check 'the driver is unloaded' unload
for b in $buses; do
	check "$b is at 0 % within the lease" ends "$b" 'driver unloaded'
done
check 'bacsd goes on without a driver' wait_for 10 sh -c \
	'busctl get-property org.bacs1 /org/bacs1 org.bacs1.Manager Driver |
	grep -q missing'

# It comes back and begins at 0 %
modprobe bacs
attach bacsP
check 'after the driver it begins at 0 %' duty_is bacsP 2 0
check 'and goes on by itself' begin bacsP
stop_at_once() { bacsctl equalize off bacsP && wait_for 5 idle bacsP; }
check 'an operator ends it at once' stop_at_once

# A read-only bus is refused visibly
eval "kill \$bus_bacsP"
wait_for 20 test ! -e "$devices/bacsP"
bacsctl equalize on bacsP
start_bus bacsP bacsP --modules 1-4 --read-only
check 'a read-only bus says so' wait_for 60 says bacsP 'read-only'
check 'and nobody is bypassed on it' idle bacsP
summary
