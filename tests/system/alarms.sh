#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# host: boots guests by itself, because their power is cut
#
# Alarms in each state survive SIGKILL of bacsd, rmmod and power cuts of the
# machine at random instants: the list afterwards is the list before.
#	BACS_CUTS: power cuts (1), BACS_KILLS: kills in each boot (2), BACS_SEED
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
run=${BACS_VM_RUN:-$top/tests/vm/run}
cuts=${BACS_CUTS:-1}
kills=${BACS_KILLS:-2}
seed=${BACS_SEED:-20261122}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failed=0
truncate -s 64M "$tmp/disk"

result() { # STATUS NAME
	if [ "$1" = 0 ]; then
		echo "ok $2"
	else
		echo "not ok $2"
		failed=$((failed + 1))
	fi
}

boot() { # MODE: what the guest says is in $tmp/said
	"$run" --image debian --kernel 6.1 --serial sim:12 --disk "$tmp/disk" \
		--timeout 900 --share "$top/tests" -- \
		sh /mnt/share/system/alarms.guest "$1" "$kills" "$seed" \
		>"$tmp/said" 2>"$tmp/trouble"
	_rc=$?
	grep -E '^(ok|not ok|#)' "$tmp/said"
	failed=$((failed + $(grep -c '^not ok' "$tmp/said")))
}

list() { # NAME: what stands between the lines of that name
	sed -n "/^BEGIN $1\$/,/^END $1\$/{//!p}" "$tmp/said"
}

mode=first
for cut in $(seq "$cuts"); do
	boot "$mode"
	# 137: the guest was gone before its command was through
	[ "$_rc" = 137 ] || { sed 's/^/# /' "$tmp/trouble" | tail -n 20; }
	result "$([ "$_rc" = 137 ]; echo $?)" "cut $cut: the power goes"
	list last >"$tmp/before"
	grep -q '"id"' "$tmp/before"
	result $? "cut $cut: there were alarms"
	mode=again
	seed=$((seed + 1))
done
boot last
[ "$_rc" = 0 ] || { sed 's/^/# /' "$tmp/trouble" | tail -n 20; }
result "$_rc" "the guest after the last cut"
echo "# $failed failed"
[ "$failed" -eq 0 ]
