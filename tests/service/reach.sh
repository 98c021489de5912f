#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A peer reaches both private ports, a stranger 5222 and nothing else, with IPv4 and IPv6. The control is the
# same without the guard.
set -euo pipefail

# shellcheck source=../harness/harness.sh
source "$(dirname "$0")/../harness/harness.sh"
harness_begin "$0"

addresses=(198.51.100.1 2001:db8::1)

# An IPv6 distribution port, which Debian's ejabberd does not have: a listener in its cgroup stands for it.
start_bed() {
	ejabberd_window server
	bed_boot server
	bed_run server systemctl start ejabberd
	try_in server ejabberd.service listen 2001:db8::1 4205 60 >"$EJG_STATE/listener" &
	wait_for 5 grep -q ok "$EJG_STATE/listener"
}

see() {
	local what=$1 stranger=$2 port
	check "$what: ejabberdctl status" bed_run server ejabberdctl status
	port=$(ejabberd_dist_port server)
	check_reach "$what" peer ok 4369 "${addresses[@]}"
	check_reach "$what" peer ok "$port" 198.51.100.1
	check_reach "$what" peer ok 4205 2001:db8::1
	check_reach "$what" peer ok 5222 "${addresses[@]}"
	check_reach "$what" stranger "$stranger" 4369 "${addresses[@]}"
	check_reach "$what" stranger "$stranger" "$port" 198.51.100.1
	check_reach "$what" stranger "$stranger" 4205 2001:db8::1
	check_reach "$what" stranger ok 5222 "${addresses[@]}"
}

net_new peer 198.51.100.2/24 2001:db8::2/64
net_new stranger 203.0.113.9/24 2001:db8:bad::9/64

bed_new server 198.51.100.1/24 2001:db8::1/64
start_bed
see 'control' ok
bed_end server

guard_new server 198.51.100.1/24 2001:db8::1/64
guard_stack_peers server 198.51.100.1,2001:db8::1 198.51.100.2 2001:db8::2
start_bed
see 'guarded' refused
