#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# learn: the stack that it proposes for two real nodes of a cluster, from their connections alone and from what permissive
# mode has let through. `check --file` accepts it, the cluster works under it, and it allows nobody who was not seen: neither
# one who only asked epmd, as scanners do, nor one who was refused before the mode was permissive.
set -euo pipefail

# shellcheck source=../harness/harness.sh
source "$(dirname "$0")/../harness/harness.sh"
harness_begin "$0"

for node in 1 2; do
	bed_new "node$node" "198.51.100.$node/24"
	ejabberd_node "node$node" "198.51.100.$node" Zr8XvQ2mNw5pLk7TbYc4
	ejabberd_window "node$node"
done
bed_stage node1
net_new scanner 198.51.100.8/24
net_new friend 198.51.100.7/24
net_new intruder 198.51.100.9/24
for node in node1 node2; do install -m 755 "$EJG_ATTEMPT" "$(bed_root $node)/usr/bin/attempt"; done
for node in node1 node2; do bed_boot $node; done
stack=$(bed_root node1)/etc/ejguard/ejabberd
proposal=$(bed_root node1)/root/proposal

# learn [OPTION]...: into the file.
learn() {
	bed_run node1 ejguard learn "$@" >"$proposal"
}

# words SETTING: of the proposal.
words() {
	sed -n "s/^set $1 //p" "$proposal"
}

# allows ADDRESS PORT: what the proposal would decide about a connection from there.
allows() {
	if bed_run node1 ejguard explain accept "$1" "$2" --file /root/proposal >/dev/null; then echo yes; else echo no; fi
}

# check_only ADDRESS...: of all hosts around only these may come to epmd and to the distribution.
check_only() {
	local port last address expected
	for port in 4369 4200; do
		for last in {2..9} 66 130; do
			address=198.51.100.$last
			expected=no
			[[ " $* " != *" $address "* ]] || expected=yes
			check_is "the proposal allows $address to port $port" "$expected" "$(allows "$address" "$port")"
		done
	done
	check_is 'nor one of another network' no "$(allows 203.0.113.2 4369)"
	check_is 'nor one with IPv6' no "$(allows 2001:db8::2 4369)"
	check_is 'everybody reaches the public port' yes "$(allows 203.0.113.2 5222)"
}

note 'nothing runs'
check_status 'nothing to learn from' 1 learn
for node in node1 node2; do check "$node starts" bed_run $node systemctl start ejabberd; done

note 'one node alone'
check 'learn' learn
check_is 'no peers' '' "$(words peers)"
check_only

note 'from the connections of a cluster'
check 'the cluster' bed_run node2 ejabberdctl join_cluster ejabberd@198.51.100.1
net_run scanner "$EJG_ATTEMPT" connect 198.51.100.1 4369 >/dev/null
check 'learn' learn
cat "$proposal"
check_is 'the peer' 198.51.100.2 "$(words peers)"
check_is 'the range' 4200-4210 "$(words dist)"
check_is 'the public ports' '1883 5222 5223 5269 5280 5443' "$(words public)"
check_has 'to which address the peer comes' 'required net strict=yes listen=127.0.0.1,::1,198.51.100.1' "$(cat "$proposal")"
check 'check --file accepts it' bed_run node1 ejguard check --file /root/proposal
check_only 198.51.100.2
check_is 'each line has a reason' '' "$(bed_run node1 ejguard --json learn | python3 -c '
import json, sys
print(*[line["line"] for line in json.load(sys.stdin)["learned"]
        if line["line"] and line["line"].startswith(("set", "required net")) and not line["reasons"]])')"

note 'with names that a local user has registered for the public ports'
# register NAME PORT...: keeps them, as nobody, for a minute.
register() {
	bed_run node1 runuser -u nobody -- python3 -c '
import socket, struct, sys, time
kept = []
for name, port in zip(sys.argv[1::2], sys.argv[2::2]):
    kept.append(socket.create_connection(("127.0.0.1", 4369)))
    body = struct.pack(">cHBBHHH", b"x", int(port), 77, 0, 6, 5, len(name)) + name.encode() + struct.pack(">H", 0)
    kept[-1].sendall(struct.pack(">H", len(body)) + body)
    assert kept[-1].recv(2) == b"v\0"
print("registered", flush=True)
time.sleep(60)' "$@" >"$EJG_STATE/registered" &
}
register clients 5222 servers 5269
wait_for 20 grep -q registered "$EJG_STATE/registered"
check_has 'control: epmd has the name' 'name clients at port 5222' "$(bed_run node1 epmd -names)"
net_run intruder bash -c 'exec 3<>/dev/tcp/198.51.100.1/5222; echo connected; sleep 60' >"$EJG_STATE/connected" &
wait_for 20 grep -q connected "$EJG_STATE/connected"
check 'learn' learn
check_is 'the peer alone' 198.51.100.2 "$(words peers)"
check_is 'the public ports, all of them' '1883 5222 5223 5269 5280 5443' "$(words public)"

note 'under the proposal'
mkdir -p "${stack%/*}"
cp "$proposal" "$stack"
check 'apply' bed_run node1 ejguard apply
check_is 'the cluster is whole' 'ejabberd@198.51.100.1 ejabberd@198.51.100.2' "$(ejabberd_cluster node2)"
check_reach 'the proposal' intruder refused 4369 198.51.100.1
port=$(ejabberd_dist_port node1)
check_is 'the proposal: the peer to epmd' ok "$(bed_run node2 env EJG_HOST_NETNS="$EJG_HOST_NETNS" attempt connect 198.51.100.1 4369)"
check_is 'the proposal: the peer to the distribution' ok "$(bed_run node2 env EJG_HOST_NETNS="$EJG_HOST_NETNS" attempt connect 198.51.100.1 "$port")"
check_reach 'the proposal' intruder refused "$port" 198.51.100.1
check_reach 'the proposal' intruder ok 5222 198.51.100.1
check 'learn again' bed_run node1 bash -c 'ejguard learn >/root/again'
check_is 'what was refused is not learned' 198.51.100.2 "$(sed -n 's/^set peers //p' "$(bed_root node1)/root/again")"

note 'from the records of permissive mode'
bed_end node2
sed -i -e '/^set peers/d' -e 's/^required net.*/& mode=permissive\nrequired host mode=permissive/' "$stack"
check 'apply' bed_run node1 ejguard apply
check_reach 'permissive' scanner ok 4369 198.51.100.1
check_reach 'permissive' friend ok 4369 198.51.100.1
check_reach 'permissive' friend ok "$port" 198.51.100.1
check_is 'permissive: a local user' ok \
	"$(bed_run node1 runuser -u nobody -- env EJG_HOST_NETNS="$EJG_HOST_NETNS" attempt connect 127.0.0.1 4369)"
check 'learn' learn
cat "$proposal"
check_is 'the peer' 198.51.100.7 "$(words peers)"
check_is 'the user' nobody "$(words users)"
check_has 'the scanner is named' 'NOT proposed, as a scanner does the same: 198.51.100.8' "$(cat "$proposal")"
check_is 'who was refused before is not' no "$(grep -qF 198.51.100.9 "$proposal" && echo yes || echo no)"
check 'check --file accepts it' bed_run node1 ejguard check --file /root/proposal
check_has 'no mode is left' 'required host strict=yes' "$(cat "$proposal")"
check_has 'where the peer may come' 'required net strict=yes listen=127.0.0.1,::1,198.51.100.1' "$(cat "$proposal")"
check_only 198.51.100.7
