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

# doctor_host: what doctor says of the module host, with the programs at the top of the tree.
doctor_host() {
	guard_host --json doctor service 2>&1 || true
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
check_is 'control: no lockdown' no "$(has net.lockdown \
	"$(in_place_of /sys/kernel/security/lockdown '[none] integrity confidentiality' doctor service)")"
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
	wait_for 5 is_empty
	cgroup_run "$cgroup" nsenter --net="$(net_file remote)" sleep 600 &
	wait_for 5 grep -q . "$cgroup/cgroup.procs"
	guard -q apply --no-proof service
	check_is 'it runs in another one' yes "$(has net.network-extra "$(ids status service)")"
	xargs kill -KILL <"$cgroup/cgroup.procs"
	wait_for 5 is_empty
	guard -q release service
fi

note "somebody's program, that of a set which is gone"
mkdir -p "$EJG_CGROUP/above/below"
SERVICE=other stack_for "$EJG_CGROUP/above/below" 198.51.100.2
guard -q apply --no-proof other
bpftool prog pin id "$(pin_id "$(SERVICE=other set_path)/bind4")" /sys/fs/bpf/theirs
guard -q release other
check_is 'control: it stands nowhere' 'no no' "$(has net.foreign "$(ids doctor other)") $(has net.blocked "$(ids doctor other)")"
bpftool cgroup attach "$EJG_CGROUP/above/below" cgroup_inet4_bind pinned /sys/fs/bpf/theirs multi
check_is 'beside the guard' 'yes no' "$(has net.foreign "$(ids doctor other)") $(has net.blocked "$(ids doctor other)")"
bpftool cgroup detach "$EJG_CGROUP/above/below" cgroup_inet4_bind pinned /sys/fs/bpf/theirs
bpftool cgroup attach "$EJG_CGROUP/above" cgroup_inet4_bind pinned /sys/fs/bpf/theirs
check_is 'above it, and lets nobody in' yes "$(has net.blocked "$(ids doctor other)")"
bpftool cgroup detach "$EJG_CGROUP/above" cgroup_inet4_bind pinned /sys/fs/bpf/theirs

note 'host'
printf '%s\n' "set cgroups $(cgroup2_root)/service" 'set epmd 4369' 'set dist 4370-4375' 'set public 5222' 'set users daemon' \
	'required host' >"$EJG_CONF/service"
expected=host.would-load
kernel_has_host || expected=host.kernel-old
seen=$(doctor_host)
check_has 'the kernel loads the programs, or is too old' $expected "$seen"
check_is "control: nobody's program stands at the top" no "$([[ $seen == *host.foreign* ]] && echo yes || echo no)"
bpftool cgroup attach "$EJG_CGROUP" cgroup_inet4_bind pinned /sys/fs/bpf/theirs multi
check_has "somebody's program stands there" host.foreign "$(doctor_host)"
bpftool cgroup detach "$EJG_CGROUP" cgroup_inet4_bind pinned /sys/fs/bpf/theirs
check_has 'a trial' host.would-change "$(guard_host --json apply --dry-run service 2>&1 || true)"
if kernel_has_host; then
	check 'apply' guard_host -q apply --no-proof service
	check 'control: a policy is in force' guard_host -q check service
	check_is 'control: nobody was refused, and nothing was tried' no \
		"$([[ $(guard_host --json status service) == *host.@(denied|proven)* ]] && echo yes || echo no)"
	mkdir "$EJG_CGROUP/users"
	install -m 755 "$EJG_ATTEMPT" "$EJG_STATE/attempt"
	check_is 'a user is refused' denied "$(in_cgroup "$EJG_CGROUP/users" setpriv --reuid=65534 --regid=65534 --clear-groups \
		"$EJG_STATE/attempt" connect 198.51.100.1 4369)"
	check_has 'which status tells' host.denied "$(guard_host --json status service)"
	check_has 'attempts of its own' host.proven "$(guard_host --json status --prove service)"
	bpftool map delete pinned "$(set_path):host/policy" key 0 0 0 0
	check_has 'somebody has taken it away' host.policy-missing "$(guard_host --json check service 2>&1 || true)"
	check_is 'control: of this version' no "$([[ $(doctor_host) == *host.newer* ]] && echo yes || echo no)"
	# shellcheck disable=SC2046 # words are wanted
	bpftool map update pinned "$(set_path):host/meta" key 0 0 0 0 value 0xff $(printf ' 0x00%.0s' {1..39})
	check_has 'pins of a newer ejguard' host.newer "$(doctor_host)"
	guard_host -q release service
else
	note 'left out: this kernel cannot identify network namespaces: the module host does not apply'
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
check_is 'none of the service runs' yes "$(has seccomp.not-running "$(ids check service)")"
check_is 'control: it does not lack them' no "$(has seccomp.unsupported "$(ids doctor service)")"
check_has 'a kernel without them' seccomp.unsupported "$(net_run host strace -f -o /dev/null -e trace=seccomp,prctl \
	-e inject=seccomp:error=EINVAL "$EJG_TOOL" --confdir "$EJG_CONF" --moduledir "$EJG_MODULES" --json doctor service 2>&1 || true)"
