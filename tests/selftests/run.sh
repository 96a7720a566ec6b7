#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# run.sh [--no-skip] [TEST...] - run the driver's kselftests, as root in a guest:
#
#	tests/vm/run --kernel K --kernel-clean --serial sim:8 --serial sim:8 -- \
#		/usr/libexec/bacs/tests/run.sh
#
# Prints what each test says (TAP), a line "#RESULT ok|FAIL NAME" per test, one
# summary line per program and "N passed, N failed, N skipped".  Exit status 1
# if anything failed, or with --no-skip was skipped.
here=$(cd "$(dirname "$0")" && pwd)
noskip=
[ "${1-}" != --no-skip ] || { noskip=y; shift; }

[ "$(id -u)" = 0 ] || { echo "run.sh: root only, and only in a guest" >&2; exit 1; }
modprobe bacs || { echo "run.sh: no module bacs for $(uname -r)" >&2; exit 1; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# chain TEST... - one after the other
chain() {
	for t in "$@"; do
		read -r begin _ </proc/uptime
		rc=0
		(cd /tmp && "$here/test-$t" </dev/null >"$dir/$t" 2>&1) || rc=$?
		read -r end _ </proc/uptime
		echo "$rc $((${end%.*} - ${begin%.*}))" >"$dir/$t.status"
	done
}

if [ $# -gt 0 ]; then
	all=$*
	# shellcheck disable=SC2086 # a word per test is meant
	chain $all
else
	# These watch what buses there are, or how fast they are, or put the
	# machine to sleep: alone.
	chain start readers sleep
	# These wait most of the time: together, each on buses of its own.
	chain devices profile transact &
	chain control netlink &
	chain loss &
	chain bytes &
	wait
	# These unload the driver and count objects: alone.
	chain orders rounds
	all="start readers sleep devices profile transact control netlink loss bytes orders rounds"
fi

passed=0 failed=0 skipped=0
echo "# kernel $(uname -r)"
for t in $all; do
	echo "# test-$t"
	cat "$dir/$t"
	read -r rc seconds <"$dir/$t.status"
	sed -n -e 's/^ok [0-9]* .*# SKIP /#SKIPPED test-'"$t"': /p' -e '/# SKIP/d' \
		-e 's/^ok [0-9]* /#RESULT ok test-'"$t"': /p' \
		-e 's/^not ok [0-9]* /#RESULT FAIL test-'"$t"': /p' \
		"$dir/$t" >"$dir/results"
	[ -z "$noskip" ] || sed -i 's/^#SKIPPED/#RESULT FAIL (skipped)/' "$dir/results"
	# One that died before its end has not passed.
	if [ "$rc" -ne 0 ] && ! grep -q '^#RESULT FAIL' "$dir/results"; then
		echo "#RESULT FAIL test-$t (status $rc)" >>"$dir/results"
	fi
	cat "$dir/results"
	p=$(grep -c '^#RESULT ok' "$dir/results")
	f=$(grep -c '^#RESULT FAIL' "$dir/results")
	s=$(grep -c '^#SKIPPED' "$dir/results")
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	printf '# %-10s %3d passed, %d failed, %d skipped, %d s\n' "$t" "$p" "$f" \
		"$s" "$seconds" >>"$dir/summary"
	sed -n 's/^#RESULT FAIL /#   FAIL /p' "$dir/results" >>"$dir/summary"
	# and why, where the end of a long log is all that is kept
	[ "$f" -eq 0 ] || grep -E '^# .*(Expected|objects more|KiB more|timed? ?out|terminated)' \
		"$dir/$t" | sed 's/^# /#     /' >>"$dir/summary"
done
cat "$dir/summary"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
