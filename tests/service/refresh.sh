#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Peers that change by themselves, on a real systemd with Debian's dnsmasq as the name server: the timer follows a name that
# changes, that is answered with some of its addresses at a time, that lies, that times out and is gone; the path unit follows
# a file. Whoever is not named is the control, and what an administrator released stays released.
set -euo pipefail

# shellcheck source=../harness/harness.sh
source "$(dirname "$0")/../harness/harness.sh"
harness_begin "$0"
# shellcheck source=../harness/services.sh
source "$harness_dir/services.sh"
[[ -n ${EJG_SERVICES-} ]] || skip 'EJG_SERVICES is not set (tools/run-tests sets it)'
services_unpack_dns "$EJG_SERVICES" "$EJG_STATE/dns"

guard_new server 198.51.100.1/24
for number in 2 3; do net_new "peer$number" "198.51.100.$number/24"; done
net_new dns 198.51.100.53/24
root=$(bed_root server)
names=$EJG_STATE/dns/srv/names

# answer ADDRESS...: what the name server says of the name from now on.
answer() {
	local address
	for address; do echo "$address peers.example"; done >"$names"
	kill -HUP "$server"
}

echo 198.51.100.2 peers.example >"$names"
# Not by net_run: the signals are for the server, not for a shell.
nsenter --net="$(net_file dns)" chroot "$EJG_STATE/dns" dnsmasq --keep-in-foreground --conf-file=/dev/null --no-resolv --no-hosts --no-poll --addn-hosts=/srv/names \
	--user=root --group=root --pid-file --local=/example/ --local-ttl=1 &
server=$!
rm -f "$root/etc/resolv.conf"
echo 'hosts: files dns' >>"$root/etc/nsswitch.conf"
sed -i '/^hosts: *files$/d' "$root/etc/nsswitch.conf"
printf 'nameserver 198.51.100.53\noptions timeout:1 attempts:1\n' >"$root/etc/resolv.conf"
ejabberd_window server
guard_stack_peers server 198.51.100.1 peers.example
units=$root/etc/systemd/system
cp "$root"/usr/share/ejguard/refresh/ejguard-refresh@.* "$units/"
# A minute is too long for a test.
mkdir -p "$units/ejguard-refresh@.timer.d" "$units/ejguard-refresh@.service.d"
printf '[Timer]\nOnActiveSec=\nOnUnitInactiveSec=\nOnActiveSec=0\nOnUnitInactiveSec=1\nRandomizedDelaySec=0\n' \
	>"$units/ejguard-refresh@.timer.d/test.conf"
printf '[Service]\nEnvironment=GRACE=8\n' >"$units/ejguard-refresh@.service.d/test.conf"
bed_boot server
check 'systemd-analyze verify' bed_run server systemd-analyze verify --man=no ejguard-refresh@ejabberd.timer \
	ejguard-refresh@ejabberd.path ejguard-refresh@ejabberd.service
check 'ejabberd starts' bed_run server systemctl start ejabberd

# sees PEER: what it gets of epmd. sees_word PEER WORD: whether that is it.
sees() {
	try "$1" connect 198.51.100.1 4369
}

sees_word() {
	[[ $(sees "$1") == "$2" ]]
}

# lines PATTERN: those of the journal of the refresh.
lines() {
	bed_journal server -u ejguard-refresh@ejabberd.service -o cat | grep -c -- "$1" || true
}

said() {
	(($(lines "$1") > 0))
}

# wait_runs: until it has run once more.
wait_runs() {
	local before
	before=$(bed_run server systemctl show -P InvocationID ejguard-refresh@ejabberd.service)
	wait_for 20 bed_run server bash -c "[[ \$(systemctl show -P InvocationID ejguard-refresh@ejabberd.service) != '$before' ]]"
}

check_is 'the peer' ok "$(sees peer2)"
check_is 'control: another' refused "$(sees peer3)"
answer 198.51.100.3
sleep 2
check_is 'control: without the timer nothing follows' 'ok refused' "$(sees peer2) $(sees peer3)"

note 'the name changes'
check 'the timer' bed_run server systemctl enable --quiet --now ejguard-refresh@ejabberd.timer
check 'the new address is admitted' wait_for 20 sees_word peer3 ok
check 'the former one is not, after the grace' wait_for 20 sees_word peer2 refused
# The apply that drops an address is not over when the address is refused.
check 'check' wait_for 20 bed_run server ejguard check -q
check 'the journal says whom it admits' wait_for 20 said 'peers.example: is now also admitted at.* 198.51.100.3'
check 'and whom no longer' wait_for 20 said 'no longer.* 198.51.100.2'
check_is 'it has no other line of ejguard' "$(lines net.peer-changed)" "$(bed_journal server -o cat \
	-u ejguard-refresh@ejabberd.service SYSLOG_IDENTIFIER=ejguard | wc -l)"

note 'some of the addresses at a time'
answer 198.51.100.2 198.51.100.3
check 'both are admitted' wait_for 20 sees_word peer2 ok
check 'the journal says so' wait_for 20 said 'also admitted at 198.51.100.2'
before=$(lines net.peer-changed)
for number in 3 2 3 2; do
	answer "198.51.100.$number"
	wait_runs
	check_is "only $number is answered" 'ok ok' "$(sees peer2) $(sees peer3)"
done
check_is 'the journal has no line for that' "$before" "$(lines net.peer-changed)"

note 'a liar'
answer 198.51.100.2
check 'only the peer is admitted' wait_for 20 sees_word peer3 refused
answer 127.0.0.1 0.0.0.0 224.0.0.1
wait_runs
wait_runs
check_is 'nobody else is admitted' refused "$(sees peer3)"
answer 198.51.100.2
check 'the peer is admitted again' wait_for 20 sees_word peer2 ok

note 'a server that does not answer'
kill -STOP "$server"
wait_runs
wait_runs
check_is 'the last known address is admitted' ok "$(sees peer2)"
check_is 'and no other' refused "$(sees peer3)"
check_is 'the unit does not fail' no "$(bed_run server systemctl is-failed --quiet ejguard-refresh@ejabberd.service && echo yes || echo no)"
kill -CONT "$server"

note 'a server that is gone'
kill "$server"
wait_runs
wait_runs
check_is 'the last known address is admitted' ok "$(sees peer2)"
check_is 'and no other' refused "$(sees peer3)"

note 'released'
bed_run server ejguard -q release
sleep 3
check_is 'it stays so' ok "$(sees peer3)"
check_is 'the condition of the unit' no "$(bed_run server systemctl show -P ConditionResult ejguard-refresh@ejabberd.service)"

note 'a file'
bed_run server systemctl disable --quiet --now ejguard-refresh@ejabberd.timer
list=$root/etc/ejguard/ejabberd.peers
echo 198.51.100.2 >"$list"
guard_stack_peers server 198.51.100.1 @/etc/ejguard/ejabberd.peers
check 'apply' bed_run server ejguard -q apply
check 'the path unit' bed_run server systemctl enable --quiet --now ejguard-refresh@ejabberd.path
check_is 'the peer, and another' 'ok refused' "$(sees peer2) $(sees peer3)"
echo 198.51.100.3 >>"$list"
check 'a line that is added' wait_for 20 sees_word peer3 ok
echo 198.51.100.3 >"$list.new"
mv "$list.new" "$list"
check 'a file that takes its place' wait_for 20 sees_word peer2 refused
echo '198.51.100.2.3/99 !' >"$list"
check 'a damaged file fails the unit' wait_for 20 bed_run server systemctl is-failed --quiet ejguard-refresh@ejabberd.service
check_is 'what was in force stays' 'refused ok' "$(sees peer2) $(sees peer3)"
check_has 'the journal has file and line' 'ejabberd.peers:1' \
	"$(bed_journal server -u ejguard-refresh@ejabberd.service -p err -o cat)"
echo 198.51.100.2 >"$list"
check 'a good one' wait_for 20 sees_word peer2 ok
