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

# One simple command, so that $! is its process.
apply=(nsenter "--net=$(net_file host)" "$EJG_TOOL" --confdir "$EJG_CONF" --moduledir "$EJG_MODULES" -q apply
	--cgroup "$cgroup" service)

# The last words of each that fails are kept.
apply() {
	"${apply[@]}" 2>>"$EJG_STATE/failures" >&2
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

note 'a policy of 1,024 ranges is small, one of 1,025 is large'
# known ADDRESS: what the kernel, and what explain says about a connection there.
known() {
	local says=no
	guard explain connect "$1" 4369 service >"$EJG_STATE/explained" 2>&1 && says=yes
	echo "$(in_cgroup "$cgroup" "$EJG_ATTEMPT" connect "$1" 4369 | sed 's/denied/no/; t; s/.*/yes/') $says"
}
for n in 1024 1025; do
	# No two addresses are one range.
	seq "$n" | awk '{ printf "20.0.%d.%d\n", $1 * 2 / 256, $1 * 2 % 256 }' >"$EJG_CONF/at-the-edge"
	EXTRA='' stack_for "$cgroup" "@$EJG_CONF/at-the-edge"
	check "$n ranges: apply" apply
	check_is "$n ranges: in its map only" "$( ((n <= 1024)) && echo yes no || echo no yes)" \
		"$(in_force policy) $(in_force policy_large)"
	check "$n ranges: check" guard -q check service
	check_is "$n ranges: the first" 'yes yes' "$(known 20.0.0.2)"
	check_is "$n ranges: the last" 'yes yes' "$(known "20.0.$((n * 2 / 256)).$((n * 2 % 256))")"
	check_is "$n ranges: the one before the last" 'yes yes' "$(known "20.0.$(((n - 1) * 2 / 256)).$(((n - 1) * 2 % 256))")"
	check_is "$n ranges: between" 'no no' "$(known 20.0.0.3)"
	check_is "$n ranges: behind" 'no no' "$(known "20.0.$((n * 2 / 256)).$((n * 2 % 256 + 1))")"
	echo 203.0.113.77 >>"$EJG_CONF/at-the-edge"
	check_status "$n ranges: check, when the list has changed" 1 guard -q check service
done

note 'a small and a large policy'
storm_list 2
check 'apply' apply
check_is 'the large one is in its map only' 'no yes' "$(in_force policy) $(in_force policy_large)"
storm_list 1
check 'apply' apply
check_is 'the small one is in its map only' 'yes no' "$(in_force policy) $(in_force policy_large)"

note 'a large policy that an apply has left behind a small one'
storm_list 2
check 'apply' apply
large=$(set_path)/policy_large left=/sys/fs/bpf/ejguard-test-left
bpftool map pin id "$(policy_map policy_large)" "$left"
storm_list 1
check 'apply' apply
bpftool map update pinned "$large" key 0 0 0 0 value pinned "$left"
rm "$left"
check_is 'control: it is there' 'yes yes' "$(in_force policy) $(in_force policy_large)"
check 'apply of the same stack' apply
check_is 'it is gone' 'yes no' "$(in_force policy) $(in_force policy_large)"

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
	"${apply[@]}" >/dev/null 2>&1 &
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
