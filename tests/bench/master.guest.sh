#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# In the guest: master.guest.sh SECONDS CELL... - every bus master in every cell.
# A cell is NAME,BAUD,MODULES,PORT,LOAD,MASTER:MASTER...; PORT is the number of a
# 16550 with its simulator on the host, or pty for one with its simulator here;
# LOAD is idle or loaded. Prints lines "@kind {json}", which tests/bench/master
# reads.
. /mnt/share/system/lib.sh
bench=/usr/libexec/bacs/bench
seconds=$1
shift
cpus=$(nproc)
load=
far=
nice=

one_line() { tr -d '\n\t'; }
far_ctl() {
	if [ "$port" = pty ]; then sim far "$@"; else simctl "$port" "$@"; fi
}

# Two busy loops for each CPU, and a writer that waits for the disk
load_on() {
	_i=0
	while [ $_i -lt $((2 * cpus)) ]; do
		sh -c 'while :; do :; done' &
		load="$load $!"
		_i=$((_i + 1))
	done
	sh -c 'while :; do
		dd if=/dev/zero of=/var/tmp/load bs=64k count=64 conv=fsync 2>/dev/null
	done' &
	load="$load $!"
}
load_off() {
	for _p in $load; do
		kill "$_p"
	done 2>/dev/null
	load=
	rm -f /var/tmp/load
}

scans() { cat $devices/bacsA/stats/scans; }
live() { [ "$(cat $devices/bacsA/state)" = running ] && [ "$(scans)" -ge 2 ]; }
driver_errors() {
	cat $devices/bacsA-*/stats/timeouts $devices/bacsA-*/stats/crc_errors \
		$devices/bacsA-*/stats/short_frames \
		$devices/bacsA-*/stats/line_errors |
		awk '{ n += $1 } END { print n + 0 }'
}

# The driver is measured when all modules are known: a window in its life.
# --scan-ms 1: one scan after the other, as the peers do.
run_bacs() { # EQUALIZING
	bacs-attach --bus bacsA --modules "1-$modules" --baud "$baud" \
		--format "$format" --scan-ms 1 "$tty" >"$tmp/attach" 2>&1 &
	attach=$!
	if ! wait_for 150 live; then
		cat "$tmp/attach"
		kill "$attach"
		wait "$attach"
		return 1
	fi
	if [ -n "$1" ]; then
		$bench/bench-equalize bacsA "$modules" >"$tmp/equalize" &
		equalize=$!
		wait_for 10 grep -q equalizing "$tmp/equalize"
		# until all duties have gone out
		wait_for 60 live_scans $(($(scans) + 3))
	fi
	for _f in /sys/devices/virtual/workqueue/ttyS-serial*/nice; do
		[ -z "$nice" ] || echo "$nice" >"$_f"
	done
	[ "$loaded" != loaded ] || load_on
	errors=$(driver_errors)
	far_ctl stats reset
	$bench/bench-peer window "$seconds" $far >"$tmp/own"
	far_ctl stats >"$tmp/stats"
	load_off
	errors=$(($(driver_errors) - errors))
	[ -z "$1" ] || kill "$equalize"
	kill "$attach"
	wait "$attach"
	sed -i "s/^{/{\"errors\": $errors, /" "$tmp/own"
}
live_scans() { [ "$(scans)" -ge "$1" ]; }

run_peer() { # MASTER
	# as bacs-attach does for its own
	rx=/sys/class/tty/$(basename "$(readlink -f "$tty")")/rx_trig_bytes
	trigger=1
	[ "$1" != echo-trigger8 ] || trigger=8
	[ ! -e "$rx" ] || echo $trigger >"$rx"
	[ "$loaded" != loaded ] || load_on
	far_ctl stats reset
	case $1 in
	pymodbus)
		$bench/peer-pymodbus.py "$tty" "$baud" "$parity" "$modules" \
			"$seconds" >"$tmp/own" ;;
	*)
		# shellcheck disable=SC2086 # a pid or nothing
		$bench/bench-peer "${1%-trigger8}" "$tty" "$baud" "$parity" "$modules" \
			"$seconds" $far >"$tmp/own" ;;
	esac
	_rc=$?
	far_ctl stats >"$tmp/stats"
	load_off
	return $_rc
}

run_master() {
	echo "@begin {\"cell\": \"$cell\", \"master\": \"$1\"}"
	: >"$tmp/own" >"$tmp/stats"
	case $1 in
	bacs) run_bacs '' ;;
	bacs@nice=*)
		# the serial driver's receive queue as it is without bacs-attach
		nice=${1#*=}
		run_bacs ''
		nice= ;;
	bacs@*)
		# the driver with one of its parameters: for experiments with it
		_set=${1#bacs@}
		echo "${_set#*=}" >"/sys/module/bacs/parameters/${_set%%=*}" &&
			run_bacs '' ;;
	bacs-equalizing) run_bacs y ;;
	*) run_peer "$1" ;;
	esac >"$tmp/said" 2>&1 || {
		echo "$cell, $1: failed:" >&2
		cat "$tmp/said" >&2
		echo "@failed {\"cell\": \"$cell\", \"master\": \"$1\"}"
		return
	}
	echo "@run {\"cell\": \"$cell\", \"master\": \"$1\"," \
		"\"own\": $(one_line <"$tmp/own")," \
		"\"wire\": $(one_line <"$tmp/stats")}"
}

calibrate() { # NAME COMMAND...
	_what=$1
	shift
	echo "@calibration {\"where\": \"$_what\", \"wakeup\": $("$@")}"
}

# Nobody else on the line, and no udev to read 247 new devices meanwhile
systemctl stop 'bacs-attach@*' bacsd systemd-udevd-control.socket \
	systemd-udevd-kernel.socket systemd-udevd.service 2>/dev/null
modprobe bacs
# On 6.x real-time tasks leave 5 % to others by default: not in a benchmark
sysctl -q kernel.sched_rt_runtime_us=-1
calibrate guest-other $bench/bench-wakeup 2
calibrate guest-fifo $bench/bench-wakeup 2 fifo
load_on
calibrate guest-loaded-other $bench/bench-wakeup 2
calibrate guest-loaded-fifo $bench/bench-wakeup 2 fifo
load_off

for spec in "$@"; do
	IFS=, read -r cell baud modules port loaded masters <<-EOF
	$spec
	EOF
	if [ "$port" = pty ]; then
		start_sim far --modules "1-$modules" --baud "$baud" \
			--format 8N1 --strict --seed 1 --realtime
		eval "far=\$sim_far"
		# the kernel's ptys have no parity
		tty=$tmp/far.tty parity=N format=8N1
	else
		tty=/dev/bacs-port$port parity=E format=8E1 far=
	fi
	for m in $(echo "$masters" | tr : ' '); do
		run_master "$m"
	done
	if [ "$port" = pty ]; then
		kill "$far"
		wait "$far"
	fi
done
