#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The module host from its first apply to its release: what check finds, what is reported of refusals, what explain answers,
# what sockets from before and a port of the service's own choice are to it. The tree, whose top is guarded, is the
# sandbox's own. The attempts themselves are local.sh's.
set -euo pipefail

# shellcheck source=kernel.sh
source "$(dirname "$0")/kernel.sh"
kernel_begin "$0"

root=$(cgroup2_root)
mkdir -p "$EJG_CGROUP/service" "$EJG_CGROUP/users/job.service/inner"
install -m 755 "$EJG_ATTEMPT" "$EJG_STATE/attempt"
install -m 4755 "$EJG_ATTEMPT" "$EJG_STATE/set-uid"

# stack OPTIONS OF host: and, of the settings, MORE.
stack() {
	printf '%s\n' "set cgroups $root/service" 'set epmd 4369' "${MORE-set dist 4370-4375}" 'set public 5222' \
		'set users daemon' "required host $*" >"$EJG_CONF/ejabberd"
}

# as UID ARGUMENTS OF attempt...: from a cgroup of users. as_service: the same from the service's.
as() {
	in_cgroup "$EJG_CGROUP/users" setpriv --reuid="$1" --regid=65534 --clear-groups "$EJG_STATE/attempt" "${@:2}"
}

# as_root_of_file UID ARGUMENTS OF attempt...: the same by a set-uid program of root's, whose real uid is this one.
as_root_of_file() {
	in_cgroup "$EJG_CGROUP/users" setpriv --reuid="$1" --regid=65534 --clear-groups "$EJG_STATE/set-uid" "${@:2}"
}

as_service() {
	in_cgroup "$EJG_CGROUP/service" setpriv --reuid=65533 --regid=65534 --clear-groups "$EJG_STATE/attempt" "$@"
}

answer() {
	guard_host explain "$@" >"$EJG_STATE/answer" 2>&1 && echo allowed || echo refused
}

ids() {
	find /sys/fs/bpf/ejguard -type f | sort | while read -r pin; do echo "$pin $(pin_id "$pin")"; done
}

# server_of PORT: the process that listens there.
server_of() {
	net_run host ss -Hltnp "sport = :$1" | sed -n 's/.*pid=\([0-9]*\).*/\1/p'
}

# watches: the tool runs twice, and waits for what it is told.
watches() {
	local pid pids
	mapfile -t pids < <(pgrep -x ejguard)
	((${#pids[@]} == 2)) || return
	for pid in "${pids[@]}"; do
		watch_waits "$pid" || return
	done
}

# recent: the samples that name who was refused, without the service's label.
recent() {
	guard_host status --prometheus | sed -n 's/^ejguard_host_recent_denials{service="ejabberd",//p' | sort
}

# as_job PROGRAM ARGUMENTS OF attempt...: as nobody, from a cgroup below that of a unit.
as_job() {
	in_cgroup "$EJG_CGROUP/users/job.service/inner" setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}

# told LABEL...: the values of these labels of each event that the watch has printed as JSON.
told() {
	python3 -c 'import json, sys
for line in sys.stdin:
    print(*(repr(json.loads(line)["labels"].get(name)) for name in sys.argv[1:]))' "$@" <"$EJG_STATE/events.json" | sort -u
}

finding() {
	guard_host check 2>&1 || true
}

doctor() {
	tr -s ' \n' ' ' <<<"$(guard_host doctor 2>&1 || true)"
}

stack
check_has 'before: nothing is applied' 'host.not-loaded' "$(finding)"
check_has 'before: what it means' 'local users are not kept away' "$(finding)"
check_is 'control: nobody is epmd' ok "$(as 65534 listen 127.0.0.1 4369 0)"
check_is 'control: nobody is, by a set-uid program' ok "$(as_root_of_file 65534 listen 127.0.0.1 4369 0)"
check_is 'control: which has a right of root' 'denied ok' "$(as 65534 bind 127.0.0.1 7) $(as_root_of_file 65534 bind 127.0.0.1 7)"
as_service listen 127.0.0.1 4370 600 >"$EJG_STATE/asked" &
wait_for 5 grep -q ok "$EJG_STATE/asked"
check_is 'control: it connects to the service' ok "$(as_root_of_file 65534 connect 127.0.0.1 4370)"
check 'apply' guard_host -q apply
check 'check' guard_host -q check
check 'a proof on demand' guard_host -q status --prove
check_is 'six programs stand at the top' 6 "$(attached "$EJG_CGROUP" | wc -l)"
before=$(ids)
check 'an apply again' guard_host -q apply
check_is 'changes nothing' "$before" "$(ids)"

# --- what is refused, and who is told
check_is 'control: before a refusal nobody is named' '' "$(recent)"
guard_host --json watch >"$EJG_STATE/events.json" &
json_watcher=$!
guard_host watch >"$EJG_STATE/events" &
watcher=$!
check 'they watch' wait_for 20 watches
check_is 'nobody is not epmd' denied "$(as 65534 listen 127.0.0.1 4369 0)"
check_is 'one of the users is' ok "$(as 1 listen 127.0.0.1 4369 0)"
check_is 'nor does nobody connect' denied "$(as 65534 connect 198.51.100.1 4370)"
check_is 'the service does' refused "$(as_service connect 198.51.100.1 4370)"
check_is 'another network namespace is none of its business' ok \
	"$(net_run remote setpriv --reuid=65534 --regid=65534 --clear-groups "$EJG_STATE/attempt" listen 127.0.0.1 4369 0)"
strange=$EJG_STATE/$'a"b\\\xff'
cp "$EJG_STATE/attempt" "$strange"
check_is 'nor does a job of nobody' 'denied denied' \
	"$(as_job "$strange" listen 127.0.0.1 4369 0) $(as_job "$strange" listen 127.0.0.2 4369 0)"
for events in events events.json; do
	wait_for 5 grep -q connect4 "$EJG_STATE/$events"
	wait_for 5 grep -q 127.0.0.2 "$EJG_STATE/$events"
done
kill "$watcher" "$json_watcher" 2>/dev/null || true
wait "$watcher" "$json_watcher" || true
events=$(cat "$EJG_STATE/events")
check_has 'watch: who, by which program, from where' \
	'bind4 127.0.0.1 port 4369 (epmd) by attempt*as nobody in /users: the user may not use private ports, ' \
	"$events"
check_has 'and of which unit' 'as nobody in /users/job.service/inner: ' "$events"
check_is 'watch as JSON: user, uid, command and unit' "$(
	printf '%s\n' "'nobody' '65534' 'a\"b\\\\\\\\xff' 'job.service' '/users/job.service/inner'" \
		"'nobody' '65534' 'attempt' '' '/users'"
)" "$(told user uid command unit cgroup)"
status=$(guard_host status 2>&1)
check_has 'status names the same' 'as nobody in' "$(tr -s ' \n' ' ' <<<"$status")"
metrics=$(guard_host status --openmetrics)
check_has 'metrics count it' 'ejguard_host_denials_total{*hook="bind4"*reason="user"*} 3' "$metrics"
of_attempt='user="nobody",uid="65534",command="attempt",unit=""'
of_job='user="nobody",uid="65534",command="a\"b\\\\xff"'
check_is 'and name who it was, with two addresses as one' "$(
	printf '%s\n' "$of_job,unit=\"job.service\",hook=\"bind4\",decision=\"refused\"} 2" \
		"$of_attempt,hook=\"bind4\",decision=\"refused\"} 1" "$of_attempt,hook=\"connect4\",decision=\"refused\"} 1"
)" "$(recent)"
rmdir "$EJG_CGROUP/users/job.service/inner" "$EJG_CGROUP/users/job.service"
check_is 'a unit that has gone has no name' "$of_job,unit=\"\",hook=\"bind4\",decision=\"refused\"} 2" "$(recent | sed -n 1p)"

# --- a set-uid program: who started it counts
check_is 'a set-uid program of root is not epmd for nobody' denied "$(as_root_of_file 65534 listen 127.0.0.1 4369 0)"
check_is 'nor does it connect' denied "$(as_root_of_file 65534 connect 127.0.0.1 4370)"
check_is 'it does for one of the users' ok "$(as_root_of_file 1 connect 127.0.0.1 4370)"
kill "$(server_of 4370)"

# --- explain --user
check_is 'explain: nobody binds' refused "$(answer bind 127.0.0.1 4369 --user nobody)"
check_is 'explain: root binds' allowed "$(answer bind 127.0.0.1 4369 --user root)"
check_is 'explain: one of the users connects' allowed "$(answer connect 127.0.0.1 4369 --user daemon)"
check_has 'and that is a line of the stack' ejabberd:5 "$(cat "$EJG_STATE/answer")"
check_is 'explain: nobody connects to loopback' refused "$(answer connect 127.0.0.1 4369 --user nobody)"
check_is 'explain: nobody connects to an own address' refused "$(answer connect 198.51.100.1 4375 --user nobody)"
check_is 'explain: nobody connects elsewhere' allowed "$(answer connect 198.51.100.2 4369 --user nobody)"
check_is 'explain: another port' allowed "$(answer connect 127.0.0.1 5222 --user nobody)"

# --- doctor: which other programs are at the top of the tree
mkdir /sys/fs/bpf/break
bpftool prog loadall "$EJG_BREAK" /sys/fs/bpf/break
check_is 'control: doctor knows of none' no "$([[ $(doctor) == *allow_* ]] && echo yes || echo no)"
bpftool cgroup attach "$EJG_CGROUP" connect4 pinned /sys/fs/bpf/break/allow_connect4 multi
check_has 'doctor names one that runs after the guard' \
	"$root: allow_connect4 runs after the guard at connect4 and could undo a refusal" "$(doctor)"
bpftool cgroup detach "$EJG_CGROUP" connect4 pinned /sys/fs/bpf/break/allow_connect4
check_is 'control: not when it is gone' no "$([[ $(doctor) == *allow_* ]] && echo yes || echo no)"

# --- the policy changes as a whole
stack mode=permissive
check_has 'the stack differs from what is in force' 'host.policy-differs' "$(finding)"
check 'apply it' guard_host -q apply
check_is 'permissive: nobody is epmd' ok "$(as 65534 listen 127.0.0.1 4369 0)"
stack
check 'apply the former' guard_host -q apply
check_is 'nobody is refused again' denied "$(as 65534 listen 127.0.0.1 4369 0)"

# --- addresses that a route makes this host's: the kernel says of them that they cannot be bound
as_service listen :: 4370 600 >"$EJG_STATE/routed" &
wait_for 5 grep -q ok "$EJG_STATE/routed"
as_service listen :: 7000 600 >"$EJG_STATE/own" &
wait_for 5 grep -q ok "$EJG_STATE/own"
net_run host ip -6 route add local 2001:db8:77::/64 dev lo
check_is 'control: before the guard knows the route' ok "$(as 65534 connect 2001:db8:77::5 4370)"
check_has 'which check says' 'host.policy-differs' "$(finding)"
check_has 'and a trial, with the addresses' '+ 2001:db8:77::/64' "$(guard_host check --file "$EJG_CONF/ejabberd" 2>&1 || true)"
check 'apply' guard_host -q apply
check 'check' guard_host -q check
check_is 'nobody connects there' denied "$(as 65534 connect 2001:db8:77::5 4370)"
check_is 'explain says so' refused "$(answer connect 2001:db8:77::5 4370 --user nobody)"
check_is 'root does' ok "$(as 0 connect 2001:db8:77::5 4370)"
check_is 'nobody connects there to what is not private' ok "$(as 65534 connect 2001:db8:77::5 7000)"
check_is 'another host is still none of its business' refused "$(as 65534 connect 2001:db8::2 4370)"
net_run host ip -6 addr add 2001:db8::33/64 dev eth0 nodad
check 'an assigned address changes nothing' guard_host -q check
check_is 'and is known at once' denied "$(as 65534 connect 2001:db8::33 4370)"
net_run host ip -6 route add local default dev lo table 77
check 'apply, with a route of another table for all addresses' guard_host -q apply
check_is 'now any of IPv6 is this host to it' denied "$(as 65534 connect 2001:db8::2 4370)"
check_is 'and none of IPv4' refused "$(as 65534 connect ::ffff:198.51.100.2 4370)"
net_run host ip -6 route del local default dev lo table 77
check 'apply without that' guard_host -q apply
net_run host ip route add local 203.0.113.0/24 dev lo src 198.51.100.1 table 77
net_run host ip rule add to 203.0.113.0/24 lookup 77 pref 77
check_is 'by an IPv4 route of another table nobody gets to a listener that is not transparent' no \
	"$([[ $(as 65534 connect 203.0.113.5 4370) == ok ]] && echo yes || echo no)"
check 'nor does it change anything' guard_host -q check
net_run host ip rule del pref 77
net_run host ip route del local 203.0.113.0/24 dev lo table 77
net_run host ip route add local 0.0.0.0/0 dev lo table 2004 proto kernel
check 'a proxy'"'"'s route for marked packets is none of its addresses' guard_host -q check
check_is 'another host is still none of its business' refused "$(as 65534 connect 198.51.100.2 4370)"
net_run host ip route flush table 2004
for i in {10..43}; do
	net_run host ip -6 route add local "2001:db8:77$i::/64" dev lo
done
check 'apply, with more routes than there is room for' guard_host -q apply
check_is 'now any address is this host to it' 'denied denied' \
	"$(as 65534 connect 198.51.100.2 4370) $(as 65534 connect 2001:db8::2 4370)"
check_is 'nobody connects to the last' denied "$(as 65534 connect 2001:db8:7743::5 4370)"
net_run host ip -6 route flush table local type local proto boot
net_run host ip -6 addr del 2001:db8::33/64 dev eth0
check 'apply without them' guard_host -q apply
check_is 'another host is none of its business again' 'refused refused' \
	"$(as 65534 connect 198.51.100.2 4370) $(as 65534 connect 2001:db8::2 4370)"
# Prefixes around the block of IPv4, the narrowest first: none covers the next.
for i in {31..1}; do
	net_run host ip -6 route add local "::/$i" dev lo metric "$((100 - i))"
done
check 'apply, with many prefixes around the addresses of IPv4' guard_host -q apply
check 'check' guard_host -q check
for i in {31..1}; do
	net_run host ip -6 route del local "::/$i" dev lo
done
check 'apply without them' guard_host -q apply
# shellcheck disable=SC2016 # expanded there
in_cgroup "$EJG_CGROUP/service" unshare --user --map-root-user --net bash -c \
	'ip link set lo up; for i in {10..43}; do ip -6 route add local "2001:db8:77$i::/64" dev lo; done
	ip -6 route add local default dev lo; echo made; echo $$; exec sleep 600' >"$EJG_STATE/made" &
wait_for 5 grep -q "^[0-9]" "$EJG_STATE/made"
made=$(tail -n 1 "$EJG_STATE/made")
check 'apply, with a network that the service has made' guard_host -q apply
check 'check' guard_host -q check
check_is 'its routes are none of this host'"'"'s' 'refused refused' \
	"$(as 65534 connect 198.51.100.2 4370) $(as 65534 connect 2001:db8::2 4370)"
check_has 'processes of the service that cannot be seen' 'host.sockets-unseen' \
	"$(own_tree nsenter --net="$(net_file host)" unshare --pid --fork --mount-proc "$EJG_TOOL" --confdir "$EJG_CONF" \
		--moduledir "$EJG_MODULES" check 2>&1 || true)"
kill "$made"
kill "$(server_of 7000)" "$(server_of 4370)"

# --- somebody writes to the map of the network namespaces
networks=/sys/fs/bpf/ejguard/ejabberd:host/networks
bpftool -j map dump pinned $networks | grep -o '"key":\[[^]]*' | sed 's/"key":.//; s/[",]/ /g' | while read -ra key; do
	bpftool map update pinned $networks key "${key[@]}" value 0
done
check_is 'control: nothing is refused there' ok "$(as 65534 listen 127.0.0.1 4369 0)"
check_has 'check says so' 'host.network-unknown' "$(finding)"
check 'apply' guard_host -q apply
check_is 'nobody is refused again' denied "$(as 65534 listen 127.0.0.1 4369 0)"

# --- somebody writes to whom other services let
policy=/sys/fs/bpf/ejguard/ejabberd:host/policy
check 'control: nothing would change' guard_host check --file "$EJG_CONF/ejabberd" --detailed-exitcode
bpftool map update pinned $policy key 1 0 0 0 value id "$(SERVICE=ejabberd:host policy_map)"
check_has 'check says so' 'host.policy-differs' "$(finding)"
check_has 'and a trial' 'shared ports' "$(guard_host check --file "$EJG_CONF/ejabberd" 2>&1 || true)"
check 'apply' guard_host -q apply
check 'check' guard_host -q check

# --- a new cgroup of the service
mkdir "$EJG_CGROUP/second"
sed -i "s|^set cgroups.*|& $root/second|" "$EJG_CONF/ejabberd"
check_has 'one that the guard does not know is found' 'host.cgroup-unknown' "$(finding)"
check 'apply' guard_host -q apply
check 'is known' guard_host -q check
stack

# --- sockets from before
guard_host -q release
check_is 'after release nobody is epmd' ok "$(as 65534 listen 127.0.0.1 4369 0)"
check_is 'and nothing is left' no "$(exists /sys/fs/bpf/ejguard)"
check_is 'nor at the top' '' "$(attached "$EJG_CGROUP")"
as 65534 listen 127.0.0.1 4371 600 >"$EJG_STATE/squatter" &
wait_for 5 grep -q ok "$EJG_STATE/squatter"
check_status 'an apply over a squatter fails' 1 guard_host -q apply
check_has 'and names him' 'host.listener-before*127.0.0.1:4371*uid 65534' "$(tr -s ' \n' ' ' <<<"$(finding)")"
check_is 'but the guard stands' denied "$(as 65534 listen 127.0.0.1 4369 0)"
kill "$(server_of 4371)"
wait_for 5 guard_host -q check
guard_host -q release

# --- a port of the service's own choice
MORE='set dist auto' stack
check_has 'an unknown distribution port is an error' 'distribution port' "$(finding)"
MORE='set dist auto' stack strict=yes
check 'apply with strict=yes' guard_host -q apply
as_service listen 0.0.0.0 7000 600 >"$EJG_STATE/node" &
wait_for 5 grep -q ok "$EJG_STATE/node"
as_service listen 0.0.0.0 5222 600 >"$EJG_STATE/public" &
wait_for 5 grep -q ok "$EJG_STATE/public"
as 65534 listen 0.0.0.0 7001 600 >"$EJG_STATE/other" &
wait_for 5 grep -q ok "$EJG_STATE/other"
check_is 'nobody does not reach it' denied "$(as 65534 connect 127.0.0.1 7000)"
check_is 'nor by an own address' denied "$(as 65534 connect 198.51.100.1 7000)"
check_is 'nor takes it on another family' denied "$(as 65534 listen ::1 7000 0)"
check_is 'nor on an own address' denied "$(as 65534 listen 198.51.100.1 7000 0)"
check_is 'root does' ok "$(as 0 connect 127.0.0.1 7000)"
check_is 'one of the users does' ok "$(as 1 connect 127.0.0.1 7000)"
check_is 'nobody reaches what is public' ok "$(as 65534 connect 127.0.0.1 5222)"
check_is 'and what another service offers' ok "$(as 65534 connect 127.0.0.1 7001)"
check_is 'and that port on another host' refused "$(as 65534 connect 198.51.100.2 7000)"
as_service listen :: 7002 600 >"$EJG_STATE/node6" &
wait_for 5 grep -q ok "$EJG_STATE/node6"
net_run host ip -6 route add local 2001:db8:77::/64 dev lo
check_is 'control: an address by a route that the guard does not know' ok "$(as 65534 connect 2001:db8:77::5 7002)"
check 'apply' guard_host -q apply
check_is 'one that it knows' denied "$(as 65534 connect 2001:db8:77::5 7002)"
net_run host ip -6 route del local 2001:db8:77::/64 dev lo
check 'apply' guard_host -q apply
check_is 'explain knows the port' refused "$(answer connect 127.0.0.1 7000 --user nobody)"
check 'the guard holds' guard_host -q check
sed -i 's/^set public.*/& 7000/' "$EJG_CONF/ejabberd"
check 'apply with the port as a public one' guard_host -q apply
check_is 'nobody reaches it' ok "$(as 65534 connect 127.0.0.1 7000)"
check_is 'and takes it on another family' ok "$(as 65534 listen ::1 7000 0)"
check_is 'explain says so' allowed "$(answer connect 127.0.0.1 7000 --user nobody)"
check_is 'control: another port that the service has chosen is private still' denied "$(as 65534 connect ::1 7002)"
MORE='set dist 4370-4375' stack
check 'apply without strict=yes' guard_host -q apply
check_is 'nobody reaches the other, either' ok "$(as 65534 connect ::1 7002)"
check_is 'explain says so' allowed "$(answer connect ::1 7002 --user nobody)"
MORE='set dist auto' stack strict=yes
check 'apply as before' guard_host -q apply
check_is 'nobody does not reach them' 'denied denied' "$(as 65534 connect 127.0.0.1 7000) $(as 65534 connect ::1 7002)"
guard_host -q release
check_is 'control: after release nobody reaches it' ok "$(as 65534 connect 127.0.0.1 7000)"
check 'an apply over a listener from before' guard_host -q apply
check_is 'nobody does not reach it' denied "$(as 65534 connect 127.0.0.1 7000)"

# --- beside the guard of the service
guard_host -q release
kill "$(server_of 7000)" "$(server_of 5222)" "$(server_of 7001)" "$(server_of 7002)"
stack
echo 'required net' >>"$EJG_CONF/ejabberd"
wait_for 5 guard_host -q apply
check_is 'neither takes the other for a stranger' no "$([[ $(finding) == *foreign-above* ]] && echo yes || echo no)"
check_is 'and nobody is refused' denied "$(as 65534 connect 127.0.0.1 4369)"

# --- a peer whose name changes: net and host have the same answer
: >"$EJG_STATE/hosts"
mount --bind "$EJG_STATE/hosts" "$(readlink -f /etc/hosts)"
echo '198.51.100.9 peer.example' >"$EJG_STATE/hosts"
MORE='set dist 4370-4375
set peers peer.example' stack
echo 'required net listen=127.0.0.1,198.51.100.1' >>"$EJG_CONF/ejabberd"
check 'apply' guard_host -q apply
echo '198.51.100.10 peer.example' >"$EJG_STATE/hosts"
check_is 'a trial tells it, of both' 2 "$(guard_host check --file "$EJG_CONF/ejabberd" 2>&1 | grep -c '+ 198.51.100.10$')"
check_is 'explain by the file' refused "$(answer connect 198.51.100.10 4369 --user nobody --file "$EJG_CONF/ejabberd")"
check_is 'control: by what is in force' allowed "$(answer connect 198.51.100.10 4369 --user nobody)"
check 'apply after the name has changed' guard_host -q apply
check 'the guard holds at once' guard_host -q check
check_has 'the change is said' 'is now also admitted at 198.51.100.10; no longer at 198.51.100.9' "$(
	echo '198.51.100.9 peer.example' >"$EJG_STATE/hosts"
	guard_host -q apply
	echo '198.51.100.10 peer.example' >"$EJG_STATE/hosts"
	guard_host --json apply
)"
