#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Another host with an address of listen=. At first: a host in two networks, of which the other has such a host. A process of the service reaches it by
# binding its socket to the device there: over IPv6 the kernel takes its answers, though they come from an address of this
# host. Each is tried without the guard too, and what is left alone: this host itself, a peer by the same way.
set -euo pipefail

# shellcheck source=kernel.sh
source "$(dirname "$0")/kernel.sh"
kernel_begin "$0"

cgroup=$EJG_CGROUP/service
elsewhere=$EJG_CGROUP/elsewhere
own=198.51.100.1 own6=2001:db8::1 other6=2001:db8::11 peer6=2001:db8:5::2
mkdir "$cgroup" "$elsewhere"

net_new far
ip link add v1 netns "$(net_file host)" type veth peer name v1 netns "$(net_file far)"
net_run host ip -batch - <<-EOT
	link set v1 up
	addr add 10.5.0.1/24 dev v1
	addr add 2001:db8:5::1/64 dev v1 nodad
	route add default via 10.5.0.2 dev v1 metric 2000
EOT
net_run host ip -6 route add default via $peer6 dev v1 metric 2000
net_run far ip -batch - <<-EOT
	link set v1 up
	link set lo up
	addr add 10.5.0.2/24 dev v1
	addr add $peer6/64 dev v1 nodad
	addr add $own/32 dev lo
	addr add $own6/128 dev lo
	route add 198.51.100.0/24 via 10.5.0.1 dev v1
EOT
net_run far ip -6 route add 2001:db8::/64 via 2001:db8:5::1 dev v1
net_run host bash -c "$(declare -f settings); settings ipv4/conf/{all,v1}/rp_filter=0"
# Else the kernel chooses the address itself as the source, to which the other host sends its answers, that is to itself. In
# a VRF it does not either.
net_run host bash -c "$(declare -f settings); settings ipv6/conf/v1/use_oif_addrs_only=1"
net_run far bash -c "$(declare -f settings); settings ipv4/conf/{all,v1}/rp_filter=0"

# A listener at a host that says where it is. serve HOST CGROUP ADDRESS...
# shellcheck disable=SC2016 # perl's
program='my ($name, @addresses) = @ARGV;
	for my $address (@addresses) {
		my $six = $address =~ /:/;
		next if fork;
		socket(my $s, $six ? AF_INET6 : AF_INET, SOCK_STREAM, 0) or die $!;
		setsockopt($s, SOL_SOCKET, SO_REUSEADDR, 1);
		bind($s, $six ? pack_sockaddr_in6(4369, Socket::inet_pton(AF_INET6, $address))
			: pack_sockaddr_in(4369, inet_aton($address))) or die $!;
		listen($s, 16) or die $!;
		print "listening\n";
		while (accept(my $c, $s)) { send($c, $name, 0); close $c; }
	}
	1 while wait > 0;'
serve() {
	background "$1" cgroup_exec "$2" nsenter --net="$(net_file "$1")" \
		perl -MSocket -e '$| = 1; alarm 600;'"$program" "$1" "${@:3}"
	wait_for 30 has_lines "$EJG_STATE/background/$1" $(($# - 2))
}
has_lines() {
	[[ $(wc -l <"$1") == "$2" ]]
}

# reach DEVICE|- ADDRESS [FROM|-] [LATER]: from the service: the name of the host that answers, or the word of the failure.
# LATER: the device is set when the kernel has chosen the source, and is about to repeat a SYN that was lost.
# shellcheck disable=SC2016
connect='my ($device, $address, $from, $later) = @ARGV;
	my $six = $address =~ /:/;
	my $to = sub { $six ? pack_sockaddr_in6($_[1], Socket::inet_pton(AF_INET6, $_[0])) : pack_sockaddr_in($_[1], inet_aton($_[0])) };
	socket(my $s, $six ? AF_INET6 : AF_INET, SOCK_STREAM, 0) or die $!;
	my $bind = sub { $device eq "-" or setsockopt($s, SOL_SOCKET, 25, $device) or die $! };
	$bind->() if !$later;
	setsockopt($s, $six ? 41 : 0, $six ? 78 : 15, 1) if $ENV{FREEBIND};
	if ($from && $from ne "-") { bind($s, $to->($from, 0)) or die "bind: $!"; }
	$s->blocking(0);
	my $done = connect($s, $to->($address, 4369));
	my $error = $!;
	if (!$done && $!{EINPROGRESS}) {
		$bind->() if $later;
		my $set = "";
		vec($set, fileno($s), 1) = 1;
		if (select(undef, my $out = $set, undef, 4)) {
			$! = unpack("i", getsockopt($s, SOL_SOCKET, SO_ERROR));
			$done = $! == 0;
			$error = $!;
		} else {
			print "timeout\n"; exit;
		}
	}
	if (!$done) { $! = $error; print $!{EPERM} ? "denied" : $!{ECONNREFUSED} ? "refused" : "$error", "\n"; exit; }
	$s->blocking(1);
	recv($s, my $name, 16, 0);
	print "$name\n";'
reach() {
	in_cgroup "$cgroup" perl -MSocket -MIO::Handle -e 'alarm 20;'"$connect" "$@"
}

serve far "$elsewhere" ::
# A listener at this host whose queue is full: it leaves SYNs unanswered.
# shellcheck disable=SC2016
full='my ($address) = @ARGV;
	my $at = pack_sockaddr_in6(4369, Socket::inet_pton(AF_INET6, $address));
	socket(my $s, AF_INET6, SOCK_STREAM, 0) or die $!;
	bind($s, $at) or die $!;
	listen($s, 0) or die $!;
	my @waiting;
	for (1 .. 3) {
		socket(my $c, AF_INET6, SOCK_STREAM, 0) or die $!;
		$c->blocking(0);
		connect($c, $at);
		push @waiting, $c;
	}
	print "full\n";
	sleep 600;'
fill() {
	background full cgroup_exec "$elsewhere" nsenter --net="$(net_file host)" \
		perl -MSocket -MIO::Handle -e '$| = 1; alarm 600;'"$full" "$own6"
	filler=$background_pid
}

# try_all WHAT WORD WORD: by the device alone, and from another address besides.
try_all() {
	local what=$1
	check_is "$what: by the device" "$2" "$(reach v1 $own6)"
	check_is "$what: from another address" "$3" "$(reach v1 $own6 $other6)"
	check_is "$what: from the same address" timeout "$(reach v1 $own6 $own6)"
	fill
	check_is "$what: by the device while the connect waits" "$3" "$(reach v1 $own6 $other6 later)"
	check_is "$what: the same, the kernel chooses the source" timeout "$(reach v1 $own6 - later)"
	end "$filler"
	check_is "$what: IPv4, whose answers the kernel drops" timeout "$(reach v1 $own)"
	check_is "$what: a peer by the device" far "$(reach v1 $peer6)"
}

try_all 'control: without the guard' far far

printf '%s\n' "set cgroups $cgroup" 'set epmd 4369' 'set dist 4370-4375' 'set public 5222' "set peers $peer6" \
	"required net accept=cgroup listen=127.0.0.1,::1,$own,$own6" >"$EJG_CONF/service"
check 'apply' guard -q apply --no-proof service
try_all 'guarded' timeout denied

note 'this host itself'
serve host "$cgroup" $own $own6
check_is 'by its address' host "$(reach - $own6)"
check_is 'from that address' host "$(reach - $own6 $own6)"
check_is 'by the device that has it' host "$(reach eth0 $own6)"
check_is 'IPv4' host "$(reach - $own)"
check_has 'the refusals are counted' destination "$(guard --json status service)"

note 'permissive: nothing is refused, and the socket keeps the source that the kernel chooses'
sed -i 's/^required net/& mode=permissive/' "$EJG_CONF/service"
check 'apply' guard -q apply --no-proof service
check_is 'by the device' far "$(reach v1 $own6)"
check_is 'from another address' far "$(reach v1 $own6 $other6)"

note 'this host has lost the address, and another one has taken it over'
net_run host ip -batch - <<-EOT
	addr del $own/24 dev eth0
	addr del $own6/64 dev eth0
	addr replace 198.51.100.11/24 dev eth0
EOT
net_run remote ip -batch - <<-EOT
	addr add $own/24 dev eth0
	addr add $own6/64 dev eth0 nodad
EOT
# Else the packets go by the device v1.
for family in -4 -6; do
	net_run host ip $family route del default dev v1
done
serve remote "$elsewhere" $own $own6
# lost WHAT WORD YES|NO: whether it is reached; with IP_FREEBIND a socket can have the lost address as its source, and how that
# ends depends on the kernel.
lost() {
	local address other
	for address in $own $own6; do
		other=$([[ $address == "$own" ]] && echo 198.51.100.11 || echo $other6)
		check_is "$1: $address" "$2" "$(reach - $address)"
		check_is "$1: $address, from another address" "$2" "$(reach - $address $other)"
		check_is "$1: $address, IP_FREEBIND" "$3" "$([[ $(FREEBIND=1 reach - $address) == remote ]] && echo yes || echo no)"
	done
}
guard -q release service
lost 'control: without the guard' remote yes
sed -i 's/ mode=permissive//' "$EJG_CONF/service"
check 'apply' guard -q apply --no-proof service
lost 'guarded' denied no
sed -i "s/^set peers.*/& $own $own6/" "$EJG_CONF/service"
check 'apply' guard -q apply --no-proof service
lost 'a peer has it' remote yes
