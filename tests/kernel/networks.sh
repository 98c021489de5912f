#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A service that lives in another network namespace than the administrator who guards it: what is read of the network is
# read where the service lives, and what cannot be read there is not held.
set -euo pipefail

# shellcheck source=kernel.sh
source "$(dirname "$0")/kernel.sh"
kernel_begin "$0"

cgroup=$EJG_CGROUP/service
elsewhere=$EJG_CGROUP/elsewhere
mkdir "$cgroup" "$elsewhere"

# The administrator's network is the harness's own.
outside() {
	"$EJG_TOOL" --confdir "$EJG_CONF" --moduledir "$EJG_MODULES" "$@"
}

findings() {
	grep -o "net.$1" "$EJG_STATE/report" | wc -l
}

report() {
	"$@" >"$EJG_STATE/report" 2>&1
}

stack_for "$cgroup" 198.51.100.2 2001:db8::2

note 'a connection from before, in the network namespace of the service'
hold service "$cgroup" host listen 0.0.0.0 4369 :: 4369
service=$background_pid
hold stays "$elsewhere" remote connect 198.51.100.2 198.51.100.1 4369
hold ends "$elsewhere" remote connect 198.51.100.9 198.51.100.1 4369
hold ends6 "$elsewhere" remote connect 2001:db8::9 2001:db8::1 4369
check_is 'control: without the guard they are connected' $'connected\nconnected\nconnected' \
	"$(for name in stays ends ends6; do last_word "$name"; done)"
check_status 'apply from outside' 1 report outside --json apply --cgroup "$cgroup" service
check_is 'it reports them' 2 "$(findings connection-before)"
check_has 'and says where' "of process $service" "$(cat "$EJG_STATE/report")"
check_status 'check from outside' 1 report outside --json check service
check_is 'it reports them' 2 "$(findings connection-before)"
check_status 'control: check from inside' 1 report guard --json check service
check_is 'it reports them' 2 "$(findings connection-before)"

note 'sockets of the service that no process of it has any more'
echo "$service" >"$elsewhere/cgroup.procs"
check_status 'check' 1 report outside --json check service
check_is 'it reports them' 2 "$(findings connection-before)"
echo "$service" >"$cgroup/cgroup.procs"

note 'they are ended there'
sed -i 's/^required net/& evict=yes/' "$EJG_CONF/service"
check 'apply' report outside --json apply --cgroup "$cgroup" service
check_is 'each is said' 2 "$(findings connection-ended)"
wait_is 3 ended last_word ends || true
wait_is 3 ended last_word ends6 || true
check_is 'they have ended' endedended "$(last_word ends)$(last_word ends6)"
check_is 'and no other' connected "$(last_word stays)"
check 'check from outside' outside -q check service
check 'check from inside' guard -q check service

note 'what the kernel gives to anybody is a setting of that namespace'
range=$(net_run host cat /proc/sys/net/ipv4/ip_local_port_range)
net_run host bash -c 'echo 4371 60999 >/proc/sys/net/ipv4/ip_local_port_range'
check_status 'check from outside' 1 report outside --json check service
check_is 'it reports them' 1 "$(findings ports-ephemeral)"
net_run host bash -c "echo $range >/proc/sys/net/ipv4/ip_local_port_range"
check 'control: as before' outside -q check service

check_status 'check, where the setting cannot be read' 1 report unshare --mount bash -c \
	'mount -t tmpfs none /proc/sys && exec "$@"' - "$EJG_TOOL" --confdir "$EJG_CONF" --moduledir "$EJG_MODULES" \
	--json check service
check_is 'it does not call the ports safe' 1 "$(findings ports-ephemeral)"
check 'control: where it can be read' outside -q check service

note "somebody else's epmd in a namespace where the service is not"
hold other "$elsewhere" - listen 0.0.0.0 4369
other=$background_pid
check 'it is not the business of this service' report outside --json check service
check_is 'it is not reported' 0 "$(findings listener)"
kill "$service"
wait "$service" || true
check_status 'while the service does not run it is' 1 report outside --json check service
check_is 'it is reported' 1 "$(findings listener-unguarded)"
kill "$other"
wait "$other" || true
check 'control: without it' outside -q check service

note 'the survey: listeners, and what epmd answers, are those of the namespace of the service'
# epmd_there NAME: what answers like epmd that has one name, once, in the cgroup and on the host.
epmd_there() {
	background epmd cgroup_exec "$cgroup" nsenter --net="$(net_file host)" perl -MIO::Socket::INET -e '
		$| = 1;
		my $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => 4369, Listen => 5, ReuseAddr => 1) or die $!;
		print "ready\n";
		while (my $c = $s->accept) {
			sysread $c, my $ask, 64;
			print $c pack("N", 4369), "name $ARGV[0] at port 4371\n";
			close $c;
		}' "$1"
}
survey_of() {
	"$@" --json discover service | tr -d ' \n'
}
check_is 'control: nothing runs there, nothing is seen' no \
	"$([[ $(survey_of outside) == *'"port":4371'* ]] && echo yes || echo no)"
epmd_there blue
survey=$(survey_of outside)
check_has 'from outside: its listener' "\"pid\":$background_pid" "$(grep -o '"listeners":\[.*' <<<"$survey")"
check_has "from outside: epmd's name" '"name":"blue"' "$survey"
check_has 'from inside: the same' '"name":"blue"' "$(survey_of guard)"
hold other "$elsewhere" - listen 0.0.0.0 4370
other=$background_pid
check_is "a listener of the caller's namespace is not the service's" no \
	"$([[ $(survey_of outside) == *"\"pid\":$other"* ]] && echo yes || echo no)"
kill "$other"
wait "$other" || true
mapfile -t pids <"$cgroup/cgroup.procs"
kill "${pids[@]}"
wait_is 5 '' cat "$cgroup/cgroup.procs"

note 'what cannot be seen is not held'
hold service "$cgroup" host listen 0.0.0.0 4369 :: 4369
service=$background_pid
check 'control: what can be seen' outside -q check service
check_status 'a process in a pid namespace that cannot be seen' 1 \
	report unshare --pid --fork --mount-proc "$EJG_TOOL" --confdir "$EJG_CONF" --moduledir "$EJG_MODULES" \
	--json check service
check_is 'it is said' 1 "$(findings sockets-unseen)"

note 'the interface of a link-local peer is one of the namespace of the service'
index_of() {
	"$@" ip -o link show dev eth0 | sed 's/:.*//'
}
ip link add name first type veth peer name eth0
check_is 'control: they are different ones' no "$(same "$(index_of env)" "$(index_of net_run host)")"
stack_for "$cgroup" 'fe80::2%eth0'
sed -i 's/2001:db8::1$/&,fe80::1/' "$EJG_CONF/service"
check 'apply from outside' outside -q apply --cgroup "$cgroup" service
check_is 'the peer comes in' ok "$(try remote connect fe80::1%eth0 4369 --from fe80::2%eth0)"
check_is 'a stranger does not' timeout "$(try remote connect fe80::1%eth0 4369 --from fe80::9%eth0)"
check 'check from outside' outside -q check service
check 'check from inside' guard -q check service
stack_for "$cgroup" 'fe80::2%first'
sed -i 's/2001:db8::1$/&,fe80::1/' "$EJG_CONF/service"
check_status 'an interface that the service does not have' 3 report outside apply --cgroup "$cgroup" service
check_has 'it is said' 'no interface first' "$(cat "$EJG_STATE/report")"
