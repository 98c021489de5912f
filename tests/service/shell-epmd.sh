#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# With epmd stopped, the first ejabberdctl in an administrator's shell starts another one: in the shell's slice, on every
# address, under no unit of the service. The shipped stack holds it all the same. Controls: no guard, and accept=cgroup, which
# cannot.
set -euo pipefail

# shellcheck source=../harness/harness.sh
source "$(dirname "$0")/../harness/harness.sh"
harness_begin "$0"

addresses=(198.51.100.1 2001:db8::1)

epmd_listens() {
	[[ $(listens server 4369) == yes ]]
}

epmd_pid() {
	bed_run server pgrep -x epmd
}

# shell_epmd: what an administrator does; Erlang's tool starts epmd, whether the node runs or not.
shell_epmd() {
	bed_run server systemctl stop ejabberd.service epmd.service epmd.socket
	bed_run server systemd-run --quiet --scope --slice=user-0.slice --unit=session-9.scope ejabberdctl status >/dev/null 2>&1 ||
		true
	check "$1: an epmd listens" wait_for 20 epmd_listens
	check_has "$1: in the user's slice" user-0.slice "$(bed_run server cat "/proc/$(epmd_pid)/cgroup")"
}

net_new stranger 203.0.113.9/24 2001:db8:bad::9/64

bed_new server 198.51.100.1/24 2001:db8::1/64
bed_boot server
shell_epmd 'no guard'
check_reach 'no guard' stranger ok 4369 "${addresses[@]}"
bed_end server

guard_new server 198.51.100.1/24 2001:db8::1/64
mkdir -p "$(bed_root server)/etc/ejguard"
sed 's/^required net/& accept=cgroup/' "$(bed_root server)/usr/share/ejguard/ejabberd" | guard_stack server
bed_boot server
shell_epmd 'accept=cgroup'
check_reach 'accept=cgroup' stranger ok 4369 "${addresses[@]}"
check_status 'accept=cgroup: check' 1 bed_run server ejguard check
check_has 'accept=cgroup: check says why' 'listener-unguarded' "$(bed_run server ejguard --json check 2>&1 || true)"

note 'the shipped stack'
rm "$(bed_root server)/etc/ejguard/ejabberd"
# It says that none of the units runs. Who reaches the port is decided all the same.
check_status 'apply' 1 bed_run server ejguard apply
check_reach 'the shipped stack' stranger refused 4369 "${addresses[@]}"
check_is 'the shipped stack: this machine' ok "$(try server connect 127.0.0.1 4369)"
check_is 'the shipped stack: this machine, by its address' ok "$(try server connect 198.51.100.1 4369)"
bed_run server kill "$(epmd_pid)"
check 'its units start' bed_run server systemctl restart epmd.socket ejabberd.service
check_guarded 'its own epmd' server stranger "${addresses[@]}"

note 'another one in a shell, while the guard stands'
shell_epmd 'guarded'
check_reach 'guarded' stranger refused 4369 "${addresses[@]}"
check_has 'it is counted' 'hook=lookup,reason=source' "$(bed_run server ejguard -v status || true)"
