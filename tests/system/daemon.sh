#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# vm: --image debian --kernel 6.1 --serial sim:4 --timeout 600
#
# bacsd under systemd with the real driver, polkit and disk: start, names,
# access, watchdog, a full and a read-only disk, a damaged history.
. /mnt/share/system/lib.sh

state_dir=/var/lib/bacs
root=/org/bacs1
bus=$root/bus/bacsA

get() { # OBJECT INTERFACE PROPERTY: its value without type and quotes
	busctl get-property org.bacs1 "$1" "org.bacs1.$2" "$3" |
		sed 's/^[^ ]* //; s/^"\(.*\)"$/\1/'
}

is() { # WANT OBJECT INTERFACE PROPERTY
	_want=$1
	shift
	equal "$(get "$@")" "$_want"
}

call() { # OBJECT INTERFACE METHOD...
	_object=$1 _interface=$2
	shift 2
	busctl call org.bacs1 "$_object" "org.bacs1.$_interface" "$@"
}

all_ok() {
	for _a in 1 2 3 4; do
		is ok $bus/$_a Module State || return 1
	done
}

armed_in_time() {
	wait_for 30 is true $root Manager Armed || return 1
	_took=$(($(get $root Manager ArmedUSec) -
		$(get $root Manager StartedUSec)))
	echo "armed after $_took us"
	[ "$_took" -le 10000000 ]
}

names_arrive() {
	cat >/etc/bacs/bacsd.conf.d/test.conf <<-END
		[Bus bacsA]
		Modules=1-4
		[String North]
		Bus=bacsA
		Modules=4,3,2,1
		NominalVoltage=12V
		[Limits]
		FloatVoltageLow=2.10V
		FloatVoltageHigh=2.40V
	END
	systemctl reload bacsd &&
		wait_for 10 is 3S1 $bus/2 Module Name &&
		wait_for 10 grep -qx '3S1 voltage' \
			"$devices"/bacsA-002/hwmon/hwmon*/in0_label &&
		equal "$(cat "$devices"/bacsA-002/hwmon/hwmon*/in0_min)" 12600 &&
		wait_for 20 is green $bus/2 Module Colour &&
		wait_for 60 is float $root/string/North String State
}

hwmon_has() { # VALUE FILE
	equal "$(cat "$devices"/bacsA-002/hwmon/hwmon*/"$2")" "$1"
}

# the real driver takes whole sets only; what has no limit limits nothing
limits_are_whole_and_put_back() {
	hwmon_has 0 in0_lcrit && hwmon_has 65535 in0_crit &&
		hwmon_has 125000 temp1_max &&
		echo 11000 >"$(echo "$devices"/bacsA-002/hwmon/hwmon*/in0_min)" &&
		wait_for 10 hwmon_has 12600 in0_min &&
		wait_for 10 sh -c "journalctl -u bacsd |
			grep -q 'wrote through sysfs other limits to 3S1'"
}

# of a shipped profile, in its installed place
profile_is_found() {
	cat >/etc/bacs/bacsd.conf.d/zz.conf <<-END
		[Limits]
		Technology=agm
		FloatVoltageLow=
		TemperatureHigh=33C
	END
	bacsctl config check && systemctl reload bacsd &&
		wait_for 70 hwmon_has 33000 temp1_max &&
		bacsctl config diff && bacsctl limits 3S1 | grep -q agm.conf
	_r=$?
	rm /etc/bacs/bacsd.conf.d/zz.conf
	systemctl reload bacsd
	return $_r
}

bad_file_is_refused() {
	printf '[Site]\nNmae=x\n' >/etc/bacs/bacsd.conf.d/bad.conf
	systemctl reload bacsd
	wait_for 10 is refused $root Manager ConfigurationState
	_r=$?
	get $root Manager ConfigurationError
	rm /etc/bacs/bacsd.conf.d/bad.conf
	[ $_r = 0 ] && is 3S1 $bus/2 Module Name && systemctl reload bacsd &&
		wait_for 10 is good $root Manager ConfigurationState
}

nobody_may_not() {
	! runuser -u nobody -- busctl call org.bacs1 $bus/1 org.bacs1.Module \
		Identify b true &&
		wait_for 10 sh -c "journalctl -u bacsd BACS_KIND=access-denied |
			grep -q 'User 65534 was refused Identify'"
}

journal_has_fields() {
	_id=$(journalctl -u bacsd -o json BACS_KIND=armed |
		sed -n 's/.*"MESSAGE_ID":"\([0-9a-f]*\)".*/\1/p' | head -n 1)
	echo "MESSAGE_ID of armed: '$_id'"
	[ ${#_id} = 32 ] &&
		journalctl "MESSAGE_ID=$_id" | grep -q 'Loss alarms are live'
}

power() { # WANT FILE: of a module's power supply (M24)
	equal "$(cat /sys/class/power_supply/bacsA-002/"$2")" "$1"
}

power_says_how_it_is() {
	wait_for 30 power Good health &&
		wait_for 150 power Full status &&
		systemctl stop bacsd && power Unknown health &&
		power Unknown status &&
		systemctl start bacsd && wait_for 30 all_ok &&
		wait_for 30 power Good health
}

watchdog_kills() { # COUNT: so often so far
	equal "$(journalctl -u bacsd | grep -c 'Watchdog timeout')" "$1"
}

replaced() { # OLD COUNT
	wait_for 90 watchdog_kills "$2" &&
		wait_for 30 systemctl is-active bacsd &&
		[ "$(systemctl show -P MainPID bacsd)" != "$1" ] &&
		wait_for 30 all_ok
}

stopped_daemon_is_replaced() {
	_old=$(systemctl show -P MainPID bacsd)
	kill -STOP "$_old"
	replaced "$_old" 1
}

# The modules are live, the daemon turns and answers, and nobody says that
# anything is absent: only samples do not come any more.
deaf_daemon_is_replaced() {
	_old=$(systemctl show -P MainPID bacsd)
	python3 /mnt/share/system/deafen.py "$_old" || return 1
	wait_for 30 is red $bus Bus Colour && all_ok &&
		[ "$(systemctl show -P MainPID bacsd)" = "$_old" ] &&
		replaced "$_old" 2 &&
		sqlite3 $state_dir/history.db "SELECT text FROM event
			WHERE kind = 'samples-stalled'" | grep 'no sample came'
}

small_disk() {
	systemctl stop bacsd &&
		truncate -s 8M "$tmp/disk" &&
		mkfs.ext4 -q "$tmp/disk" &&
		mount -o loop "$tmp/disk" $state_dir &&
		chown bacs:bacs $state_dir &&
		systemctl start bacsd && wait_for 30 all_ok &&
		is ok $root Manager HistoryState
}

# Something that is recorded at once
make_event() { call $bus/1 Module Identify b "$1"; }

degrades_alone() { # WORDS
	make_event true
	wait_for 20 is degraded $root Manager HistoryState &&
		get $root Manager HistoryReason | grep -i "$1" &&
		is 0 $root Manager HistoryDropped && all_ok &&
		_t=$(get $bus/1 Module MeasuredUSec) &&
		wait_for 20 sh -c "[ \"\$(busctl get-property org.bacs1 $bus/1 \
			org.bacs1.Module MeasuredUSec)\" != 't $_t' ]"
}

recovers() {
	wait_for 90 is ok $root Manager HistoryState &&
		wait_for 10 is 0 $root Manager HistoryQueued &&
		is 0 $root Manager HistoryDropped &&
		journalctl -u bacsd -n 50 | grep 'nothing was lost'
}

# Pages that the log has already are overwritten without complaint: make it
# want more.
write_until_degraded() {
	for _i in $(seq 400); do
		make_event true
		! is degraded $root Manager HistoryState || return 0
	done
}

full_disk() {
	dd if=/dev/zero of=$state_dir/ballast bs=4k 2>/dev/null
	write_until_degraded
	degrades_alone 'full'
}

# A plain remount is refused while the file is open for writing; a kernel in
# trouble does not ask.
readonly_disk() {
	echo u >/proc/sysrq-trigger
	wait_for 20 sh -c "! touch $state_dir/probe" &&
		degrades_alone 'read-only'
}

damaged_file() {
	systemctl stop bacsd
	dd if=/dev/urandom of=$state_dir/history.db bs=4k count=8 \
		conv=notrunc 2>/dev/null
	systemctl start bacsd && wait_for 30 all_ok &&
		is ok $root Manager HistoryState &&
		ls $state_dir/history.db.damaged-* &&
		journalctl -u bacsd BACS_KIND=history-set-aside | grep set.aside
}

check 'bacsd is up, enabled by its preset' wait_for 60 systemctl is-active bacsd
check 'all modules are live' wait_for 60 all_ok
check 'loss alarms are armed within 10 s of start' armed_in_time
check 'without limits modules are orange' is orange $bus/1 Module Colour
check 'names and limits reach hwmon' names_arrive
check 'limits are whole, others are put back' limits_are_whole_and_put_back
check 'a shipped profile is found and shown' profile_is_found
check 'a bad file is refused by name and line' bad_file_is_refused
check 'nobody may not operate, polkit says' nobody_may_not
check 'root may operate' call $bus/1 Module Identify b true
check 'bacsd controls the bus then' is "$(systemctl show -P MainPID bacsd)" \
	$bus Bus ControllerPID
check 'the journal has kinds and message ids' journal_has_fields
check 'power supplies show status and health while bacsd runs' \
	power_says_how_it_is
check 'a daemon that stands still is killed and replaced' \
	stopped_daemon_is_replaced
check 'a daemon without samples is killed and replaced' \
	deaf_daemon_is_replaced
check 'the history moves to a small disk' small_disk
check 'a full disk degrades the history alone' full_disk
rm -f $state_dir/ballast
check 'space brings it back, nothing lost' recovers
check 'a read-only disk degrades the history alone' readonly_disk
mount -o remount,rw $state_dir
mount -o remount,rw / 2>/dev/null
check 'writing brings it back, nothing lost' recovers
check 'a damaged file is set aside' damaged_file
check 'systemd finds no fault in the unit' systemd-analyze verify --man=no \
	bacsd.service
systemctl stop bacsd
umount $state_dir 2>/dev/null
summary
