#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# More network namespaces than ejguard lists, made by a local user and by the service: they displace none that root has made, and
# they do not fill what the module host knows. Control: with fewer, the namespaces that have ended are forgotten.
set -euo pipefail

# shellcheck source=kernel.sh
source "$(dirname "$0")/kernel.sh"
kernel_begin "$0"

cgroup=$EJG_CGROUP/service
mkdir "$cgroup" "$EJG_CGROUP/users"
top=$(cgroup2_root)
nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups)
install -m 755 -t "$EJG_STATE" "$EJG_ATTEMPT" "$EJG_HAMMER"

apply_host() {
	printf '%s\n' "set cgroups $top/service" 'set epmd 4369' 'set dist 4370-4375' 'set public 5222' 'set users daemon' \
		'required host' >"$EJG_CONF/service"
	guard_host -q apply service >/dev/null 2>&1
}

games() {
	in_cgroup "$EJG_CGROUP/users" setpriv --reuid=games --regid=65534 --clear-groups "$EJG_STATE/attempt" connect 127.0.0.1 4369
}

note 'more namespaces of a local user than are listed'
set=/sys/fs/bpf/ejguard/service:host
# known NUMBER: has the module host know so many namespaces that have ended, or as many as it can.
known() {
	local i
	for ((i = 0; i < $1; i++)); do
		echo "map update pinned $set/networks key $((i % 256)) $((i / 256)) 0 0 0 0 0 99 value 1 any"
	done >"$EJG_STATE/batch"
	bpftool batch file "$EJG_STATE/batch" >"$EJG_STATE/batched" 2>&1 || grep -q 'too long' "$EJG_STATE/batched"
}
knows() {
	bpftool -j map dump pinned "$set/networks" | python3 -c 'import json, sys; print(len(json.load(sys.stdin)))'
}
# The namespace of the self-test (2) is another apply's to remove.
lived_in() {
	bpftool -j map dump pinned "$set/networks" |
		python3 -c 'import json, sys; print(sum(int(entry["value"][0], 16) == 1 for entry in json.load(sys.stdin)))'
}
named() {
	guard -v status service | sed -n 's/^net.networks *\([0-9]*\).*/\1/p'
}
many=520
# shellcheck disable=SC2016 # the inner shells expand
"${nobody[@]}" sh -c '
	for i in $(seq "$1"); do
		unshare --user --map-root-user --net sh -c "echo \$\$; exec sleep 600" &
	done
	wait' many "$many" >"$EJG_STATE/many" &
crowd=$!
is_crowd() {
	(($(wc -l <"$EJG_STATE/many") == many))
}
wait_for 60 is_crowd
hammer_serve "$cgroup" 0.0.0.0 4369
check_is 'control: another user, without the guard' ok "$(games)"
check 'apply of host' apply_host
known 1024
check_is 'control: the map is full' 1024 "$(knows)"
check 'apply of host, with a full map' apply_host
check_is 'it knows that the service is on the host' denied "$(games)"
known 600
(
	echo 0 >"$cgroup/cgroup.procs"
	exec "${nobody[@]}" unshare --user --map-root-user --net sh -c 'echo ready; exec sleep 600'
) >"$EJG_STATE/inner" &
inner=$!
wait_for 10 grep -q ready "$EJG_STATE/inner"
check_status 'apply of host leaves half of the map to root' 1 apply_host
check_has 'it says which namespace it does not know' 'host.network-unknown' "$(guard_host check service 2>&1 || true)"
kill "$inner"
wait "$inner" || true
guard_host -q release service
net_new blue 198.51.100.21/24
(
	echo 0 >"$cgroup/cgroup.procs"
	exec nsenter --net="$(net_file blue)" "$EJG_STATE/hammer" serve 0.0.0.0 4370
) >"$EJG_STATE/blue" &
blue=$!
wait_for 5 grep -q ready "$EJG_STATE/blue"
echo "$blue" >"$EJG_CGROUP/cgroup.procs"
ACCEPT=netns stack_for "$cgroup" 198.51.100.2
check 'apply of net' guard -q apply service
check_is 'it finds the namespace where only a socket of the service is' 2 "$(named)"
kill -KILL "$blue"
wait "$blue" || true
guard -q release service
mapfile -t pids <"$EJG_STATE/many"
kill "${pids[@]}"
wait "$crowd" || true
check 'apply of host' apply_host
known 1024
check 'apply of host, with a full map' apply_host
check_is 'control: where all namespaces are seen, those that have ended are removed' 1 "$(lived_in)"
