#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Several watch the same guard: each sees every denial, as a program or as a person reads it, and none takes one from
# another, also when one of them ends or is killed.
set -euo pipefail

# shellcheck source=kernel.sh
source "$(dirname "$0")/kernel.sh"
kernel_begin "$0"

cgroup=$EJG_CGROUP/service
mkdir "$cgroup"
declare -A watchers

attempt_guarded() {
	in_cgroup "$cgroup" "$EJG_ATTEMPT" "$@"
}

# watch_start NAME [OPTION OF ejguard]...: the pid must be that of the tool. It is ready when it waits: its signals
# are blocked by then.
watch_start() {
	local name=$1
	shift
	nsenter --net="$(net_file host)" "$EJG_TOOL" --confdir "$EJG_CONF" --moduledir "$EJG_MODULES" "$@" watch service \
		>"$EJG_STATE/watch.$name" 2>"$EJG_STATE/errors.$name" </dev/null &
	watchers[$name]=$!
	check "$name watches" wait_for 20 watch_waits "${watchers[$name]}"
}

# watch_end NAME SIGNAL: sets `ended`, its exit status.
watch_end() {
	ended=0
	kill "-$2" "${watchers[$1]}"
	wait "${watchers[$1]}" 2>/dev/null || ended=$?
}

has_lines() {
	[[ $(wc -l <"$EJG_STATE/watch.$1") -ge $2 ]]
}

# events NAME LABEL...: prints these fields of each event, sorted, in one line; fails if a line is not JSON.
events() {
	python3 -c '
import json, sys
events = [json.loads(line)["labels"] for line in open(sys.argv[1])]
print(*sorted("/".join(labels[label] for label in sys.argv[2:]) for labels in events))' "$EJG_STATE/watch.$1" "${@:2}"
}

sorted() {
	printf '%s\n' "$@" | LC_ALL=C sort | paste -sd ' '
}

# sees NAME ADDRESS...: exactly one event for each denial, and nothing else.
sees() {
	local name=$1
	shift
	wait_for 20 has_lines "$name" $# || true
	check_is "$name: addresses" "$(sorted "$@")" "$(events "$name" address)"
}

# tells NAME ADDRESS...: the same of one who prints text.
tells() {
	local name=$1 address
	shift
	wait_for 20 has_lines "$name" $# || true
	check_is "$name: lines" $# "$(wc -l <"$EJG_STATE/watch.$name")"
	for address; do
		check_is "$name: lines of $address" 1 "$(grep -cF " $address port " "$EJG_STATE/watch.$name")"
	done
}

stack_for "$cgroup" 198.51.100.2 2001:db8::2
guard -q apply --cgroup "$cgroup" service
watch_start first --json
watch_start second --json
watch_start person

note 'all of them see the same'
check_is 'connect' denied "$(attempt_guarded connect 198.51.100.9 4369)"
check_is 'connect, IPv6' denied "$(attempt_guarded connect 2001:db8::9 4371)"
check_is 'bind' denied "$(attempt_guarded bind 198.51.100.11 4370)"
seen=(198.51.100.9 2001:db8::9 198.51.100.11)
for name in first second; do
	sees "$name" "${seen[@]}"
	check_is "$name: what was refused" 'bind4/bind-address/4370 connect4/destination/4369 connect6/destination/4371' \
		"$(events "$name" hook reason port)"
	check_is "$name: users" 'root root root' "$(events "$name" user)"
	check_is "$name: commands" 'attempt attempt attempt' "$(events "$name" command)"
	check_is "$name: cgroups" 3 "$(events "$name" cgroup | grep -oF "/${EJG_CGROUP##*/}/service" | wc -l)"
done
tells person "${seen[@]}"
check_has 'person: the user and the cgroup by their names' " as root in *${EJG_CGROUP##*/}/service: " \
	"$(head -n 1 "$EJG_STATE/watch.person")"

note 'one is killed'
watch_end first KILL
check_is 'connect' denied "$(attempt_guarded connect 198.51.100.77 4369)"
seen+=(198.51.100.77)
sees second "${seen[@]}"
tells person "${seen[@]}"

note 'one comes later'
watch_start third --json
check_is 'connect' denied "$(attempt_guarded connect 198.51.100.78 4369)"
seen+=(198.51.100.78)
sees second "${seen[@]}"
tells person "${seen[@]}"
sees third 198.51.100.78

note 'they end'
for name in second person third; do
	watch_end "$name" TERM
	check_is "$name: exit status at SIGTERM" 0 "$ended"
	check_is "$name: complaints" '' "$(cat "$EJG_STATE/errors.$name")"
done
check 'the guard is as before' guard check service
check_is 'connect' denied "$(attempt_guarded connect 198.51.100.9 4369)"
