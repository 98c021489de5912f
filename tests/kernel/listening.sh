#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A network namespace in which only a listener of the service lives, as by epmd.socket beside a service with
# NetworkNamespacePath=: its ports are guarded for net and host as where the service's processes live. Control: before there is a
# listener nothing is refused or reported there.
set -euo pipefail

# shellcheck source=kernel.sh
source "$(dirname "$0")/kernel.sh"
kernel_begin "$0"

root=$(cgroup2_root)
mkdir "$EJG_CGROUP/socket" "$EJG_CGROUP/service" "$EJG_CGROUP/users" "$EJG_CGROUP/init"
install -m 755 "$EJG_ATTEMPT" "$EJG_STATE/attempt"
install -m 755 "$EJG_HOLD" "$EJG_STATE/hold"
chmod 711 "$EJG_STATE"

# stack LINE...: of the modules.
stack() {
	printf '%s\n' "set cgroups $root/service $root/socket" 'set epmd 4369' 'set dist 4370-4375' 'set public 5222' "$@" \
		>"$EJG_CONF/ejabberd"
}

# nobody ARGUMENTS OF attempt...
nobody() {
	in_cgroup "$EJG_CGROUP/users" setpriv --reuid=65534 --regid=65534 --clear-groups "$EJG_STATE/attempt" "$@"
}

# listen_there NAME ARGUMENTS OF hold...: a listener of the socket unit, which the service manager keeps.
listen_there() {
	hold "$1" "$EJG_CGROUP/socket" host listen "${@:2}"
	echo "$background_pid" >"$EJG_CGROUP/init/cgroup.procs"
}

# told VERB...: the findings of a run about that namespace.
told() {
	guard_host --json "$@" 2>&1 | grep -oE '"(net.ports-ephemeral|host.network-unknown|host.connection-ended)"' | sort -u |
		tr -d '"' || true
}

net_new blue
background service cgroup_exec "$EJG_CGROUP/service" nsenter --net="$(net_file blue)" bash -c 'echo ready; exec sleep 600'

note 'net'
stack 'required net'
range=$(net_run host cat /proc/sys/net/ipv4/ip_local_port_range)
check 'apply' guard_host -q apply --no-proof
net_run host bash -c 'echo 4300 5000 >/proc/sys/net/ipv4/ip_local_port_range'
check_is 'control: no listener, no business of the service' '' "$(told check)"
listen_there epmd 0.0.0.0 4369
epmd=$background_pid
check_is 'private ports that the kernel gives to anybody' net.ports-ephemeral "$(told check)"
net_run host bash -c "echo $range >/proc/sys/net/ipv4/ip_local_port_range"
check_is 'control: that it does not' '' "$(told check)"
check 'apply' guard_host -q apply --no-proof
check 'check' guard_host -q check
guard_host -q release
end "$epmd"

note 'host'
stack 'required host'
if ! kernel_has_host; then
	note 'a kernel without it'
	exit 0
fi
check 'apply' guard_host -q apply --no-proof
check 'check' guard_host -q check
check_is 'control: nobody is epmd where the service is not' ok "$(nobody listen 127.0.0.1 4369 0)"
listen_there epmd 0.0.0.0 4369
epmd=$background_pid
check_is 'control: nobody connects' ok "$(nobody connect 127.0.0.1 4369)"
check_is 'check says that nothing is refused there' host.network-unknown "$(told check)"
background before cgroup_exec "$EJG_CGROUP/users" nsenter --net="$(net_file host)" \
	setpriv --reuid=65534 --regid=65534 --clear-groups "$EJG_STATE/hold" connect - 127.0.0.1 4369
stack 'required host evict=yes'
check_is 'apply ends what was before' host.connection-ended "$(told apply)"
wait_is 5 ended last_word before || true
check_is 'it has ended' ended "$(last_word before)"
check 'check' guard_host -q check
check_is 'nobody connects' denied "$(nobody connect 127.0.0.1 4369)"
check_is 'nor at another address' denied "$(nobody connect 198.51.100.1 4369)"
check_is 'nor takes a port of the distribution' denied "$(nobody listen 127.0.0.1 4370 0)"
check_is 'root connects' ok "$(in_cgroup "$EJG_CGROUP/users" "$EJG_ATTEMPT" connect 127.0.0.1 4369)"

note 'host, and a port of its own choice'
listen_there node 0.0.0.0 7000
check_is 'control: nobody connects' ok "$(nobody connect 127.0.0.1 7000)"
stack 'required host strict=yes'
check 'apply' guard_host -q apply
check_is 'nobody does not connect' denied "$(nobody connect 127.0.0.1 7000)"
check 'check' guard_host -q check
