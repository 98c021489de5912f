#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A node of the service in a cgroup that is not the service's: only a set of another service that refuses connections, and
# decides about the node's port, excuses it. Control: without another set, and with one that does both.
#
# A node that is moved into the service's cgroup keeps its listener, which no hook of the cgroup guards. Control: one that was
# started there.
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

# node CGROUP PORT
node() {
	background node cgroup_exec "$EJG_CGROUP/$1" nsenter --net="$(net_file host)" "$EJG_STATE/beam.smp" -MIO::Socket::INET -e '
		$| = 1;
		my $s = IO::Socket::INET->new(LocalAddr => "0.0.0.0", LocalPort => shift, Listen => 5, ReuseAddr => 1) or die $!;
		print "listening\n";
		while (my $c = $s->accept) {
			close $c;
		}' "$2" x -sname service@localhost -s service
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
node elsewhere 4371
check_is 'a node, and no other set' 1 "$(unconfined)"
second mode=permissive 4371-4375
check_is 'a set that refuses nothing' 1 "$(unconfined)"
second '' 4471-4475
check_is 'a set that does not decide about its port' 1 "$(unconfined)"
second '' 4371-4375
check_is 'control: a set that does' 0 "$(unconfined)"
end "$background_pid"
guard -q release second
guard -q release service

note 'a port of its own choice'
sed -i '/^set dist/d; s/^required net/& strict=yes/' "$EJG_CONF/service"
stranger() {
	try remote connect 198.51.100.1 45000 --from 198.51.100.9
}
check 'apply' guard -q apply service
node service 45000
check_is 'control: a node in the cgroup: a stranger' timeout "$(stranger)"
check_is 'a peer' ok "$(try remote connect 198.51.100.1 45000 --from 198.51.100.2)"
check 'check' guard -q check service
end "$background_pid"
node elsewhere 45000
check_is 'control: a node outside: a stranger' ok "$(stranger)"
check_has 'check fails' net.listener-unguarded "$(guard --json check service 2>&1 || true)"
echo "$background_pid" >"$EJG_CGROUP/service/cgroup.procs"
check_is 'what cannot be held: it is moved into the cgroup: a stranger' ok "$(stranger)"
check_has 'check fails, and says why' 'net.listener-unguarded*made the listener outside' \
	"$(guard --json check service 2>&1 | tr '\n' ' ' || true)"
check_status 'so it exits' 1 guard -q check service
check_status 'so does apply' 1 guard -q apply service
end "$background_pid"
node service 45000
check_is 'started there: a stranger' timeout "$(stranger)"
check 'check' guard -q check service
