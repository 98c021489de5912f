#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A host with a VRF: a network of its own within the network namespace, with its own loopback and its own table of addresses.
# Listeners take connections from it when they are bound to its device, or with net.ipv4.tcp_l3mdev_accept=1. Strangers there
# are strangers, and local users do not reach a private port by an address there. Each is made without the guard too.
set -euo pipefail

# shellcheck source=kernel.sh
source "$(dirname "$0")/kernel.sh"
kernel_begin "$0"

root=$(cgroup2_root)
own=10.8.0.1 peer=10.8.0.2 stranger=10.8.0.9
own6=2001:db8:8::1 peer6=2001:db8:8::2 stranger6=2001:db8:8::9
mkdir "$EJG_CGROUP/service" "$EJG_CGROUP/users"
install -m 755 "$EJG_ATTEMPT" "$EJG_STATE/attempt"

net_run host ip link add blue type vrf table 10 2>/dev/null || {
	check_is 'left out: VRF' 'Unknown device type' "$(net_run host ip link add blue type vrf table 10 2>&1 |
		grep -o 'Unknown device type')"
	exit 0
}
net_run host ip link set blue up
net_run host ip addr add 127.0.0.1/8 dev blue
ip link add v0 netns "$(net_file host)" type veth peer name v0 netns "$(net_file remote)"
net_run host ip link set v0 master blue
net_run host ip link set v0 up
net_run remote ip link set v0 up
for address in $own/24 "$own6/64 nodad"; do
	# shellcheck disable=SC2086 # words are wanted
	net_run host ip addr add dev v0 $address
done
for address in $peer/24 $stranger/24 "$peer6/64 nodad" "$stranger6/64 nodad"; do
	# shellcheck disable=SC2086
	net_run remote ip addr add dev v0 $address
done

# stack ACCEPT [LINE]
stack() {
	printf '%s\n' "set cgroups $root/service" 'set epmd 4369' 'set dist 4370-4375' 'set public 5222' \
		"set peers $peer $peer6" "required net accept=$1 listen=127.0.0.1,::1,$own,$own6" "${2-}" >"$EJG_CONF/ejabberd"
}

# serve DEVICE|- ADDRESS: in the cgroup of the service; takes connections to port 4369 until it is ended.
# shellcheck disable=SC2016 # perl's
program='my ($device, $address) = @ARGV;
	my $six = $address =~ /:/;
	socket(my $s, $six ? AF_INET6 : AF_INET, SOCK_STREAM, 0) or die $!;
	setsockopt($s, SOL_SOCKET, SO_REUSEADDR, 1);
	setsockopt($s, SOL_SOCKET, 25, $device) or die $! if $device ne "-";
	bind($s, $six ? pack_sockaddr_in6(4369, Socket::inet_pton(AF_INET6, $address))
		: pack_sockaddr_in(4369, inet_aton($address))) or die $!;
	listen($s, 16) or die $!;
	print "listening\n";
	while (accept(my $c, $s)) { close $c; }'
serve() {
	background server cgroup_exec "$EJG_CGROUP/service" nsenter --net="$(net_file host)" \
		perl -MSocket -e '$| = 1; alarm 600;'"$program" "$@"
	server=$background_pid
}

# user DEVICE|- ADDRESS [FROM]: nobody connects; the word of the outcome.
# shellcheck disable=SC2016
connect='my ($device, $address, $from) = @ARGV;
	my $six = $address =~ /:/;
	my $to = sub { $six ? pack_sockaddr_in6($_[1], Socket::inet_pton(AF_INET6, $_[0])) : pack_sockaddr_in($_[1], inet_aton($_[0])) };
	socket(my $s, $six ? AF_INET6 : AF_INET, SOCK_STREAM, 0) or die $!;
	setsockopt($s, SOL_SOCKET, 25, $device) or die $! if $device ne "-";
	bind($s, $to->($from, 0)) or die $! if $from;
	setsockopt($s, SOL_SOCKET, SO_SNDTIMEO, pack("l!l!", 1, 0));
	print connect($s, $to->($address, 4369)) ? "ok" : $!{EPERM} ? "denied" : $!{ECONNREFUSED} ? "refused"
		: $!{EINPROGRESS} ? "timeout" : "$!", "\n";'
user() {
	in_cgroup "$EJG_CGROUP/users" setpriv --reuid=65534 --regid=65534 --clear-groups perl -MSocket -e "$connect" "$@"
}

# strangers WHAT WORD: without the guard, then with that of the stack.
strangers() {
	guard_host -q release
	check_is "control: $1: a stranger, without the guard" ok "$(try remote connect $own 4369 --from $stranger)"
	check_is "control: $1: the same of IPv6" ok "$(try remote connect $own6 4369 --from $stranger6)"
	guard_host -q apply --no-proof || true
	check_is "$1: a stranger" "$2" "$(try remote connect $own 4369 --from $stranger)"
	check_is "$1: a peer" ok "$(try remote connect $own 4369 --from $peer)"
	check_is "$1: a stranger, IPv6" "$2" "$(try remote connect $own6 4369 --from $stranger6)"
	check_is "$1: a peer, IPv6" ok "$(try remote connect $own6 4369 --from $peer6)"
	check "$1: check" guard_host -q check
}

accepts=(cgroup netns)
kernel_has_netns || accepts=(cgroup)
for accept in "${accepts[@]}"; do
	word=refused here=ok
	[[ $accept == netns ]] || word=timeout here=timeout
	note "accept=$accept, a listener that is bound to the VRF"
	stack "$accept"
	serve blue ::
	strangers "$accept, bound" "$word"
	# Its packets come over the device of the VRF, not over loopback: ingress sees nothing else (ejguard-net(8), CAVEATS).
	check_is "$accept: this host, in the VRF, by its own address" "$here" "$(user blue $own)"
	check_is "$accept: this host, in the VRF, by its own address of IPv6" "$here" "$(user blue $own6)"
	end "$server"

	note "accept=$accept, a listener of all VRFs"
	net_run host bash -c 'echo 1 >/proc/sys/net/ipv4/tcp_l3mdev_accept'
	serve - ::
	strangers "$accept, unbound" "$word"
	check_is "$accept: a stranger out of the VRF" "$word" "$(try remote connect 198.51.100.1 4369 --from 198.51.100.9)"
	end "$server"
	net_run host bash -c 'echo 0 >/proc/sys/net/ipv4/tcp_l3mdev_accept'
done

note 'local users'
guard_host -q release
net_run host bash -c 'echo 1 >/proc/sys/net/ipv4/tcp_l3mdev_accept'
# Routes by which the rest of the host gets into the VRF.
net_run host ip route add 10.8.0.0/24 dev blue
net_run host ip -6 route add 2001:db8:8::/64 dev blue
net_run host ip route add vrf blue 198.51.100.0/24 dev eth0
stack netns
sed -i 's/^required net.*/required host/' "$EJG_CONF/ejabberd"
serve - ::
ways=("blue $own" "blue $own6" 'blue 127.0.0.1' "- $own 198.51.100.1" "- $own" "- $own6" "v0 $own" "v0 $own6")
words() {
	local way
	for way in "${ways[@]}"; do
		# shellcheck disable=SC2086 # words are wanted
		echo "$way: $(user $way)"
	done
}
words >"$EJG_STATE/without"
check 'apply' guard_host -q apply
words >"$EJG_STATE/with"
reached=0
while IFS= read -r line; do
	way=${line%: *}
	if [[ $line == *': ok' ]]; then
		reached=$((reached + 1))
		check_has "$way" "$way: denied" "$(cat "$EJG_STATE/with")"
	else
		note "without the guard ${line}"
	fi
done <"$EJG_STATE/without"
check "control: $reached ways lead there without the guard" test "$reached" -ge 3
check 'check' guard_host -q check
end "$server"
