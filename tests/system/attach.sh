#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# vm: --image debian --serial sim:4 --serial sim:4
#
# Ports become buses at boot, by udev and systemd, and are given back as they
# were: stopped, pulled out, hung up by another program, configured anew.
. /mnt/share/system/lib.sh
driver=/sys/bus/pci/drivers/serial

tty_of() { basename "$(readlink -f "/dev/bacs-port$1")"; }
pci_of() {
	readlink -f "/sys/class/tty/$1" |
		grep -o '0000:[0-9a-f]*:[0-9a-f]*\.[0-9]' | tail -n 1
}
bus_is() { [ -d "$devices/$1" ]; }
no_bus() { [ ! -e "$devices/$1" ]; }
both() { bus_is bacsA && bus_is bacsB; }
unit_is() { equal "$(systemctl is-active "$1")" "$2"; }
unit_ended() { ! systemctl is-active --quiet "$1"; }
property() { equal "$(systemctl show -P "$2" "$1")" "$3"; }
# Which module is found first depends on the machine's load: any will do.
has_modules() { [ -n "$(states "$1" ok)" ]; }
scans() { cat "$devices/$1/stats/scans"; }
scans_on() { [ "$(scans "$1")" -gt "$2" ]; }
module_ok() { equal "$(cat "$devices/$1/state")" ok; }
trigger_is() { equal "$(cat "/sys/class/tty/$1/rx_trig_bytes")" "$2"; }
status_says() { systemctl show -P StatusText "$1" | grep "$2"; }
roots_alone() { equal "$(stat -c %a:%U:%G "/dev/$1")" 600:root:root; }
speed_is() { stty -F "/dev/$1" | grep "speed $2 baud"; }
journal_says() { journalctl -u "$1" | grep "$2"; }
verified() {
	# the image has no manual pages, all else must be right
	systemd-analyze verify "$1" 2>&1 | grep -v -e "'man " >"$tmp/verify"
	cat "$tmp/verify"
	[ ! -s "$tmp/verify" ]
}
# refused STATUS PATTERN OPTIONS...: bacs-attach ends so and says so
refused() {
	_status=$1 _pattern=$2
	shift 2
	bacs-attach "$@" 2>"$tmp/refused"
	_got=$?
	cat "$tmp/refused"
	equal $_got "$_status" && grep "$_pattern" "$tmp/refused"
}
hang_up() {
	python3 -c "import fcntl, os, sys
fcntl.ioctl(os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK),
            0x5437)" "/dev/$1"	# TIOCVHANGUP
}
restarted() { property "$1" NRestarts 1 && bus_is "$2"; }

a=$(tty_of 0) b=$(tty_of 1)
unit_a=bacs-attach@$a.service unit_b=bacs-attach@$b.service

# at boot
check "both ports are buses at boot" wait_for 30 both
check "bacsA has modules" wait_for 90 has_modules bacsA
check "bacsB has modules" wait_for 90 has_modules bacsB
check "the unit of bacsA is active" unit_is "$unit_a" active
check "the unit of bacsB is active" unit_is "$unit_b" active
check "systemctl names bus, port and speed" \
	status_says "$unit_a" "Bus bacsA on /dev/$a, 19200"
check "the receive trigger is 1 byte" trigger_is "$a" 1
check "the port is root's" roots_alone "$a"
check "systemd-analyze verify finds nothing" verified "$unit_a"
check "a port in use is refused" \
	refused 1 "another program has the port" --bus bacsZ "/dev/$a"

# stopped; a 16550 starts with a trigger of 8 bytes and 9600 bit/s
check "the unit stops" systemctl stop "$unit_a"
check "its bus is gone" no_bus bacsA
check "bacs-attach ended with 0" property "$unit_a" ExecMainStatus 0
check "the receive trigger is what it was" trigger_is "$a" 8
check "the speed is what it was" speed_is "$a" 9600
check "the other bus is still there" bus_is bacsB

# asked for what cannot be
check "missing direction control is named with its remedy" \
	refused 2 "TIOCSRS485.*leave --rs485 out" --bus bacsA --rs485 "/dev/$a"
check "a name that is taken is refused" \
	refused 1 "a bus bacsB exists already" --bus bacsB "/dev/$a"
check "case makes no other name" \
	refused 1 "names do not differ by case" --bus BACSb "/dev/$a"
check "a profile that is not loaded is refused" \
	refused 2 "profile no-such is not loaded" \
	--bus bacsA --profile no-such "/dev/$a"
check "the receive trigger is back after refusals" trigger_is "$a" 8
check "the unit starts again" systemctl start "$unit_a"
check "and its bus is there when systemctl returns" bus_is bacsA

# pulled out and put back
pci=$(pci_of "$b")
echo "$pci" >$driver/unbind
check "a port that is pulled out takes its bus along" wait_for 20 no_bus bacsB
check "its unit ends" wait_for 20 unit_ended "$unit_b"
check "and is not started again and again" property "$unit_b" NRestarts 0
scans=$(scans bacsA)
check "the other bus goes on" wait_for 30 scans_on bacsA "$scans"
echo "$pci" >$driver/bind
check "put back, the bus has its old name" wait_for 30 bus_is bacsB
b=$(tty_of 1)
unit_b=bacs-attach@$b.service

check "a program hangs up" hang_up "$a"
check "systemd attaches once more" wait_for 30 restarted "$unit_a" bacsA
check "and the journal says why" \
	journal_says "$unit_a" "was hung up, though it is still there"

# configured by a file instead of a rule
check "the unit of bacsB stops" systemctl stop "$unit_b"
rm /run/udev/rules.d/60-bacs-vm.rules
cat >/etc/bacs/attach.d/test.conf <<EOF
[Attach]
Device=/dev/$b
Bus=bacsQ
Modules=1-4
EOF
udevadm control --reload
udevadm trigger --settle "/dev/$b"
check "a file in attach.d attaches the port it names" wait_for 20 bus_is bacsQ
check "with the addresses it names" wait_for 60 module_ok bacsQ-004
check "and no others" count_is 4 find "$devices/" -name 'bacsQ-*'

summary
