#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The data of a SYN whose sender has forged its address. With a cookie less Fast Open at every listener (0x602) that of a peer, or
# over IPv6 one of this host, brings it to a private port: nothing can hold that, so check warns. Controls: without the guard a
# stranger's data arrives, too; without one of the bits nobody's does.
set -euo pipefail

# shellcheck source=kernel.sh
source "$(dirname "$0")/kernel.sh"
kernel_begin "$0"

cgroup=$EJG_CGROUP/service
own=2001:db8::1 peer=2001:db8::2 stranger=2001:db8::9
mkdir "$cgroup"

# shellcheck disable=SC2016 # perl's
serve='$| = 1;
	socket(my $s, AF_INET6, SOCK_STREAM, 0) or die $!;
	setsockopt($s, SOL_SOCKET, SO_REUSEADDR, 1);
	bind($s, pack_sockaddr_in6(4369, Socket::inet_pton(AF_INET6, "::"))) or die $!;
	listen($s, 16) or die $!;
	print "listening\n";
	while (accept(my $c, $s)) {
		sysread($c, my $data, 100);
		print "$data\n";
	}'

# forge SOURCE DATA: one packet of IPv6 from the remote host, which asks for no answer.
# shellcheck disable=SC2016 # perl's
forge='my ($to, $from, $data, $port) = @ARGV;
	my ($src, $dst) = map { Socket::inet_pton(AF_INET6, $_) } $from, "2001:db8::1";
	my $segment = sub { pack("nnNNCCnnn", $port, 4369, 12345, 0, 6 << 4, 2, 65535, $_[0], 0) . pack("CCCC", 34, 2, 1, 1) . $data };
	my $summed = $src . $dst . pack("NN", length $segment->(0), 6) . $segment->(0);
	my $sum = 0;
	$sum += $_ for unpack "n*", $summed . (length($summed) % 2 ? "\0" : "");
	$sum = ($sum & 0xffff) + ($sum >> 16) while $sum >> 16;
	my $packet = pack("NnCC", 6 << 28, length $segment->(0), 6, 64) . $src . $dst . $segment->(~$sum & 0xffff);
	my ($index) = `ip -o link show eth0` =~ /^(\d+)/;
	socket(my $s, 17, SOCK_DGRAM, 0) or die $!;
	my $place = pack("SnlSCCa8", 17, 0x86dd, $index, 1, 0, 6, pack("H12", $to =~ s/://gr));
	defined send($s, $packet, 0, $place) or die $!;'
mac=$(net_run host ip -o link show dev eth0 | sed -n 's/.*ether \([^ ]*\).*/\1/p')
port=40000

# check_arrives WHAT yes|no SOURCE: whether its data does. A connection of this host, which comes later and is taken later, ends
# the wait.
check_arrives() {
	local said=$EJG_STATE/background/server
	port=$((port + 1))
	net_run remote perl -MSocket -e "$forge" "$mac" "$3" "from $3 port $port" "$port"
	in_cgroup "$cgroup" perl -MIO::Socket::IP -e 'my $s = IO::Socket::IP->new(PeerAddr => "::1", PeerPort => 4369) or die $@;
		print $s $ARGV[0];' "after $port"
	wait_for 5 grep -q "after $port" "$said"
	check_is "$1" "$2" "$(grep -q "from $3 port $port" "$said" && echo yes || echo no)"
}

# with BITS: the setting, and a listener that has taken nothing yet.
with() {
	net_run host bash -c "echo $(($1)) >/proc/sys/net/ipv4/tcp_fastopen"
	[[ -z ${background_pid-} ]] || end "$background_pid"
	background server cgroup_exec "$cgroup" nsenter --net="$(net_file host)" perl -MSocket -e "$serve"
}

# warned: how often check warns.
warned() {
	guard --json check service | grep -c '"net.data-forgeable"' || true
}

note 'without the guard'
for bits in 0x1 0x202 0x402 0x600; do
	with $bits
	check_arrives "control: $bits: a stranger's does not arrive" no $stranger
done
with 0x602
for source in $stranger $peer $own; do
	check_arrives "control: 0x602: that of $source does" yes $source
done

for accept in cgroup $(kernel_has_netns && echo netns); do
	note "accept=$accept"
	ACCEPT=$accept stack_for "$cgroup" $peer
	guard -q release service
	with 0x602
	check 'apply' guard -q apply --no-proof service
	check_arrives 'a stranger' no $stranger
	check_arrives "what cannot be held: a peer's address" yes $peer
	check_arrives "this host's own" "$([[ $accept == netns ]] && echo yes || echo no)" $own
	check_is 'check warns' 1 "$(warned)"
	check 'and is no failure' guard -q check service
	for bits in 0x1 0x207 0x403 0x600; do
		with $bits
		check_arrives "near: $bits: a peer's address" no $peer
		check_is "near: $bits: check does not warn" 0 "$(warned)"
	done
done
