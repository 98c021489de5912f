#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# apply --confirm: the former policy comes back by itself unless it is confirmed in time, and what holds is tried with real
# connections, of a peer that only the former stack names and of one that only the new one does: each is the other's control.
# It comes back without its terminal, without the program that has set it going, and without the file that was applied. Confirmed, it
# stays for longer than the time that was given.
set -euo pipefail

# shellcheck source=../harness/harness.sh
source "$(dirname "$0")/../harness/harness.sh"
harness_begin "$0"

guard_new server 198.51.100.1/24
net_new old 198.51.100.3/24
net_new new 198.51.100.4/24
net_new newer 198.51.100.5/24
bed_boot server
root=$(bed_root server)

ejguard() {
	bed_run server ejguard "$@"
}

# stack PEER...
stack() {
	guard_stack_peers server 198.51.100.1 "$@"
}

reaches() {
	[[ $(try "$1" connect 198.51.100.1 4369) == ok ]]
}

# in_force WHAT OLD NEW: ok or refused, each.
in_force() {
	check_reach "$1" old "$2" 4369 198.51.100.1
	check_reach "$1" new "$3" 4369 198.51.100.1
}

# comes_back WHAT: the former policy, some time after it was due.
comes_back() {
	check "$1: the former policy comes back" wait_for 60 reaches old
	check "$1: nothing waits any more" wait_for 20 nothing_waits
	in_force "$1" ok refused
}

waits() {
	bed_run server test -e /run/ejguard/ejabberd/pending
}

nothing_waits() {
	! waits
}

# json MEMBER: of the status, or "null".
json() {
	{ ejguard --json status || true; } | python3 -c 'import json, sys
print(json.dumps((json.load(sys.stdin).get("pending") or {}).get(sys.argv[1])))' "$1"
}

# begin SECONDS: from the old list to the new one, to be confirmed.
begin() {
	stack 198.51.100.3
	ejguard apply >/dev/null
	stack 198.51.100.4
	said=$(ejguard apply --confirm "$1")
}

note 'the timer fires'
begin 8s
in_force 'the new policy' refused ok
check_has 'apply says it' 'unless confirmed; next: ejguard confirm' "$(paste -sd ' ' <<<"$said")"
check_has 'status says it' 's unless confirmed' "$(ejguard status || true)"
check_is 'JSON: what comes back' '"stack"' "$(json former)"
check_is 'JSON: the timer' true "$(json timer)"
check_is 'no clock that is set moves it' yes "$(bed_run server systemctl show --property=TimersMonotonic,TimersCalendar \
	ejguard-revert-ejabberd.timer | grep -c OnActiveUSec= | sed 's/1/yes/')"
comes_back 'in time'
check_is 'status says no more of it' null "$(json former)"
check_status 'the file on the disk is not in force: check' 1 bed_run server ejguard check
check_status 'confirm, too late' 1 bed_run server ejguard confirm

note 'confirmed'
begin 8s
check 'confirm' bed_run server ejguard confirm
check_status 'a second time' 1 bed_run server ejguard confirm
check_is 'the timer is gone' 0 "$(bed_run server systemctl list-timers --all ejguard-revert-ejabberd.timer --no-legend | wc -l)"
sleep 10 # must not come
in_force 'after the time' refused ok
check 'check' bed_run server ejguard check

note 'reverted at once'
begin 600s
in_force 'the new policy' refused ok
check 'revert' bed_run server ejguard revert
in_force 'the former policy' ok refused
check_status 'a second time' 1 bed_run server ejguard revert
check 'nothing waits' nothing_waits

note 'another change while one waits'
begin 600s
check_status 'apply' 1 bed_run server ejguard apply
check_status 'enable --now' 1 bed_run server ejguard enable --now
in_force 'both change nothing' refused ok
check 'a unit that starts is not kept from it' bed_run server systemctl restart epmd.socket
check 'it waits still' waits
stack 198.51.100.5
check 'apply --confirm' bed_run server ejguard apply --confirm 8s
check_reach 'the newer policy' newer ok 4369 198.51.100.1
check_reach 'the newer policy' new refused 4369 198.51.100.1
comes_back 'what was in force before both'
check_reach 'what was in force before both' newer refused 4369 198.51.100.1

note 'a policy that does not hold'
begin 600s
ejguard confirm >/dev/null
stack not-an-address/99
check_status 'apply --confirm of an invalid stack' 3 bed_run server ejguard apply --confirm 8s
check 'nothing waits' nothing_waits
in_force 'as before' refused ok

note 'the terminal goes'
stack 198.51.100.3
ejguard apply >/dev/null
stack 198.51.100.4
bed_run server script --quiet --command 'ejguard apply --confirm 12s; touch /run/applied; sleep 1000' /dev/null </dev/null >/dev/null 2>&1 &
session=$!
check 'applied' wait_for 60 bed_run server test -e /run/applied
in_force 'the new policy' refused ok
# With the terminal its processes may be gone at once.
bed_run server bash -c 'for pid in $(pgrep -x script) $(pgrep -x sleep); do kill -9 "$pid" || true; done'
wait "$session" || true
comes_back 'without its terminal'

note 'the program goes half way'
stack 198.51.100.4
bed_run server bash -c 'ejguard apply --confirm 8s >/dev/null 2>&1 & pid=$!
	until [[ -e /run/ejguard/ejabberd/pending ]]; do :; done; sleep 0.2; kill -9 $pid' || true
check 'it waits' waits
comes_back 'killed'

note 'what it was applied from goes'
printf '198.51.100.3\n' >"$root/etc/ejguard/peers"
chmod 644 "$root/etc/ejguard/peers"
stack @/etc/ejguard/peers
check 'peers from a file' bed_run server ejguard apply
printf '198.51.100.4\n' >"$root/etc/ejguard/peers"
check 'another file' bed_run server ejguard apply --confirm 8s
in_force 'the new file' refused ok
rm "$root/etc/ejguard/peers"
echo nonsense >"$root/etc/ejguard/ejabberd"
comes_back 'by content'

note 'a boot in between'
begin 600s
bed_reboot server
in_force 'the stack file that the disk has' refused ok
check 'nothing waits' nothing_waits

note 'where nothing was in force'
ejguard release >/dev/null
check_reach 'control: nothing is guarded' old ok 4369 198.51.100.1
# That connection starts epmd: what starts under the new guard would keep it in force.
check 'epmd has started' bed_wait 20 server systemctl is-active --quiet epmd.service
check 'apply --confirm' bed_run server ejguard apply --confirm 8s
in_force 'guarded' refused ok
check_is 'JSON: what comes back' '"none"' "$(json former)"
echo nonsense >"$root/etc/ejguard/ejabberd"
check 'it is released' wait_for 60 reaches old
check 'nothing is pinned' wait_for 20 bed_run server test ! -e /sys/fs/bpf/ejguard/ejabberd

note 'release ends it'
begin 8s
check 'release' bed_run server ejguard release
check 'nothing waits' nothing_waits
sleep 10 # must not come
check_reach 'it stays released' new ok 4369 198.51.100.1
check_reach 'it stays released' old ok 4369 198.51.100.1
