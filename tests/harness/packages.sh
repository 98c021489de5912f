# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# The packages of Debian that building and testing take, by the same names in Debian 12 and 13. ejabberd and Erlang are
# not among them: the harness puts those into the image of the beds, never on the machine.

# shellcheck disable=SC2034 # for who sources this
{
	# The build, without tests: the list of README.md. test-packages.sh compares them.
	packages_build=(meson ninja-build pkg-config dpkg-dev gcc libc6-dev clang bpftool libbpf-dev
		zlib1g-dev libmd-dev libpcre2-dev libjansson-dev libsmartcols-dev libyaml-dev libacl1-dev
		libseccomp-dev)
	# The beds.
	packages_bed=(bpftool iproute2 mount util-linux)
	[[ -z ${EJG_RELEASE-} ]] || packages_bed+=(mmdebstrap)
	# The tests; and, by the version of clang, packages_sanitizers.
	packages_test=(g++ llvm libcmocka-dev make mandoc acl valgrind abigail-tools procps openssl
		python3 python3-jsonschema python3-kubernetes python3-prometheus-client nftables strace bc zsh fish wireguard-tools
		graphviz build-essential debhelper fakeroot lintian less)
	# tests/bench/run.
	packages_bench=(libcmocka-dev python3 acl nftables)
}

# packages_sanitizers: the run time of the sanitizers of the clang that is installed.
packages_sanitizers() {
	local version
	version=$(clang -dumpversion) && echo "libclang-rt-${version%%.*}-dev"
}

# packages_missing NAME...: prints those that are not installed. dpkg has other words than `installed` that contain it
# (not-installed, half-installed), and knows a package that was removed but for its configuration.
packages_missing() {
	local name machine
	machine=$(dpkg --print-architecture)
	for name; do
		dpkg-query --show --showformat='${db:Status-Status} ${Architecture}\n' "$name" 2>/dev/null |
			grep --quiet --line-regexp -e "installed $machine" -e 'installed all' || echo "$name"
	done
}

packages_apt() {
	DEBIAN_FRONTEND=noninteractive apt-get --yes --quiet --no-install-recommends \
		-o DPkg::Lock::Timeout=60 "$@" </dev/null
}

# packages_install NAME...: installs those that are missing, and says so.
packages_install() {
	local missing
	mapfile -t missing < <(packages_missing "$@")
	((${#missing[@]})) || return 0
	echo "installing with apt-get: ${missing[*]}"
	packages_apt install "${missing[@]}" || {
		# The lists of packages may be absent or stale; a package, these or another, may be unpacked only, or removed
		# by half. Both show here.
		echo 'that failed; again, with fresh lists of packages'
		packages_apt update || return
		DEBIAN_FRONTEND=noninteractive dpkg --configure --pending </dev/null || true
		packages_apt --fix-broken install "${missing[@]}" || return
	}
	mapfile -t missing < <(packages_missing "$@")
	((${#missing[@]} == 0)) || {
		echo "not installed though apt-get says so: ${missing[*]}" >&2
		return 1
	}
}
