#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The reaction of ejabberd, epmd and Erlang to a refusal: they end, or give up at once, and say why. The control is the
# same without the guard, or with something that the guard admits.
#
# `epmd -daemon` ends with 0 whatever its child meets, guard or no guard: it can only write to the journal. And epmd
# ends with 0 if another one runs; the guard's refusal must not look like that.
set -euo pipefail

# shellcheck source=../harness/harness.sh
source "$(dirname "$0")/../harness/harness.sh"
harness_begin "$0"

own=198.51.100.1
other=198.51.100.3
stranger=203.0.113.9
not_permitted='Operation not permitted'

# stack OPTION OF net...
stack() {
	guard_stack server <<-EOS
		set dist 4200-4210
		set public 5222 5223 5269 5280 5443 1883
		set peers 198.51.100.2
		required net strict=yes $*
	EOS
}

# in_service CGROUP COMMAND...: as ejabberd would start it, with the bed's files.
in_service() {
	local cgroup=$1
	shift
	cgroup_run "$cgroup" timeout --kill-after=5 60 nsenter --target "$(bed_pid server)" --all --root \
		setpriv --reuid ejabberd --regid ejabberd --init-groups env --chdir=/ -i \
		PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/var/lib/ejabberd LC_ALL=C "$@"
}

journal() {
	bed_journal server --output cat
}

journal_has() {
	grep -qF "$1" <<<"$(journal)"
}

# A node on the address that is not in listen= at first.
node_on_other() {
	ejabberd_window server
	ejabberd_node server "$other"
	echo "INET_DIST_INTERFACE=$other" >>"$(bed_root server)/etc/default/ejabberd"
	bed_boot server
}

# dist_listeners: how many of the distribution range.
dist_listeners() {
	net_run server ss -Hltn 'sport >= :4200 and sport <= :4210' | wc -l
}

# ping_stranger: what Erlang makes of a node there, in ejabberd's cgroup, and of its epmd's port.
ping_stranger() {
	in_service "$(bed_cgroup server ejabberd.service)" erl -noshell -dist_listen false -name "ping@$own" -eval "
		Pong = net_adm:ping('ejabberd@$stranger'),
		{Microseconds, Error} = timer:tc(gen_tcp, connect, [\"$stranger\", 4369, [], 20000]),
		io:format(\"~p ~p ~p~n\", [Pong, Error, Microseconds < 5000000]),
		halt()."
}

# epmd_in CGROUP [OPTION OF epmd]...: in the foreground, with no address from the environment; sets `said` and `ended`.
# One that serves is ended after some seconds: 124.
epmd_in() {
	local cgroup=$1
	shift
	ended=0
	said=$(in_service "$cgroup" timeout 3 epmd -d "$@" 2>&1) || ended=$?
}

net_new stranger "$stranger/24"

note 'a node and a stranger, without the guard'
bed_new server "$own/24" "$other/24"
node_on_other
check "control: a node on $other starts" bed_run server systemctl start ejabberd
check_is 'control: it listens' 1 "$(dist_listeners)"
check_is 'control: a ping' 'pang {error,econnrefused} true' "$(ping_stranger)"
bed_end server

note 'a node on an address that is not in listen='
guard_new server "$own/24" "$other/24"
stack "listen=127.0.0.1,::1,$own"
node_on_other
check_status "a node on $other" 1 bed_run server systemctl start ejabberd
check 'the journal says why' wait_for 20 journal_has "Protocol 'inet_tcp': register/listen error: eperm"
check_is 'it does not listen' 0 "$(dist_listeners)"
check_has 'ejguard status tells of it' "bind4 $other port 42" "$(bed_run server ejguard --json status)"
check 'systemctl stop' bed_run server systemctl stop ejabberd
stack "listen=127.0.0.1,::1,$own,$other"
check "the same with $other in listen=" bed_run server systemctl start ejabberd
check_is 'it listens' 1 "$(dist_listeners)"

note 'a stranger'
check_is 'a ping: at once, as not permitted' 'pang {error,eperm} true' "$(ping_stranger)"
check_has 'ejguard status tells of it' "connect4 $stranger port 4369" "$(bed_run server ejguard --json status)"
bed_end server

note 'epmd as upstream starts it'
bed_new server "$own/24" "$other/24"
bed_stage server
stack wildcard=deny "listen=127.0.0.1,::1,$own"
bed_boot server
bed_run server systemctl stop epmd.socket
guarded=$(bed_cgroup server)/guarded
free=$(bed_cgroup server)/free
mkdir "$guarded" "$free"
check 'apply --cgroup' bed_run server ejguard apply --cgroup /sys/fs/cgroup/guarded
epmd_in "$free"
check_is 'control: on every address, without the guard' 124 "$ended"
epmd_in "$guarded" -address "$own"
check_is "control: on $own" 124 "$ended"
epmd_in "$guarded"
check_is 'on every address: exit status' 1 "$ended"
check_has 'on every address: it says why' "failed to bind on ipaddr *: $not_permitted" "$said"
epmd_in "$guarded" -address "$other"
check_is "on $other: exit status" 1 "$ended"
check_has "on $other: it says why" "failed to bind on ipaddr $other: $not_permitted" "$said"

note 'epmd -daemon, of which nobody sees the child'
check_status 'epmd -daemon' 0 in_service "$guarded" epmd -daemon
check 'the journal says why' wait_for 20 journal_has 'epmd: failed to bind on ipaddr'
check_is 'nobody listens on 4369' no "$(listens server 4369)"

note 'another epmd is there'
check_status 'control: epmd -daemon' 0 in_service "$free" epmd -daemon
check 'it listens' bed_wait 20 server bash -c 'ss -Hltn "sport = :4369" | grep -q .'
for cgroup in "$free" "$guarded"; do
	epmd_in "$cgroup" -address "$own"
	check_is "${cgroup##*/}: a second one: exit status" 0 "$ended"
	check_has "${cgroup##*/}: it says why" 'there is already a epmd running' "$said"
done
epmd_in "$guarded"
check_is 'a second one, on every address: refused as before' 1 "$ended"
check_has 'it says why' "$not_permitted" "$said"
