#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# accept=netns: who is accepted on a private port is decided for each listener of the network namespace, whoever made it and
# when; in each namespace in which the service is, and no longer than it is there. The table of attempts has the rest.
# Controls: the same without the guard, and with accept=cgroup.
set -euo pipefail

# shellcheck source=kernel.sh
source "$(dirname "$0")/kernel.sh"
# shellcheck source=storm.sh
source "$(dirname "$0")/storm.sh"
kernel_begin "$0"

cgroup=$EJG_CGROUP/service
elsewhere=$EJG_CGROUP/elsewhere
mkdir "$cgroup" "$elsewhere"
ACCEPT=netns

apply() {
	guard --json apply "$@" service >"$EJG_STATE/report" 2>&1
}

look() {
	guard --json check service >"$EJG_STATE/report" 2>&1
}

findings() {
	grep -o "\"net.$1\"" "$EJG_STATE/report" | wc -l
}

from() {
	try remote connect "$2" 4369 --from "$1"
}

# check_decided WHAT STRANGER: a stranger gets this word, peers and this host are let in.
check_decided() {
	check_is "$1: a stranger" "$2" "$(from 198.51.100.9 198.51.100.1)"
	check_is "$1: a stranger, IPv6" "$2" "$(from 2001:db8::9 2001:db8::1)"
	check_is "$1: a peer" ok "$(from 198.51.100.2 198.51.100.1)"
	check_is "$1: a peer, IPv6" ok "$(from 2001:db8::2 2001:db8::1)"
	check_is "$1: this host, by loopback" ok "$(try host connect 127.0.0.1 4369)"
	check_is "$1: this host, by its own address" ok "$(try host connect 198.51.100.1 4369)"
	check_is "$1: this host, by its own address of IPv6" ok "$(try host connect 2001:db8::1 4369)"
}

links() {
	find "$(set_path)/links" -path '*net:*' -type f 2>/dev/null | wc -l
}

has_dead_link() {
	local link
	for link in "$(set_path)"/links/net:*/lookup; do
		[[ $(bpftool link show pinned "$link") != *'netns_ino 0'* ]] || return 0
	done
	return 1
}

stack_for "$cgroup" 198.51.100.2 2001:db8::2

if ! kernel_has_netns; then
	note 'a kernel without it'
	check_status 'accept=netns is an error' 4 apply --cgroup "$cgroup"
	check_has 'that says what is missing' 'Linux 5.17' "$(cat "$EJG_STATE/report")"
	ACCEPT=auto stack_for "$cgroup" 198.51.100.2 2001:db8::2
	check 'accept=auto' apply --cgroup "$cgroup"
	check_has 'it decides at the cgroup' 'accept=cgroup' "$(guard status service)"
	exit 0
fi

note "somebody else's listener, from before the guard"
hold other "$elsewhere" host listen 0.0.0.0 4369 :: 4369
other=$background_pid
hold before "$elsewhere" remote connect 198.51.100.9 198.51.100.1 4369
check_decided 'control: no guard' ok
check_is 'control: a connection from before' connected "$(last_word before)"
ACCEPT=cgroup stack_for "$cgroup" 198.51.100.2 2001:db8::2
check_status 'control: accept=cgroup cannot hold it' 1 apply --cgroup "$cgroup"
check_is 'and says so' 1 "$(($(findings listener-unguarded) > 0))"
check_is 'a stranger' ok "$(from 198.51.100.9 198.51.100.1)"

note 'from one kind to the other'
stack_for "$cgroup" 198.51.100.2 2001:db8::2
check_status 'check sees the other accept=' 1 look
check_is 'and says so' 1 "$(findings policy-differs)"
check_status 'apply reports the connection from before' 1 apply --cgroup "$cgroup"
check_is 'it says which' 1 "$(findings connection-before)"
check_decided "somebody else's listener" refused
check_is 'the cgroup has no program for packets' 4 "$(attached "$cgroup" | wc -l)"
sed -i 's/^required net/& evict=yes/' "$EJG_CONF/service"
check 'evict=yes ends the connection' apply --cgroup "$cgroup"
wait_is 3 ended last_word before || true
check_is 'it has ended' ended "$(last_word before)"
check 'check' look
check_is 'the listener is a warning' 1 "$(($(findings listener-foreign) > 0))"
check_is 'the namespace is guarded' 1 "$(findings network-guarded)"
check_has 'status says how it is decided' 'accept=netns' "$(guard status service)"
check_has 'status counts' 'hook=lookup,reason=source' "$(guard -v status service)"
check_has 'a row has the network of the stranger' 'from the network 198.51.100.0/24 to port 4369 (epmd): not a peer, ' \
	"$(guard status service | tr -s ' \n' ' ')"
check_has 'explain' "the address is not a peer's" "$(guard explain accept 198.51.100.9 4369 service 2>&1 || true)"
end "$other"

note 'a port with a listener inside and one outside'
hold inside "$cgroup" host share 0.0.0.0 4370
inside=$background_pid
hold outside "$elsewhere" host share 0.0.0.0 4370
outside=$background_pid
for ((i = 0; i < 20; i++)); do
	try remote connect 198.51.100.1 4370 --from 198.51.100.9
done | sort | uniq -c >"$EJG_STATE/words"
check_is 'each attempt of a stranger' '20 refused' "$(xargs <"$EJG_STATE/words")"
check_is 'a peer' ok "$(try remote connect 198.51.100.1 4370 --from 198.51.100.2)"
check_is 'control: another port of the host' ok "$(
	hold ssh "$elsewhere" host listen 0.0.0.0 22
	try remote connect 198.51.100.1 22 --from 198.51.100.9
	end "$background_pid"
)"
end "$inside"
end "$outside"

note 'links that are gone'
hold service "$cgroup" host listen 0.0.0.0 4369 :: 4369
service=$background_pid
rm -r "$(set_path)"/links/net:*
check_is 'control: a stranger' ok "$(from 198.51.100.9 198.51.100.1)"
check_status 'check' 1 look
check_is 'it says so' 1 "$(findings network-unguarded)"
check 'apply' apply
check_decided 'mended' refused
bpftool link detach pinned "$(echo "$(set_path)"/links/net:*/lookup)"
check_is 'control: a stranger, the link detached' ok "$(from 198.51.100.9 198.51.100.1)"
check_status 'check' 1 look
check_status 'a proof' 1 guard -q status --prove service
check 'apply' apply
check_decided 'mended' refused

note 'another network namespace, which the service enters'
net_new blue 198.51.100.21/24
ACCEPT=netns stack_for "$cgroup" 198.51.100.2 2001:db8::2
sed -i 's/2001:db8::1$/&,198.51.100.21/' "$EJG_CONF/service"
check 'apply' apply
hold blue "$cgroup" blue listen 0.0.0.0 4369
blue=$background_pid
check_is 'control: a stranger' ok "$(from 198.51.100.9 198.51.100.21)"
check_status 'check' 1 look
check_is 'it says so' 1 "$(findings network-unguarded)"
check_has 'and which' "network namespace of process $blue" "$(cat "$EJG_STATE/report")"
check_is 'check has changed nothing' 1 "$(links)"
check 'apply' apply
check_is 'two namespaces are guarded' '2 2' "$(links) $(findings network-guarded)"
check_is 'a stranger' refused "$(from 198.51.100.9 198.51.100.21)"
check_is 'a peer' ok "$(from 198.51.100.2 198.51.100.21)"
check_decided 'the first one' refused

note 'the service leaves it, and it ends'
end "$blue"
check 'check' look
check_has 'status says that it stays guarded' 'the service does not run there now' "$(guard status service | tr -s ' \n' ' ')"
umount "$(net_file blue)"
wait_for 10 has_dead_link || true
check_is 'its link is dead' yes "$(has_dead_link && echo yes)"
check 'check' look
check 'apply' apply
check_is 'the dead link is cleared away' 1 "$(links)"
check_decided 'the first one' refused

note 'two services in one namespace'
mkdir "$EJG_CGROUP/second"
SERVICE=second stack_for "$EJG_CGROUP/second" 198.51.100.3
sed -i 's/^set epmd.*/set epmd 4469/; s/^set dist.*/set dist 4470-4475/' "$EJG_CONF/second"
check 'apply of the second' guard -q apply second
hold second "$EJG_CGROUP/second" host listen 0.0.0.0 4469
check_is 'its stranger' refused "$(try remote connect 198.51.100.1 4469 --from 198.51.100.9)"
check_is "the first one's peer" refused "$(try remote connect 198.51.100.1 4469 --from 198.51.100.2)"
check_decided 'the first one' refused
check 'neither sees a foreign program in the other' look
check_is 'of which doctor would speak' 0 "$(findings foreign-above)"
check 'release of the second' guard -q release second
check_is 'its stranger is let in' ok "$(try remote connect 198.51.100.1 4469 --from 198.51.100.9)"
check_decided 'the first one stays' refused
end "$background_pid"

note "somebody's program on the same hook"
bpftool prog loadall "$EJG_BREAK" /sys/fs/bpf/break pinmaps /sys/fs/bpf/maps
"$EJG_LOOKUP_ATTACH" "$(net_file host)" /sys/fs/bpf/break/allow_lookup /sys/fs/bpf/theirs
check 'check' look
check_is 'it says so' 1 "$(findings foreign-above)"
rm /sys/fs/bpf/theirs
check 'check' look
check_is 'control: without it' 0 "$(findings foreign-above)"

note 'one that chooses a socket itself'
background chosen "$EJG_LOOKUP_CHOOSE" "$(net_file host)" /sys/fs/bpf/maps/listeners
chosen=$background_pid
"$EJG_LOOKUP_ATTACH" "$(net_file host)" /sys/fs/bpf/break/elsewhere_lookup /sys/fs/bpf/theirs
check_is 'at a port that is not private: it does' ok "$(try remote connect 198.51.100.1 8080 --from 198.51.100.9)"
check 'check' look
check_is 'it says no more than that the program is there' '1 0' "$(findings foreign-above) $(findings lookup-overridden)"
rm /sys/fs/bpf/theirs
check_is 'control: a stranger at a port of the distribution' refused \
	"$(try remote connect 198.51.100.1 4375 --from 198.51.100.9)"
"$EJG_LOOKUP_ATTACH" "$(net_file host)" /sys/fs/bpf/break/choose_lookup /sys/fs/bpf/theirs
check_is 'the program lets the stranger in' ok "$(try remote connect 198.51.100.1 4375 --from 198.51.100.9)"
check_status 'check' 1 look
check_is 'it says so' 1 "$(findings lookup-overridden)"
check_has 'and where' 'to 198.51.100.1, port 4375' "$(cat "$EJG_STATE/report")"
check_is 'and calls nothing guarded there' 0 "$(findings network-guarded)"
check_status 'status' 1 guard -q status service
check_status 'apply' 1 apply
check_is 'the guard stays' refused "$(from 198.51.100.9 198.51.100.1)"
rm /sys/fs/bpf/theirs
end "$chosen"
check 'control: without it' look

note 'with more ports than are tried'
sed -i 's/^set dist.*/set dist 5300-32767/' "$EJG_CONF/service"
"$EJG_LOOKUP_ATTACH" "$(net_file host)" /sys/fs/bpf/break/allow_lookup /sys/fs/bpf/theirs
check 'apply' apply
check_is 'a warning says so' 1 "$(findings lookup-untried)"
stack_for "$cgroup" 198.51.100.2 2001:db8::2
check 'apply' apply
check_is 'control: with few ports it says nothing' 0 "$(findings lookup-untried)"
rm /sys/fs/bpf/theirs

note 'permissive'
sed -i 's/^required net/& mode=permissive/' "$EJG_CONF/service"
check 'apply' apply
check_decided 'permissive' ok
report=$(guard --json status --prove service 2>/dev/null || true)
check_has 'it is proven' net.proven "$report"
check_has 'but guards nothing' core.refuses-nothing "$report"
stack_for "$cgroup" 198.51.100.2 2001:db8::2
check 'apply' apply
check_decided 'enforced again' refused

note 'accept=auto'
ACCEPT=auto stack_for "$cgroup" 198.51.100.2 2001:db8::2
check 'apply' apply
check_has 'it decides in the namespace' 'accept=netns' "$(guard status service)"
sed -i 's/2001:db8::1$/&,198.51.100.11/' "$EJG_CONF/service"
check 'apply with an address to which this host goes from another one' apply
check_has 'it decides at the cgroup' 'accept=cgroup' "$(guard status service)"
check_is 'the namespace is let go' 0 "$(links)"
check_is 'the cgroup has all programs' 5 "$(attached "$cgroup" | wc -l)"
check_is 'a stranger' timeout "$(from 198.51.100.9 198.51.100.1)"
check_is 'this host' ok "$(try host connect 198.51.100.11 4369)"
sed -i 's/accept=auto/accept=netns/' "$EJG_CONF/service"
check 'apply with accept=netns all the same' apply
check_is 'a warning says what that refuses' 1 "$(findings local-refused)"
check_is 'this host, from another address' refused "$(try host connect 198.51.100.11 4369)"
check_is 'this host, from that address' ok "$(try host connect 198.51.100.11 4369 --from 198.51.100.11)"

note 'strict=yes: also the ports that are not known by number'
stack_for "$cgroup" 198.51.100.2 2001:db8::2
sed -i 's/^required net/& strict=yes/' "$EJG_CONF/service"
check 'apply' apply
check_is 'the cgroup has all programs' 5 "$(attached "$cgroup" | wc -l)"
hold strict "$cgroup" host listen 0.0.0.0 7777
check_is "a stranger at a port of the service's" timeout "$(try remote connect 198.51.100.1 7777 --from 198.51.100.9)"
check_decided 'epmd' refused
end "$background_pid"

# address_add HOST NUMBER, address_del HOST NUMBER: of each family.
address_add() {
	net_run "$1" ip addr add "198.51.100.$2/24" dev eth0
	net_run "$1" ip addr add "2001:db8::$2/64" dev eth0 nodad
}

address_del() {
	net_run "$1" ip addr del "198.51.100.$2/24" dev eth0
	net_run "$1" ip addr del "2001:db8::$2/64" dev eth0
}

# check_addresses WHAT WORD: this host gets an address; then one that it had becomes a stranger's. A stranger gets this word.
check_addresses() {
	local what=$1 word=$2
	address_add host 13
	check_is "$what, an address that came later: this host" 'ok ok' \
		"$(try host connect 198.51.100.13 4369 --from 198.51.100.13) $(try host connect 2001:db8::13 4369)"
	check_is "$what, an address that came later: a peer" 'ok ok' \
		"$(from 198.51.100.2 198.51.100.13) $(from 2001:db8::2 2001:db8::13)"
	check_is "$what, an address that came later: a stranger" "$word $word" \
		"$(from 198.51.100.9 198.51.100.13) $(from 2001:db8::9 2001:db8::13)"
	address_del host 12
	address_add remote 12
	check_is "$what, an address of this host that is a stranger's now" "$word $word $word $word" \
		"$(from 198.51.100.12 198.51.100.1) $(from 2001:db8::12 2001:db8::1) $(
			from 198.51.100.12 198.51.100.13) $(from 2001:db8::12 2001:db8::13)"
	address_del remote 12
	address_del host 13
}

note 'addresses that come and go after the apply'
address_add host 12
stack_for "$cgroup" 198.51.100.2 2001:db8::2
sed -i 's/2001:db8::1$/&,198.51.100.12,2001:db8::12,198.51.100.13,2001:db8::13/' "$EJG_CONF/service"
check 'apply' apply
check_addresses 'guarded' refused

note 'release'
end "$service"
check 'release' guard -q release service
hold released "$elsewhere" host listen 0.0.0.0 4369 :: 4369
check_decided 'released' ok
address_add host 12
check_addresses 'released' ok
end "$background_pid"

changes=${EJG_CHANGES-40}
note "$changes changes between both kinds under fire"
storm_hosts
EXTRA=evict=yes storm_list 1
check 'apply' apply --cgroup "$cgroup"
storm_start
failed=0
for ((i = 1; i <= changes; i++)); do
	if ((i % 2)); then ACCEPT=cgroup; else ACCEPT=netns; fi
	EXTRA=evict=yes storm_list $((1 + i / 2 % 2))
	apply --cgroup "$cgroup" || failed=$((failed + 1))
done
storm_end "$changes changes"
check_is 'changes that failed' 0 "$failed"
check_is 'nothing is left over' '' "$(find /sys/fs/bpf/ejguard -name '*:new' -o -name '*:old')"
