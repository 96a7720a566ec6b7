#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# vm: --image debian --kernel 6.1 --serial sim:1 --serial sim:1 --timeout 300
#
# Two adapters plugged in one after the other, in both orders: each line keeps
# its bus name, and with it every chip, label and dashboard its jar (C8). These
# ports keep their tty numbers; USB adapters, which do not, are another matter.
. /mnt/share/system/lib.sh
driver=/sys/bus/pci/drivers/serial

tty_of() { basename "$(readlink -f "/dev/bacs-port$1")"; }
pci_of() {
	readlink -f "/sys/class/tty/$1" |
		grep -o '0000:[0-9a-f]*:[0-9a-f]*\.[0-9]' | tail -n 1
}
serial_of() { cat "$devices/$1-001/serial"; }
has_module() { equal "$(cat "$devices/$1-001/state" 2>/dev/null)" ok; }
both() { has_module bacsA && has_module bacsB; }
no_bus() { [ ! -e $devices/bacsA ] && [ ! -e $devices/bacsB ]; }
pull() { echo "$1" >$driver/unbind; }
plug() { # PCI BUS
	echo "$1" >$driver/bind && wait_for 60 has_module "$2"
}
chip_of() { cat "$devices/$1-001"/hwmon/hwmon*/name; }

check "both buses have their module" wait_for 90 both
a=$(pci_of "$(tty_of 0)") b=$(pci_of "$(tty_of 1)")
serial_a=$(serial_of bacsA) serial_b=$(serial_of bacsB)
check "they are different modules" test "$serial_a" != "$serial_b"

for order in "first B, then A" "first A, then B"; do
	pull "$a"
	pull "$b"
	check "$order: both are pulled out" wait_for 30 no_bus
	case $order in
	"first B"*) plug "$b" bacsB; plug "$a" bacsA ;;
	*) plug "$a" bacsA; plug "$b" bacsB ;;
	esac
	check "$order: both are back" both
	check "$order: bacsA has its module" equal "$(serial_of bacsA)" "$serial_a"
	check "$order: bacsB has its module" equal "$(serial_of bacsB)" "$serial_b"
	check "$order: the chip has the bus's name" \
		wait_for 30 eval 'equal "$(chip_of bacsA)" bacsA_001'
done
summary
