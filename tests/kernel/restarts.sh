#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A unit that is restarted again and again, as systemd does: a new cgroup each time, the guard put on by apply --own from
# within it, a process that listens, the end; now and then the peers change. Nothing piles up: programs, maps, links,
# pins, descriptors, memory of the kernel's programs and maps.
#
# EJG_RESTARTS: how many (200). The full run, with figures: EJG_RESTARTS=10000 meson test restarts -t 0
set -euo pipefail

# shellcheck source=kernel.sh
source "$(dirname "$0")/kernel.sh"
kernel_begin "$0"

restarts=${EJG_RESTARTS-200}
cgroup=$EJG_CGROUP/service
apply=(nsenter "--net=$(net_file host)" "$EJG_TOOL" --confdir "$EJG_CONF" --moduledir "$EJG_MODULES" -q
	apply --no-proof --own service)

# Counts our objects in the kernel, whoever holds them: programs by the names of the hooks, maps by theirs, links.
objects() {
	local programs maps links
	programs=$(bpftool prog show | grep -cE '^[0-9]+: cgroup_(skb|sock_addr) .*name (bind|connect|ingress|accept)' || true)
	maps=$(bpftool map show | grep -cE 'name (ejg_policy|policy|counters|insiders|outsiders|meta)' || true)
	links=$(bpftool link show | grep -cE '^[0-9]+: cgroup' || true)
	echo "programs $programs maps $maps links $links pins $(find /sys/fs/bpf/ejguard -type f | wc -l)"
}

memory() {
	bpftool map show --json | tr ',' '\n' | sed -n 's/.*"bytes_memlock": *\([0-9]*\).*/\1/p' | awk '{ n += $1 } END { print n + 0 }'
}

files() {
	cut -f 1 /proc/sys/fs/file-nr
}

restart() {
	mkdir "$cgroup"
	(
		echo 0 >"$cgroup/cgroup.procs"
		"${apply[@]}"
		exec nsenter --net="$(net_file host)" "$EJG_ATTEMPT" bind 198.51.100.11 4370
	)
	until rmdir "$cgroup" 2>/dev/null; do
		sleep 0.002
	done
}

stack_for "$cgroup" 198.51.100.2
denied=0
began=$SECONDS
for ((i = 1; i <= restarts; i++)); do
	((i % 10)) || stack_for "$cgroup" 198.51.100.2 "198.51.100.$((20 + i / 10 % 200))"
	[[ $(restart) == denied ]] && denied=$((denied + 1))
	if ((i == 20)); then
		first=$(objects) first_memory=$(memory) first_files=$(files)
	elif ((i % 1000 == 0)); then
		note "$i restarts, $((SECONDS - began)) s: $(objects), maps' memory $(memory), files $(files)"
	fi
done
check_is "guarded at the first moment of each of $restarts" "$restarts" "$denied"

# Detached programs disappear a moment later; other guards of this machine, which are counted too, may come and go.
settled() {
	local before after i
	read -ra before <<<"$first"
	read -ra after <<<"$(objects)"
	for i in 1 3 5 7; do
		((after[i] <= before[i])) || return 1
	done
	(($(memory) <= first_memory + first_memory / 10))
}
check "no more than after 20: $first, maps' memory $first_memory" wait_for 60 settled
note "at the end: $(objects), maps' memory $(memory), files $(files) (after 20: $first_memory, $first_files)"
check 'release' guard -q release service
check_is 'pins left' no "$(exists /sys/fs/bpf/ejguard)"
