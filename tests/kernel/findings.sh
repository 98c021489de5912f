#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Findings of net and host that no other test makes, each with a control: the same command before it has a reason.
set -euo pipefail

# shellcheck source=kernel.sh
source "$(dirname "$0")/kernel.sh"
kernel_begin "$0"

cgroup=$EJG_CGROUP/service
mkdir "$cgroup"

# ids VERB...: the findings of a run.
ids() {
	guard --json "$@" 2>/dev/null | grep -oE '"id": *"[a-z0-9.-]+"' | cut -d'"' -f4 | sort -u | xargs || true
}

# in_place_of FILE CONTENT VERB...: a run that sees FILE with this content; without content, that sees no folder of FILE.
in_place_of() {
	local file=$1 content=$2 folder
	shift 2
	folder=$(dirname "$file")
	export -f ids guard net_run net_file
	# shellcheck disable=SC2016 # expanded there
	unshare --mount bash -c 'mount -t tmpfs tmpfs "$1"; [[ -z $2 ]] || echo "$2" >"$3"; ids "${@:4}"' - "$folder" "$content" "$file" "$@"
}

has() {
	[[ " $2 " == *" $1 "* ]] && echo yes || echo no
}

is_empty() {
	[[ -z $(<"$cgroup/cgroup.procs") ]]
}

note 'doctor'
stack_for "$cgroup" 198.51.100.2
seen=$(ids doctor service)
check_is 'the kernel loads the programs' yes "$(has net.would-load "$seen")"
check_is 'and is new enough' yes "$(has net.kernel "$seen")"
old=$(net_run host setarch "$(uname -m)" --uname-2.6 "$EJG_TOOL" --confdir "$EJG_CONF" --moduledir "$EJG_MODULES" --json doctor \
	service 2>/dev/null || true)
check_has 'one that says that it is 2.6 is not' net.kernel-old "$old"
check_is 'control: it can be tested' no "$(has net.no-tun "$seen")"
check_is 'not without /dev/net/tun' yes "$(has net.no-tun "$(in_place_of /dev/net/tun '' doctor service)")"
check_is 'control: no lockdown' no "$(has net.lockdown "$seen")"
check_is 'lockdown' yes "$(has net.lockdown \
	"$(in_place_of /sys/kernel/security/lockdown 'none [integrity] confidentiality' doctor service)")"

note 'a trial, and a listener'
check_is 'nothing is in force: apply would change that' yes "$(has net.would-change "$(ids apply --dry-run service)")"
guard -q apply --no-proof service
check_is 'control: nothing would change' no "$(has net.would-change "$(ids apply --dry-run service)")"
hammer_serve "$cgroup" 0.0.0.0 5222
check_is 'control: it listens on a public port' no "$(has net.listener-unknown "$(ids check service)")"
hammer_serve "$cgroup" 0.0.0.0 9999
check_is 'and on one that the stack does not name' yes "$(has net.listener-unknown "$(ids check service)")"
xargs kill -KILL <"$cgroup/cgroup.procs"
wait_for 5 is_empty
guard -q release service

note 'cgroups that do not exist, or no longer'
guard -q apply --no-proof service
check_is 'control: the cgroup of the stack exists' no "$(has net.cgroup-absent "$(ids status service)")"
sed -i "s|^set cgroups.*|& $EJG_CGROUP/later|" "$EJG_CONF/service"
check_is 'one does not' yes "$(has net.cgroup-absent "$(ids check service)")"
check 'that is no failure' guard -q check service
rmdir "$cgroup"
check_is 'none does' yes "$(has net.no-cgroup "$(ids check service)")"
mkdir "$cgroup"
guard -q release service

note 'the policy'
stack_for "$cgroup" 198.51.100.2
guard -q apply --no-proof service
check_is 'control: it is in force' no "$(has net.policy-missing "$(ids check service)")"
bpftool map delete pinned "$(set_path)/policy" key 0 0 0 0
check_is 'somebody has taken it away' yes "$(has net.policy-missing "$(ids check service)")"
check_status 'that is not guarded' 1 guard -q check service
check 'apply' guard -q apply --no-proof service
check 'check' guard -q check service

note 'a network namespace that the service has left'
guard -q release service
if kernel_has_netns; then
	ACCEPT=netns stack_for "$cgroup" 198.51.100.2
	hammer_serve "$cgroup" 0.0.0.0 4375
	guard -q apply --no-proof service
	check_is 'control: it runs there' no "$(has net.network-extra "$(ids status service)")"
	kill -KILL "$(cat "$cgroup/cgroup.procs")"
	cgroup_run "$cgroup" nsenter --net="$(net_file remote)" sleep 600 &
	wait_for 5 grep -q . "$cgroup/cgroup.procs"
	guard -q apply --no-proof service
	check_is 'it runs in another one' yes "$(has net.network-extra "$(ids status service)")"
	guard -q release service
fi

note 'host'
printf '%s\n' "set cgroups $(cgroup2_root)/service" 'set epmd 4369' 'set dist 4370-4375' 'set public 5222' \
	'required host' >"$EJG_CONF/service"
IFS=.- read -r major minor _ <<<"$(uname -r)"
expected=host.would-load
((major * 1000 + minor >= 5014)) || expected=host.kernel-old
check_has 'the kernel loads the programs, or is too old' $expected "$(guard_host --json doctor service 2>&1 || true)"
check_has 'a trial' host.would-change "$(guard_host --json apply --dry-run service 2>&1 || true)"
if guard_host -q apply --no-proof service; then
	check 'control: a policy is in force' guard_host -q check service
	bpftool map delete pinned "$(set_path):host/policy" key 0 0 0 0
	check_has 'somebody has taken it away' host.policy-missing "$(guard_host --json check service 2>&1 || true)"
	guard_host -q release service
fi

note 'what only root can read'
stack_for "$cgroup" 198.51.100.2
as_nobody() {
	net_run host setpriv --reuid=65534 --regid=65534 --clear-groups "$EJG_TOOL" --confdir "$EJG_CONF" --moduledir "$EJG_MODULES" \
		--json check service 2>&1 || true
}
seen=$(as_nobody)
check_has 'the list of cgroups that an apply was given' core.given-unseen "$seen"
check_is 'control: the stack can be read' no "$([[ $seen == *core.stack-unreadable* ]] && echo yes || echo no)"
chmod 600 "$EJG_CONF/service"
check_has 'the stack' core.stack-unreadable "$(as_nobody)"

note 'seccomp'
install -m 755 -t "$EJG_MODULES" "$EJG_SECCOMP"
printf '%s\n' "set cgroups $cgroup" 'required seccomp' >"$EJG_CONF/service"
check_is 'this kernel has filters' yes "$(has seccomp.supported "$(ids doctor service)")"
