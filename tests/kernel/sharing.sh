#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Two services and one epmd, as ejabberd and RabbitMQ on one host: epmd is reached by the peers of both, each distribution
# range by the peers of its service only. In the network namespace, and at a cgroup that both name. Control: one of them alone.
set -euo pipefail

# shellcheck source=kernel.sh
source "$(dirname "$0")/kernel.sh"
kernel_begin "$0"

epmd=$EJG_CGROUP/epmd
mkdir "$epmd" "$EJG_CGROUP/first" "$EJG_CGROUP/second" "$EJG_CGROUP/elsewhere"
net_run remote ip addr add 198.51.100.5/24 dev eth0

# stack NAME RANGE PEER...: of a service with a cgroup of its own, and epmd's.
stack() {
	cat >"$EJG_CONF/$1" <<-EOT
		set cgroups $EJG_CGROUP/$1 $epmd
		set epmd 4369
		set dist $2
		set public 5222
		set peers ${*:3}
		required net accept=$ACCEPT evict=yes listen=127.0.0.1,::1,198.51.100.1
	EOT
}

serve() {
	hold "serve.$2" "$1" host listen 0.0.0.0 "$2"
}

# sees PORT: what the first's peer, the second's and a stranger get there.
sees() {
	local from
	for from in 2 9 5; do
		try remote connect 198.51.100.1 "$1" --from "198.51.100.$from"
	done | xargs
}

# foreign: how many listeners the first calls foreign or unguarded.
foreign() {
	guard --json check first >"$EJG_STATE/report" 2>&1 || true
	{ grep -oE '"net.listener-(foreign|unguarded)"' "$EJG_STATE/report" || true; } | wc -l
}

both() {
	check "$1: apply of the first" guard -q apply first
	check "$1: apply of the second" guard -q apply second
	check "$1: check of the first" guard -q check first
	check "$1: check of the second" guard -q check second
}

# overlap: in a network namespace, whose ports are all that counts there.
overlap() {
	local held
	note 'the second says that the range of the first is its own, too'
	stack second '4371-4375 4470-4475' 198.51.100.9
	hold serve.4371 "$EJG_CGROUP/first" host listen 0.0.0.0 4371
	held=$background_pid
	check_is 'control: the peer of the first is let in' "ok $no $no" "$(sees 4371)"
	check 'apply of the second' guard -q apply second
	check_is 'that of the second is not, and the other no more' "$no $no $no" "$(sees 4371)"
	check_is 'epmd is shared, still' "ok ok $no" "$(sees 4369)"
	check_has 'the second is told' '4371: the service first has this port*net.ranges-overlap' "$(guard -v check second 2>&1 || true)"
	check_has 'the first is told' '4371: the service second has this port' "$(guard -v check first 2>&1 || true)"
	end "$held"
	stack second 4470-4475 198.51.100.9
	check 'apply of the second' guard -q apply second
	check_is 'control: with a range of its own' "$no ok $no" "$(sees 4470)"
	check_is 'near: no finding' 0 "$(guard check second 2>&1 | grep -c net.ranges-overlap || true)"
}

serve "$epmd" 4369
serve "$EJG_CGROUP/first" 4370
serve "$EJG_CGROUP/second" 4470
check_is 'control: no guard' 'ok ok ok' "$(sees 4369)"

kinds=(cgroup)
! kernel_has_netns || kinds+=(netns)
for ACCEPT in "${kinds[@]}"; do
	no=timeout
	[[ $ACCEPT == cgroup ]] || no=refused
	note "accept=$ACCEPT"
	stack first 4370-4375 198.51.100.2
	stack second 4470-4475 198.51.100.9
	check 'apply of the first' guard -q apply first
	check_is 'control: the first alone: epmd' "ok $no $no" "$(sees 4369)"
	both "$ACCEPT"
	check_is 'epmd' "ok ok $no" "$(sees 4369)"
	check_is "the first one's range" "ok $no $no" "$(sees 4370)"
	check_is "the second one's range" "$no ok $no" "$(sees 4470)"
	check_has 'explain' 'another service' "$(guard explain accept 198.51.100.9 4369 first)"
	check_status 'explain: not its range' 1 guard -q explain accept 198.51.100.9 4370 first
	net_run remote "$EJG_HOLD" connect 198.51.100.9 198.51.100.1 4369 >"$EJG_STATE/peer.$ACCEPT" &
	wait_for 5 grep -q connected "$EJG_STATE/peer.$ACCEPT"
	check 'a connection of a peer of the other is none from before' guard -q check first
	check 'apply' guard -q apply first
	check_is 'which evict=yes would end' connected "$(tail -n 1 "$EJG_STATE/peer.$ACCEPT")"

	note 'the second changes its peers'
	stack second 4470-4475 198.51.100.5
	check 'apply' guard -q apply second
	check_is 'epmd' "ok $no ok" "$(sees 4369)"
	wait_for 5 grep -q ended "$EJG_STATE/peer.$ACCEPT" || true
	check_is 'the former peer is connected no more' ended "$(tail -n 1 "$EJG_STATE/peer.$ACCEPT")"
	check 'check of the first' guard -q check first

	note 'an entry that is lost'
	bpftool map delete pinned /sys/fs/bpf/ejguard/first/policy key 1 0 0 0
	check_status 'check of the first' 1 guard -q check first
	check_is 'epmd' "ok $no $no" "$(sees 4369)"
	check 'apply of the first' guard -q apply first
	check_is 'epmd' "ok $no ok" "$(sees 4369)"

	note 'permissive is a matter of one'
	sed -i 's/^required net/& mode=permissive/' "$EJG_CONF/second"
	check 'apply of the first' guard -q apply first
	check 'apply of the second' guard -q apply second
	check 'check of the first' guard -q check first
	check_status 'check of the second: it refuses nothing' 1 guard -q check second
	check_is 'epmd is still held by the first' "ok $no ok" "$(sees 4369)"
	check_is "the second one's range" 'ok ok ok' "$(sees 4470)"

	if [[ $ACCEPT == netns ]]; then
		overlap
	fi

	note 'the second goes'
	check 'release' guard -q release second
	check_is 'epmd' "ok $no $no" "$(sees 4369)"
	check 'check of the first' guard -q check first
	check 'release' guard -q release first
	check_is 'epmd' 'ok ok ok' "$(sees 4369)"

	note "epmd's cgroup is the second one's alone"
	stack first 4370-4375 198.51.100.2
	stack second 4470-4475 198.51.100.9
	sed -i "s| $epmd\$||" "$EJG_CONF/first"
	guard -q apply first || true
	check_is 'control: the first alone: nobody guards it' 1 "$(foreign)"
	check 'apply of the second' guard -q apply second
	both "$ACCEPT"
	check_is 'epmd' "ok ok $no" "$(sees 4369)"
	check_is 'it is no foreign listener' 0 "$(foreign)"
	serve "$EJG_CGROUP/elsewhere" 4371
	check_is 'control: one in a cgroup of no service is' 1 "$(foreign)"
	end "$background_pid"
	check_is 'it is gone' 0 "$(foreign)"
	sed -i 's/^required net/& mode=permissive/' "$EJG_CONF/second"
	check 'apply of the second, permissive' guard -q apply second
	check_is 'control: it refuses nothing: nobody guards epmd' 1 "$(foreign)"
	stack second 4470-4475 198.51.100.9
	sed -i 's/^set epmd.*/set epmd 4380/; s/^set public.*/& 4369/; s/^required net/& strict=yes/' "$EJG_CONF/second"
	check 'apply of the second, to which that port is public' guard -q apply second
	check_is 'control: it lets everybody in: nobody guards epmd' 1 "$(foreign)"
	check 'release' guard -q release second
	check 'release' guard -q release first
done

note 'a set of the layout before, whose policies are all large'
ACCEPT=cgroup
seq 1100 | awk '{ printf "20.0.%d.%d\n", $1 * 2 / 256, $1 * 2 % 256 }' >"$EJG_CONF/many"
stack first 4370-4375 198.51.100.2
stack second 4470-4475 "@$EJG_CONF/many"
both 'layout'
mv /sys/fs/bpf/ejguard/second/policy_large /sys/fs/bpf/ejguard/second/policy
copy() {
	bpftool -j map lookup pinned /sys/fs/bpf/ejguard/second/policy key 1 0 0 0
}
check 'apply of the first' guard -q apply first
before=$(copy)
check_has 'it has a copy of its policy' '"value"' "$before"
check 'apply of the first' guard -q apply first
check_is 'the copy of its policy stays' "$before" "$(copy)"
stack first 4370-4375 198.51.100.9
check 'apply of the first, with another peer' guard -q apply first
check 'control: another copy then' test "$(copy)" != "$before"
