#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Two nodes under guard, each other's peers, join a cluster; a third that has the right cookie but is no peer does
# not. The control: without a guard it does.
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
}

start_nodes() {
	local node pids=()
	for node; do
		(bed_boot "$node" && bed_run "$node" systemctl start ejabberd) &
		pids+=($!)
	done
	for node in "${pids[@]}"; do wait "$node"; done
}

join() {
	bed_run "$1" ejabberdctl join_cluster "ejabberd@$(address "$2")"
}

for node in node1 node2 node3; do new_node $node bed_new; done
start_nodes node1 node2 node3
check 'control: node2 joins' join node2 node1
check 'control: node3 joins' join node3 node1
check_is 'control: the cluster' 'ejabberd@198.51.100.1 ejabberd@198.51.100.2 ejabberd@198.51.100.3' \
	"$(ejabberd_cluster node1)"
for node in node1 node2 node3; do bed_end $node; done

new_node node1 guard_new
guard_stack_peers node1 198.51.100.1 198.51.100.2
new_node node2 guard_new
guard_stack_peers node2 198.51.100.2 198.51.100.1
new_node node3 bed_new
start_nodes node1 node2 node3
check 'node2 joins' join node2 node1
check_status 'node3 does not' 1 join node3 node1
check_is 'the cluster' 'ejabberd@198.51.100.1 ejabberd@198.51.100.2' "$(ejabberd_cluster node1)"
check_is 'the cluster, from the other side' 'ejabberd@198.51.100.1 ejabberd@198.51.100.2' "$(ejabberd_cluster node2)"
