#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A listener that outlives its cgroup: a process left the service's cgroup, and that was removed. No program can be attached there
# any more; those that were follow the policy, and a new set. Where that leaves the listener to nobody, it is not called guarded.
set -euo pipefail

# shellcheck source=kernel.sh
source "$(dirname "$0")/kernel.sh"
kernel_begin "$0"

cgroup=$EJG_CGROUP/service
elsewhere=$EJG_CGROUP/elsewhere
mkdir "$cgroup" "$elsewhere"

stranger() {
	try remote connect 198.51.100.1 4375 --from 198.51.100.9
}

# begin ACCEPT: a listener in the cgroup, which is guarded; then it leaves, and the cgroup is another one of the same name.
begin() {
	local pid
	ACCEPT=$1 stack_for "$cgroup" 198.51.100.2
	guard -q apply --no-proof service
	hammer_serve "$cgroup" 0.0.0.0 4375
	mapfile -t server <"$cgroup/cgroup.procs"
	for pid in "${server[@]}"; do
		echo "$pid" >"$elsewhere/cgroup.procs"
	done
	rmdir "$cgroup"
	mkdir "$cgroup"
	guard -q apply --no-proof service
}

nobody_listens() {
	[[ -z $(net_run host ss -Hltn 'sport = :4375') ]]
}

end() {
	kill -KILL "${server[@]}"
	wait_for 5 nobody_listens
}

note 'accept=cgroup'
begin cgroup
check 'check' guard -q check service
check_has 'status tells of it' net.cgroup-removed "$(guard --json status service 2>/dev/null || true)"
check_is 'the former program decides, with the policy of now' timeout "$(stranger)"
stack_for "$cgroup" 198.51.100.9
guard -q apply --no-proof service
check_is 'control: which lets in who is a peer now' ok "$(stranger)"
note 'a set in its place'
# shellcheck disable=SC2046 # words are wanted
bpftool map update pinned "$(set_path)/meta" key 0 0 0 0 value $(printf ' 0x00%.0s' {1..40})
stack_for "$cgroup" 198.51.100.2
check 'apply' guard -q apply --no-proof service
check_is 'its program decides' timeout "$(stranger)"
check 'check' guard -q check service
end
guard -q release service

note 'accept=netns, then accept=cgroup'
ACCEPT=netns stack_for "$cgroup" 198.51.100.2
guard -q apply --no-proof service 2>"$EJG_STATE/error" || {
	check_has 'no accept=netns' 'this kernel cannot decide' "$(cat "$EJG_STATE/error")"
	note 'left out: this kernel has no accept=netns'
	exit 0
}
begin netns
check 'check' guard -q check service
check_is 'the namespace decides' refused "$(stranger)"
check 'control: a dry run of no change' guard -q apply --dry-run service
ACCEPT=cgroup stack_for "$cgroup" 198.51.100.2
check_status 'a dry run' 1 guard -q apply --dry-run service
check_has 'it says so' 'nothing would decide who connects' "$(guard --json apply --dry-run service 2>/dev/null || true)"
check_status 'apply' 1 guard -q apply --no-proof service
check_is 'nothing decides for the listener' ok "$(stranger)"
check_status 'check' 1 guard -q check service
check_status 'status' 1 guard -q status service
check_has 'it says so' 'nothing decides who connects' "$(guard --json check service 2>/dev/null || true)"
end
check 'control: without that process' wait_for 5 guard -q check service

note 'a link that is gone, of a cgroup that exists'
hammer_serve "$cgroup" 0.0.0.0 4375
rm "$(set_path)/links/$(stat -c %i "$cgroup")/ingress"
check_status 'check' 1 guard -q check service
report=$(guard --json check service 2>/dev/null || true)
check_has 'it says what is missing' net.partly-attached "$report"
check_is 'and calls no cgroup removed' no "$([[ $report == *'removed since'* ]] && echo yes || echo no)"
