#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The effect of apply on the kernel: none if nothing is to do; links for new cgroups; for other peers, another policy
# and nothing else. Findings of check after somebody has changed the pins, and their repair by apply.
set -euo pipefail

# shellcheck source=kernel.sh
source "$(dirname "$0")/kernel.sh"
kernel_begin "$0"

cgroup=$EJG_CGROUP/service
elsewhere=$EJG_CGROUP/elsewhere
mkdir "$cgroup" "$elsewhere"

# cgroup_id CGROUP
cgroup_id() {
	stat -c %i "$1"
}

link_of() {
	echo "$(set_path)/links/$(cgroup_id "$1")/$2"
}

apply() {
	guard -q apply --cgroup "$cgroup" service
}

check_holds() {
	check "$1: check holds" guard_check
	check_is "$1: bind of another address" denied "$(try_guarded bind 198.51.100.11 4369)"
	check_is "$1: connect to a stranger" denied "$(try_guarded connect 198.51.100.9 4369)"
	check_is "$1: connect to a stranger, IPv6" denied "$(try_guarded connect 2001:db8::9 4369)"
}

try_guarded() {
	in_cgroup "$cgroup" "$EJG_ATTEMPT" "$@"
}

# check names the cgroups that the stack names: these are found by --cgroup only.
guard_check() {
	stack_for "$cgroup" "${peers[@]}"
	guard check service
}

peers=(198.51.100.2)
stack_for "$cgroup" "${peers[@]}"

note 'control'
check_is 'without guard: bind of another address' ok "$(try_guarded bind 198.51.100.11 4369)"
check_is 'without guard: nothing listens at the stranger' refused "$(try_guarded connect 198.51.100.9 4369)"
check_status 'without guard: check' 1 guard_check
check_is 'check has made nothing' no "$(exists /sys/fs/bpf/ejguard)"

note 'apply, twice'
check 'apply' apply
check_holds 'applied'
before=$(pin_ids)
check 'apply again' apply
check_is 'the second apply changed nothing' "$before" "$(pin_ids)"

note 'other peers'
peers=(198.51.100.2 198.51.100.9)
stack_for "$cgroup" "${peers[@]}"
check_status 'check sees that the stack has changed' 1 guard check service
check 'apply' apply
check_is 'the policy was replaced, and nothing else' "$(without_policy "$before")" "$(without_policy "$(pin_ids)")"
check_is 'it is another policy' no "$(same "$before" "$(pin_ids)")"
check_is 'the new peer may be connected to' refused "$(try_guarded connect 198.51.100.9 4369)"
peers=(198.51.100.2)
stack_for "$cgroup" "${peers[@]}"
check 'apply' apply
check_holds 'former peers'

note 'pins that somebody has been at'
for hook in bind4 bind6 connect4 connect6 ingress; do
	rm "$(link_of "$cgroup" "$hook")"
	check_status "a pin of $hook that is gone: check" 1 guard_check
	check "a pin of $hook that is gone: apply" apply
	check_holds "after the pin of $hook was gone"
	bpftool link detach pinned "$(link_of "$cgroup" "$hook")"
	check_status "a link of $hook that was detached: check" 1 guard_check
	check "a link of $hook that was detached: apply" apply
	check_holds "after the link of $hook was detached"
done
rm "$(link_of "$cgroup" bind4)"
cp_pin() {
	bpftool link pin id "$(bpftool link show pinned "$1" | sed -n '1s/:.*//p')" "$2"
}
cp_pin "$(link_of "$cgroup" bind6)" "$(link_of "$cgroup" bind4)"
check_status 'a link at the place of another: check' 1 guard_check
check 'a link at the place of another: apply' apply
check_holds 'after a link was at the place of another'
bpftool map delete pinned "$(set_path)/policy" key 0 0 0 0
check_status 'no policy: check' 1 guard_check
check_is 'no policy: everything is refused' denied "$(try_guarded bind 198.51.100.1 5222)"
check 'no policy: apply' apply
check_holds 'after there was no policy'
for name in meta policy counters insiders ingress; do
	rm "$(set_path)/$name"
	check_status "$name is gone: check" 1 guard_check
	check_is "$name is gone: still guarding" denied "$(try_guarded bind 198.51.100.11 4369)"
	check "$name is gone: apply" apply
	check_holds "after $name was gone"
done

note 'cgroups come and go'
old=$(cgroup_id "$cgroup")
rmdir "$cgroup"
wait_for 30 link_is_dead "$(set_path)/links/$old/bind4"
mkdir "$cgroup"
check_is 'the new cgroup of that name is another one' no "$(same "$old" "$(cgroup_id "$cgroup")")"
check_is 'it is not guarded' ok "$(try_guarded bind 198.51.100.11 4369)"
check_status 'check says so' 1 guard_check
check 'apply' apply
check_holds 'made again'
check_is 'the links of the old one are cleared away' "$(cgroup_id "$cgroup")" "$(ls "$(set_path)/links")"

note 'sockets that outlive their cgroup'
outlive() {
	echo 0 >"$cgroup/cgroup.procs"
	exec 3< <(exec nsenter --net="$(net_file host)" "$EJG_ATTEMPT" listen 198.51.100.1 4369 60)
	listener=$!
	read -r word <&3
	check_is 'it listens' ok "$word"
	echo "$listener" >"$elsewhere/cgroup.procs"
	echo 0 >"$elsewhere/cgroup.procs"
}
outlive
old=$(cgroup_id "$cgroup")
rmdir "$cgroup"
mkdir "$cgroup"
check 'apply' apply
check_is 'links of both' 2 "$(find "$(set_path)/links" -mindepth 1 -type d | wc -l)"
check_is 'a peer gets to the old listener' ok "$(try remote connect 198.51.100.1 4369 --from 198.51.100.2)"
check_is 'a stranger does not' timeout "$(try remote connect 198.51.100.1 4369 --from 198.51.100.9)"
check_has 'status shows it' "$old" "$(guard status service 2>&1 || true)"
rm "$(set_path)/meta"
check 'another set takes over' apply
check_is 'a stranger still does not get in' timeout "$(try remote connect 198.51.100.1 4369 --from 198.51.100.9)"
check_is 'a peer does' ok "$(try remote connect 198.51.100.1 4369 --from 198.51.100.2)"
kill "$listener"
wait_for 5 link_is_dead "$(set_path)/links/$old/bind4"
check 'apply' apply
check_is 'the links of the old one are cleared away' "$(cgroup_id "$cgroup")" "$(ls "$(set_path)/links")"

note 'release'
check 'release' guard -q release service
check_is 'nothing is left' no "$(exists /sys/fs/bpf/ejguard)"
check 'nothing is attached' wait_for 5 has_attached "$cgroup" 0
check_is 'bind of another address' ok "$(try_guarded bind 198.51.100.11 4369)"
check 'release again' guard -q release service
