#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What comes to a private port by another way than straight over the wire: rewritten to loopback, taken by a transparent
# listener, by way of segments of IPv6, in fragments, with a cookie of Fast Open, to a socket in TIME_WAIT, to
# one that is connecting itself. A stranger is one on each of them, and a peer a peer. Each is made without the guard too.
set -euo pipefail

# shellcheck source=kernel.sh
source "$(dirname "$0")/kernel.sh"
kernel_begin "$0"

cgroup=$EJG_CGROUP/service
elsewhere=$EJG_CGROUP/elsewhere
mkdir "$cgroup" "$elsewhere"
own=198.51.100.1 peer=198.51.100.2 stranger=198.51.100.9

# in_perl NAME CGROUP HOST PROGRAM ARGUMENT...: in the background.
in_perl() {
	background "$1" cgroup_exec "$2" nsenter --net="$(net_file "$3")" perl -MSocket -e '$| = 1; alarm 60;'"$4" "${@:5}"
}

# ended NAME: what it said last, once it has ended.
ended() {
	wait "$background_pid" || true
	last_word "$1"
}

# listen CGROUP OPTION ADDRESS PORT: takes connections, sends a byte on each and closes it. OPTION: "LEVEL,OPTION,VALUE" or -.
# shellcheck disable=SC2016 # perl's
listen='my ($option, $address, $port) = @ARGV;
	my $six = $address =~ /:/;
	socket(my $s, $six ? AF_INET6 : AF_INET, SOCK_STREAM, 0) or die $!;
	setsockopt($s, SOL_SOCKET, SO_REUSEADDR, 1);
	if ($option ne "-") {
		my ($level, $name, $value) = split /,/, $option;
		setsockopt($s, $level, $name, pack("i", $value)) or die $!;
	}
	bind($s, $six ? pack_sockaddr_in6($port, Socket::inet_pton(AF_INET6, $address))
		: pack_sockaddr_in($port, inet_aton($address))) or die $!;
	listen($s, 16) or die $!;
	print "listening\n";
	while (accept(my $c, $s)) { send($c, "x", 0); close $c; }'
listen() {
	in_perl "$2.$4" "$1" host "$listen" "${@:2}"
	listeners+=("$background_pid")
}

# go: ends them.
go() {
	local pid
	for pid in "${listeners[@]}"; do
		kill "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
	listeners=()
}
listeners=()

# reach WHAT ADDRESS PORT [STRANGER] [PEER]: a stranger and a peer, without the guard, then with it.
reach() {
	local what=$1 address=$2 port=$3 stranger=${4-$stranger} peer=${5-$peer}
	guard -q release service
	check_is "control: $what: a stranger, without the guard" ok "$(try remote connect "$address" "$port" --from "$stranger")"
	guard -q apply --no-proof --cgroup "$cgroup" service 2>/dev/null || true
	check_is "$what: a stranger" timeout "$(try remote connect "$address" "$port" --from "$stranger")"
	check_is "$what: a peer" ok "$(try remote connect "$address" "$port" --from "$peer")"
}

# can COMMAND...: whether the kernel has it; else it says what is left out.
can() {
	local what=$1
	shift
	"$@" 2>/dev/null || {
		note "left out: this kernel has no $what"
		return 1
	}
}
stack_for "$cgroup" $peer 2001:db8::2

note 'straight'
listen "$cgroup" - 127.0.0.1 4369
listen "$cgroup" - $own 4370
reach 'straight' $own 4370

note 'rewritten to loopback (DNAT, route_localnet)'
net_run host bash -c 'echo 1 >/proc/sys/net/ipv4/conf/eth0/route_localnet'
if can 'nft_nat' net_run host nft 'table ip rewritten { chain in { type nat hook prerouting priority -100;
	tcp dport 7000 dnat to 127.0.0.1:4369; }; }'; then
	reach 'DNAT' $own 7000
	net_run host nft 'delete table ip rewritten'
fi
go

note 'a transparent listener (tproxy)'
if can 'nft_tproxy' net_run host nft 'table ip proxied { chain in { type filter hook prerouting priority -150;
	tcp dport 7001 tproxy to 127.0.0.1:4369 meta mark set 1 accept; }; }'; then
	net_run host ip rule add fwmark 1 lookup 77
	net_run host ip route add local default dev lo table 77
	listen "$cgroup" 0,19,1 127.0.0.1 4369
	reach 'tproxy' $own 7001
	go
	net_run host nft 'delete table ip proxied'
	net_run host ip rule del fwmark 1
fi

note 'segments of IPv6 that end at ::1'
# segments HOST VIA TO FROM: a SYN by way of one address to another, for which nobody waits.
# shellcheck disable=SC2016
segments='my ($via, $to, $from) = @ARGV;
	socket(my $s, AF_INET6, SOCK_STREAM, 0) or die $!;
	my $route = pack("CCCCCCn", 0, 4, 4, 1, 1, 0, 0) . ("\0" x 16) . Socket::inet_pton(AF_INET6, $via);
	setsockopt($s, 41, 57, $route) or do { print "no segments\n"; exit };
	bind($s, pack_sockaddr_in6(0, Socket::inet_pton(AF_INET6, $from))) or die $! if $from;
	vec(my $writable = "", fileno($s), 1) = 1;
	fcntl($s, 4, 04000);
	my $r = connect($s, pack_sockaddr_in6(4369, Socket::inet_pton(AF_INET6, $to)));
	print $r ? "connected\n" : $!{EINPROGRESS} ? "pending\n" : "$!\n";
	select(undef, $writable, undef, 0.5);'
# arrived HOST: the packets by way of segments that got there since the last time.
arrived() {
	net_run "$1" nft -j reset counters table ip6 seen | grep -o '"packets": *[0-9]*' | grep -o '[0-9]*$'
}
for name in host remote; do
	net_run $name bash -c 'for dev in all eth0; do echo 1 >/proc/sys/net/ipv6/conf/$dev/seg6_enabled; done' || true
	net_run $name nft 'table ip6 seen { counter arrived { }; chain in { type filter hook prerouting priority -300;
		rt type 4 counter name arrived; }; }'
done
guard -q release service
in_perl out "$cgroup" host "$segments" 2001:db8::9 ::1 ''
if [[ $(ended out) == 'no segments' ]]; then
	note 'left out: this kernel has no IPV6_RTHDR with segments'
else
	# Packets to a stranger are dropped there: the kernel routes nothing from a wire to ::1.
	check 'control: out to a stranger, without the guard' test "$(arrived remote)" -gt 0
	guard -q apply --no-proof --cgroup "$cgroup" service
	in_perl out "$cgroup" host "$segments" 2001:db8::9 ::1 ''
	check_is 'out: the connect' 'Network is unreachable' "$(ended out)"
	check_is 'out: what arrives' 0 "$(arrived remote)"

	listen "$cgroup" - ::1 4369
	in_perl in "$elsewhere" remote "$segments" 2001:db8::1 ::1 2001:db8::9
	check_is 'in: no answer' pending "$(ended in)"
	check 'control: in: it arrives' test "$(arrived host)" -gt 0
	go
fi

note 'Fast Open, with a cookie from a public port'
# opened ADDRESS PORT FROM: data in the SYN: taken, or not, or what the connect ended with.
# shellcheck disable=SC2016
open='my ($address, $port, $from) = @ARGV;
	my $slow = $ENV{EJG_SLOW} || 1;
	socket(my $s, AF_INET, SOCK_STREAM, 0) or die $!;
	bind($s, pack_sockaddr_in(0, inet_aton($from))) or die $!;
	setsockopt($s, SOL_SOCKET, SO_SNDTIMEO, pack("l!l!", $slow - 1, 700000));
	my $r = send($s, "data", 0x20000000, pack_sockaddr_in($port, inet_aton($address)));
	if (!defined $r) { print "failed\n"; exit }
	vec(my $readable = "", fileno($s), 1) = 1;
	if (!select($readable, undef, undef, 0.7 * $slow)) { print "timeout\n"; exit }
	my $info = getsockopt($s, 6, 11);
	print ord(substr($info, 5, 1)) & 32 ? "taken\n" : "plain\n";'
opened() {
	net_run remote perl -MSocket -e "$open" "$@"
}
for name in host remote; do
	net_run $name bash -c 'echo 3 >/proc/sys/net/ipv4/tcp_fastopen'
done
listen "$cgroup" 6,23,16 $own 5222
listen "$cgroup" 6,23,16 $own 4370
guard -q release service
opened $own 5222 $stranger >/dev/null
check_is 'control: a cookie from the public port opens the private one, without the guard' taken "$(opened $own 4370 $stranger)"
guard -q apply --no-proof --cgroup "$cgroup" service
check_is 'control: the cookie is still good' taken "$(opened $own 5222 $stranger)"
check_is 'a stranger with a cookie' timeout "$(opened $own 4370 $stranger)"
opened $own 5222 $peer >/dev/null
check_is 'a peer with a cookie' taken "$(opened $own 4370 $peer)"
go

note 'a socket in TIME_WAIT'
net_run host bash -c 'echo 4096 >/proc/sys/net/ipv4/tcp_max_tw_buckets'
# again FROM: connects from the same port again, after the other side has closed first.
# shellcheck disable=SC2016
again='my ($address, $port, $from) = @ARGV;
	socket(my $s, AF_INET, SOCK_STREAM, 0) or die $!;
	setsockopt($s, SOL_SOCKET, SO_REUSEADDR, 1);
	bind($s, pack_sockaddr_in(40000, inet_aton($from))) or die $!;
	setsockopt($s, SOL_SOCKET, SO_SNDTIMEO, pack("l!l!", ($ENV{EJG_SLOW} || 1) - 1, 700000));
	connect($s, pack_sockaddr_in($port, inet_aton($address))) or do { print "failed\n"; exit };
	sysread $s, my $byte, 1; sysread $s, $byte, 1;
	print "ok\n";'
again() {
	net_run remote perl -MSocket -e "$again" "$@"
}
waiting() {
	net_run host ss -Htan state time-wait "sport = :4370" | wc -l
}
listen "$cgroup" - $own 4370
stack_for "$cgroup" $stranger
guard -q apply --no-proof --cgroup "$cgroup" service
check_is 'one who was a peer' ok "$(again $own 4370 $stranger)"
check_is 'control: the socket is in TIME_WAIT' 1 "$(waiting)"
check_is 'and comes again, to that' ok "$(again $own 4370 $stranger)"
check_is 'control: again in TIME_WAIT' 1 "$(waiting)"
stack_for "$cgroup" $peer
guard -q apply --no-proof --cgroup "$cgroup" service
check_is 'who is a peer no more does not' failed "$(again $own 4370 $stranger)"
go

note 'a SYN in fragments, of which the first has 8 bytes of the TCP header'
# A host whose packets have 68 bytes at most: its options of IP make a SYN larger than that.
net_new small 198.51.100.3/24 198.51.100.33/24
net_run small ip link set eth0 mtu 68
net_run host nft 'table ip seen4 { counter arrived { }; chain in { type filter hook prerouting priority -450;
	ip frag-off & 0x3fff != 0 counter name arrived; }; }'
fragments() {
	net_run host nft -j reset counters table ip seen4 | grep -o '"packets": *[0-9]*' | grep -o '[0-9]*$'
}
# in_fragments FROM
# shellcheck disable=SC2016
pieces='my ($address, $port, $from) = @ARGV;
	my $slow = $ENV{EJG_SLOW} || 1;
	socket(my $s, AF_INET, SOCK_STREAM, 0) or die $!;
	setsockopt($s, 0, 4, "\x01" x 40) or die $!;
	setsockopt($s, 0, 10, pack("i", 0)) or die $!;
	bind($s, pack_sockaddr_in(0, inet_aton($from))) or die $!;
	setsockopt($s, SOL_SOCKET, SO_SNDTIMEO, pack("l!l!", $slow - 1, 700000));
	print connect($s, pack_sockaddr_in($port, inet_aton($address))) ? "ok\n" : $!{EINPROGRESS} || $!{EAGAIN} ? "timeout\n" : "$!\n";'
in_fragments() {
	net_run small perl -MSocket -e 'alarm 60;'"$pieces" $own 4370 "$1"
}
listen "$cgroup" - $own 4370
stack_for "$cgroup" 198.51.100.3
guard -q release service
check_is 'control: a stranger, without the guard' ok "$(in_fragments 198.51.100.33)"
check 'control: they arrive in fragments' test "$(fragments)" -gt 1
guard -q apply --no-proof --cgroup "$cgroup" service
check_is 'a stranger' timeout "$(in_fragments 198.51.100.33)"
check_is 'a peer' ok "$(in_fragments 198.51.100.3)"
check 'control: these, too, arrive in fragments' test "$(fragments)" -gt 1
net_run host nft 'delete table ip seen4'
go

note 'both connect (simultaneous open)'
# together ADDRESS,PORT ADDRESS,PORT: connects from the one to the other, and waits for half a minute.
# shellcheck disable=SC2016
together='my ($from, $to) = map { my ($a, $p) = split /,/; pack_sockaddr_in($p, inet_aton($a)) } @ARGV;
	socket(my $s, AF_INET, SOCK_STREAM, 0) or die $!;
	setsockopt($s, SOL_SOCKET, SO_REUSEADDR, 1);
	bind($s, $from) or die $!;
	fcntl($s, 4, 04000);
	connect($s, $to);
	if (!$!{EINPROGRESS}) { print $!{EPERM} ? "denied\n" : "$!\n"; exit }
	print "pending\n";
	vec(my $writable = "", fileno($s), 1) = 1;
	select(undef, $writable, undef, 5 * ($ENV{EJG_SLOW} || 1));
	my $error = unpack("i", getsockopt($s, SOL_SOCKET, 4));
	my $state = unpack("C", getsockopt($s, 6, 11));
	# Established, or closed by the other side since.
	print $error ? "failed\n" : $state == 1 || $state == 8 ? "connected\n" : "timeout\n";'
# The SYN of the host is lost, so that the one of the other side meets a socket that is connecting.
lose() {
	net_run remote nft 'table ip lost { chain in { type filter hook prerouting priority 0; ip saddr 198.51.100.1 tcp flags syn / syn,ack drop; }; }'
}
# both PORT: what the two sides, the host from its port 4370, say at the end.
both() {
	local host
	in_perl host "$cgroup" host "$together" $own,4370 "$stranger,$1"
	if [[ $(last_word host) == pending ]]; then
		host=$background_pid
		in_perl remote "$elsewhere" remote "$together" "$stranger,$1" $own,4370
		wait "$host" "$background_pid" || true
		echo "$(last_word host) $(last_word remote)"
	else
		last_word host
	fi
}
lose
guard -q release service
check_is 'control: from a private port to a private port, without the guard' 'connected connected' "$(both 4369)"
guard -q apply --no-proof --cgroup "$cgroup" service
check_is 'with it: the connect is refused' denied "$(both 4369)"
check_is 'to a port that is not guarded, as any other connect' 'connected connected' "$(both 6000)"
net_run remote nft 'delete table ip lost'

note 'a group of listeners (SO_REUSEPORT) of which one was made outside'
# Its share is its own (SECURITY.md): what must not be is that it goes unseen.
stack_for "$cgroup" $peer
guard -q apply --no-proof --cgroup "$cgroup" service
listen "$cgroup" 1,15,1 $own 4369
check 'control: check' guard -q check service
listen "$elsewhere" 1,15,1 $own 4369
words=$(for ((i = 0; i < 30; i++)); do try remote connect $own 4369 --from $stranger --timeout 200; done | sort -u | paste -sd ' ')
check_is 'a stranger gets its share, and no more' 'ok timeout' "$words"
check_status 'check' 1 guard -q check service
check_has 'it says so' net.listener-unguarded "$(guard --json check service || true)"
go
