#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Cases in which apply must fail: its message and exit status say why, and everything stays as it was.
set -euo pipefail

# shellcheck source=kernel.sh
source "$(dirname "$0")/kernel.sh"
kernel_begin "$0"

cgroup=$EJG_CGROUP/service
mkdir "$cgroup"

# state: all that an apply could have changed.
state() {
	local name
	for name in "$EJG_CGROUP" "$EJG_CGROUP"/*/ "$EJG_CGROUP"/*/*/; do
		[[ ! -d $name ]] || echo "$name: $(attached "$name" | paste -sd ' ')"
	done
	find /sys/fs/bpf -mindepth 1 -not -name '*.debug' | sort
	[[ ! -e $(set_path)/policy ]] || pin_ids
}

is_state() {
	[[ $(state) == "$1" ]]
}

# check_refused WHAT STATUS WORDS COMMAND...: the command ends with STATUS, prints WORDS, and changes nothing.
check_refused() {
	local what=$1 expected=$2 words=$3 before output status=0
	shift 3
	before=$(state)
	output=$("$@" 2>&1) || status=$?
	check_is "$what: exit status" "$expected" "$status"
	check_has "$what: says '$words'" "$words" "$output"
	# The kernel detaches unlinked programs a moment later.
	check "$what: changes nothing" wait_for 5 is_state "$before"
}

try_guarded() {
	in_cgroup "$cgroup" "$EJG_ATTEMPT" bind 198.51.100.11 4369
}

stack_for "$cgroup" 198.51.100.2

note 'a module of the stack that fails after net'
failing() {
	EXTRA="required record $1" stack_for "$cgroup" "${@:2}"
}
failing 'check=not-held' 198.51.100.2
check_refused 'nothing was there, another check fails' 1 'record' guard apply service
failing 'apply=broken' 198.51.100.2
check_refused 'nothing was there, another apply fails' 1 'record' guard apply service
failing 'prepare=unsupported' 198.51.100.2
check_refused 'nothing was there, another prepare fails' 4 'record' guard apply service
stack_for "$cgroup" 198.51.100.2
check 'apply' guard -q apply service
failing 'check=not-held' 198.51.100.2 198.51.100.9
check_refused 'guarded, other peers, another check fails' 1 'record' guard apply service
failing 'apply=broken' 198.51.100.2 198.51.100.9
check_refused 'guarded, other peers, another apply fails' 1 'record' guard apply service
mkdir "$EJG_CGROUP/second"
failing 'check=not-held' 198.51.100.2 198.51.100.9
check_refused 'guarded, another cgroup and other peers, another check fails' 1 'record' \
	guard apply --cgroup "$cgroup" --cgroup "$EJG_CGROUP/second" service
rm "$(set_path)/links/$(stat -c %i "$cgroup")/bind4"
check_refused 'half guarded, another check fails' 1 'record' guard apply service
stack_for "$cgroup" 198.51.100.2
check 'apply repairs it' guard -q apply service
check 'check' guard check service

note 'the same when the new policy refuses more: the service could make another module fail to keep its former policy'
reach9() {
	in_cgroup "$cgroup" "$EJG_ATTEMPT" connect 198.51.100.9 4369
}
# stricter WHAT EXTRA PEERS EDIT: from both peers to a policy that refuses .9.
stricter() {
	local status=0 output
	stack_for "$cgroup" 198.51.100.2 198.51.100.9
	[[ -z ${4-} ]] || sed -i "$4" "$EJG_CONF/service"
	guard -q apply service >/dev/null
	check_is "control: $1: the former policy lets it through" refused "$(reach9)"
	"${FAILING-failing}" "$2" $3
	output=$(guard --json apply service 2>&1) || status=$?
	check_is "$1: exit status" 1 "$status"
	check_has "$1: it says what stays" core.kept "$output"
	check_is "$1: the new policy is in force" denied "$(reach9)"
	status=0
	output=$(guard --json check service 2>&1) || status=$?
	check_is "$1: check: exit status" "$([[ $2 == check=* ]] && echo 1 || echo 0)" "$status"
	check_is "$1: check finds no other policy" 0 "$(grep -c net.policy-differs <<<"$output" || true)"
}
stricter 'a peer less, another check fails' check=not-held 198.51.100.2
stricter 'a peer less, another apply fails' apply=broken 198.51.100.2
stricter 'another peer instead' check=not-held '198.51.100.2 198.51.100.3'
stricter 'no longer permissive' check=not-held 198.51.100.2 's/^required net/& mode=permissive/'
# A module that comes before net in the stack.
failing_before() {
	BEFORE="${CONTROL-required} record $1" stack_for "$cgroup" "${@:2}"
}
FAILING=failing_before stricter 'a check before net fails' check=not-held 198.51.100.2
FAILING=failing_before stricter 'an apply before net fails' apply=broken 198.51.100.2
stack_for "$cgroup" 198.51.100.2
guard -q apply service >/dev/null
failing check=not-held 198.51.100.2 198.51.100.9
check_has 'control: a check behind net fails, a peer more' 'net: the changes of this run were undone' \
	"$(guard --json apply service 2>&1 || true)"
failing_before check=not-held 198.51.100.2 198.51.100.9
output=$(guard --json apply service 2>&1) && status=0 || status=$?
check_is 'a check before net fails, a peer more' 1 "$status"
check_is 'a check before net fails, a peer more: it was never admitted' '' "$(grep -F 'net: the changes' <<<"$output" || true)"
check_is 'a check before net fails, a peer more: the former policy is in force' denied "$(reach9)"
stack_for "$cgroup" 198.51.100.2 198.51.100.9
guard -q apply service >/dev/null
CONTROL=requisite failing_before check=not-held 198.51.100.2
check_status 'control: a requisite module before net fails' 1 guard apply service
check_is 'control: a requisite module before net fails: net is not reached' refused "$(reach9)"
guard -q release service
failing check=not-held 198.51.100.2
check_refused 'the first apply of it' 1 'record' guard apply service
stack_for "$cgroup" 198.51.100.2
guard -q apply service

note 'the same for the module host: its peers and routes are places that users are kept from, so that more of them refuse more'
mkdir "$EJG_CGROUP/users"
install -m 755 "$EJG_ATTEMPT" "$EJG_STATE/attempt"
# host_stack USERS PEERS [EXTRA]
host_stack() {
	printf '%s\n' "set cgroups $(cgroup2_root)/service" 'set epmd 4369' 'set dist 4370-4375' 'set public 5222' \
		"set users $1" "set peers $2" 'required host' "${3-}" >"$EJG_CONF/hosted"
}
# reach UID ADDRESS: what a user gets at epmd's port, where nobody serves.
reach() {
	in_cgroup "$EJG_CGROUP/users" setpriv --reuid="$1" --regid=65534 --clear-groups "$EJG_STATE/attempt" connect "$2" 4369
}
# changes WHAT UID ADDRESS FORMER ALONE TOGETHER USERS PEERS: from the policy in force, where the user gets FORMER, to the one
# of USERS and PEERS, which alone gives ALONE; when another module fails, the user gets TOGETHER.
changes() {
	local former status=0
	former=$(cat "$EJG_CONF/hosted")
	host_stack "$7" "$8"
	guard_host -q apply hosted >/dev/null
	check_is "control: $1: the new policy alone" "$5" "$(reach "$2" "$3")"
	echo "$former" >"$EJG_CONF/hosted"
	guard_host -q apply hosted >/dev/null
	check_is "control: $1: the former policy" "$4" "$(reach "$2" "$3")"
	host_stack "$7" "$8" 'required record check=not-held'
	guard_host -q apply hosted >/dev/null 2>&1 || status=$?
	check_is "$1, another check fails: exit status" 1 "$status"
	check_is "$1, another check fails: what is in force" "$6" "$(reach "$2" "$3")"
	guard_host -q release hosted
}
if kernel_has_host; then
	check_is 'control: no guard' 'refused refused' "$(reach 65534 198.51.100.9) $(reach 2 198.51.100.1)"
	host_stack daemon 198.51.100.2
	changes 'a peer more' 65534 198.51.100.9 refused denied denied daemon '198.51.100.2 198.51.100.9'
	host_stack daemon '198.51.100.2 198.51.100.9'
	changes 'a peer less' 65534 198.51.100.9 denied refused denied daemon 198.51.100.2
	host_stack 'daemon bin' 198.51.100.2
	changes 'a user less' 2 198.51.100.1 refused denied denied daemon 198.51.100.2
	host_stack daemon 198.51.100.2
	changes 'a user more' 2 198.51.100.1 denied refused denied 'daemon bin' 198.51.100.2
else
	note 'left out: this kernel cannot identify network namespaces: the module host does not apply'
fi

note 'a second service comes and goes (sharing.sh: on the same cgroup and the same port)'
SERVICE=other stack_for "$EJG_CGROUP/second" 198.51.100.9
check 'the second service on a cgroup of its own' guard -q apply other
check 'release of the second' guard -q release other
check 'the first still holds' guard check service

note 'peers that are a large part of the internet, in one prefix or in several'
# wide PEER...: how often check warns of such peers.
wide() {
	local said
	stack_for "$cgroup" "$@"
	said=$(guard --json check --file "$EJG_CONF/service" service 2>&1 || true)
	if [[ $said != *'"findings"'* || $said == *'"core.'* ]]; then
		echo "the stack was not checked: $said"
	else
		grep -c '"net.peers-wide"' <<<"$said" || true
	fi
}
check_is 'half of IPv4' 1 "$(wide 128.0.0.0/1)"
check_is 'a quarter of it in small ones' 1 "$(wide $(printf '%s.0.0.0/8 ' {64..126}))"
check_is 'all of IPv6 that is given out' 1 "$(wide 2000::/3)"
check_is 'the same in eight' 1 "$(wide 2000::/6 2400::/6 2800::/6 2c00::/6 3000::/6 3400::/6 3800::/6 3c00::/6)"
check_is 'near: one network of class A' 0 "$(wide 198.0.0.0/8)"
check_is 'near: networks that are nobody else'"'"'s' 0 "$(wide 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10 fc00::/7)"
check_is 'near: a prefix of 16 bits' 0 "$(wide 2001::/16)"
stack_for "$cgroup" 198.51.100.2

note 'private ports that the kernel gives to anybody'
# host_sysctl NAME VALUE: of the network namespace `host`.
host_sysctl() {
	# shellcheck disable=SC2016 # the inner shell expands
	net_run host bash -c 'echo "$2" >"/proc/sys/net/ipv4/$1"' host_sysctl "$@"
}
ephemeral=$(net_run host cat /proc/sys/net/ipv4/ip_local_port_range)
host_sysctl ip_local_port_range '4371 60999'
check_status 'check' 1 guard check service
check_has 'it says which' '4371-4375' "$(guard check service 2>&1 || true)"
host_sysctl ip_local_reserved_ports 4371-4375
check 'with the ports reserved' guard check service
host_sysctl ip_local_reserved_ports ''
host_sysctl ip_local_port_range "$ephemeral"
check 'with another range' guard check service

note 'pins of a newer ejguard'
meta() {
	local rest
	rest=$(printf ' 0x00%.0s' {1..36})
	# shellcheck disable=SC2086 # words are wanted
	bpftool map update pinned "$(set_path)/meta" key 0 0 0 0 value "$1" 0 0 0 $rest
}
meta 0xff
check_refused 'apply over newer pins' 4 'newer ejguard' guard apply service
check_refused 'check of newer pins' 1 'newer ejguard' guard check service
note 'pins of an older ejguard'
meta 0
check_status 'check of older pins' 1 guard check service
before=$(pin_id "$(set_path)/policy")
check 'apply takes over' guard -q apply service
check 'check' guard check service
check_is 'the pins are others' no "$(same "$before" "$(pin_id "$(set_path)/policy")")"
check_is 'nothing is left of the older ones' service "$(ls /sys/fs/bpf/ejguard)"
# The kernel detaches unlinked programs a moment later.
check 'one program a hook' wait_for 5 has_attached "$cgroup" 5

note 'a take-over that was interrupted between its two renames'
mv "$(set_path)" "$(set_path):old"
check_status 'check' 1 guard check service
check_is 'still guarding' denied "$(try_guarded)"
failing 'check=not-held' 198.51.100.2
check_status 'apply fails for another module' 1 guard apply service
check_is 'it is still guarded' denied "$(try_guarded)"
stack_for "$cgroup" 198.51.100.2
check 'apply' guard -q apply service
check_is 'still guarding' denied "$(try_guarded)"
check_is 'nothing else is left' service "$(ls /sys/fs/bpf/ejguard)"
note 'a take-over that was interrupted before the former set went, and one more'
mkdir -p "$(set_path):old/links/1" "$(set_path):new/links/1"
bpftool prog pin id "$(pin_id "$(set_path)/bind4")" "$(set_path):old/bind4"
meta 0
check 'apply' guard -q apply service
check 'check' guard check service
check_is 'still guarding' denied "$(try_guarded)"
check_is 'nothing else is left' service "$(ls /sys/fs/bpf/ejguard)"
check 'one program a hook' wait_for 5 has_attached "$cgroup" 5

note 'without privilege'
without_capabilities() {
	setpriv --bounding-set=-all --inh-caps=-all --ambient-caps=-all "$@"
}
nobody() {
	setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}
for who in without_capabilities nobody; do
	for verb in apply check status release; do
		# User 0 may remove its own files, with capabilities or without.
		[[ $who-$verb != without_capabilities-release ]] || continue
		check_refused "$who: $verb" 4 'root' \
			net_run host bash -c "$(declare -f "$who"); $who \"\$@\"" "$who" \
			"$EJG_TOOL" --confdir "$EJG_CONF" --moduledir "$EJG_MODULES" "$verb" service
	done
done
check 'release' guard -q release service

note 'no bpffs'
# As on a machine that has one: systemd mounts it.
mount -t bpf -o mode=700 bpf /sys/fs/bpf
kernel_without_bpffs
check_refused 'apply without bpffs' 4 'bpffs' guard apply service
check_refused 'check without bpffs' 4 'bpffs' guard check service
# There is nothing to remove then, and no error.
released=$(guard release service 2>&1) || released="exit status $?: $released"
check "release without bpffs ($released)" test "$released" = 'service: released'
mount -t bpf -o mode=700 bpf /sys/fs/bpf
mkdir -m 755 /sys/fs/bpf/ejguard
check_refused 'a folder that others may look into' 1 'accessible to root only' guard apply service
rmdir /sys/fs/bpf/ejguard

note 'a program of somebody else that shuts others out'
mkdir "$EJG_CGROUP/above" "$EJG_CGROUP/above/below"
stack_for "$EJG_CGROUP/second" 198.51.100.2
check 'apply, for a program to attach' guard -q apply service
bpftool cgroup attach "$EJG_CGROUP/above" ingress pinned "$(set_path)/ingress"
SERVICE=below
stack_for "$EJG_CGROUP/above/below" 198.51.100.2
check_refused 'below it' 4 'exclusively' guard apply below
stack_for "$EJG_CGROUP/above" 198.51.100.2
check_refused 'beside it' 4 'exclusively' guard apply below
stack_for "$cgroup" 198.51.100.2
check 'elsewhere' guard -q apply below
