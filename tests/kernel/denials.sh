#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Denials: each reason is counted at its hook and has its row, with who, where, how often and when; permissive mode
# records the same and refuses nothing; a flood from a million sources pushes no insider out.
#
# `malformed` has no attempt here: the kernel itself drops IPv6 packets with an IPv4-mapped source before any program.
set -euo pipefail

# shellcheck source=kernel.sh
source "$(dirname "$0")/kernel.sh"
kernel_begin "$0"

cgroup=$EJG_CGROUP/service
table_size=4096
mkdir "$cgroup"
id=$(stat -c %i "$cgroup")
install -m 755 "$EJG_ATTEMPT" "$EJG_STATE/attempt" # where nobody may execute it

try_guarded() {
	cgroup_run "$cgroup" nsenter --net="$(net_file host)" "$EJG_STATE/attempt" "$@"
}

try_as_nobody() {
	cgroup_run "$cgroup" nsenter --net="$(net_file host)" setpriv --reuid 65534 --regid 65534 --clear-groups \
		"$EJG_STATE/attempt" "$@"
}

# listen_guarded ADDRESS: in the background, until listen_end.
listen_guarded() {
	rm -f "$EJG_STATE/listens" # the one before said ok there
	(
		echo 0 >"$cgroup/cgroup.procs"
		exec nsenter --net="$(net_file host)" "$EJG_STATE/attempt" listen "$1" 4369 120
	) >"$EJG_STATE/listens" &
	listener=$!
	wait_for 5 grep -q ok "$EJG_STATE/listens"
}

listen_end() {
	kill "$listener"
	wait "$listener" || true
}

# guarded OPTION...: the options of net, and an empty table.
guarded() {
	stack_for "$cgroup" 198.51.100.2 2001:db8::2
	sed -i "s/^required net/& $*/" "$EJG_CONF/service"
	guard -q release service
	guard -q apply --cgroup "$cgroup" service
}

# row PATTERN: of rows that match from their beginning, where blanks separate words: how many, and their sums of counts.
row() {
	"$EJG_ROWS" "$(set_path)" | awk -v pattern="^$1" '$0 ~ pattern { rows++; n += $10 } END { print rows + 0, n + 0 }'
}

# counter HOOK REASON
counter() {
	"$EJG_ROWS" "$(set_path)" |
		awk -v at="counter denial $1 $2" '$1 " " $2 " " $3 " " $4 == at { n += $5 } END { print n + 0 }'
}

# seen WORD HOOK REASON ADDRESS PORT UID COMMAND TIMES: one row, of that many, and the counter says so too.
seen() {
	check_is "$2 $3 $4: row" "1 $8" "$(row "$1 $2 $3 $4 $5 $6 $id $7 ")"
	check_is "$2 $3: counter" "$8" "$(counter "$2" "$3")"
}

attempts() {
	local expected=$1
	check_is 'bind' "$expected" "$(try_guarded bind 198.51.100.11 4369)"
	check_is 'bind again' "$expected" "$(try_guarded bind 198.51.100.11 4369)"
	check_is 'bind, IPv6' "$expected" "$(try_guarded bind 2001:db8::11 4370)"
}

note 'bind'
begin=$(cut -d. -f1 /proc/uptime)
guarded
attempts denied
seen insider bind4 bind-address 198.51.100.11 4369 0 attempt 2
seen insider bind6 bind-address 2001:db8::11 4370 0 attempt 1
of_bind4() {
	"$EJG_ROWS" "$(set_path)" | awk '$2 == "bind4" { print $9, $10, $11, $12 }'
}
read -r before _ < <(of_bind4)
sleep 1.1
check_is 'bind, a second later' denied "$(try_guarded bind 198.51.100.11 4369)"
read -r pid count first last < <(of_bind4)
# Its pid is that of the first pid namespace, which is not this one.
check_is 'pid: of another process than before' no "$(same "$before" "$pid")"
check_is 'count' 3 "$count"
check 'the first was after the beginning' test "$first" -ge "$begin"
check 'the last was after the first' test "$last" -gt "$first"
check 'and before now' test "$last" -le "$(cut -d. -f1 /proc/uptime)"
check_is 'as nobody' denied "$(try_as_nobody bind 198.51.100.11 4370)"
check_is 'nobody has a row of its own' '1 1' "$(row "insider bind4 bind-address 198.51.100.11 4370 65534 $id attempt ")"
check_has 'status tells of it' 'nobody' "$(guard --json status service)"

note 'wildcards'
guarded wildcard=deny
check_is 'bind to every address' denied "$(try_guarded bind 0.0.0.0 4369)"
check_is 'bind to every address, IPv6' denied "$(try_guarded bind :: 4369)"
seen insider bind4 bind-wildcard 0.0.0.0 4369 0 attempt 1
seen insider bind6 bind-wildcard :: 4369 0 attempt 1
guarded wildcard=rewrite
check_is 'bind to every address' ok "$(try_guarded bind 0.0.0.0 4369)"
check_is 'bind of a dual-stack socket' denied "$(try_guarded bind :: 4369)"
seen insider bind6 bind-rewrite :: 4369 0 attempt 1
check_is 'what was rewritten is no denial' 0 "$(counter bind4 bind-rewrite)"

note 'connect and ingress'
guarded
listen_guarded 0.0.0.0
check_is 'connect' denied "$(try_guarded connect 198.51.100.9 4369)"
check_is 'connect, IPv6' denied "$(try_guarded connect 2001:db8::9 4371)"
check_is 'control: a peer gets in' ok "$(try remote connect 198.51.100.1 4369 --from 198.51.100.2)"
check_is 'a stranger' timeout "$(try remote connect 198.51.100.1 4369 --from 198.51.100.9)"
check_is 'a peer, to an address that is not in listen=' timeout \
	"$(try remote connect 198.51.100.11 4369 --from 198.51.100.2)"
seen insider connect4 destination 198.51.100.9 4369 0 attempt 1
seen insider connect6 destination 2001:db8::9 4371 0 attempt 1
seen outsider ingress source 198.51.100.0 4369 -1 - 1
seen outsider ingress local-address 198.51.100.0 4369 -1 - 1
listen_end

note 'no policy'
bpftool map delete pinned "$(set_path)/policy" key 0 0 0 0
check_is 'connect' denied "$(try_guarded connect 127.0.0.1 5222)"
seen insider connect4 no-policy 127.0.0.1 5222 0 attempt 1

note 'permissive'
guarded mode=permissive
# Where the listener closes first and no TIME_WAIT is kept, nothing is left of the connection when the client has confirmed that:
# the client's own end, a reset, is the listener's then, and a third packet that counts.
net_run host bash -c "$(declare -f settings); settings ipv4/tcp_max_tw_buckets=4096"
listen_guarded 0.0.0.0
check_is 'bind' ok "$(try_guarded bind 198.51.100.11 4370)"
check_is 'bind, IPv6' ok "$(try_guarded bind 2001:db8::11 4370)"
check_is 'connect: nobody listens' refused "$(try_guarded connect 198.51.100.9 4369)"
check_is 'connect, IPv6: nobody listens' refused "$(try_guarded connect 2001:db8::9 4369)"
check_is 'a stranger' ok "$(try remote connect 198.51.100.1 4369 --from 198.51.100.9)"
seen insider bind4 bind-address 198.51.100.11 4370 0 attempt 1
seen insider bind6 bind-address 2001:db8::11 4370 0 attempt 1
seen insider connect4 destination 198.51.100.9 4369 0 attempt 1
seen insider connect6 destination 2001:db8::9 4369 0 attempt 1
# The SYN and the handshake's last ACK are a packet each that would have been dropped, and no other one: the rest belongs to
# the connection, or to its TIME_WAIT.
check_is 'ingress: row, with the whole address' '1 2' "$(row "outsider ingress source 198.51.100.9 4369 -1 $id - ")"
listen_end

note 'a flood'
guarded
net_run host ip tuntap add dev wire mode tun
net_run host ip link set wire up
net_run host ip route add 0.0.0.0/1 dev wire
net_run host bash -c "$(declare -f settings); settings ipv4/conf/{all,wire}/rp_filter=0"
for i in {100..199}; do
	try_guarded connect "203.0.113.$i" 4369
done | sort | uniq -c >"$EJG_STATE/words"
check_is 'a hundred insiders' '100 denied' "$(tr -s ' ' <"$EJG_STATE/words" | sed 's/^ //')"
listen_guarded 198.51.100.1
before=$EPOCHREALTIME
check 'a million sources' net_run host "$EJG_FLOOD" "${EJG_SOURCES-1000000}" 198.51.100.1 4369
note "$(bc <<<"$EPOCHREALTIME - $before") s"
check_is 'all were refused and counted' "${EJG_SOURCES-1000000}" "$(counter ingress source)"
check_is 'every insider is still there' '100 100' \
	"$(row "insider connect4 destination 203.0.113.* 4369 0 $id attempt ")"
read -r rows _ < <(row 'outsider ingress')
check 'the table of outsiders is used' test "$rows" -gt $((table_size / 2))
check 'and bounded' test "$rows" -le $table_size
note "$rows rows"
check 'status' guard status service
check 'check' guard check service
