# SPDX-License-Identifier: GPL-2.0-or-later
# bash completion for bacsctl; installed as "bacsctl"
_bacsctl_buses()
{
	local d
	for d in /sys/bus/bacs/devices/*; do
		[[ -e $d && ${d##*/} != *-* ]] && echo "${d##*/}"
	done
}

_bacsctl_modules()
{
	local d
	for d in /sys/bus/bacs/devices/*-*; do
		[[ -e $d ]] && echo "${d##*/}"
	done
}

_bacsctl()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local command=${COMP_WORDS[1]} words=
	COMPREPLY=()

	if ((COMP_CWORD == 1)); then
		words="status modules strings alarms equalize ri jars limits bus events history profile config --help --version"
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
		return
	fi
	case $prev in
	--bus | rescan | scan-period | stats | transact | doctor | capture | line-check)
		mapfile -t COMPREPLY < <(compgen -W "$(_bacsctl_buses)" -- "$cur")
		return
		;;
	--severity)
		mapfile -t COMPREPLY < <(compgen -W "info warning alarm" -- "$cur")
		return
		;;
	--level)
		mapfile -t COMPREPLY < <(compgen -W "advisory warning alarm" -- "$cur")
		return
		;;
	--database | load | check)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	esac
	case $command in
	status) words="--json --watch --sort --bus --help" ;;
	modules) words="--json --sort --bus --root --help" ;;
	strings) words="--json --sort --help" ;;
	equalize) words="on off --json --sort --help" ;;
	limits) words="--json --sort --help $(_bacsctl_modules)" ;;
	config) words="check show diff --effective --defaults --json --root --help" ;;
	ri) words="status start baseline --json --sort --help" ;;
	jars) words="list set replace accept calibrate --json --sort --help" ;;
	alarms)
		case ${COMP_WORDS[2]} in
		ack) words="--all --help" ;;
		shelve) words="--for --reason --help" ;;
		out-of-service) words="--for --reason --json --sort --help" ;;
		test) words="--level --for --help" ;;
		unshelve | mute | in-service) words="--help" ;;
		*) words="ack shelve unshelve mute out-of-service in-service test --json --sort --help" ;;
		esac
		;;
	bus) words="stats rescan scan-period transact doctor line-check capture convert --json --bus --timeout --for --all --wiring --root --pcapng --count --help" ;;
	events) words="--follow --json --since --until --limit --severity --bus --database --help" ;;
	history) words="--json --since --until --limit --database --help $(_bacsctl_modules)" ;;
	profile) words="list show check load delete --json --help" ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}
complete -F _bacsctl bacsctl
