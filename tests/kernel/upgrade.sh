#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Pins of other layouts: apply takes over those of an older one, under fire and without a gap, and refuses to touch
# those of a newer one.
set -euo pipefail

# shellcheck source=kernel.sh
source "$(dirname "$0")/kernel.sh"
# shellcheck source=storm.sh
source "$(dirname "$0")/storm.sh"
kernel_begin "$0"

upgrades=${EJG_UPGRADES-30}
root=/sys/fs/bpf/ejguard
cgroup=$EJG_CGROUP/service
elsewhere=$EJG_CGROUP/elsewhere
mkdir "$cgroup" "$elsewhere"
mkdir -m 700 "$root"
storm_hosts
EXTRA=evict=yes
storm_list 1

# old_at SET: what an older library would have left.
old_at() {
	"$EJG_LAYOUT_0_APPLY" "$EJG_LAYOUT_0" "$1" "$cgroup" 4369 4375 \
		listen 198.51.100.1 listen 2001:db8::1 listen 127.0.0.1 listen ::1 peer 198.51.100.2 peer 2001:db8::2
}

# Puts the old guard in the place of the new one; beside it first, so that there is no gap of the test's own.
downgrade() {
	old_at /sys/fs/bpf/older
	rm -r "$(set_path)"
	mv /sys/fs/bpf/older "$(set_path)"
}

apply() {
	guard -q apply --cgroup "$cgroup" service
}

try_guarded() {
	cgroup_run "$cgroup" nsenter --net="$(net_file host)" "$EJG_ATTEMPT" "$@"
}

zeros() {
	for ((i = 0; i < $1; i++)); do
		echo 0
	done
}

check_refusals() {
	check_is "$1: bind" denied "$(try_guarded bind 198.51.100.11 4369)"
	check_is "$1: connect to a stranger" denied "$(try_guarded connect 198.51.100.9 4369)"
	check_is "$1: connect to a peer" refused "$(try_guarded connect 198.51.100.2 4369)"
}

note 'control: nothing guards'
check_is 'bind' ok "$(try_guarded bind 198.51.100.11 4369)"

note 'an older layout'
old_at "$(set_path)"
check_refusals 'older'
check_is 'programs at the cgroup' 5 "$(attached "$cgroup" | wc -l)"
check_status 'check' 1 guard check service
check_has 'check says why' 'net.outdated' "$(guard --json check service 2>&1 || true)"
check_is 'check has changed nothing' 5 "$(attached "$cgroup" | wc -l)"

note "$upgrades upgrades under fire"
before=$(attached "$cgroup")
storm_start
failed=0
for ((i = 1; i <= upgrades; i++)); do
	((i == 1)) || downgrade
	apply || failed=$((failed + 1))
done
storm_end "$upgrades upgrades"
check_is 'upgrades that failed' 0 "$failed"
check_refusals 'upgraded'
check_is 'programs at the cgroup' 5 "$(attached "$cgroup" | wc -l)"
check_is 'none of them is an old one' '' "$(comm -12 <(sort <<<"$before") <(attached "$cgroup" | sort))"
check_is 'nothing is left over' "$(set_path)" "$(find "$root" -mindepth 1 -maxdepth 1)"
check_is 'there are tables of denials now' yes "$(exists "$(set_path)/insiders")"
check 'check' guard check service

note 'an apply that fails leaves the older guard'
downgrade
EXTRA=listen=203.0.113.1,evict=yes storm_list 1 # twice listen=: an error
check_status 'apply' 3 apply
check_refusals 'older, still'
storm_list 1

note 'a newer layout'
check 'apply' apply
rm "$(set_path)/meta"
bpftool map create "$(set_path)/meta" type array key 4 value 64 entries 1 name meta
# The first four bytes are the layout, in every one.
newer=$(($(sed -n 's/^#define POLICY_LAYOUT //p' "$(dirname "$0")/../../bpf/policy.h") + 1))
# shellcheck disable=SC2046 # words
bpftool map update pinned "$(set_path)/meta" key 0 0 0 0 value "$newer" $(zeros 63)
before=$(pin_ids)
check_status 'check' 1 guard check service
check_has 'check says why' 'net.newer' "$(guard --json check service 2>&1 || true)"
storm_list 2
check_status 'apply' 4 apply
check_is 'nothing was changed' "$before" "$(pin_ids)"
check_is 'nothing is left over' "$(set_path)" "$(find "$root" -mindepth 1 -maxdepth 1)"
check_refusals 'newer'
