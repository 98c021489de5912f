#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What unit files do to the guard, and what check and enable say of it: a listener that the policy refuses; a unit that the stack
# names by two of its names.
set -euo pipefail

# shellcheck source=../harness/harness.sh
source "$(dirname "$0")/../harness/harness.sh"
harness_begin "$0"

bed_new server 198.51.100.1/24
bed_stage server
net_new stranger 203.0.113.9/24
units=$(bed_root server)/etc/systemd/system

# drop_in UNIT LINE...: of the unit, after ours; without lines it goes.
drop_in() {
	local unit=$1 section=Service
	shift
	[[ $unit != *.socket ]] || section=Socket
	mkdir -p "$units/$unit.d"
	printf '%s\n' "[$section]" "$@" >"$units/$unit.d/60-local.conf"
	(($#)) || rm "$units/$unit.d/60-local.conf"
	[[ ! -e $EJG_STATE/server/pid ]] || bed_run server systemctl daemon-reload
}

# findings VERB...: what it says of units and of what keeps them from starting, a line each: severity, name, subject.
findings() {
	bed_run server ejguard --json "$@" | python3 -c '
import json, sys
for finding in json.load(sys.stdin)["findings"]:
	if finding["module"] == "ejguard" or finding["id"] == "net.bind-refused":
		print(finding["severity"], finding["id"], finding["subject"])'
}

# stack_cgroups NAME...: the shipped stack, with other units.
stack_cgroups() {
	{
		echo "set cgroups $*"
		grep -v '^set cgroups' "$(bed_root server)/usr/share/ejguard/ejabberd"
	} | guard_stack server
}

stop() {
	bed_run server systemctl stop ejabberd.service epmd.service epmd.socket
}

note 'a listener that the policy refuses'
drop_in epmd.socket 'ListenStream=' 'ListenStream=198.51.100.1:4369' 'FreeBind=true'
bed_boot server
check 'control: without the guard epmd starts' bed_run server systemctl start epmd
check_is 'control: and a stranger reaches it' ok "$(try stranger connect 198.51.100.1 4369)"
refused='warning net.bind-refused 198.51.100.1:4369'
check_is 'enable --dry-run foresees it' "$refused" "$(findings enable --dry-run)"
check_status 'control: and has written nothing' 1 test -e "$units/epmd.socket.d/50-ejguard.conf"
check_has 'enable says it for people, with the place' 'epmd.socket.d/60-local.conf:3: 198.51.100.1:4369: the guard refuses' \
	"$(bed_run server ejguard enable | tr -s ' \n' ' ')"
check_is 'with the words of check' "$(findings check | grep bind-refused)" "$(findings enable)"
check_is 'with -q: nothing' '' "$(bed_run server ejguard -q enable)"
stop
check_status 'it does not start' 1 bed_run server systemctl start epmd
drop_in epmd.socket
check_is 'control: without that file enable says nothing' '' "$(findings enable)"
check 'control: it starts' bed_run server systemctl start ejabberd
check_is 'control: for a system elsewhere it says nothing' '' "$(findings enable --unitdir /tmp)"

note 'two names of one unit'
ln -s "$(bed_run server systemctl show --value --property FragmentPath ejabberd)" "$units/xmpp.service"
stack_cgroups ejabberd.service xmpp.service epmd.service epmd.socket
bed_run server systemctl daemon-reload
check 'enable --now' bed_run server ejguard enable --now
check_status 'one drop-in' 1 test -e "$units/xmpp.service.d"
check 'check' bed_run server ejguard check
check_is 'check says nothing of a second unit' '' "$(bed_run server ejguard -v check 2>/dev/null | grep 'xmpp\.service' || true)"
bed_run server systemctl restart xmpp
check 'after a restart: check' bed_run server ejguard check
check_is 'after a restart: a stranger at epmd' refused "$(try stranger connect 198.51.100.1 4369)"
check_is 'after a restart: from inside, to a stranger' denied "$(try_in server ejabberd.service connect 203.0.113.9 4369)"
