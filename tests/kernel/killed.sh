#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# apply, killed at random moments: the next one completes it, and what was guarded is guarded at every moment. Attempts
# are made in tight loops all the while: from inside, and from outside by a stranger and by a peer.
#
# EJG_ROUNDS: how often it is killed.
set -euo pipefail

# shellcheck source=kernel.sh
source "$(dirname "$0")/kernel.sh"
kernel_begin "$0"

rounds=${EJG_ROUNDS-100}
cgroup=$EJG_CGROUP/service
control=$EJG_CGROUP/control
mkdir "$cgroup" "$control"

# One simple command, so that $! is its process.
apply=(nsenter "--net=$(net_file host)" "$EJG_TOOL" --confdir "$EJG_CONF" --moduledir "$EJG_MODULES" -q apply service)

milliseconds() {
	echo $((${EPOCHREALTIME/./} / 1000))
}

# Starts an apply and kills it within about the time that one takes. That time changes with the machine's load: after a
# kill, the next one has a little more time, and less after one that completed. Counts in `killed`.
kill_apply() {
	local moment=$(((RANDOM * 32768 + RANDOM) % longest))
	"${apply[@]}" >/dev/null 2>&1 &
	sleep "$(printf '%d.%03d' $((moment / 1000)) $((moment % 1000)))"
	kill -KILL $! 2>/dev/null || true
	if wait $! 2>/dev/null; then
		longest=$((longest - longest / 5))
	else
		killed=$((killed + 1)) longest=$((longest + longest / 20 + 1))
	fi
}

# Pins as of an older layout. Where an apply was killed between two renames there is nothing to make older.
make_older() {
	local meta
	mapfile -t meta < <(yes 0 | head -n 40)
	bpftool map update pinned "$(set_path)/meta" key 0 0 0 0 value "${meta[@]}" 2>/dev/null || true
}

# Prints the errors after an apply; silent if there are none.
disorder() {
	"${apply[@]}" || echo 'apply failed'
	[[ $(in_cgroup "$cgroup" "$EJG_ATTEMPT" bind 198.51.100.11 4370) == denied ]] || echo 'not guarded'
	[[ $(ls /sys/fs/bpf/ejguard) == service ]] || ls /sys/fs/bpf/ejguard
	[[ $(ls "$(set_path)/links"/*) == "$(printf '%s\n' bind4 bind6 connect4 connect6 ingress)" ]] ||
		ls "$(set_path)/links"/*
	# The kernel detaches unlinked programs a moment later.
	wait_for 5 has_attached "$cgroup" 5 || bpftool cgroup show "$cgroup"
}

# check_killed WHAT: not all of the applies were killed, and not all came to their end.
check_killed() {
	note "the last one had up to $longest ms"
	check "$1: $killed of $rounds were killed" test $((rounds / 10)) -lt "$killed" -a "$killed" -lt "$rounds"
}

stack_for "$cgroup" 198.51.100.2
start=$(milliseconds)
check 'apply' "${apply[@]}"
longest=$(($(milliseconds) - start))
note "an apply takes $longest ms"
longest=$((longest + longest / 4))
guard -q release service

note 'nothing was there'
killed=0
found=
for ((i = 0; i < rounds; i++)); do
	kill_apply
	found+=$(disorder)
	guard -q release service
	[[ ! -e /sys/fs/bpf/ejguard ]] || found+=$(find /sys/fs/bpf/ejguard)
done
check_killed 'nothing was there'
check_is 'the next apply completes it, and a release removes all of it' '' "$found"

# The attempts that are made all the time; the listener at the other end is in `control`.
start() {
	hammer_start inside hammer_inside "$1" 198.51.100.1 198.51.100.11 4372 1000
	hammer_start stranger hammer_outside 198.51.100.9 198.51.100.1 "$2" "$3"
	hammer_start peer hammer_outside 198.51.100.2 198.51.100.1 "$2" 1000
}

hammer_serve "$cgroup" 198.51.100.1 4370
hammer_serve "$control" 198.51.100.1 4371
hammer_serve "$control" 198.51.100.11 4372

note 'control: the same without guard'
start "$control" 4371 1000
sleep 1
hammer_end
for name in inside stranger peer; do
	check_is "without guard, $name: failed" 0 "$(hammer_seen "$name" failed)"
done

note 'guarded'
check 'apply' "${apply[@]}"
killed=0
found=
start "$cgroup" 4370 20
for ((i = 0; i < rounds; i++)); do
	# In turns another policy for the same programs, and programs of an older layout to take over.
	if ((i % 2)); then
		make_older
	else
		stack_for "$cgroup" 198.51.100.2 "198.51.100.$((100 + i % 100))"
	fi
	kill_apply
	((i % 4 == 3)) || continue
	found+=$(disorder)
done
hammer_end
check_killed 'guarded'
check_is 'the next apply completes it' '' "$found"
check_is 'guarded, inside: ok' 0 "$(hammer_seen inside ok)"
check_is 'guarded, stranger: ok' 0 "$(hammer_seen stranger ok)"
check_is 'guarded, peer: failed' 0 "$(hammer_seen peer failed)"
