#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# vm: --kernel 6.1 --acpi tests/system/serdev.asl --serial sim:4 --serial sim:4 --timeout 300
# vm: --kernel newest --acpi tests/system/serdev.asl --serial sim:4 --serial sim:4 --timeout 300
#
# A bus that the firmware names (MASTER 7): no program opens the port. The
# devices below it are the same as those of the line discipline. On a PC ACPI says
# so; on arm64 (tests/nightly/arm64) a devicetree, and the port is the board's own.
. /mnt/share/system/lib.sh

driver=/sys/bus/serial/drivers/bacs
here() { test -e "$devices/board"; }
gone() { ! here; }
four() { count_is 4 states board ok; }

modprobe bacs
check "the bus is there without anybody's help" wait_for 20 here
check "four modules are ok" wait_for 60 four
check "its line is the serdev device" \
	grep -q '^serial[0-9]*-0$' "$devices/board/tty"
check "its period is the firmware's" eval \
	'equal "$(cat "$devices/board/scan_ms")" 2000'
check "they have chips" wait_for 60 count_is 4 chips
check "bacsctl has them" eval 'bacsctl modules | grep -c "^ *board" | grep -qx 4'
check "a wrong address is refused by name and range" eval \
	'dmesg | grep -q "bacs,addresses: 1 to 300 is not a range within 1-247"'
check "no bus of it" test ! -e "$devices/wrong"

port=$(basename "$(readlink -f "$driver"/serial*-0 | head -n 1)")
echo "$port" >"$driver/unbind"
check "unbound: the bus is gone" wait_for 20 gone
check "unbound: no chip stays" wait_for 20 count_is 0 chips
echo "$port" >"$driver/bind"
check "bound again: four modules are ok" wait_for 60 four
rmmod bacs
check "the driver goes while the bus runs" test ! -e /sys/bus/bacs
modprobe bacs
check "and brings the bus back" wait_for 60 four
for round in 1 2 3 4 5; do
	echo "$port" >"$driver/unbind"
	echo "$port" >"$driver/bind"
done
check "after five rounds: four modules are ok" wait_for 60 four
if [ "$(uname -m)" = x86_64 ]; then
	echo 1 >/sys/bus/pci/devices/0000:00:10.0/remove
	check "the UART is pulled out: the bus is gone" wait_for 20 gone
	check "the UART is pulled out: no chip stays" wait_for 20 count_is 0 chips
else
	check "its UART is the board's own" eval \
		'readlink -f "$driver/$port" | grep pl011'
fi
check "the kernel has nothing to say against it" eval \
	'! dmesg | grep -E "BUG|WARNING|Oops|refcount"'
summary
