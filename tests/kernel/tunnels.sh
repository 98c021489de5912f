#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Tunnels that end inside the network namespace of the service, of which the other end is at the address of a peer: who comes out
# of one is a stranger or a peer by the inner address, over IPv4 and IPv6, and the node reaches no stranger by one. Each is made
# without the guard too. A kind that this kernel does not have is named, and so is WireGuard without its program `wg`. The kernel
# loads modules for this, some of which make a device in every network namespace: those that were not loaded are unloaded.
set -euo pipefail

# shellcheck source=kernel.sh
source "$(dirname "$0")/kernel.sh"
kernel_begin "$0"

cgroup=$EJG_CGROUP/service
mkdir "$cgroup" "$EJG_CGROUP/elsewhere" "$EJG_STATE/keys"
own=198.51.100.1 peer=198.51.100.2 own6=2001:db8::1 peer6=2001:db8::2

modules=(vxlan geneve ipip ip_gre sit ip6_tunnel ip6_gre wireguard vsock_loopback vsock)
loaded=" $(echo /sys/module/*) "
listener=

# is_new MODULE: it is loaded, and was not at the start.
is_new() {
	[[ -e /sys/module/$1 && $loaded != *" /sys/module/$1 "* ]]
}

unload() {
	local module
	! is_new vsock_loopback || wait "$listener" || true # it keeps its module busy
	for module in "${modules[@]}"; do
		! is_new "$module" || modprobe -r "$module" || note "the kernel module $module stays loaded"
	done
}
trap 'status=$?; unload; harness_finish $status' EXIT

# key HOST: makes the key of one end.
key() {
	(umask 077 && wg genkey >"$EJG_STATE/keys/$1")
	wg pubkey <"$EJG_STATE/keys/$1" >"$EJG_STATE/keys/$1.pub"
}

# wireguard HOST OTHER REMOTE
wireguard() {
	net_run "$1" ip link add in0 type wireguard &&
		net_run "$1" wg set in0 listen-port 51820 private-key "$EJG_STATE/keys/$1" peer "$(cat "$EJG_STATE/keys/$2.pub")" \
			allowed-ips 10.7.0.0/24,2001:db8:7::/64 endpoint "$3:51820"
}

# make HOST OTHER KIND LOCAL REMOTE LOCAL6 REMOTE6: one end.
make() {
	case $3 in
	wireguard) wireguard "$1" "$2" "$5" ;;
	vxlan) net_run "$1" ip link add in0 type vxlan id 7 dstport 4789 dev eth0 local "$4" remote "$5" ;;
	geneve) net_run "$1" ip link add in0 type geneve id 7 remote "$5" ;;
	ip6tnl) net_run "$1" ip link add in0 type ip6tnl mode any local "$6" remote "$7" ;;
	ip6gre) net_run "$1" ip link add in0 type ip6gre local "$6" remote "$7" ;;
	*) net_run "$1" ip link add in0 type "$3" local "$4" remote "$5" ;;
	esac
}

# addresses HOST FAMILIES NUMBER...
addresses() {
	local host=$1 families=$2 number
	shift 2
	for number; do
		[[ $families != *4* ]] || net_run "$host" ip addr add "10.7.0.$number/24" dev in0
		[[ $families != *6* ]] || net_run "$host" ip addr add "2001:db8:7::$number/64" dev in0 nodad
	done
	net_run "$host" ip link set in0 up
}

out() {
	in_cgroup "$cgroup" "$EJG_ATTEMPT" connect "$1" 4369
}

into() {
	try remote connect "$1" 4369 --from "$2"
}

# reach KIND PREFIX: with and without the guard, in both directions.
reach() {
	local kind=$1 prefix=$2 accept word
	guard -q release service
	check_is "control: $kind: a stranger, without the guard" ok "$(into "${prefix}1" "${prefix}9")"
	check_is "control: $kind: the node to a stranger, without the guard" ok "$(out "${prefix}9")"
	for accept in cgroup netns; do
		word=timeout
		[[ $accept == cgroup ]] || word=refused
		sed -i "s/accept=[a-z]*/accept=$accept/" "$EJG_CONF/service"
		guard -q apply --no-proof service 2>"$EJG_STATE/error" || {
			check_has "accept=$accept" 'this kernel cannot decide' "$(cat "$EJG_STATE/error")"
			note "left out: accept=$accept"
			continue
		}
		check_is "$kind, accept=$accept: a stranger" "$word" "$(into "${prefix}1" "${prefix}9")"
		check_is "$kind, accept=$accept: a peer" ok "$(into "${prefix}1" "${prefix}2")"
		check_is "$kind, accept=$accept: the node to a stranger" denied "$(out "${prefix}9")"
		check_is "$kind, accept=$accept: the node to a peer" ok "$(out "${prefix}2")"
	done
}

stack_for "$cgroup" 10.7.0.2 2001:db8:7::2
sed -i 's/^required net.*/&,10.7.0.1,2001:db8:7::1/' "$EJG_CONF/service"
hammer_serve "$cgroup" :: 4369
nsenter --net="$(net_file remote)" "$EJG_HAMMER" serve :: 4369 >"$EJG_STATE/remote" &
wait_for 5 grep -q ready "$EJG_STATE/remote"
have_wg=
! command -v wg >/dev/null || have_wg=1
[[ -z $have_wg ]] || {
	key host
	key remote
}

for kind in vxlan:46 geneve:46 ipip:4 gre:46 sit:6 ip6tnl:46 ip6gre:46 wireguard:46; do
	families=${kind#*:} kind=${kind%:*}
	[[ $kind != wireguard || $have_wg ]] || {
		note 'left out: wireguard, as the program wg (package wireguard-tools) is not installed'
		continue
	}
	error=$(make host remote "$kind" $own $peer $own6 $peer6 2>&1) || {
		[[ $error == *'Unknown device type'* ]] || check_is "$kind" made "$error"
		note "left out: this kernel has no $kind"
		continue
	}
	make remote host "$kind" $peer $own $peer6 $own6
	addresses host "$families" 1
	addresses remote "$families" 2 9
	[[ $families != *4* ]] || reach "$kind, IPv4" 10.7.0.
	[[ $families != *6* ]] || reach "$kind, IPv6" 2001:db8:7::
	net_run host ip link del in0
	net_run remote ip link del in0
done

note 'VM sockets (vsock): ports of their own, which no hook of TCP sees, and by which nobody comes to a port of TCP'
# vm PORT [listen]: connects to this machine itself, or listens and takes one connection.
# shellcheck disable=SC2016 # perl's
vm='my ($port, $listen) = @ARGV;
	my $address = pack("SSLLx4", 40, 0, $port, $listen ? 0xffffffff : 1);
	socket(my $s, 40, SOCK_STREAM, 0) or do { print "no socket: $!\n"; exit };
	if ($listen) {
		bind($s, $address) && listen($s, 1) or die $!;
		print "ready\n";
		accept(my $c, $s);
	} else {
		print connect($s, $address) ? "ok\n" : "$!\n";
	}'
vm() {
	in_cgroup "$1" perl -MSocket -e '$| = 1; alarm 20;'"$vm" "${@:2}"
}
stack_for "$cgroup" $peer $peer6
guard -q apply --no-proof service
modprobe vsock_loopback 2>/dev/null || true # no kernel loads it by itself
vm "$cgroup" 4370 listen >"$EJG_STATE/vm" 2>&1 &
listener=$!
wait_for 5 test -s "$EJG_STATE/vm"
word=$(vm "$EJG_CGROUP/elsewhere" 4370)
if [[ $word != ok ]]; then
	note "left out: this kernel has no loopback of vsock ($word)"
else
	note 'control: a listener of the service on vsock is reached: it is not guarded (SECURITY.md)'
	check_is "epmd's number, where it listens on TCP" 'Connection reset by peer' "$(vm "$EJG_CGROUP/elsewhere" 4369)"
fi
