#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A compromised node makes a network namespace of its own, without privilege, and sets it up as it likes: nothing of that keeps
# an apply from putting a stricter policy in force. Control: the same settings in a namespace of root undo the apply.
set -euo pipefail

# shellcheck source=kernel.sh
source "$(dirname "$0")/kernel.sh"
kernel_begin "$0"

cgroup=$EJG_CGROUP/service
mkdir "$cgroup"
ACCEPT=netns
private_range='echo 4300 5000 >/proc/sys/net/ipv4/ip_local_port_range'
nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups)

# stay COMMAND...: in the cgroup, once `sh -c` of its last word has said that it is there; its pid is in `stays`.
stay() {
	background stays cgroup_exec "$cgroup" nsenter --net="$(net_file host)" "$@"
	stays=$background_pid
}

# apply_for PEER...: the exit status of an apply with these, and what it says in JSON in `report`.
apply_for() {
	stack_for "$cgroup" "$@"
	guard --json apply service >"$EJG_STATE/report" 2>/dev/null
}

told() {
	grep -o "\"net.$1\"" "$EJG_STATE/report" | wc -l
}

# applied_with WORD: how many lines of what was applied last have it.
applied_with() {
	grep -c "$1" /run/ejguard/service/applied || true
}

peer_left_out() {
	try remote connect 198.51.100.1 4369 --from 198.51.100.9
}

check 'apply with two peers' apply_for 198.51.100.2 198.51.100.9
hammer_serve "$cgroup" 0.0.0.0 4369
check_is 'control: the second peer is let in' ok "$(peer_left_out)"

note 'a range of ports of its own, with the private ones'
stay "${nobody[@]}" unshare --user --map-root-user --net sh -c "$private_range; echo ready; exec sleep 600"
check_status 'apply without the second peer is no success' 1 apply_for 198.51.100.2
check_is 'it says why' 1 "$(told ports-ephemeral)"
check_has 'and where' "in the network namespace of process" "$(cat "$EJG_STATE/report")"
check_is 'it stays in force, and is what was applied last' 0 "$(applied_with 198.51.100.9)"
check_is 'the second peer is out' refused "$(peer_left_out)"
check_status 'check says it, too' 1 guard -q check service
end "$stays"
check 'control: without that process' guard -q check service

note 'a namespace in which no packet of the self-test arrives, and that has the addresses of listen='
setup='ip link set lo up
	ip link add v1 type veth peer name v2
	ip addr add 198.51.100.7/24 dev v1
	ip addr add 198.51.100.1/24 dev v1
	ip link set v1 up
	ip link set v2 up
	nft "table ip drops { chain in { type filter hook prerouting priority -300; drop; }; }" || exit
	echo ready
	exec sleep 600'
check 'apply with two peers' apply_for 198.51.100.2 198.51.100.9
stay "${nobody[@]}" unshare --user --map-root-user --net sh -c "$setup"
check 'apply without the second peer' apply_for 198.51.100.2
check_is 'the second peer is out' refused "$(peer_left_out)"
ACCEPT=auto
check 'apply with accept=auto' apply_for 198.51.100.2
check_has 'it stays with netns' accept=netns "$(guard status service)"
ACCEPT=netns
end "$stays"

note 'the same range in a namespace of root'
check 'apply with two peers' apply_for 198.51.100.2 198.51.100.9
stay unshare --net sh -c "$private_range; echo ready; exec sleep 600"
check_status 'apply' 1 apply_for 198.51.100.2
check_is 'the policy that refuses more stays' refused "$(peer_left_out)"
check_has 'it says so' core.kept "$(cat "$EJG_STATE/report")"
end "$stays"

note 'a namespace of root in which nothing answers'
# Packets to the address of eth0 go to a neighbour that does not exist: the kernel never sees a connection to itself.
silent='echo 1 >/proc/sys/net/ipv4/conf/all/route_localnet
	ip link set lo up; ip link add eth0 type veth peer name eth1; ip link set eth1 up; ip link set eth0 up
	ip addr add 192.0.2.1/24 dev eth0; ip route del table local local 192.0.2.1 dev eth0; ip route add 192.0.2.1/32 dev eth0
	ip neigh replace 192.0.2.1 lladdr 02:00:00:00:00:01 dev eth0 nud permanent'
check 'apply with two peers' apply_for 198.51.100.2 198.51.100.9
stay unshare --net sh -ec "$silent; echo ready; exec sleep 600"
check_status 'the guard is not proven' 1 apply_for 198.51.100.2
check_is 'it says so' 1 "$(told not-proven)"
end "$stays"

note 'an address of listen= from another source, in a namespace of root'
other_source='ip link set lo up; ip addr add 198.51.100.1/32 dev lo; ip addr add 192.0.2.2/32 dev lo
	ip route replace table local local 198.51.100.1 dev lo src 192.0.2.2'
decides() {
	guard status service | sed -n 's|.*enforcing, \(accept=[a-z]*\).*|\1|p'
}
ACCEPT=auto
check 'apply' apply_for 198.51.100.2
check_is 'control: without it accept=auto decides in the namespace' accept=netns "$(decides)"
stay unshare --net sh -ec "$other_source; echo ready; exec sleep 600"
check 'apply' apply_for 198.51.100.2
check_is 'now it decides at the cgroup' accept=cgroup "$(decides)"
end "$stays"
ACCEPT=netns

note 'namespaces that come as fast as they can'
check 'apply with two peers' apply_for 198.51.100.2 198.51.100.9
# shellcheck disable=SC2016 # the inner shell expands
stay "${nobody[@]}" sh -c 'echo ready; while :; do unshare --user --map-root-user --net sleep 0.2 & sleep 0.02; done' 2>/dev/null
failed=0
for round in {1..20}; do
	apply_for 198.51.100.2 198.51.100.9 || true
	apply_for 198.51.100.2 || failed=$((failed + 1))
	[[ $(peer_left_out) == refused ]] || break
done
check 'at least one apply found a namespace that came meanwhile' test "$failed" -gt 0
check_is 'the second peer is out each time' '20 refused' "$round $(peer_left_out)"
end "$stays"

note 'an interface that its namespace does not have'
ACCEPT=cgroup
stay "${nobody[@]}" unshare --user --map-root-user --net sh -c 'echo ready; exec sleep 600'
inner=$stays
check_status 'control: a stack with an interface that is nowhere' 3 apply_for 'fe80::2%absent'
check 'apply, with one that the service has where its listener is' apply_for 'fe80::2%eth0'
end "$inner"

note 'local users, and namespaces that come as fast as they can'
guard -q release service
top=$(cgroup2_root)
mkdir "$EJG_CGROUP/users"
install -m 755 "$EJG_ATTEMPT" "$EJG_STATE/attempt"
# apply_users USER...: that these may use the private ports.
apply_users() {
	printf '%s\n' "set cgroups $top/service" 'set epmd 4369' 'set dist 4370-4375' 'set public 5222' "set users $*" \
		'required host' >"$EJG_CONF/service"
	guard_host -q apply service >/dev/null 2>&1
}
games() {
	in_cgroup "$EJG_CGROUP/users" setpriv --reuid=games --regid=65534 --clear-groups "$EJG_STATE/attempt" connect 127.0.0.1 4369
}
check 'apply' apply_users daemon games
check_is 'control: a user who may' ok "$(games)"
# shellcheck disable=SC2016 # the inner shell expands
stay "${nobody[@]}" sh -c 'echo ready; while :; do unshare --user --map-root-user --net sleep 0.2 & sleep 0.02; done' 2>/dev/null
failed=0
for round in {1..10}; do
	apply_users daemon games || true
	apply_users daemon || failed=$((failed + 1))
	[[ $(games) == denied ]] || break
done
check 'at least one apply found a namespace that came meanwhile' test "$failed" -gt 0
check_is 'who may no more is refused each time' '10 denied' "$round $(games)"
end "$stays"

note 'two modules, of which one fails'
# apply_both USER...: with the module net behind host.
apply_both() {
	printf '%s\n' "set cgroups $top/service" 'set epmd 4369' 'set dist 4370-4375' 'set public 5222' "set users $*" \
		"${CONTROL-required} host" 'required net accept=netns' >"$EJG_CONF/service"
	guard_host -q apply service >/dev/null 2>&1
}
check 'apply' apply_both daemon games
stay "${nobody[@]}" unshare --user --map-root-user --net sh -c "$private_range; echo ready; exec sleep 600"
CONTROL=requisite
check_status 'apply, and net is not reached' 1 apply_both daemon
check_is 'host keeps its policy' denied "$(games)"
check_is 'net has the former one: that is what was applied last' 1 "$(applied_with 'users.*games')"
unset CONTROL
check_status 'apply, and net is reached' 1 apply_both daemon
check_is 'host keeps its policy' denied "$(games)"
check_is 'net has the new one, and that is what was applied last' 0 "$(applied_with 'users.*games')"
end "$stays"
check 'apply' apply_both daemon
check_is 'control: of both' 0 "$(applied_with 'users.*games')"

note 'only in namespaces of its own, in which nothing answers'
guard_host -q release service
ACCEPT=netns
mapfile -t pids <"$cgroup/cgroup.procs"
kill -KILL "${pids[@]}"
wait_is 5 '' cat "$cgroup/cgroup.procs"
inner=()
for _ in {1..3}; do
	stay "${nobody[@]}" unshare --user --map-root-user --net sh -ec "$silent; echo ready; exec sleep 600"
	inner+=("$stays")
done
check 'apply' apply_for 198.51.100.2
check_is 'it says that these prove nothing' 3 "$(told unproven)"
check 'check' guard -q check service
for stays in "${inner[@]}"; do
	end "$stays"
done

note 'only in a namespace of its own, with another source for an address of listen='
ACCEPT=auto
stay "${nobody[@]}" unshare --user --map-root-user --net sh -ec "$other_source; echo ready; exec sleep 600"
check 'apply with accept=auto' apply_for 198.51.100.2
check_is 'it stays in the namespace' accept=netns "$(decides)"
guard -q release service
check 'apply, without a set in force' apply_for 198.51.100.2
check_is 'control: it decides at the cgroup' accept=cgroup "$(decides)"
end "$stays"

note 'only in a namespace of its own, which has no interface of that name'
ACCEPT=netns
stay "${nobody[@]}" unshare --user --map-root-user --net sh -c 'echo ready; exec sleep 600'
check 'apply' apply_for 'fe80::2%eth0'
check_status 'control: an interface that is nowhere' 3 apply_for 'fe80::2%absent'
end "$stays"
