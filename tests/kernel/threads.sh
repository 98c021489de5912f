#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The service's network namespaces are found whichever of its threads is in them: the first thread of a process may have ended,
# or be in another namespace; a namespace may have a name with a blank; and what ends faster than it can be looked at is said.
# Controls: the same without the guard, and with a first thread that is there.
set -euo pipefail

# shellcheck source=kernel.sh
source "$(dirname "$0")/kernel.sh"
kernel_begin "$0"

cgroup=$EJG_CGROUP/service
elsewhere=$EJG_CGROUP/elsewhere
mkdir "$cgroup" "$elsewhere"
install -m 755 "$EJG_THREADS" "$EJG_STATE/beam.smp"
cat >"$EJG_CONF/service" <<EOT
set cgroups $cgroup
set epmd 4369
set dist 4370-4375
set public 5222 5223 5269
set peers 192.0.2.77
required net listen=127.0.0.1,192.0.2.2
EOT

findings() {
	{ grep -o "\"net.$1\"" "$EJG_STATE/report" || true; } | wc -l
}

report() {
	guard --json "$@" service >"$EJG_STATE/report" 2>&1
}

# wire PID: an address in its network namespace, 192.0.2.2, to which the host's is a stranger.
wire() {
	net_run host ip link add v1 type veth peer name v2 netns "$1"
	net_run host sh -ec 'ip addr add 192.0.2.1/24 dev v1; ip link set v1 up'
	nsenter --net="/proc/$1/ns/net" sh -ec 'ip link set lo up; ip addr add 192.0.2.2/24 dev v2; ip link set v2 up'
}

unwire() {
	net_run host ip link del v1 2>/dev/null || true
}

# anonymous COMMAND...: in the cgroup, in a network namespace that has no name, as PrivateNetwork= makes one.
anonymous() {
	rm -f "$EJG_STATE/wired"
	# shellcheck disable=SC2016 # the inner shell expands
	background there cgroup_exec "$cgroup" unshare --net bash -c '
		echo made
		until [[ -e $0 ]]; do sleep 0.05; done
		exec "$@"' "$EJG_STATE/wired" "$@"
	there=$background_pid
	wire "$there"
	touch "$EJG_STATE/wired"
	wait_for 10 grep -q listening "$EJG_STATE/background/there"
}

before() {
	hold before "$elsewhere" host connect 192.0.2.1 192.0.2.2 4369
	before=$background_pid
}

stranger() {
	try host connect 192.0.2.2 4369 --from 192.0.2.1
}

# check_found WHAT: the namespace with that listener is.
check_found() {
	before
	check_is "$1: control, no guard: the stranger is connected" connected "$(last_word before)"
	check_status "$1: apply reports it" 1 report apply
	check_is "$1: the connection" 1 "$(findings connection-before)"
	check_is "$1: nothing is unseen" 0 "$(findings sockets-unseen)"
	check_status "$1: check reports it" 1 report check
	check "$1: a stranger is not let in" test "$(stranger)" != ok
	sed -i 's/^required net/& evict=yes/' "$EJG_CONF/service"
	check "$1: apply ends it" report apply
	wait_is 5 ended last_word before || true
	check_is "$1: it has ended" ended "$(last_word before)"
	sed -i 's/ evict=yes//' "$EJG_CONF/service"
	check "$1: control: check without it" report check
	end "$before" 2>/dev/null || true
	guard -q release service
}

state_of() {
	sed -n 's/^State:[[:blank:]]*\(.\).*/\1/p' "/proc/$1/status"
}

note 'a process, all of it'
anonymous "$EJG_STATE/beam.smp" all - 0.0.0.0 4369
check_found 'all'
check_has 'control: discover sees it' "\"pid\":$there" "$(guard --json discover service | tr -d ' \n')"
end "$there"
unwire

note 'a process whose first thread has ended'
anonymous "$EJG_STATE/beam.smp" rest - 0.0.0.0 4369
wait_is 5 Z state_of "$there"
check_is 'its first thread has' Z "$(state_of "$there")"
check_found 'the first thread has ended'
seen=$(guard --json discover service | tr -d ' \n')
check_has 'discover sees its listener' "\"pid\":$there" "$(grep -o '"listeners":\[.*' <<<"$seen")"
check_has 'and the process' "\"pid\":$there" "$(grep -o '"processes":\[[^]]*' <<<"$seen")"
end "$there"
unwire

note 'a thread that is in another namespace than the first one'
unshare --net sleep 600 &
other=$!
made() {
	[[ $(stat -Lc %i "/proc/$other/ns/net") != $(stat -Lc %i /proc/self/ns/net) ]]
}
wait_for 5 made
wire "$other"
hold_thread() {
	background there cgroup_exec "$cgroup" nsenter --net="$(net_file host)" "$EJG_THREADS" "$1" "$2" 0.0.0.0 4369
	there=$background_pid
}
hold_thread enter "/proc/$other/ns/net"
end "$other"
check_found 'another thread'
end "$there"
unwire

note 'a namespace with a blank in its name, where only a socket of the service is'
name="$EJG_STATE/a blank"
: >"$name"
unshare --net sleep 600 &
other=$!
wait_for 5 made
wire "$other"
mount --bind "/proc/$other/ns/net" "$name"
hold_thread leave "$name"
end "$other"
before
check_is 'control, no guard: the stranger is connected' connected "$(last_word before)"
check_status 'apply' 1 report apply
check_is 'it reports the connection' 1 "$(findings connection-before)"
check_has 'and where' 'a blank' "$(cat "$EJG_STATE/report")"

note 'another mount hides its name'
: >"$EJG_STATE/empty"
mount --bind "$EJG_STATE/empty" "$name"
check_has 'it is said' "cannot be opened, perhaps because another mount hides it" "$(guard -v check service 2>&1 || true)"
umount "$name"
check_is 'control: nothing is said of it now' 0 "$(guard -v check service 2>&1 | grep -c 'hides it' || true)"
end "$before"
end "$there"
umount "$name"
guard -q release service
unwire

note 'processes that end before they can be looked at'
anonymous "$EJG_THREADS" chain "$EJG_STATE/stop" 0.0.0.0 4369
check_is 'control, no guard: the stranger is let in' ok "$(stranger)"
missed=0 unseen=0
for _ in {1..6}; do
	status=0
	report apply || status=$?
	[[ $(stranger) != ok || $status != 0 ]] || missed=$((missed + 1))
	unseen=$((unseen + $(findings sockets-unseen)))
	guard -q release service || true
done
check_is 'no apply succeeds where the stranger is let in' 0 "$missed"
note "processes were not seen by $unseen of 6 applies"
touch "$EJG_STATE/stop"
wait_is 5 '' cat "$cgroup/cgroup.procs"
check 'control: apply without them' report apply
