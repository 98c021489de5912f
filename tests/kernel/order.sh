#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Of two applies the newer stack wins, whichever of them had to wait: what decides is read under the lock. One is held up
# by the lock, the stack changes, another one comes; the same with a release.
set -euo pipefail

# shellcheck source=kernel.sh
source "$(dirname "$0")/kernel.sh"
kernel_begin "$0"

cgroup=$EJG_CGROUP/service
mkdir "$cgroup"

# take_lock: takes the lock, as another apply would that takes its time; let_go ends that.
take_lock() {
	exec {held}<>/run/ejguard/service/lock
	flock "$held"
}

let_go() {
	exec {held}>&-
}

waiting=()

# waits PID: true if it has opened the lock; it then asks for it again and again.
waits() {
	[[ -n $(find "/proc/$1/fd" -lname /run/ejguard/service/lock) ]]
}

# start VERB: in the background, until it waits for the lock. Its pid is in `waiting`.
start() {
	nsenter --net="$(net_file host)" "$EJG_TOOL" --confdir "$EJG_CONF" --moduledir "$EJG_MODULES" \
		-q "$1" service {held}>&- &
	waiting+=("$!")
	check "$1 waits for the lock" wait_for 10 waits $!
}

# check_ends WHAT STATUS...: the exit statuses of those that waited.
check_ends() {
	local pid status statuses=()
	for pid in "${waiting[@]}"; do
		status=0
		wait "$pid" || status=$?
		statuses+=("$status")
	done
	check_is "$1" "${*:2}" "${statuses[*]}"
	waiting=()
}

try_peer() {
	in_cgroup "$cgroup" "$EJG_ATTEMPT" connect "198.51.100.$1" 4369
}

stack_for "$cgroup" 198.51.100.2
check 'apply, which makes the lock' guard -q apply service
check_is 'control: the former peer' refused "$(try_peer 2)"
check_is 'control: the new one is none yet' denied "$(try_peer 9)"

note 'an apply that waits while the stack changes'
take_lock
start apply
stack_for "$cgroup" 198.51.100.9
let_go
check_ends 'it ends well' 0
check_is 'the new peer' refused "$(try_peer 9)"
check_is 'the former one is none any more' denied "$(try_peer 2)"
check 'check agrees' guard check service

note 'two that wait, one from before the change and one from after it'
take_lock
start apply
stack_for "$cgroup" 198.51.100.2
start apply
let_go
check_ends 'both end well' 0 0
check_is 'the new peer' refused "$(try_peer 2)"
check_is 'the former one is none any more' denied "$(try_peer 9)"

note 'a stack that is broken while an apply waits'
take_lock
start apply
echo 'required net lisen=127.0.0.1' >"$EJG_CONF/service"
let_go
check_ends 'it is refused as what it is' 3
check_is 'what was applied before stays' refused "$(try_peer 2)"
check_is 'and goes on refusing' denied "$(try_peer 9)"

note 'a release that waits'
stack_for "$cgroup" 198.51.100.2
take_lock
start release
let_go
check_ends 'it ends well' 0
check_is 'nothing is left' no "$(exists /sys/fs/bpf/ejguard)"
