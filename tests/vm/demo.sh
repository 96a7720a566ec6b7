# SPDX-License-Identifier: GPL-2.0-or-later
# The guest's side of ./run demo: demo.sh once | watch | shell
want=64

# ok and with a value: the first scan may still be on its way
modules_ok() {
	bacsctl status --json 2>/dev/null |
		jq '[.status[] | select(.state == "ok" and .voltage_mv != null)] | length' 2>/dev/null || echo 0
}
show() {
	printf '\n$ %s\n' "$1"
	sh -c "$1"
}

case $1 in
shell)
	cat <<-'EOF'
	This is a Debian 12 with 64 simulated modules on /dev/bacs-port0.  Try
	  bacsctl status      sensors      ls /sys/class/power_supply
	  journalctl -u bacsd      systemctl status 'bacs*'      simctl 0 help
	exit ends the virtual machine.
	EOF
	exec bash -l
	;;
watch)
	exec bacsctl status --watch
	;;
once) ;;
*)
	echo "usage: demo.sh once | watch | shell" >&2
	exit 2
	;;
esac

command -v bacsctl >/dev/null || { echo "bacsctl is not in this build" >&2; exit 1; }
end=$(($(date +%s) + 120))
while ok=$(modules_ok); [ "${ok:-0}" -lt $want ]; do
	if [ "$(date +%s)" -gt $end ]; then
		echo "only ${ok:-0} of $want modules are ok after two minutes" >&2
		systemctl --no-pager --lines 20 status 'bacs*' >&2
		bacsctl status >&2
		exit 1
	fi
	sleep 1
done
show "sensors | head -n 12"
show "ls /sys/class/power_supply | head -n 4"
show "cd /sys/class/power_supply/bacsA-001 && grep . status health voltage_now serial_number scope"
show "sqlite3 -readonly -box /var/lib/bacs/history.db 'SELECT bus, address, serial, model FROM module ORDER BY address LIMIT 3'"
show "sqlite3 -readonly -box /var/lib/bacs/history.db 'SELECT kind, name, text FROM event ORDER BY id DESC LIMIT 3'"
show "bacsctl status"
