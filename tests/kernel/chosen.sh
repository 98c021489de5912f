#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The module host and a port of the service's own choice, which it knows by a mark of the socket: the mark outlives what
# replaces the programs, under fire; a listener from before the guard gets it; and another user's socket on that port is reported.
# Controls: without the guard nobody is let in; a mark that is lost, where nobody can lend the socket, is a failure.
set -euo pipefail

# shellcheck source=kernel.sh
source "$(dirname "$0")/kernel.sh"
kernel_begin "$0"

upgrades=${EJG_UPGRADES-10}
root=$(cgroup2_root)
set=/sys/fs/bpf/ejguard/ejabberd:host
mkdir "$EJG_CGROUP/service" "$EJG_CGROUP/users"
install -m 755 -t "$EJG_STATE" "$EJG_ATTEMPT" "$EJG_HAMMER"
printf '%s\n' "set cgroups $root/service" 'set epmd 4369' 'set dist auto' 'set public 5222' 'required host strict=yes' \
	>"$EJG_CONF/ejabberd"

# Runs ejguard where it sees no process of the service.
guard_blind() {
	# shellcheck disable=SC2016 # expanded there
	own_tree nsenter --net="$(net_file host)" unshare --pid --fork --mount bash -c \
		'mount -t proc proc /proc; exec "$@"' blind "$EJG_TOOL" --confdir "$EJG_CONF" --moduledir "$EJG_MODULES" "$@"
}

as() {
	in_cgroup "$EJG_CGROUP/users" setpriv --reuid="$1" --regid=65534 --clear-groups "${@:2}"
}

try_as() {
	as "$1" "$EJG_STATE/attempt" "${@:2}"
}

# hammer_as UID: for hammer_start, what it starts must be the hammer.
hammer_as() {
	echo 0 >"$EJG_CGROUP/users/cgroup.procs"
	exec nice -n 19 nsenter --net="$(net_file host)" setpriv --reuid="$1" --regid=65534 --clear-groups \
		"$EJG_STATE/hammer" call 0.0.0.0 127.0.0.1 7000 1000
}

# squat ADDRESS PORT: nobody listens there.
squat() {
	echo 0 >"$EJG_CGROUP/users/cgroup.procs"
	exec nsenter --net="$(net_file host)" setpriv --reuid=65534 --regid=65534 --clear-groups \
		"$EJG_STATE/attempt" listen "$@" 60
}

# serve ADDRESS PORT: a listener of the service.
serve() {
	background "serve.$1.$2" in_cgroup "$EJG_CGROUP/service" setpriv --reuid=65533 --regid=65534 --clear-groups \
		"$EJG_STATE/hammer" serve "$@"
}

in_force() {
	pin_id "$set/connect4"
}

serve 127.0.0.1 7000
check_is 'control: without the guard nobody reaches it' ok "$(try_as 65534 connect 127.0.0.1 7000)"

note 'a listener from before the guard'
check_status 'where the socket cannot be had, apply fails' 1 guard_blind -q apply
check_has 'and says so' 'host.listener-unknown' "$(guard_blind check 2>&1 || true)"
check_is 'control: nobody reaches it, still' ok "$(try_as 65534 connect 127.0.0.1 7000)"
check 'apply' guard_host -q apply
check_is 'nobody is refused' denied "$(try_as 65534 connect 127.0.0.1 7000)"
check_is 'root is not' ok "$(try_as 0 connect 127.0.0.1 7000)"
check 'check' guard_host -q check

note 'another user, to whom the kernel gives the port at another address'
check_is 'he may not name it' denied "$(try_as 65534 bind ::1 7000)"
range=$(net_run host cat /proc/sys/net/ipv4/ip_local_port_range)
net_run host bash -c 'echo 7000 7000 >/proc/sys/net/ipv4/ip_local_port_range'
background squatter squat ::1 0
squatter=$background_pid
check_is 'control: it is his' ok "$(last_word squatter)"
check_status 'check fails' 1 guard_host -q check
check_has 'and names him' 'host.listener-beside: *::1*:7000*uid 65534' "$(tr -s ' \n' ' ' <<<"$(guard_host check 2>&1 || true)")"
end "$squatter"
check 'not when he has gone' guard_host -q check
net_run host bash -c "echo $range >/proc/sys/net/ipv4/ip_local_port_range"

note 'another socket of the service at that port does not hide one that is not marked'
guard_host -q release
serve ::1 7001
guard_blind -q apply || true
serve 127.0.0.1 7001
check_is 'the one from before is reached' ok "$(try_as 65534 connect ::1 7001)"
check_has 'and check says so' 'host.listener-unknown*::1?:7001' "$(tr -s ' \n' ' ' <<<"$(guard_host check 2>&1 || true)")"
check 'apply' guard_host -q apply
check_is 'nobody is refused there' denied "$(try_as 65534 connect ::1 7001)"

note "$upgrades take-overs under fire"
programs=$(in_force)
hammer_start nobody hammer_as 65534
hammer_start root hammer_as 0
failed=0
for ((i = 0; i < upgrades; i++)); do
	change_meta "$set" 8 1 # another build of the same layout
	# It is a failure that the service's processes cannot be seen from there; but this failure takes nothing back.
	if guard_blind -q apply 2>&1 | grep '^ejguard: ' | grep -qv sockets-unseen; then
		failed=$((failed + 1))
	fi
done
hammer_end
check_is 'that failed' 0 "$failed"
check_is 'the programs are others' no "$(same "$programs" "$(in_force)")"
check_is 'nobody got in' 0 "$(hammer_seen nobody ok)"
check 'he has tried' test "$(hammer_seen nobody failed)" -gt 100
check_is 'root was never refused' 0 "$(hammer_seen root failed)"
check 'he has tried' test "$(hammer_seen root ok)" -gt 100
check 'check' guard_host -q check
check_is 'nothing is left over' "$set" "$(find /sys/fs/bpf/ejguard -mindepth 1 -maxdepth 1)"
check_has 'what was counted before is counted still' 'ejguard_host_denials_total' "$(guard_host status --openmetrics)"
check 'as much as nobody has tried' test "$(guard_host status --openmetrics | sed -n 's/.*denials_total{.*hook="connect4".* //p')" \
	-gt "$(hammer_seen nobody failed)"

note 'take-overs of sets that have lost their marks, under fire'
failed=0
hammer_start nobody hammer_as 65534
for ((i = 0; i < 3; i++)); do
	rm "$set/chosen"
	guard_host -q apply || failed=$((failed + 1))
done
hammer_end
check_is 'that failed' 0 "$failed"
check_is 'nobody got in' 0 "$(hammer_seen nobody ok)"
check 'he has tried' test "$(hammer_seen nobody failed)" -gt 100

note 'control: a set that has lost its marks'
rm "$set/chosen"
check_status 'is damaged, and what replaces it knows no listener' 1 guard_blind -q apply
check_is 'nobody reaches it' ok "$(try_as 65534 connect 127.0.0.1 7000)"
check_has 'check says so' 'host.listener-unknown' "$(guard_host check 2>&1 || true)"
check 'apply where the socket can be had' guard_host -q apply
check_is 'nobody is refused' denied "$(try_as 65534 connect 127.0.0.1 7000)"

note 'a node that was moved into the cgroup, and has kept its listener'
install -m 755 "$(readlink -f /usr/bin/perl)" "$EJG_STATE/beam.smp"
background node cgroup_exec "$EJG_CGROUP/users" nsenter --net="$(net_file host)" \
	setpriv --reuid=65533 --regid=65534 --clear-groups "$EJG_STATE/beam.smp" -MIO::Socket::INET -e '
	$| = 1;
	my $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => 7002, Listen => 5, ReuseAddr => 1) or die $!;
	print "listening\n";
	while (my $c = $s->accept) {
		close $c;
	}' x -sname ejabberd@localhost
check 'apply' guard_host -q apply
check_is 'control: one outside is not the service: nobody reaches it' ok "$(try_as 65534 connect 127.0.0.1 7002)"
echo "$background_pid" >"$EJG_CGROUP/service/cgroup.procs"
check_has 'moved: check says that it is not known' 'host.listener-unknown*127.0.0.1:7002' \
	"$(tr -s ' \n' ' ' <<<"$(guard_host check 2>&1 || true)")"
check 'apply' guard_host -q apply
check_is 'nobody is refused' denied "$(try_as 65534 connect 127.0.0.1 7002)"
check_is 'root is not' ok "$(try_as 0 connect 127.0.0.1 7002)"
check 'check' guard_host -q check
