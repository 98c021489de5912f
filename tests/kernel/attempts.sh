#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The table of attempts, in a world of its own: see attempts.tbl and attempts.c.
set -euo pipefail

# shellcheck source=kernel.sh
source "$(dirname "$0")/kernel.sh"
kernel_begin "$0"

EJG_HOST=$(net_file host)
EJG_REMOTE=$(net_file remote)
EJG_JOINER=$(net_file joiner)
EJG_GUARDED=$EJG_CGROUP/guarded
EJG_CONTROL=$EJG_CGROUP/control
EJG_ELSEWHERE=$EJG_CGROUP/elsewhere
export EJG_HOST EJG_REMOTE EJG_JOINER EJG_GUARDED EJG_CONTROL EJG_ELSEWHERE
mkdir "$EJG_GUARDED" "$EJG_CONTROL" "$EJG_ELSEWHERE"

# 127.0.0.1 over the wire, in both directions: what no host does, and what the guard must not take for loopback.
forged_loopback() {
	settings ipv4/conf/{all,eth0}/{route_localnet,accept_local,accept_source_route}=1 ipv4/conf/{all,eth0}/rp_filter=0
	ip rule add pref 10 lookup local
	ip rule del pref 0
	ip rule add pref 5 from 198.51.100.1 to 127.0.0.1 iif lo lookup 100
	ip route add 127.0.0.1 via 198.51.100.9 dev eth0 table 100
}

for name in host remote; do
	net_run "$name" bash -c "$(declare -f settings forged_loopback); forged_loopback"
done

# A peer whose MPTCP connections get a second subflow, from an address that is no peer's.
net_new joiner 198.51.100.3/24 198.51.100.7/24 198.51.100.8/24
# Kernels without it: the attempts that need it say so. With it, their controls fail if this did.
if net_run host ip mptcp limits set subflows 2 add_addr_accepted 2 2>/dev/null; then
	net_run joiner ip mptcp limits set subflows 2
	net_run joiner ip mptcp endpoint add 198.51.100.8 dev eth0 subflow
	net_run joiner ip mptcp endpoint add 198.51.100.7 dev eth0 signal
fi

status=0
"$EJG_ATTEMPTS" "$(dirname "$0")/attempts.tbl" || status=$?
check_is 'the attempts end as the table says' 0 "$status"
