#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A process of the service's user outside of the service's cgroups, as ejabberdctl's own node is one: what a compromised
# node does with it is up to the kernel (Yama), and doctor says so.
set -euo pipefail

# shellcheck source=kernel.sh
source "$(dirname "$0")/kernel.sh"
kernel_begin "$0"

cgroup=$EJG_CGROUP/service
elsewhere=$EJG_CGROUP/elsewhere
mkdir "$cgroup" "$elsewhere"
install -m 755 "$EJG_TAKE" "$EJG_STATE/take"
stack_for "$cgroup" 198.51.100.2
check 'apply' guard -q apply --cgroup "$cgroup" service
cgroup_run "$elsewhere" nsenter --net="$(net_file remote)" "$EJG_ATTEMPT" listen 198.51.100.9 4369 600 >"$EJG_STATE/listening" &
wait_for 5 grep -q ok "$EJG_STATE/listening"

# offer USER: a process of that user outside of the service, with a socket. Its pid and the socket's number.
offer() {
	local line
	(
		echo 0 >"$elsewhere/cgroup.procs"
		exec nsenter --net="$(net_file host)" setpriv --reuid="$1" --regid="$1" --clear-groups "$EJG_STATE/take" offer
	) >"$EJG_STATE/offer.$1" &
	line=$!
	wait_for 5 test -s "$EJG_STATE/offer.$1"
	offered="$line $(cat "$EJG_STATE/offer.$1")"
}

# take USER: what a process of that user in the service makes of the offered socket.
take() {
	# shellcheck disable=SC2086 # words are wanted
	in_cgroup "$cgroup" setpriv --reuid="$1" --regid="$1" --clear-groups "$EJG_STATE/take" $offered 198.51.100.9 4369
}

offer 65533
check_is "control: not another user's" denied "$(take 65534)"
offer 65534
# Nobody's process is in nobody's way: no tracer's descendant, no capability.
if [[ $(cat /proc/sys/kernel/yama/ptrace_scope 2>/dev/null || echo 0) == 0 ]]; then
	check_is "the same user's: this kernel lets it" ok "$(take 65534)"
	check_has 'doctor says so' 'net.same-user' "$(guard --json doctor service 2>/dev/null || true)"
else
	check_is "the same user's: this kernel does not let it" denied "$(take 65534)"
	check_is 'doctor is silent' 0 "$(guard --json doctor service 2>/dev/null | grep -c 'net.same-user' || true)"
fi

note 'a map of sockets (sockmap), by which data goes from one to another past the hooks'
check_is 'control: root makes one' ok "$(in_cgroup "$cgroup" "$EJG_STATE/take" sockmap)"
as_service=(in_cgroup "$cgroup" setpriv --reuid=65534 --regid=65534 --clear-groups)
check_is 'the service does not' denied "$("${as_service[@]}" "$EJG_STATE/take" sockmap)"
check_is 'nor as root of a user namespace of its own' denied \
	"$("${as_service[@]}" unshare --user --map-root-user --net "$EJG_STATE/take" sockmap)"
