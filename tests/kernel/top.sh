#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The place of the module host, and processes that are not below it: the top of a container is not the host's. Cgroups
# made below it later are guarded; a process outside is not, and check then does not say guarded. Foreign programs there.
# Control: each person who is refused below the top is admitted without the guard, or outside of it.
set -euo pipefail

# shellcheck source=kernel.sh
source "$(dirname "$0")/kernel.sh"
kernel_begin "$0"

root=$(cgroup2_root)
container=$EJG_CGROUP/container
mkdir -p "$container/service" "$container/users" "$EJG_CGROUP/outside"
install -m 755 "$EJG_ATTEMPT" "$EJG_STATE/attempt"
printf '%s\n' "set cgroups $root/service" 'set epmd 4369' 'set dist 4370-4375' 'set public 5222' 'required host' \
	>"$EJG_CONF/ejabberd"

# guard_in_container ARGUMENTS OF ejguard...: in a cgroup namespace of the container's, as a container engine makes one.
guard_in_container() {
	EJG_CGROUP=$container own_tree nsenter --net="$(net_file "${NET-host}")" \
		"$EJG_TOOL" --confdir "$EJG_CONF" --moduledir "$EJG_MODULES" "$@"
}

# nobody CGROUP ARGUMENTS OF attempt...
nobody() {
	in_cgroup "$1" setpriv --reuid=65534 --regid=65534 --clear-groups "$EJG_STATE/attempt" "${@:2}"
}

said() {
	tr -s ' \n' ' ' <<<"$(guard_in_container check 2>&1 || true)"
}

doctor() {
	tr -s ' \n' ' ' <<<"$(guard_in_container doctor 2>&1 || true)"
}

# stay HOST: a process outside of the container, in the network of a host.
stay() {
	cgroup_run "$EJG_CGROUP/outside" nsenter --net="$(net_file "$1")" sleep 600 &
	wait_for 5 is_inhabited "$EJG_CGROUP/outside"
}

is_inhabited() {
	[[ $(readlink /proc/"$(head -n 1 "$1/cgroup.procs")"/exe) == */sleep ]]
}

is_empty() {
	[[ -z $(cat "$1/cgroup.procs") ]]
}

# clear CGROUP: ends what runs there.
clear() {
	local pids
	mapfile -t pids <"$1/cgroup.procs"
	kill "${pids[@]}"
	wait_for 5 is_empty "$1"
}

redirects() {
	rm -f "$EJG_STATE/redirect"
	in_cgroup "$1" "$EJG_LOOKUP_REDIRECT" "$EJG_REDIRECT" "${@:2}" >"$EJG_STATE/redirect" &
	wait_for 5 grep -q listening "$EJG_STATE/redirect"
}

note 'a container with a network of its own'
check_is 'control: nobody is epmd' ok "$(nobody "$container/users" listen 127.0.0.1 4369 0)"
check 'apply' guard_in_container -q apply
check_is 'nobody is refused' denied "$(nobody "$container/users" listen 127.0.0.1 4369 0)"
check 'check' guard_in_container -q check
check_has 'which says what is not seen' 'host.top-of-container' "$(said)"

note 'what is made below the top later'
mkdir -p "$container/new/nested" "$container/users/delegated"
check_is 'a new cgroup' denied "$(nobody "$container/new" connect 127.0.0.1 4369)"
check_is 'one in it' denied "$(nobody "$container/new/nested" connect 127.0.0.1 4369)"
check_is 'a cgroup namespace of its own' denied "$(in_cgroup "$container/new" unshare --cgroup \
	setpriv --reuid=65534 --regid=65534 --clear-groups "$EJG_STATE/attempt" connect 127.0.0.1 4369)"
mkdir /sys/fs/bpf/below
if bpftool prog loadall "$EJG_CLEAR" /sys/fs/bpf/below 2>/dev/null; then
	bpftool cgroup attach "$container/users/delegated" connect4 pinned /sys/fs/bpf/below/clear_connect4 multi
	check_is 'a program of theirs below undoes nothing' denied "$(nobody "$container/users/delegated" connect 127.0.0.1 4369)"
	bpftool cgroup attach "$EJG_CGROUP" connect4 pinned /sys/fs/bpf/below/clear_connect4 multi
	check_is 'control: one above does' refused "$(nobody "$container/users" connect 127.0.0.1 4369)"
	bpftool cgroup detach "$EJG_CGROUP" connect4 pinned /sys/fs/bpf/below/clear_connect4
else
	note 'left out: this kernel lets no program undo a refusal'
fi

note 'a process outside of the container, in its network'
check_is 'it is not refused' ok "$(nobody "$EJG_CGROUP/outside" listen 127.0.0.1 4369 0)"
stay host
check_status 'check' 1 guard_in_container -q check
check_has 'and it says who' "host.outside-unguarded" "$(said)"
check_status 'an apply fails, too' 1 guard_in_container -q apply
check_is 'but the guard stands' denied "$(nobody "$container/users" listen 127.0.0.1 4369 0)"
clear "$EJG_CGROUP/outside"
stay remote
check 'control: one in another network' guard_in_container -q check
clear "$EJG_CGROUP/outside"

note 'programs that choose listeners'
check_is 'doctor knows of none' no "$([[ $(doctor) == *sk-lookup* ]] && echo yes || echo no)"
redirects "$container/service" 5999 127.0.0.1 4371
check_is 'nobody does not reach the private listener' denied "$(nobody "$container/users" connect 127.0.0.1 4371)"
check_is 'but does by the port that leads there' ok "$(nobody "$container/users" connect 127.0.0.1 5999)"
check_has 'doctor says so' 'host.sk-lookup' "$(doctor)"
check_has 'check says so' 'program redirect chooses listeners' "$(said)"
clear "$container/service"
check_is 'control: without it' refused "$(nobody "$container/users" connect 127.0.0.1 5999)"
check_is 'check is silent again' no "$([[ $(said) == *sk-lookup* ]] && echo yes || echo no)"
redirects "$container/users" 4372 127.0.0.1 5998
check_is 'one that leads a private port to a listener of others: nobody is refused, still' denied \
	"$(nobody "$container/users" connect 127.0.0.1 4372)"
check_has 'check says so' 'program redirect chooses listeners' "$(said)"
clear "$container/users"

echo 'required net accept=netns' >>"$EJG_CONF/ejabberd"
if guard_in_container -q apply 2>"$EJG_STATE/apply"; then
	check_is 'the program of net is no stranger' no "$([[ $(said) == *sk-lookup* ]] && echo yes || echo no)"
else
	check_has 'left out: this kernel does not decide in a network namespace' 'accept=netns' "$(cat "$EJG_STATE/apply")"
fi

check 'release' guard_in_container -q release
check_is 'nobody is epmd' ok "$(nobody "$container/users" listen 127.0.0.1 4369 0)"
