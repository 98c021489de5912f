#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Reload under fire: while attempts are made in tight loops, apply switches between two lists of peers a thousand times,
# then is killed at random moments. No attempt ever ends as neither list would have it. One list is a small policy, one a
# large one.
set -euo pipefail

# shellcheck source=kernel.sh
source "$(dirname "$0")/kernel.sh"
# shellcheck source=storm.sh
source "$(dirname "$0")/storm.sh"
kernel_begin "$0"

reloads=${EJG_RELOADS-1000}
kills=${EJG_KILLS-200}
cgroup=$EJG_CGROUP/service
elsewhere=$EJG_CGROUP/elsewhere
mkdir "$cgroup" "$elsewhere"
storm_hosts
EXTRA=evict=yes

# The last words of each that fails are kept.
apply() {
	guard -q apply --cgroup "$cgroup" service 2>>"$EJG_STATE/failures" >&2
}

# in_force ARRAY: is a policy in this one?
in_force() {
	bpftool map lookup pinned "$(set_path)/$1" key 0 0 0 0 >/dev/null 2>&1 && echo yes || echo no
}

# Pins that an interrupted apply may leave, and a completed one must not.
leftovers() {
	find /sys/fs/bpf/ejguard -name '*:*'
}

note 'control: without the guard everything is let through'
storm_list 1
storm_start
sleep 2
storm_stop || true
check_is 'attempts that may never succeed, without guard: all do' 6 "$(grep -c '^WRONG .*never.* ok=[1-9]' \
	"$EJG_STATE"/storm.[23] | awk -F: '{ n += $2 } END { print n }')"

note 'a small and a large policy'
storm_list 2
check 'apply' apply
check_is 'the large one is in its map only' 'no yes' "$(in_force policy) $(in_force policy_large)"
storm_list 1
check 'apply' apply
check_is 'the small one is in its map only' 'yes no' "$(in_force policy) $(in_force policy_large)"

note "$reloads reloads"
storm_start
failed=0
before=$EPOCHREALTIME
for ((i = 1; i <= reloads; i++)); do
	storm_list $((1 + i % 2))
	apply || failed=$((failed + 1))
done
note "$reloads reloads in $(bc <<<"$EPOCHREALTIME - $before") s"
storm_end "$reloads reloads"
check_is 'reloads that failed' 0 "$failed"
head "$EJG_STATE/failures"

note "$kills applies, killed at random moments; half of them make a new set"
check 'apply' apply
storm_start
survived=0
for ((i = 1; i <= kills; i++)); do
	storm_list $((1 + i % 2))
	((i % 4 < 2)) || rm -f "$(set_path)/meta"
	apply &
	sleep "$(printf '0.%03d' $((RANDOM % 180)))"
	kill -KILL $! 2>/dev/null || true
	! wait $! 2>/dev/null || survived=$((survived + 1))
done
check 'apply after all' apply
storm_end "$kills applies that were killed"
note "$survived of them were done before"
check_is 'what is left over' '' "$(leftovers)"
check_is 'links of one cgroup' 1 "$(find "$(set_path)/links" -mindepth 1 -maxdepth 1 | wc -l)"
check_is 'programs at the cgroup' 5 "$(attached "$cgroup" | wc -l)"
check 'check holds' guard check service

note 'release'
check 'release' guard -q release service
check_is 'nothing is attached' '' "$(attached "$cgroup")"
