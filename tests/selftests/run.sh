#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# tests/selftests/run.sh [TEST...] - run the driver's kselftests, as root in a
# guest: tests/vm/run --kernel K --kernel-clean --serial sim:4 -- \
#	/usr/libexec/bacs/tests/run.sh
# Prints what each test prints (TAP), and at the end one line per test and
# "N passed, N failed, N skipped".  Exit status 1 if anything failed.
here=$(cd "$(dirname "$0")" && pwd)
# The last ones are alone on the machine: they unload the driver, count objects.
tests=${*:-start devices profile control netlink loss bytes readers orders rounds}

[ "$(id -u)" = 0 ] || { echo "run.sh: root only, and only in a guest" >&2; exit 1; }
modprobe bacs || { echo "run.sh: no module bacs for $(uname -r)" >&2; exit 1; }
log=$(mktemp)
summary=$(mktemp)
passed=0 failed=0 skipped=0
echo "# kernel $(uname -r)"
for t in $tests; do
	echo "# test-$t"
	read -r begin _ </proc/uptime
	"$here/test-$t" >"$log" 2>&1
	rc=$?
	cat "$log"
	read -r end _ </proc/uptime
	p=$(grep -c '^ok [0-9]' "$log")
	s=$(grep -c '^ok [0-9].*# SKIP' "$log")
	f=$(grep -c '^not ok [0-9]' "$log")
	# One that died before its end has not passed.
	[ "$rc" -eq 0 ] || [ "$f" -gt 0 ] || f=1
	passed=$((passed + p - s)) skipped=$((skipped + s)) failed=$((failed + f))
	printf '# %-10s %3d passed, %d failed, %d skipped, %d s\n' "$t" \
		$((p - s)) "$f" "$s" $((${end%.*} - ${begin%.*})) >>"$summary"
	grep '^not ok' "$log" | sed 's/^/#   /' >>"$summary"
done
cat "$summary"
echo "$passed passed, $failed failed, $skipped skipped"
rm -f "$log" "$summary"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
