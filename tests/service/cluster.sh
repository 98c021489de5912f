#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Two nodes under guard, each other's peers, join a cluster; a third that has the right cookie but is no peer does
# not. Other local users of a node reach neither its own private ports nor its peer's. The control: without a guard it does,
# and they do.
set -euo pipefail

# shellcheck source=../harness/harness.sh
source "$(dirname "$0")/../harness/harness.sh"
harness_begin "$0"

address() {
	echo "198.51.100.${1#node}"
}

# new_node NODE bed_new|guard_new
new_node() {
	"$2" "$1" "$(address "$1")/24"
	ejabberd_node "$1" "$(address "$1")" COOKIEOFTHISTESTONLY
	ejabberd_window "$1"
	install -m 755 "$EJG_ATTEMPT" "$(bed_root "$1")/usr/bin/attempt"
}

# user BED USER ADDRESS PORT: what a local user gets there.
user() {
	bed_run "$1" runuser -u "$2" -- env EJG_HOST_NETNS="$EJG_HOST_NETNS" attempt connect "$3" "$4"
}

start_nodes() {
	local node pids=()
	for node; do
		(bed_boot "$node" && bed_run "$node" systemctl start ejabberd) &
		pids+=($!)
	done
	for node in "${pids[@]}"; do wait "$node"; done
}

# Newer versions of ejabberd answer before they have joined, and start their listeners once more after that.
both='ejabberd@198.51.100.1 ejabberd@198.51.100.2'
join() {
	bed_run "$1" ejabberdctl join_cluster "ejabberd@$(address "$2")"
}

for node in node1 node2 node3; do new_node $node bed_new; done
start_nodes node1 node2 node3
check 'control: node2 joins' join node2 node1
check 'control: node3 joins' join node3 node1
wait_is 60 "$both ejabberd@198.51.100.3" ejabberd_cluster node1 || true
check_is 'control: the cluster' "$both ejabberd@198.51.100.3" "$(ejabberd_cluster node1)"
check_is 'control: nobody of node1 reaches its epmd' ok "$(user node1 nobody 127.0.0.1 4369)"
check_is "control: nobody of node1 reaches node2's" ok "$(user node1 nobody 198.51.100.2 4369)"
for node in node1 node2 node3; do bed_end $node; done

new_node node1 guard_new
guard_stack_peers node1 198.51.100.1 198.51.100.2
new_node node2 guard_new
guard_stack_peers node2 198.51.100.2 198.51.100.1
for node in node1 node2; do
	echo 'required host' >>"$(bed_root $node)/etc/ejguard/ejabberd"
	bed_chroot $node ejguard enable >/dev/null # every unit puts host on, too
done
new_node node3 bed_new
start_nodes node1 node2 node3
check 'node2 joins' join node2 node1
check_status 'node3 does not' 1 join node3 node1
for node in node1 node2; do wait_is 60 "$both" ejabberd_cluster $node || true; done
check_is 'the cluster' "$both" "$(ejabberd_cluster node1)"
check_is 'the cluster, from the other side' "$both" "$(ejabberd_cluster node2)"
for node in node1 node2; do
	check "$node: the guard holds" bed_run $node ejguard check
	check_is "$node: nobody does not reach its epmd" denied "$(user $node nobody 127.0.0.1 4369)"
done
check_is "nobody of node1 does not reach node2's" denied "$(user node1 nobody 198.51.100.2 4369)"
check_is 'nor its distribution' denied "$(user node1 nobody 198.51.100.2 "$(ejabberd_dist_port node2)")"
check_is 'root of node1 does' ok "$(user node1 root 198.51.100.2 4369)"
check_is "the service's user of node1 does" ok "$(user node1 ejabberd 198.51.100.2 4369)"
wait_is 30 ok user node1 nobody 198.51.100.2 5222 || true
check_is 'nobody of node1 reaches what node2 offers to all' ok "$(user node1 nobody 198.51.100.2 5222)"
check 'node1 restarts' bed_run node1 systemctl restart ejabberd
wait_is 30 "$both" ejabberd_cluster node1 || true
check_is 'the cluster is whole again' "$both" "$(ejabberd_cluster node2)"
