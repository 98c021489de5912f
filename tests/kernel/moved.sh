#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A compromised service writes other ports, or another user, into its own configuration, and is restarted. The guard must not
# move with them. Controls: the same lines in a file that only root can change, and in the stack.
set -euo pipefail

# shellcheck source=kernel.sh
source "$(dirname "$0")/kernel.sh"
kernel_begin "$0"

cgroup=$EJG_CGROUP/service
mkdir "$cgroup" "$EJG_CGROUP/elsewhere"
install -m 755 "$EJG_ATTEMPT" "$EJG_STATE/attempt"
cp -a /etc "$EJG_STATE/etc"
mkdir -p "$EJG_STATE/etc/rabbitmq"
sed -i '/^rabbitmq:/d' "$EJG_STATE/etc/passwd" "$EJG_STATE/etc/group"
echo 'rabbitmq:x:65533:65533::/var/lib/rabbitmq:/bin/false' >>"$EJG_STATE/etc/passwd"
echo 'rabbitmq:x:65533:' >>"$EJG_STATE/etc/group"
mount --bind "$EJG_STATE/etc" /etc
conf=/etc/rabbitmq/rabbitmq-env.conf

# stack LINE...: of the service, with these lines.
stack() {
	printf '%s\n' "set cgroups $cgroup" 'set kind rabbitmq' 'set public 5672' "$@" \
		'required net accept=cgroup listen=127.0.0.1,::1' >"$EJG_CONF/rabbitmq-server"
}

# configure LINE...: the service's own configuration. of OWNER: it and its folder belong to this user.
configure() {
	printf '%s\n' "$@" >"$conf"
}

of() {
	chown -R "$1:$1" /etc/rabbitmq
}

# reach PORT: from the service, a host that is no peer.
reach() {
	in_cgroup "$cgroup" setpriv --reuid=65533 --regid=65533 --clear-groups "$EJG_STATE/attempt" \
		connect 198.51.100.9 "$1" || true
}

said() {
	guard check rabbitmq-server 2>&1 || true
}

again() {
	guard -q release rabbitmq-server
	guard -q apply rabbitmq-server
}

moved=(ERL_EPMD_PORT=20001 RABBITMQ_DIST_PORT=20002)
hold stranger "$EJG_CGROUP/elsewhere" remote listen 198.51.100.9 4369 198.51.100.9 25672 198.51.100.9 20002

note 'a configuration that the service can change, with no port in it'
stack
configure '# nothing is set'
of 65533
check_is 'control: without the guard' ok "$(reach 4369)"
check 'apply' guard -q apply rabbitmq-server
check_is 'epmd of a stranger' denied "$(reach 4369)"
check_is 'distribution port of a stranger' denied "$(reach 25672)"
check_is 'near: no finding' 0 "$(said | grep -c net.ports-changeable || true)"

note 'the service writes other ports'
configure "${moved[@]}"
check 'apply' guard -q apply rabbitmq-server
check_is 'epmd of a stranger' denied "$(reach 4369)"
check_is 'distribution port of a stranger' denied "$(reach 25672)"
check_is 'the new port' denied "$(reach 20002)"
check_is 'findings' 2 "$(said | grep -c net.ports-changeable || true)"
check_has 'the remedy' 'set dist 20002' "$(said)"

note 'the service frees a port that is guarded'
configure '# nothing is set'
check_status 'apply' 3 guard -q apply rabbitmq-server
check_has 'the reason' 'would no longer be guarded' "$(guard apply rabbitmq-server 2>&1 || true)"
check_is 'the former policy stays' denied "$(reach 20002)"
stack 'set epmd 4369' 'set dist 25672'
check 'control: the stack may' guard -q apply rabbitmq-server
check_is 'control: freed' ok "$(reach 20002)"

note 'the service writes a port of somebody else'
hold ssh "$EJG_CGROUP/elsewhere" host listen 127.0.0.1 20022
stack
guard -q release rabbitmq-server
for port in 22 20022; do
	configure "RABBITMQ_DIST_PORT=$port"
	check_status 'apply' 3 guard -q apply rabbitmq-server
	check_has 'the reason' "port $port would become private, by $conf:1" "$(guard apply rabbitmq-server 2>&1 || true)"
	check_has 'the remedy' "set dist $port" "$(guard apply rabbitmq-server 2>&1 || true)"
	check_has 'check foresees it' "port $port would become private" "$(said)"
	of 0
	check 'control: root may' guard -q apply rabbitmq-server
	guard -q release rabbitmq-server
	of 65533
	stack "set dist $port"
	check 'control: the stack may' guard -q apply rabbitmq-server
	stack
	check 'near: the policy in force has it' guard -q apply rabbitmq-server
	guard -q release rabbitmq-server
done
configure RABBITMQ_DIST_PORT=20023
check 'near: nobody listens there' guard -q apply rabbitmq-server
check_has 'the finding' net.ports-changeable "$(said)"

note 'control: the same lines in a file of root'
stack
configure "${moved[@]}"
of 0
again
check_is 'epmd of a stranger' ok "$(reach 4369)"
check_is 'the new port' denied "$(reach 20002)"
check_is 'near: no finding' 0 "$(said | grep -c net.ports-changeable || true)"
chmod o+w "$conf"
again
check_is 'everybody may write to it' denied "$(reach 4369)"
chmod o-w "$conf"
chmod o+w /etc/rabbitmq
again
check_is 'everybody may replace it' denied "$(reach 4369)"
chmod o-w /etc/rabbitmq

note 'control: the ports of the stack, with a configuration that the service can change'
stack 'set epmd 20001' 'set dist 20002'
of 65533
again
check_is 'epmd of a stranger' ok "$(reach 4369)"
check_is 'near: no finding' 0 "$(said | grep -c net.ports-changeable || true)"
guard -q release rabbitmq-server

if kernel_has_netns; then
	note 'peers of the service at the epmd of another one, which names no other port'
	mkdir "$EJG_CGROUP/ejabberd"
	printf '%s\n' "set cgroups $EJG_CGROUP/ejabberd" 'set epmd 4369' 'set dist 4370-4375' 'set public 5222' \
		'set peers 198.51.100.2' 'required net accept=netns listen=127.0.0.1,::1,198.51.100.1' >"$EJG_CONF/ejabberd"
	printf '%s\n' "set cgroups $cgroup" 'set kind rabbitmq' 'set public 5672' 'set peers 198.51.100.9' \
		'required net accept=netns listen=127.0.0.1,::1,198.51.100.1' >"$EJG_CONF/rabbitmq-server"
	configure '# nothing is set'
	hold shared "$EJG_CGROUP/ejabberd" host listen 0.0.0.0 4369
	epmd=$background_pid
	check 'apply' guard -q apply ejabberd
	check 'apply' guard -q apply rabbitmq-server
	check_is 'control: both use it' ok "$(try remote connect 198.51.100.1 4369 --from 198.51.100.9)"
	configure ERL_EPMD_PORT=14369
	check 'apply' guard -q apply rabbitmq-server
	check_is 'the peer of a service with an epmd of its own' refused "$(try remote connect 198.51.100.1 4369 --from 198.51.100.9)"
	check_is 'the peer of ejabberd' ok "$(try remote connect 198.51.100.1 4369 --from 198.51.100.2)"
	guard -q release rabbitmq-server
	guard -q release ejabberd
	end "$epmd"
fi

kernel_has_host || exit 0

# as UID: a connection of a local user to epmd.
as() {
	in_cgroup "$EJG_CGROUP/elsewhere" setpriv --reuid="$1" --regid=65534 --clear-groups "$EJG_STATE/attempt" \
		connect 127.0.0.1 4369 || true
}

note 'the service names another user as its own (module host)'
mkdir "$EJG_STATE/ejabberd"
conf=$EJG_STATE/ejabberd/ejabberdctl.cfg
echo 'jabber:x:65532:65532::/:/bin/false' >>/etc/passwd
hold epmd "$cgroup" host listen 127.0.0.1 4369
printf '%s\n' "set cgroups $(cgroup2_root)/service" "set config $EJG_STATE/ejabberd" 'set epmd 4369' 'set dist 4370' \
	'set public 5222' 'required host' >"$EJG_CONF/service"
configure INSTALLUSER=jabber
chown -R 65532:65532 "$EJG_STATE/ejabberd"
check 'apply' guard_host -q apply service
check_is 'the user that owns the configuration' ok "$(as 65532)"
check_is 'near: no finding' 0 "$(guard_host check service 2>&1 | grep -c host.user-changeable || true)"
chown -R 65533:65533 "$EJG_STATE/ejabberd"
check 'apply' guard_host -q apply service
check_is 'another owner has named that user' denied "$(as 65532)"
check_has 'the finding' host.user-changeable "$(guard_host check service 2>&1 || true)"
chown -R 0:0 "$EJG_STATE/ejabberd"
check 'apply' guard_host -q apply service
check_is 'control: root has named it' ok "$(as 65532)"
check 'release' guard_host -q release service

note 'the service writes a port of the system (module host)'
sed -i '/^set dist/d' "$EJG_CONF/service"
configure FIREWALL_WINDOW=22
chown -R 65533:65533 "$EJG_STATE/ejabberd"
check_status 'apply' 3 guard_host -q apply service
check_has 'the reason' "port 22 would become private, by $conf:1" "$(guard_host apply service 2>&1 || true)"
chown -R 0:0 "$EJG_STATE/ejabberd"
check 'control: root may' guard_host -q apply service
check 'release' guard_host -q release service
