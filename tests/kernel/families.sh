#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Services whose network namespace has one family of addresses only: the guard holds there, and its proof says what it could not
# try. Controls: without the guard a stranger is let in; a namespace with both.
set -euo pipefail

# shellcheck source=kernel.sh
source "$(dirname "$0")/kernel.sh"
kernel_begin "$0"

kernel_has_netns || skip 'accept=netns needs Linux 5.17'
cgroup=$EJG_CGROUP/service
mkdir "$cgroup"
ACCEPT=netns
net_new six 2001:db8::6/64
net_new four 198.51.100.4/24
net_run four bash -c 'echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6; echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6'

# in_net HOST ARGUMENTS OF ejguard...
in_net() {
	net_run "$1" "$EJG_TOOL" --confdir "$EJG_CONF" --moduledir "$EJG_MODULES" "${@:2}"
}

# lives HOST ADDRESS: the service listens there, and nowhere else.
lives() {
	rm -f "$EJG_STATE/serve"
	cgroup_run "$cgroup" nsenter --net="$(net_file "$1")" "$EJG_HOLD" listen "$2" 4369 >"$EJG_STATE/serve" &
	wait_for 5 grep -q listening "$EJG_STATE/serve"
}

ends() {
	local pids
	mapfile -t pids <"$cgroup/cgroup.procs"
	kill "${pids[@]}"
	wait_is 5 '' cat "$cgroup/cgroup.procs" || true
}

# check_family HOST LISTEN ADDRESS PEER STRANGER UNPROVEN
check_family() {
	lives "$1" "$2"
	sed -i "s|listen=.*|listen=127.0.0.1,::1,$3|" "$EJG_CONF/service"
	check_is "$1: control: without the guard a stranger is let in" ok "$(try remote connect "$3" 4369 --from "$5")"
	check "$1: apply" in_net "$1" --json apply --cgroup "$cgroup" service
	in_net "$1" --json status --prove service >"$EJG_STATE/report" 2>&1 || true
	check_is "$1: what could not be tried" "$6" "$(grep -o '"net.unproven"' "$EJG_STATE/report" | wc -l)"
	check_is "$1: nothing failed" 0 "$(grep -o '"net.not-proven"' "$EJG_STATE/report" | wc -l)"
	check_is "$1: a stranger" refused "$(try remote connect "$3" 4369 --from "$5")"
	check_is "$1: a peer" ok "$(try remote connect "$3" 4369 --from "$4")"
	check "$1: check" in_net "$1" -q check service
	check "$1: release" in_net "$1" -q release service
	ends
}

stack_for "$cgroup" 198.51.100.2 2001:db8::2
check_family host 0.0.0.0 198.51.100.1 198.51.100.2 198.51.100.9 0
check_family four 0.0.0.0 198.51.100.4 198.51.100.2 198.51.100.9 0
check_family six :: 2001:db8::6 2001:db8::2 2001:db8::9 1

note 'the module host'
printf '%s\n' "set cgroups $(cgroup2_root)/service" 'set epmd 4369' 'set dist 4370-4375' 'set public 5222' 'required host' \
	>"$EJG_CONF/service"

# host_in HOST [COMMAND...] -- ARGUMENTS OF ejguard...
host_in() {
	local host=$1 through=()
	shift
	while [[ $1 != -- ]]; do
		through+=("$1")
		shift
	done
	own_tree nsenter --net="$(net_file "$host")" "${through[@]}" "$EJG_TOOL" --confdir "$EJG_CONF" --moduledir "$EJG_MODULES" \
		"${@:2}"
}

# A program under this filter has no IPv6 sockets, as with ipv6.disable=1: socket(2) fails with EAFNOSUPPORT (97).
cat >"$EJG_STATE/no-ipv6" <<-'EOT'
	import ctypes, os, platform, struct, sys
	call = {'x86_64': 41, 'aarch64': 198}[platform.machine()]
	code = [(0x20, 0, 0, 0), (0x15, 0, 3, call), (0x20, 0, 0, 16), (0x15, 0, 1, 10), (0x06, 0, 0, 0x50000 | 97),
	        (0x06, 0, 0, 0x7fff0000)]
	code = ctypes.create_string_buffer(b''.join(struct.pack('HBBI', *one) for one in code))
	class Filter(ctypes.Structure):
	    _fields_ = [('length', ctypes.c_ushort), ('code', ctypes.c_void_p)]
	filter = Filter(6, ctypes.addressof(code))
	if ctypes.CDLL(None, use_errno=True).prctl(22, 2, ctypes.byref(filter), 0, 0):
	    sys.exit(os.strerror(ctypes.get_errno()))
	os.execvp(sys.argv[1], sys.argv[1:])
EOT

# check_host UNPROVEN HOST [COMMAND...]
check_host() {
	check "host, ${*:2}: apply" host_in "${@:2}" -- -q apply service
	host_in "${@:2}" -- --json status --prove service >"$EJG_STATE/report" 2>&1 || true
	check_is "host, ${*:2}: what could not be tried" "$1" "$(grep -o '"host.unproven"' "$EJG_STATE/report" | wc -l)"
	check_is "host, ${*:2}: nothing failed" 0 "$(grep -o '"host.not-proven"' "$EJG_STATE/report" | wc -l)"
	check "host, ${*:2}: check" host_in "${@:2}" -- -q check service
	check "host, ${*:2}: release" host_in "${@:2}" -- -q release service
}

check_host 0 host
check_host 0 four
check_host 0 six
if [[ $(uname -m) == x86_64 || $(uname -m) == aarch64 ]]; then
	check_host 3 host python3 "$EJG_STATE/no-ipv6"
fi
