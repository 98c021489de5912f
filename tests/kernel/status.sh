#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The page of status names what is in force: the peers as the stack has them, with the addresses that their names have; ports;
# the last denials before all of that. The controls: before a denial there is none, before an apply nothing is in force, and
# after another apply it is the other policy, whatever stands in the stack by then.
set -euo pipefail

# shellcheck source=kernel.sh
source "$(dirname "$0")/kernel.sh"
kernel_begin "$0"

cgroup=$EJG_CGROUP/service
mkdir "$cgroup"

kernel_own_resolver
echo 'hosts: files' >"$EJG_STATE/nsswitch.conf"
printf '%s\n' '127.0.0.1 localhost' '198.51.100.2 node2.example.org' '2001:db8::2 node6.example.org' >"$EJG_STATE/hosts"

# stack STRICT PEER...
stack() {
	local strict=$1
	shift
	stack_for "$cgroup" "$@"
	sed -i "s/^required net/& strict=$strict/" "$EJG_CONF/service"
}

page() {
	guard status service 2>/dev/null || true
}

# row NAME: the value in the page, with single blanks.
row() {
	page | sed -nE "s/^(core|net) +$1  +//p" | tr -s ' '
}

# policy NAME: the same of the JSON object.
policy() {
	guard --json status service | python3 -c '
import json, sys
print(*[f["message"] for f in json.load(sys.stdin)["findings"] if f["id"] == "net.policy" and f["subject"] == sys.argv[1]])' "$1"
}

attempt_bind() {
	cgroup_run "$cgroup" nsenter --net="$(net_file host)" "$EJG_ATTEMPT" bind 198.51.100.11 4369
}

stack yes node2.example.org node6.example.org 203.0.113.0/24 unknown.example.org
check_is 'nothing is applied: no policy' '' "$(row mode)$(row applied)"
before=$(date '+%F %T')
check 'apply' guard apply --cgroup "$cgroup" service
applied=$(row applied)
check_is 'when it was applied' yes "$([[ ! $before > ${applied%%, by *} ]] && echo yes || echo no)"
check_has 'by whom' ', by root' "$applied"
check 'apply again' guard apply --cgroup "$cgroup" service
check_is 'that changes nothing: it has been in force since then' "$applied" "$(row applied)"
check_has 'the mode' 'enforcing, accept=cgroup; made by ejguard' "$(row mode)"
check_is 'the peers' \
	'node2.example.org (198.51.100.2) node6.example.org (2001:db8::2) unknown.example.org (no address) 203.0.113.0/24' \
	"$(policy peers)"
check_has 'the peers, on the page' 'node2.example.org (198.51.100.2) node6.example.org (2001:db8::2)' "$(row peers)"
check_is 'public ports' '5222-5223 5269' "$(row 'public ports')"
check_is 'private ports' '4369 (epmd) 4370-4375 (distribution), and all others that are not public' "$(row 'private ports')"
check_is 'listen' 'loopback 198.51.100.1 2001:db8::1' "$(row listen)"
check_is 'control: no denial' '' "$(page | grep 'Last denials' || true)"
check_is 'control: nor in JSON' no "$([[ $(guard --json status service) == *net.denied* ]] && echo yes || echo no)"
check_is 'a denial' denied "$(attempt_bind)"
check_has 'JSON has it' net.denied "$(guard --json status service)"
check_is 'it is the first line' 'Last denials:' "$(page | sed -n 1p)"
check_has 'it names the port' 'bind4 198.51.100.11 port 4369 (epmd) by attempt*the address is not in listen=' "$(page)"

note 'a changed stack that is not applied'
stack no 198.51.100.2
check_is 'the policy in force is the former one' '198.51.100.2 203.0.113.0/24 2001:db8::2' "$(policy peers)"
sleep 1
mkdir "$EJG_CGROUP/timer.service"
check 'apply' in_cgroup "$EJG_CGROUP/timer.service" "$EJG_TOOL" --confdir "$EJG_CONF" --moduledir "$EJG_MODULES" apply \
	--cgroup "$cgroup" service
check_has 'by whom, and in which unit' ', by root in timer.service' "$(row applied)"
check_is 'another time' no "$([[ $(row applied) == "$applied" ]] && echo yes || echo no)"
check_is 'peers' 198.51.100.2 "$(row peers)"
check_is 'without strict=yes' 'all that are not private' "$(row 'public ports')"
check_is 'private ports' '4369 (epmd) 4370-4375 (distribution)' "$(row 'private ports')"
stack no
sed -i '/^set peers/d' "$EJG_CONF/service"
check 'apply' guard apply --cgroup "$cgroup" service
check_is 'no peers' none "$(row peers)"
guard -q release service
check_is 'released: nothing is in force' '' "$(row applied)"
[[ -z ${EJG_SHOW-} ]] || page
