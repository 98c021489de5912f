#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Peers by name: resolved, remembered when the resolver is silent, left out with a warning when nothing is known, never
# a reason not to start, and never waited for much longer than two seconds.
set -euo pipefail

# shellcheck source=kernel.sh
source "$(dirname "$0")/kernel.sh"
kernel_begin "$0"

cgroup=$EJG_CGROUP/service
known=$EJG_STATEDIR/service/peers
how=()
mkdir "$cgroup"

kernel_own_resolver
net_run host ip neigh add 198.51.100.77 lladdr 02:00:00:00:00:77 dev eth0

# resolver SOURCES LINE OF hosts...
resolver() {
	echo "hosts: $1" >"$EJG_STATE/nsswitch.conf"
	echo 'nameserver 198.51.100.77' >"$EJG_STATE/resolv.conf" # which never answers
	shift
	printf '%s\n' '127.0.0.1 localhost' "$@" >"$EJG_STATE/hosts"
}

# apply PEER...: with the options in how; its report is in the file report, how long it took in the file took, in milliseconds.
apply() {
	local begin=${EPOCHREALTIME/./} status=0
	stack_for "$cgroup" "$@"
	guard --json apply "${how[@]}" --cgroup "$cgroup" service >"$EJG_STATE/report" 2>&1 || status=$?
	echo $(((${EPOCHREALTIME/./} - begin) / 1000)) >"$EJG_STATE/took"
	return "$status"
}

# took FROM TO: that the last apply took so long, in milliseconds.
took() {
	local ms
	ms=$(cat "$EJG_STATE/took")
	check_is "it took $ms ms, from $1 to $2" yes "$( ((ms >= $1 && ms < $2)) && echo yes || echo no)"
}

# says ID NUMBER: how often the last report has a finding.
says() {
	check_is "$1" "$2" "$(grep -o "net.$1\"" "$EJG_STATE/report" | wc -l)"
}

# Nobody listens there: refused is what an admitted address answers.
try_guarded() {
	cgroup_run "$cgroup" nsenter --net="$(net_file host)" "$EJG_ATTEMPT" connect "$1" 4369
}

note 'control: a peer that is no name'
resolver files
check 'apply' apply 198.51.100.2
check_is 'the peer' refused "$(try_guarded 198.51.100.2)"
check_is 'another' denied "$(try_guarded 198.51.100.9)"
check_is 'nothing is kept' no "$(exists "$known")"

note 'a name that resolves'
resolver files '198.51.100.9 one.example' '2001:db8::9 one.example'
check 'apply' apply 198.51.100.2 one.example
check_is 'its IPv4 address' refused "$(try_guarded 198.51.100.9)"
check_is 'its IPv6 address' refused "$(try_guarded 2001:db8::9)"
check_is 'no other' denied "$(try_guarded 2001:db8::2)"
check_is 'both are kept' $'one.example 198.51.100.9\none.example 2001:db8::9' "$(cut -d ' ' -f 1-2 "$known" | sort)"
check_is 'for root alone' '600 700' "$(stat -c %a "$known" "$EJG_STATEDIR/service" | xargs)"

note 'no longer'
resolver files
check 'apply' apply one.example
says peer-remembered 1
check_is 'it is admitted' refused "$(try_guarded 198.51.100.9)"
check 'check holds' guard check service
check_is 'its addresses are still kept' 2 "$(wc -l <"$known")"
guard -q release service
check 'after a boot' apply one.example
check_is 'it is admitted' refused "$(try_guarded 2001:db8::9)"

note 'a name of which nothing is known'
check 'apply' apply one.example two.example 198.51.100.2
says peer-unresolved 1
says peer-remembered 1
check_has 'the file and line are named' '"line":' "$(grep -A30 'net.peer-unresolved' "$EJG_STATE/report" | tr -d ' \n')"
check_is 'the known one is admitted' refused "$(try_guarded 198.51.100.9)"
check_is 'the address is admitted' refused "$(try_guarded 198.51.100.2)"
check 'check holds' guard check service

note 'a resolver that does not answer'
resolver 'files dns'
check 'apply' apply one.example 198.51.100.2
says peer-remembered 1
took 1900 3500
check_is 'it is admitted' refused "$(try_guarded 198.51.100.9)"
resolver 'files dns' '198.51.100.9 one.example'
check 'one that is known does not wait for one that is not' apply two.example one.example
says peer-remembered 0
says peer-unresolved 1
took 1900 3500
check_is 'it is admitted' refused "$(try_guarded 198.51.100.9)"

note 'another address'
resolver files '198.51.100.33 one.example'
check 'apply' apply one.example
check_is 'the former one is not admitted' denied "$(try_guarded 198.51.100.9)"
check_is 'that is kept' 'one.example 198.51.100.33' "$(cut -d ' ' -f 1-2 "$known")"

note 'a name that is answered differently each time'
check_is 'control: without a grace the change is said' 1 "$(grep -c 'net.peer-changed"' "$EJG_STATE/report")"
resolver files '198.51.100.2 one.example'
check 'apply' apply one.example
how=(--grace 600)
resolver files '198.51.100.9 one.example'
check 'apply' apply one.example
says peer-lingers 1
says peer-changed 1
check_is 'the new one is admitted' refused "$(try_guarded 198.51.100.9)"
check_is 'the former one still is' refused "$(try_guarded 198.51.100.2)"
check_is 'another is not' denied "$(try_guarded 198.51.100.7)"
check 'check holds' guard check service
resolver files '198.51.100.2 one.example'
check 'apply' apply one.example
says peer-changed 0
check_is 'both are admitted' 'refused refused' "$(try_guarded 198.51.100.2) $(try_guarded 198.51.100.9)"
sed -i "s/\(198.51.100.9\) .*/\1 $(($(date +%s) - 601))/" "$known"
check 'apply, later' apply one.example
says peer-changed 1
check_is 'the former one is not admitted' denied "$(try_guarded 198.51.100.9)"
check_is 'control: the other is' refused "$(try_guarded 198.51.100.2)"
resolver files '198.51.100.9 one.example'
check 'apply' apply one.example
sed -i "s/\(198.51.100.2\) .*/\1 $(($(date +%s) + 100000))/" "$known"
check 'apply, after the clock was set back' apply one.example
check_is 'the age counts from now on' yes "$( (($(sed -n 's/.*100\.2 //p' "$known") <= $(date +%s))) && echo yes || echo no)"
how=()
check 'apply without a grace' apply one.example
check_is 'the former one is not admitted' denied "$(try_guarded 198.51.100.2)"
for value in -1 1x '' 86401; do
	check_status "--grace '$value'" 2 guard apply --grace "$value" --cgroup "$cgroup" service
done
resolver files '198.51.100.2 one.example'
check 'apply' apply one.example

note 'another address, tried and then applied'
resolver files '198.51.100.9 one.example'
check_status 'dry run' 5 guard apply --dry-run service
check_is 'it tells the change' '+ 198.51.100.9 - 198.51.100.2' "$(guard apply --dry-run service 2>&1 | grep -o '[+-] 198.*' | xargs)"
check_status 'as does a check of the file' 5 guard check --file "$EJG_CONF/service" --detailed-exitcode service
check 'explain by the file' guard -q explain --file "$EJG_CONF/service" accept 198.51.100.9 4369 service
check_status 'control: by what is in force' 1 guard -q explain accept 198.51.100.9 4369 service
check 'check holds: it does not ask' guard check service
check_is 'nothing has changed' 'one.example 198.51.100.2' "$(cut -d ' ' -f 1-2 "$known")"
check 'apply' apply one.example
check_status 'dry run: nothing is left to change' 0 guard apply --dry-run service

note 'addresses that no peer can have'
resolver files '127.0.0.1 bad.example' '::1 bad.example' '0.0.0.0 bad.example' '224.0.0.1 bad.example' \
	'fe80::2 bad.example' '198.51.100.9 bad.example'
check 'apply' apply bad.example
check_has 'each is said, also by' 'fe80::2' "$(cat "$EJG_STATE/report")"
check_is 'no other is' 5 "$(grep -o 'net.peer-unusable"' "$EJG_STATE/report" | wc -l)"
check_is 'the other is admitted' refused "$(try_guarded 198.51.100.9)"
check_is 'only that is kept' 'bad.example 198.51.100.9' "$(cut -d ' ' -f 1-2 "$known")"
resolver files '127.0.0.1 bad.example'
check 'none but such' apply bad.example
check_is 'the last known is not admitted for it' denied "$(try_guarded 198.51.100.9)"

note 'a file that is not to be believed'
resolver files
printf 'one.example 198.51.100.9\none.example\n\0\xff garbage 1.2.3.4.5\n' >"$known"
check 'a damaged file' apply one.example 198.51.100.2
check_is 'what could be read is admitted' refused "$(try_guarded 198.51.100.9)"
chmod 777 "$EJG_STATEDIR/service"
check 'a folder of everybody' apply one.example 198.51.100.2
says peers-forgotten 1
says peer-unresolved 1
check_is 'its addresses are not admitted' denied "$(try_guarded 198.51.100.9)"
check_is 'the peer is' refused "$(try_guarded 198.51.100.2)"
