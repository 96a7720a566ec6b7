# SPDX-License-Identifier: GPL-2.0-or-later
# For the system tests, sourced: results, waiting, simulated buses.
# shellcheck shell=sh
set -u
tmp=$(mktemp -d)
devices=/sys/bus/bacs/devices
failed=0
pids=

# check NAME COMMAND...: one result
check() {
	_name=$1
	shift
	if "$@" >"$tmp/said" 2>&1; then
		echo "ok $_name"
	else
		echo "not ok $_name"
		sed 's/^/# /' "$tmp/said" | tail -n 20
		failed=$((failed + 1))
	fi
}

# equal HAVE WANT, and say so if not
equal() {
	[ "$1" = "$2" ] || {
		echo "have '$1', want '$2'"
		return 1
	}
}

# wait_for SECONDS COMMAND...: until it is true
wait_for() {
	_limit=$(($(date +%s) + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$(date +%s)" -lt "$_limit" ] || {
			echo "not within the time: $*"
			return 1
		}
		sleep 0.1
	done
}

count_is() { # WANT COMMAND...: number of lines it prints
	_want=$1
	shift
	equal "$("$@" | wc -l)" "$_want"
}

states() { # BUS STATE: the addresses in that state
	for _d in "$devices/$1"-*; do
		[ "$(cat "$_d/state" 2>/dev/null)" != "$2" ] || echo "${_d##*-}"
	done
}

chips() { # our hwmon chips that have a value
	ls -d /sys/class/hwmon/*/in0_input /sys/class/hwmon/*/temp2_input \
		2>/dev/null | sed 's|/[^/]*$||' | sort -u
}

# start_sim NAME OPTIONS...: a simulator on a pty, line $tmp/NAME.tty, control
# socket $tmp/NAME.ctl
start_sim() {
	_sim=$1
	shift
	bacs-sim --pty --link "$tmp/$_sim.tty" --control "$tmp/$_sim.ctl" "$@" \
		>"$tmp/$_sim.log" 2>&1 &
	eval "sim_$_sim=$!"
	pids="$pids $!"
	wait_for 20 grep -q ^ready "$tmp/$_sim.log" || cat "$tmp/$_sim.log"
}

sim() { # NAME COMMAND...: to a running simulator
	_sim=$1
	shift
	bacs-sim ctl "$tmp/$_sim.ctl" "$@"
}

# start_bus BUS NAME OPTIONS...: attach the line of simulator NAME
start_bus() {
	_bus=$1 _sim=$2
	shift 2
	bacs-attach --bus "$_bus" "$@" "$tmp/$_sim.tty" >"$tmp/$_bus.log" 2>&1 &
	eval "bus_$_bus=$!"
	pids="$pids $!"
	wait_for 20 test -e "$devices/$_bus" || cat "$tmp/$_bus.log"
}

finish() {
	for _p in $pids; do
		kill "$_p" 2>/dev/null
	done
	wait
	rm -rf "$tmp"
}
trap finish EXIT

summary() {
	echo "# $failed failed"
	[ "$failed" -eq 0 ]
}
