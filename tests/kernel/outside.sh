#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A node of the service in a cgroup that is not the service's: only a set of another service that refuses connections, and
# decides about the node's port, excuses it. Control: without another set, and with one that does both.
set -euo pipefail

# shellcheck source=kernel.sh
source "$(dirname "$0")/kernel.sh"
kernel_begin "$0"

kernel_has_netns || skip 'accept=netns needs Linux 5.17'
mkdir "$EJG_CGROUP/service" "$EJG_CGROUP/elsewhere"
ACCEPT=netns
install -m 755 "$(readlink -f /usr/bin/perl)" "$EJG_STATE/beam.smp"

unconfined() {
	guard --json check service >"$EJG_STATE/report" 2>&1 || true
	{ grep -o '"net.node-unconfined"' "$EJG_STATE/report" || true; } | wc -l
}

# second OPTIONS DIST: the other service, with the node's cgroup.
second() {
	SERVICE=second stack_for "$EJG_CGROUP/elsewhere" 198.51.100.2
	sed -i "s/^required net/& $1/; s/^set epmd.*/set epmd 4469/; s/^set dist.*/set dist $2/" "$EJG_CONF/second"
	guard -q apply second >/dev/null 2>&1 || true
}

stack_for "$EJG_CGROUP/service" 198.51.100.2
check 'apply' guard -q apply service
check_is 'control: no node' 0 "$(unconfined)"
background node cgroup_exec "$EJG_CGROUP/elsewhere" nsenter --net="$(net_file host)" "$EJG_STATE/beam.smp" -MIO::Socket::INET -e '
	$| = 1;
	my $s = IO::Socket::INET->new(LocalAddr => "0.0.0.0", LocalPort => 4371, Listen => 5, ReuseAddr => 1) or die $!;
	print "listening\n";
	sleep 600' x -sname service@localhost -s service
check_is 'a node, and no other set' 1 "$(unconfined)"
second mode=permissive 4371-4375
check_is 'a set that refuses nothing' 1 "$(unconfined)"
second '' 4471-4475
check_is 'a set that does not decide about its port' 1 "$(unconfined)"
second '' 4371-4375
check_is 'control: a set that does' 0 "$(unconfined)"
