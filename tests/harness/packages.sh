# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# The packages of Debian that building and testing take. ejabberd and Erlang are not among them: the harness puts
# those into the image of the beds, never on the machine.

# shellcheck disable=SC2034 # for who sources this
packages_build=(meson ninja-build pkg-config gcc libc6-dev clang bpftool libbpf-dev libelf-dev zlib1g-dev
	libmd-dev libpcre2-dev libjansson-dev libsmartcols-dev libyaml-dev libacl1-dev libseccomp-dev iproute2 util-linux)

# packages_missing NAME...: those of them that are not installed.
packages_missing() {
	local name
	for name; do
		[[ $(dpkg-query --show --showformat='${db:Status-Status} ' "$name" 2>/dev/null) == *installed\ * ]] ||
			echo "$name"
	done
}

packages_apt() {
	DEBIAN_FRONTEND=noninteractive apt-get --yes --quiet --no-install-recommends \
		-o DPkg::Lock::Timeout=60 install "$@" </dev/null
}

# packages_install NAME...: installs those that are missing, and says so.
packages_install() {
	local missing
	mapfile -t missing < <(packages_missing "$@")
	((${#missing[@]})) || return 0
	echo "installing with apt-get: ${missing[*]}"
	# Lists of packages may be absent or stale; both show here only.
	packages_apt "${missing[@]}" || {
		apt-get --quiet update </dev/null
		packages_apt "${missing[@]}"
	}
}
