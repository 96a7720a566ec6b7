# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by the scripts that fill the cache folder.  The one sourcing it has
# set $top to the source tree.  Results go to stdout, talk goes to stderr.
#
# Rules of the cache: a result's name contains a hash of everything it was made
# from, it is built beside its place and renamed into it, so what exists is
# complete; a lock per result keeps two runs from making the same thing twice.

BACS_CACHE=${BACS_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/bacs}
case $BACS_CACHE in
/*) ;;
*) BACS_CACHE=$PWD/$BACS_CACHE ;;
esac
export BACS_CACHE
mkdir -p "$BACS_CACHE/lock" "$BACS_CACHE/tmp"

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die() { say "$@"; exit 1; }

# hash_of PATH... - one hash over names (relative to $top) and contents
hash_of() {
	(cd "$top" && find "$@" -name __pycache__ -prune -o -type f -print0 |
		LC_ALL=C sort -z | xargs -0 -r sha256sum) |
		sha256sum | cut -c1-16
}
hash_text() { printf '%s\n' "$@" | sha256sum | cut -c1-16; }

# gnu_type ARCH - what the compiler and the library folders call Debian's ARCH
gnu_type() {
	case $1 in
	amd64) echo x86_64-linux-gnu ;;
	arm64) echo aarch64-linux-gnu ;;
	*) die "architecture '$1': the tests know amd64 and arm64" ;;
	esac
}

# lock NAME - held until the script ends (descriptor 9)
lock() {
	exec 9>"$BACS_CACHE/lock/$1"
	flock -n 9 && return
	say "another run is making $1, waiting for it"
	flock 9
}
unlock() { exec 9>&-; }

# scratch - a new empty folder $tmp, removed when the script ends
scratch() {
	tmp=$(mktemp -d "$BACS_CACHE/tmp/${0##*/}.XXXXXX")
	trap 'rm -rf "$tmp"' EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
	trap 'exit 129' HUP
}

# publish FILE-OR-DIR PLACE - atomic.  If PLACE is there by now, another checkout
# has made the same of the same sources: that one stays.
publish() {
	mkdir -p "$(dirname "$2")"
	mv -T "$1" "$2" 2>/dev/null || [ -e "$2" ] || mv -T "$1" "$2"
}

# use DIR - mark as used; what nobody used for three days goes away with the next
# result of its kind
use() { touch -c "$1"; }
prune() { find "$1" -mindepth 1 -maxdepth 1 -mtime +3 -exec rm -rf {} +; }

# quietly LOGNAME COMMAND... - output only if it fails
quietly() {
	_log=$tmp/$1.log
	shift
	"$@" >"$_log" 2>&1 && return
	_rc=$?
	say "failed ($_rc): $*"
	tail -n 40 "$_log" >&2
	return "$_rc"
}
