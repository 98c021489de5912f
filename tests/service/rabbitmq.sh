#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Debian's rabbitmq-server, untouched, with the stack that is shipped for it: check has nothing against it; guarded it
# starts, restarts and answers rabbitmqctl, and a stranger reaches AMQP alone; two nodes make a cluster, a third that is no
# peer does not. The control: without the guard the stranger reaches all, and the third joins.
# EJG_SERVICES is a folder of packages that services_fetch of tests/harness/services.sh made.
set -euo pipefail

# shellcheck source=../harness/harness.sh
source "$(dirname "$0")/../harness/harness.sh"
harness_begin "$0"
# shellcheck source=../harness/services.sh
source "$harness_dir/services.sh"
[[ -n ${EJG_SERVICES-} ]] || skip 'EJG_SERVICES is not set (tools/run-tests sets it)'

address() {
	echo "198.51.100.${1#node}"
}

# rabbit_new NODE: one with ejguard installed, and neither enabled nor running.
rabbit_new() {
	local root
	bed_new "$1" "$(address "$1")/24"
	root=$(bed_root "$1")
	services_install "$EJG_SERVICES" "$root" rabbitmq-server >"$EJG_STATE/$1.log" 2>&1 || { tail -n 20 "$EJG_STATE/$1.log"; return 1; }
	bed_stage "$1"
	rm -f "$root"/etc/systemd/system/*.wants/{ejabberd,rabbitmq-server}.*
	printf '%s\n' '127.0.0.1 localhost' '198.51.100.1 node1' '198.51.100.2 node2' '198.51.100.3 node3' \
		'198.51.100.4 node4' '198.51.100.5 node5' '198.51.100.6 node6' >"$root/etc/hosts"
	printf vN3tKq8ZrXw2LmYp7BdGs5HcJf9TaQeU4RnVzWk6xDbC >"$root/var/lib/rabbitmq/.erlang.cookie"
}

# As a cluster has it: this node's address, and its peer.
rabbit_peer() {
	mkdir -p "$(bed_root "$1")/etc/ejguard"
	printf '%s\n' 'set kind rabbitmq' 'set public 5672' "set peers $2" \
		"required net strict=yes listen=127.0.0.1,::1,$(address "$1")" >"$(bed_root "$1")/etc/ejguard/rabbitmq"
}

ctl() {
	local node=$1
	shift
	bed_run "$node" timeout 60 rabbitmqctl --quiet "$@"
}

start() {
	local node pids=()
	for node; do
		(bed_boot "$node" && bed_run "$node" systemctl start rabbitmq-server) &
		pids+=($!)
	done
	for node in "${pids[@]}"; do wait "$node"; done
}

# join NODE OTHER
join() {
	ctl "$1" stop_app && ctl "$1" join_cluster "rabbit@$2" && ctl "$1" start_app
}

# loud BED: warnings and failures of check, by their ids.
loud() {
	bed_run "$1" bash -c 'ejguard --json check rabbitmq || true' |
		python3 -c 'import json, sys
for finding in json.load(sys.stdin)["findings"]:
    # the hosts of the beds have the addresses of a cluster, in which no stack here names a peer
    if finding["severity"] in ("warning", "failure") and finding["id"] != "node.host-public":
        print(finding["id"], finding["subject"], finding["file"])'
}

nodes() {
	ctl "$1" cluster_status --formatter json | python3 -c 'import json, sys
print(*sorted(json.load(sys.stdin)["running_nodes"]))'
}

net_new stranger 203.0.113.9/24
pids=()
for node in node1 node2 node3; do
	rabbit_new $node &
	pids+=($!)
done
for pid in "${pids[@]}"; do wait "$pid"; done

note 'control: without the guard'
start node1 node2 node3
check_reach 'control' stranger ok 4369 198.51.100.1
check_reach 'control' stranger ok 25672 198.51.100.1
check 'control: node3 joins node1' join node3 node1
check_is 'control: the cluster' 'rabbit@node1 rabbit@node3' "$(nodes node1)"
bed_end node3

note 'discover and check, of the untouched package, running'
said=$(bed_run node1 ejguard discover rabbitmq || true)
check_has 'discover: the kind' RabbitMQ "$said"
check_has 'discover: the port' 25672 "$said"
check_has 'discover: the name' rabbit@node1 "$said"
check_is 'nothing but the absent guard is complained about' '' "$(loud node2 | grep -vE '^(ejguard|net)\.' || true)"
bed_end node1
bed_end node2

note 'two nodes under guard, and a third that is no peer'
for node in node4 node5 node6; do rabbit_new $node & done
wait
rabbit_peer node4 198.51.100.5
rabbit_peer node5 198.51.100.4
for node in node4 node5; do bed_chroot $node ejguard enable rabbitmq >/dev/null; done
start node4 node5 node6
check 'node5 joins node4' join node5 node4
check_status 'node6 does not' 1 bed_run node6 bash -c 'rabbitmqctl -q stop_app; timeout 60 rabbitmqctl -q join_cluster rabbit@node4 || exit 1'
check_is 'the cluster' 'rabbit@node4 rabbit@node5' "$(nodes node4)"
check_is 'the cluster, from the other side' 'rabbit@node4 rabbit@node5' "$(nodes node5)"
check 'check' bed_run node4 ejguard check rabbitmq
bed_end node4
bed_end node5

note 'the third, alone, under the stack that is shipped'
# Its name leads to loopback, as Debian's installer writes it: without listen= a node reaches epmd there only.
sed -i 's/198.51.100.6 node6/127.0.1.1 node6/' "$(bed_root node6)/etc/hosts"
stop_all='systemctl stop rabbitmq-server epmd.service epmd.socket'
check_reach 'control' stranger ok 4369 198.51.100.6
check 'enable' bed_run node6 ejguard enable rabbitmq
check 'a guarded start' bed_run node6 bash -c "$stop_all && systemctl start epmd.socket rabbitmq-server"
check 'rabbitmqctl status' ctl node6 status
check 'restart' bed_run node6 systemctl restart rabbitmq-server
check 'rabbitmqctl list_queues' ctl node6 list_queues
check_is 'a stranger at epmd' 0 "$(try stranger connect 198.51.100.6 4369 | grep -c ok || true)"
check_is 'a stranger at the distribution' 0 "$(try stranger connect 198.51.100.6 25672 | grep -c ok || true)"
check_reach 'guarded' stranger ok 5672 198.51.100.6
check 'check, of the package as it is' bed_run node6 ejguard check rabbitmq
check_is 'it complains about nothing' '' "$(loud node6)"
