#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# vm: --image debian --kernel 6.12 --timeout 300
#
# Raw access from end to end: bacsctl, libbacs, the driver, and the modules of
# bacs-sim, whose silence and exceptions are their own (MASTER, point 6).
. /mnt/share/system/lib.sh

says() { # WANT EXIT ARGUMENT...: of 'bacsctl bus transact'
	_want=$1 _exit=$2
	shift 2
	_rc=0
	_have=$(bacsctl bus transact "$@" 2>"$tmp/err") || _rc=$?
	cat "$tmp/err"
	equal "$_have, exit $_rc" "$_want, exit $_exit"
}
tells() { grep -q "$1" "$tmp/err"; }
file_is() { equal "$(cat "$devices/$1")" "$2"; }
hears() { bacsctl bus transact bacsA 1 --json 04 0001 0001 | grep "$1"; }

start_sim raw --modules 1-3 --seed 9
sim raw set 1 voltage_mv 13377 >/dev/null
start_bus bacsA raw --modules 1-3
check "three modules are ok" wait_for 60 count_is 3 states bacsA ok

check "a register is read" says "04 02 34 41" 0 bacsA 1 0400010001
check "as JSON" hears '"reply_hex": "04023441"'
check "a register that is not there is an exception" \
	says "84 02" 1 bacsA 1 04 0400 0001
check "and the exception has a name" tells "exception 2, illegal-data-address"
check "a function that is not there, too" says "c1 01" 1 bacsA 1 41 --timeout=1000
check "nobody answers" says "" 1 bacsA 99 04 0001 0001 --timeout=200
check "and it is said who" tells "address 99 did not answer"
check "a write is confirmed" says "06 00 01 01 f4" 0 bacsA 2 06 0001 01f4
check "and ends as a duty without a lease must" \
	wait_for 20 file_is bacsA-002/equalizer_duty 0
check "nothing equalizes" file_is bacsA-002/equalizer_duty 0
check "a broadcast needs no answer" says "" 0 bacsA 0 06 0008 1234
check "every module has latched" \
	wait_for 20 says "04 02 12 34" 0 bacsA 3 04 000c 0001

# what is refused is refused before the wire
start_sim quiet --modules 1-2 --seed 10
start_bus bacsB quiet --modules 1-2 --read-only
check "read-only: two modules are ok" wait_for 60 count_is 2 states bacsB ok
check "read-only: no PDU" says "" 1 bacsB 1 0400010001
check "read-only: it says so" tells "the bus is read-only"

# hammering: the modules do not notice
i=0
while [ $i -lt 40 ]; do
	bacsctl bus transact bacsA 99 04 0001 0001 --timeout=100
	bacsctl bus transact bacsA 1 04 0001 0001
	i=$((i + 1))
done >/dev/null 2>&1
check "forty silences later three modules are ok" count_is 3 states bacsA ok
for a in 1 2 3; do
	check "module $a was never lost" file_is bacsA-00$a/stats/losses 0
done
check "nobody else is there" test ! -e "$devices/bacsA-099"

summary
