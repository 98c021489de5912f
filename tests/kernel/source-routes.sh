#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Packets of IPv4 with a source route (LSRR, SSRR). A host whose address is no peer's uses that of a peer, which the answers
# would not reach it by: with a source route they come back to it, where this host takes such packets. Nothing can hold that, so
# check warns. Controls: without the option, and without the setting, nobody gets an answer; a stranger is one by this way, too.
set -euo pipefail

# shellcheck source=kernel.sh
source "$(dirname "$0")/kernel.sh"
kernel_begin "$0"

cgroup=$EJG_CGROUP/service
own=198.51.100.1 other=198.51.100.11 peer=198.51.100.2 stranger=198.51.100.9 router=198.51.100.8
mkdir "$cgroup"

# The liar has the address of the peer and one of a stranger; the router knows the way back to it.
net_new router $router/24
net_new liar
ip link add back netns "$(net_file router)" type veth peer name eth0 netns "$(net_file liar)"
net_run router ip -batch - <<-EOT
	link set back up
	route add $peer/32 dev back
	route add $stranger/32 dev back
EOT
net_run liar ip -batch - <<-EOT
	link set eth0 up
	addr add $peer/32 dev eth0
	addr add $stranger/32 dev eth0
	route add default dev eth0
EOT
for name in router liar; do
	net_run $name bash -c "$(declare -f settings); settings ipv4/ip_forward=1 ipv4/conf/{all,eth0}/{accept_source_route,proxy_arp}=1 \
		ipv4/conf/{all,eth0}/rp_filter=0"
done
net_run router bash -c "$(declare -f settings); settings ipv4/conf/back/{accept_source_route,proxy_arp}=1 ipv4/conf/back/rp_filter=0"
# takes 0|1: whether the host takes such packets; it answers no question about the way by which it got them.
takes() {
	net_run host bash -c "$(declare -f settings); settings ipv4/conf/{all,eth0}/accept_source_route=$1 ipv4/conf/{all,eth0}/rp_filter=0"
}

serve() {
	in_cgroup "$cgroup" "$EJG_ATTEMPT" listen 0.0.0.0 4369 600
}
check 'a listener' wait_for 5 grep -q ok <(serve)

# outcome(SOCKET, ADDRESS): connects, and prints the word for what becomes of it.
# shellcheck disable=SC2016 # perl's
outcome='sub outcome {
	my ($s, $to) = @_;
	my $slow = $ENV{EJG_SLOW} || 1;
	$s->blocking(0);
	connect($s, $to);
	vec(my $set = "", fileno($s), 1) = 1;
	if (!select(undef, my $out = $set, undef, 0.7 * $slow)) { print "timeout\n"; return }
	$! = unpack("i", getsockopt($s, SOL_SOCKET, SO_ERROR));
	print $! == 0 ? "ok" : $!{ECONNREFUSED} ? "refused" : "$!", "\n";
}
alarm 60;'

# reach OPTION FROM TO...: the liar, from an address, by the router and then, if there are more, by these. OPTION: lsrr, ssrr, -.
# shellcheck disable=SC2016 # perl's
connect='my ($option, $from, @to) = @ARGV;
	socket(my $s, AF_INET, SOCK_STREAM, 0) or die $!;
	my $list = join "", map { inet_aton($_) } "198.51.100.8", @to[0 .. $#to - 1];
	$option eq "-" or setsockopt($s, 0, 4, pack("CCC", $option eq "lsrr" ? 131 : 137, 3 + length $list, 4) . $list . "\x01") or die "option: $!";
	bind($s, pack_sockaddr_in(0, inet_aton($from))) or die $!;
	outcome($s, pack_sockaddr_in(4369, inet_aton($to[-1])));'
reach() {
	net_run liar perl -MSocket -MIO::Handle -e "$outcome$connect" "$@"
}

# warned: how often check warns.
warned() {
	guard --json check service | grep -c '"net.source-routed"' || true
}

note 'without the guard'
takes 1
for option in lsrr ssrr; do
	check_is "control: $option: a host that uses the address of a peer" ok "$(reach $option $peer $own)"
	check_is "control: $option: a stranger" ok "$(reach $option $stranger $own)"
done
check_is 'control: lsrr: by one address of this host to another' ok "$(reach lsrr $stranger $own $other)"
check_is 'control: without an option nobody gets an answer' timeout "$(reach - $peer $own)"

note 'guarded'
for accept in cgroup $(kernel_has_netns && echo netns); do
	ACCEPT=$accept stack_for "$cgroup" $peer
	guard -q release service
	check "$accept: apply" guard -q apply --no-proof --cgroup "$cgroup" service
	word=$([[ $accept == netns ]] && echo refused || echo timeout)
	for option in lsrr ssrr; do
		check_is "$accept: $option: a stranger" "$word" "$(reach $option $stranger $own)"
		check_is "$accept: $option: what cannot be held: a host that uses the address of a peer" ok "$(reach $option $peer $own)"
	done
	check_is "$accept: lsrr: a stranger, by one address of this host to another" "$word" "$(reach lsrr $stranger $own $other)"
	check_is "$accept: lsrr: the address of a peer, to one that is not in listen=" "$word" "$(reach lsrr $peer $own $other)"
	check_is "$accept: lsrr: a stranger, to loopback" no "$([[ $(reach lsrr $stranger $own 127.0.0.1) == ok ]] && echo ok || echo no)"
	check_is "$accept: check warns" 1 "$(warned)"
	takes 0
	check_is "$accept: as is usual, source routes are not taken" timeout "$(reach lsrr $peer $own)"
	check_is "$accept: check does not warn" 0 "$(warned)"
	takes 1
done
sed -i '/^set peers/d' "$EJG_CONF/service"
guard -q apply --no-proof --cgroup "$cgroup" service
check_is 'near: no peers' 0 "$(warned)"

note 'segments of IPv6 (a routing header of type 4), by one address of this host to another'
# The answer takes the straight way: who uses the address of somebody else does not get it. Linux knows no type 0 any more
# (RFC 5095), and type 2 leads only to an address of the same host that it has registered (RFC 6275).
# segments FROM VIA TO
# shellcheck disable=SC2016 # perl's
segments='my ($from, $via, $to) = @ARGV;
	my $at = sub { pack_sockaddr_in6($_[1], Socket::inet_pton(AF_INET6, $_[0])) };
	socket(my $s, AF_INET6, SOCK_STREAM, 0) or die $!;
	my $route = pack("CCCCCCn", 0, 4, 4, 1, 1, 0, 0) . ("\0" x 16) . Socket::inet_pton(AF_INET6, $via);
	setsockopt($s, 41, 57, $route) or do { print "none\n"; exit };
	bind($s, $at->($from, 0)) or die $!;
	outcome($s, $at->($to, 4369));'
segments() {
	net_run remote perl -MSocket -MIO::Handle -e "$outcome$segments" "$@"
}
serve6() {
	in_cgroup "$cgroup" "$EJG_ATTEMPT" listen :: 4369 600 --v6only
}
own6=2001:db8::1 other6=2001:db8::11 peer6=2001:db8::2 stranger6=2001:db8::9
for name in host remote; do
	net_run $name bash -c 'for dev in all eth0; do echo 1 >/proc/sys/net/ipv6/conf/$dev/seg6_enabled; done' || true
done
guard -q release service
if [[ $(segments $stranger6 $own6 $other6) == none ]]; then
	note 'left out: this kernel has no IPV6_RTHDR with segments'
else
	check 'a listener' wait_for 5 grep -q ok <(serve6)
	check_is 'control: a stranger' ok "$(segments $stranger6 $own6 $other6)"
	check_is 'control: a stranger, the other way round' ok "$(segments $stranger6 $other6 $own6)"
	stack_for "$cgroup" $peer6
	guard -q apply --no-proof --cgroup "$cgroup" service
	check_is 'a stranger' timeout "$(segments $stranger6 $own6 $other6)"
	check_is 'a stranger, the other way round' timeout "$(segments $stranger6 $other6 $own6)"
	check_is 'a peer, to an address that is not in listen=' timeout "$(segments $peer6 $own6 $other6)"
	check_is 'a peer, by that to one in listen=' ok "$(segments $peer6 $other6 $own6)"
fi
