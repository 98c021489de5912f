#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Connections from before the guard, or from before another list of peers: apply and check report those that the policy
# would not admit, and no other; evict=yes ends those, and no other.
set -euo pipefail

# shellcheck source=kernel.sh
source "$(dirname "$0")/kernel.sh"
kernel_begin "$0"

cgroup=$EJG_CGROUP/service
elsewhere=$EJG_CGROUP/elsewhere
mkdir "$cgroup" "$elsewhere"
# An address on the wire from which no answer comes, of a neighbour that is not asked for.
net_run host ip neigh add 198.51.100.77 lladdr 02:00:00:00:00:77 dev eth0

# keep NAME CGROUP HOST ARGUMENTS OF hold...: until close_all.
keep() {
	hold "$@"
	pids+=("$background_pid")
}

# Connections of every kind: those named stays-* are right in every policy here.
open_all() {
	pids=()
	keep service "$cgroup" host listen 0.0.0.0 4369 :: 4369 0.0.0.0 4370 0.0.0.0 5222
	keep closed "$cgroup" host take 198.51.100.1 4371 :: 4373
	keep others "$elsewhere" remote listen 0.0.0.0 4369 :: 4369 0.0.0.0 5269
	keep stays-peer "$elsewhere" remote connect 198.51.100.2 198.51.100.1 4369
	keep stays-peer6 "$elsewhere" remote connect 2001:db8::2 2001:db8::1 4369
	keep stays-public "$elsewhere" remote connect 198.51.100.9 198.51.100.1 5222
	keep stays-loopback "$cgroup" host connect - 127.0.0.1 4369
	keep stays-own-address "$elsewhere" host connect 198.51.100.11 198.51.100.1 4369
	keep stays-to-peer "$cgroup" host connect - 198.51.100.2 4369
	keep stays-s2s "$cgroup" host connect - 198.51.100.9 5269
	# From one of our private ports, on which no process listens: the connection began here.
	keep stays-from-private "$cgroup" host connect 198.51.100.1,4372 198.51.100.9 5269
	keep stays-elsewhere "$elsewhere" host connect - 198.51.100.9 4369
	keep ends-stranger "$elsewhere" remote connect 198.51.100.9 198.51.100.1 4369
	keep ends-stranger6 "$elsewhere" remote connect 2001:db8::9 2001:db8::1 4369
	keep ends-dist "$elsewhere" remote connect 198.51.100.9 198.51.100.1 4370
	# Nobody listens on their ports any more.
	keep ends-closed "$elsewhere" remote connect 198.51.100.9 198.51.100.1 4371
	keep ends-closed6 "$elsewhere" remote connect 2001:db8::9 2001:db8::1 4373
	keep ends-not-listen "$elsewhere" remote connect 198.51.100.2 198.51.100.11 4369
	keep ends-to-stranger "$cgroup" host connect - 198.51.100.9 4369
	keep ends-to-stranger6 "$cgroup" host connect - 2001:db8::9 4369
	keep ends-pending "$cgroup" host connect - 198.51.100.77 4369
}

close_all() {
	kill "${pids[@]}" 2>/dev/null || true
	wait
	rm -r "$EJG_STATE/background"
}

# last_words PATTERN: of the connections whose names match.
last_words() {
	local file
	for file in "$EJG_STATE"/background/$1; do
		tail -n 1 "$file"
	done | sort | uniq -c | tr -s ' ' | sed 's/^ //'
}

reported() {
	guard --json check service 2>/dev/null | grep -o "net.$1" | wc -l
}

apply() {
	stack_for "$cgroup" 198.51.100.2 2001:db8::2 "${@:2}"
	sed -i "s/^required net/& $1/" "$EJG_CONF/service"
	guard --json apply --cgroup "$cgroup" service >"$EJG_STATE/report" 2>&1
}

# is_last WORDS PATTERN
is_last() {
	[[ $(last_words "$2") == "$1" ]]
}

note 'control: without the guard all are connected'
open_all
check_is 'to stay' '9 connected' "$(last_words 'stays-*')"
check_is 'to end' $'8 connected\n1 pending' "$(last_words 'ends-*')"

wait_for 5 grep -q taken "$EJG_STATE/background/closed"

note 'reported, not ended'
check_status 'apply' 1 apply evict=no
check_is 'findings' 9 "$(grep -o 'net.connection-before' "$EJG_STATE/report" | wc -l)"
check_is 'apply has not held, but the guard stands' 5 "$(attached "$cgroup" | wc -l)"
check_is 'no other stranger gets in' timeout "$(try remote connect 198.51.100.1 4369 --from 198.51.100.9)"
sleep 0.3
check_is 'none has ended' $'8 connected\n1 pending' "$(last_words 'ends-*')"

note 'permissive mode ends nothing'
apply 'evict=yes mode=permissive' || true
sleep 0.3
check_is 'none has ended' $'8 connected\n1 pending' "$(last_words 'ends-*')"
guard -q release service

note 'evicted'
check 'apply' apply evict=yes
check_is 'each is said' 9 "$(grep -o 'net.connection-ended' "$EJG_STATE/report" | wc -l)"
wait_for 5 is_last '9 ended' 'ends-*' || true
check_is 'those have ended' '9 ended' "$(last_words 'ends-*')"
check_is 'and only those' '9 connected' "$(last_words 'stays-*')"
check_is 'check holds' 0 "$(reported connection-before)"
check 'check' guard check service
check 'apply again' apply evict=yes
check_is 'nothing is left to end' 0 "$(grep -o 'net.connection-ended' "$EJG_STATE/report" | wc -l)"
guard -q release service
close_all

note 'a former peer'
open_all
check 'apply: they are peers' apply evict=yes 198.51.100.9 2001:db8::9 198.51.100.77
wait_for 5 is_last '1 ended' 'ends-not-listen' || true
check_is 'the one to an address that is not in listen= has ended' '1 ended' "$(last_words 'ends-not-listen')"
check_is 'the others stay' $'7 connected\n1 pending' "$(last_words 'ends-[!n]*')"
check_status 'apply: they are none' 1 apply evict=no
check_is 'findings' 8 "$(grep -o 'net.connection-before' "$EJG_STATE/report" | wc -l)"
check_is 'the new list is in force all the same' timeout \
	"$(try remote connect 198.51.100.1 4369 --from 198.51.100.9)"
check 'apply: they are ended' apply evict=yes
wait_for 5 is_last '9 ended' 'ends-*' || true
check_is 'those have ended' '9 ended' "$(last_words 'ends-*')"
check_is 'and only those' '9 connected' "$(last_words 'stays-*')"
check_is 'a stranger does not come back' timeout "$(try remote connect 198.51.100.1 4369 --from 198.51.100.9)"
close_all

note 'strict: any port that is not public, whoever listens there now'
pids=()
keep others "$elsewhere" remote listen 0.0.0.0 5269 0.0.0.0 7777
keep closed "$cgroup" host take 198.51.100.1 40001 198.51.100.1 5269 198.51.100.1 40002
keep ends-stranger "$elsewhere" remote connect 198.51.100.9 198.51.100.1 40001
keep stays-public "$elsewhere" remote connect 198.51.100.9 198.51.100.1 5269
keep stays-peer "$elsewhere" remote connect 198.51.100.2 198.51.100.1 40002
keep stays-s2s "$cgroup" host connect - 198.51.100.9 5269
keep stays-outgoing "$cgroup" host connect - 198.51.100.9 7777
wait_for 5 grep -q taken "$EJG_STATE/background/closed"
check_is 'control: without the guard all are connected' '5 connected' "$(last_words '*-*')"
check_status 'apply' 1 apply 'evict=no strict=yes'
check_is 'finding' 1 "$(grep -o 'net.connection-before' "$EJG_STATE/report" | wc -l)"
check 'apply: it is ended' apply 'evict=yes strict=yes'
wait_is 3 '1 ended' last_words 'ends-*' || true
check_is 'it has ended' '1 ended' "$(last_words 'ends-*')"
check_is 'and only it' '4 connected' "$(last_words 'stays-*')"
close_all

note 'from a port on which the service has listened since: the listener does not make the connection an incoming one'
guard -q release service
pids=()
keep others "$elsewhere" remote listen 0.0.0.0 4369 0.0.0.0 5269
keep ends-public "$cgroup" host connect 198.51.100.1,5222 198.51.100.9 4369
keep ends-private "$cgroup" host connect 198.51.100.1,4370 198.51.100.9 4369
keep stays-s2s "$cgroup" host connect 198.51.100.1,5223 198.51.100.9 5269
keep stays-peer "$cgroup" host connect 198.51.100.1,4371 198.51.100.2 4369
keep service "$cgroup" host listen 0.0.0.0 5222 0.0.0.0 5223 0.0.0.0 4370 0.0.0.0 4371
keep stays-client "$elsewhere" remote connect 198.51.100.9 198.51.100.1 5222
check_is 'control: without the guard all are connected' '5 connected' "$(last_words '*-*')"
check_status 'apply' 1 apply evict=no
check_is 'findings' 2 "$(grep -o 'net.connection-before' "$EJG_STATE/report" | wc -l)"
check 'apply: they are ended' apply evict=yes
wait_is 3 '2 ended' last_words 'ends-*' || true
check_is 'they have ended' '2 ended' "$(last_words 'ends-*')"
check_is 'and only they' '3 connected' "$(last_words 'stays-*')"
check 'check' guard -q check service
close_all
