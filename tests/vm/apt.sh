# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced after tests/cache.sh: private apt roots, so that packages of several
# suites can be had without touching the machine's own /etc/apt.

BACS_MIRROR=${BACS_MIRROR:-http://deb.debian.org/debian}
BACS_SECURITY_MIRROR=${BACS_SECURITY_MIRROR:-http://deb.debian.org/debian-security}
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

apt_sources() {
	_deb="deb [signed-by=$keyring]"
	printf '%s\n' "$_deb $BACS_MIRROR $1 main"
	case $1 in
	sid) ;;
	*)
		printf '%s\n' "$_deb $BACS_MIRROR $1-backports main" \
			"$_deb $BACS_SECURITY_MIRROR $1-security main"
		;;
	esac
}

# Signatures are checked, their age is not: versions are pinned, and a mirror may
# well be a snapshot.
#
# apt_root SUITE [ARCH] - make or refresh the root, then apt() works on it.  Lists
# younger than an hour are good enough: versions are pinned anyway.
apt_root() {
	_arch=${2:-amd64}
	[ -r "$keyring" ] ||
		die "$keyring is missing: install debian-archive-keyring"
	_d=$BACS_CACHE/apt/$(hash_text "$(apt_sources "$1")" "$BACS_CACHE")-$1
	[ "$_arch" = amd64 ] || _d=$_d-$_arch
	mkdir -p "$_d/state/lists/partial" "$_d/cache/archives/partial" \
		"$_d/etc/preferences.d" "$_d/etc/apt.conf.d"
	: >>"$_d/status"
	apt_sources "$1" >"$_d/sources.list"
	cat >"$_d/apt.conf" <<-EOF
	Dir::Etc::sourcelist "$_d/sources.list";
	Dir::Etc::sourceparts "/dev/null";
	Dir::Etc::preferencesparts "$_d/etc/preferences.d";
	Dir::State "$_d/state";
	Dir::State::status "$_d/status";
	Dir::Cache "$_d/cache";
	APT::Architecture "$_arch";
	APT::Architectures "$_arch";
	APT::Install-Recommends "false";
	APT::Sandbox::User "root";
	Acquire::Languages "none";
	Acquire::Retries "3";
	Acquire::Check-Valid-Until "false";
	EOF
	APT_CONFIG=$_d/apt.conf
	export APT_CONFIG
	(
		# its own lock: roots are shared by kernels and images
		exec 8>"$_d/lock"
		flock 8
		if [ -z "$(find "$_d/updated" -mmin -60 2>/dev/null)" ]; then
			say "reading the package lists of $1 ($_arch)"
			quietly "apt-$1-$_arch" apt-get -q update ||
				die "no package lists of $1 from $BACS_MIRROR (set BACS_MIRROR to another mirror)"
			touch "$_d/updated"
		fi
	) || exit 1
}

# apt_depends PACKAGE REGEX - direct dependencies whose name matches
apt_depends() {
	apt-cache depends --no-recommends --no-suggests --no-conflicts \
		--no-breaks --no-replaces --no-enhances "$1" |
		sed -n 's/^ *|\{0,1\}\(Pre\)\{0,1\}[Dd]epends: //p' | grep -E "$2" || :
}
