#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What unit files do to the guard, and what check and enable say of it: a listener that the policy refuses; a unit that the stack
# names by two of its names; sockets of epmd, and what sockets start, that it does not name; a unit that guards itself; commands
# that root runs before the guard; DynamicUser=; exit statuses that are a success of the unit.
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

note 'a second socket of epmd'
stop
rm "$units/xmpp.service"
printf '%s\n' '[Socket]' 'ListenStream=%i:4369' 'FreeBind=yes' 'Service=epmd.service' '[Install]' 'WantedBy=sockets.target' \
	>"$units/epmd@.socket"
stack_cgroups ejabberd.service epmd.service epmd.socket
bed_run server systemctl daemon-reload
bed_run server ejguard enable >/dev/null
bed_run server ejguard release >/dev/null
bed_run server systemctl start epmd@198.51.100.1.socket
check_is 'control: it starts unguarded, and epmd with it' ok "$(try stranger connect 198.51.100.1 4369)"
bed_run server systemctl stop epmd@198.51.100.1.socket epmd.service
bed_run server systemctl start ejabberd
bed_run server systemctl enable --quiet epmd@127.0.0.1.socket
check 'one on loopback is none of these' bed_run server ejguard check
bed_run server systemctl disable --quiet epmd@127.0.0.1.socket
bed_run server systemctl enable --quiet epmd@198.51.100.1.socket
check_status 'check' 1 bed_run server ejguard check
check_is 'check says which' 'failure ejguard.socket-unnamed epmd@198.51.100.1.socket' "$(findings check | grep socket-)"
check_is 'enable, too' 'warning ejguard.socket-unnamed epmd@198.51.100.1.socket' "$(findings enable | grep socket-)"
check_is 'and its dry run' 'warning ejguard.socket-unnamed epmd@198.51.100.1.socket' \
	"$(findings enable --dry-run | grep socket-)"
stack_cgroups ejabberd.service epmd.service epmd.socket epmd@198.51.100.1.socket
bed_run server ejguard enable --now >/dev/null
check_is 'control: nothing of it when the stack names it' '' "$(findings check | grep socket- || true)"
bed_run server systemctl disable --quiet epmd@198.51.100.1.socket
rm "$units/epmd@.socket"

note 'what a socket starts'
printf '%s\n' '[Service]' 'ExecStart=/bin/sleep 600' >"$units/tail.service"
printf '%s\n' '[Service]' 'ExecStart=/bin/sleep 600' >"$units/tail@.service"
printf '%s\n' '[Socket]' 'ListenStream=127.0.0.1:7777' '[Install]' 'WantedBy=sockets.target' >"$units/tail.socket"
stack_cgroups ejabberd.service epmd.service epmd.socket tail.socket
bed_run server systemctl enable --quiet --now tail.socket
bed_run server ejguard enable --now >/dev/null
try server connect 127.0.0.1 7777 >/dev/null
check 'it starts' bed_wait 10 server systemctl is-active --quiet tail.service
check_is 'control: it is not guarded' refused "$(try_in server tail.service connect 203.0.113.9 4369)"
check_is 'check says so' 'failure ejguard.socket-starts tail.socket' "$(findings check | grep socket-)"
check_is 'enable, too' 'warning ejguard.socket-starts tail.socket' "$(findings enable | grep socket-)"
stack_cgroups ejabberd.service epmd.service epmd.socket tail.socket tail.service
bed_run server ejguard enable --now >/dev/null
check_is 'control: nothing of it when the stack names it' '' "$(findings check | grep socket- || true)"
check_is 'and it is guarded' denied "$(try_in server tail.service connect 203.0.113.9 4369)"
bed_run server systemctl stop tail.socket tail.service
drop_in tail.socket 'Accept=yes'
bed_run server systemctl start tail.socket
bed_run server perl -MIO::Socket::INET -e 'IO::Socket::INET->new("127.0.0.1:7777") or die; sleep 2'
check 'an instance starts' bed_wait 10 server sh -c 'systemctl --plain list-units "tail@*" | grep -q running'
instance=$(bed_run server systemctl --plain --no-legend list-units 'tail@*' | awk '{ print $1; exit }')
check_is 'control: it is not guarded' refused "$(try_in server "system-tail.slice/$instance" connect 203.0.113.9 4369)"
check_is 'Accept=yes: check says so' 'failure ejguard.socket-starts tail.socket' "$(findings check | grep socket-)"
stack_cgroups ejabberd.service epmd.service epmd.socket tail.socket tail.service /system.slice/system-tail.slice
bed_run server ejguard enable --now >/dev/null
check_is 'control: nothing of it when the stack names the slice' '' "$(findings check | grep socket- || true)"
check_is 'and it is guarded' denied "$(try_in server "system-tail.slice/$instance" connect 203.0.113.9 4369)"
bed_run server systemctl disable --quiet --now tail.socket
bed_run server systemctl stop 'tail@*'
rm -r "$units"/tail.* "$units/tail@.service"

note 'a unit that guards itself'
stack_cgroups ejabberd.service epmd.service epmd.socket
bed_run server systemctl daemon-reload
bed_run server ejguard enable >/dev/null
rm "$units/ejabberd.service.d/50-ejguard.conf"
drop_in ejabberd.service 'ExecStartPre=+/usr/sbin/ejguard apply --own ejabberd'
check 'starts' bed_run server systemctl restart ejabberd
check_is 'check has nothing against it' '' "$(findings check | grep ejabberd.service || true)"
sleep 0.01
touch "$units/ejabberd.service.d/60-local.conf"
check_is 'its files have changed since: they are to be read, and nothing is missing' 'failure ejguard.reload-due ejabberd.service' \
	"$(findings check | grep ejabberd.service)"
rm "$units/ejabberd.service.d/60-local.conf"
check_is 'control: without them it is missing' 'failure ejguard.dropin-missing ejabberd.service' \
	"$(findings check | grep ejabberd.service)"
bed_run server ejguard enable >/dev/null

note 'commands before the guard that root runs'
printf '%s\n' '[Service]' 'ExecCondition=/bin/sh -c "id -un >/var/lib/ejabberd/condition"' \
	'ExecStartPre=/bin/sh -c "id -un >/var/lib/ejabberd/before"' >"$units/ejabberd.service.d/20-early.conf"
drop_in ejabberd.service 'PermissionsStartOnly=no'
check 'start' bed_run server systemctl restart ejabberd
check_is 'control: the user runs them' 'ejabberd ejabberd' \
	"$(bed_run server cat /var/lib/ejabberd/condition /var/lib/ejabberd/before | xargs)"
check_is 'control: check says so' 'warning ejguard.early-command ejabberd.service' "$(findings check | grep early)"
bed_run server rm /var/lib/ejabberd/condition /var/lib/ejabberd/before
drop_in ejabberd.service 'PermissionsStartOnly=yes'
check 'PermissionsStartOnly=yes: start' bed_run server systemctl restart ejabberd
check_is 'root runs them' 'root root' "$(bed_run server cat /var/lib/ejabberd/condition /var/lib/ejabberd/before | xargs)"
check_is 'check says nothing' '' "$(findings check | grep early || true)"

note 'DynamicUser=yes, with the user of the package'
rm "$units/ejabberd.service.d/20-early.conf"
bed_run server ejguard disable >/dev/null
bed_run server ejguard release >/dev/null
drop_in ejabberd.service 'DynamicUser=yes' 'Environment=HOME=/var/lib/ejabberd' \
	'ReadWritePaths=/var/lib/ejabberd /var/log/ejabberd /run/ejabberd'
check 'control: without the guard it starts' bed_run server systemctl restart ejabberd
check_is 'control: from inside, to a stranger' refused "$(try_in server ejabberd.service connect 203.0.113.9 4369)"
check 'enable --now' bed_run server ejguard enable --now
check 'restart' bed_run server systemctl restart ejabberd
check 'check' bed_run server ejguard check
check_is 'from inside, to a stranger' denied "$(try_in server ejabberd.service connect 203.0.113.9 4369)"
check_is 'a stranger' refused "$(try stranger connect 198.51.100.1 4369)"
bed_run server systemctl stop ejabberd.service
check 'at rest: check' bed_run server ejguard check

note 'exit statuses that are a success of the unit'
drop_in ejabberd.service "SuccessExitStatus=1 2 69 77 78" 'ExecStartPre=' 'ExecStartPre=/bin/false'
check 'control: with such a status of ExecStartPre= it starts' bed_run server systemctl start ejabberd
check_status 'control: check' 1 bed_run server ejguard check
bed_run server systemctl stop ejabberd.service
drop_in ejabberd.service
check 'control: it starts with its guard' bed_run server systemctl start ejabberd
bed_run server systemctl stop ejabberd.service
bed_run server systemctl start epmd
echo 'an unknown line' | guard_stack server
check_status 'control: an invalid stack: it does not start' 1 bed_run server systemctl start ejabberd
for statuses in '1 2 69 77 78' "$(seq -s ' ' 1 199)"; do
	drop_in ejabberd.service "SuccessExitStatus=$statuses"
	bed_run server systemctl reset-failed
	check_status "${statuses:0:20}: it does not start" 1 bed_run server systemctl start ejabberd
	check 'control: not for epmd, which runs' bed_run server systemctl is-active --quiet epmd
	check_is 'and nothing of it runs' 1 "$(bed_run server systemctl is-active --quiet ejabberd && echo 0 || echo 1)"
done
check_is 'near: check says nothing of them' '' "$(findings check | grep success-status || true)"

note 'a status of systemd itself, where the tool cannot be executed'
guard_file=$(bed_root server)/etc/ejguard/ejabberd
tool=$(bed_root server)/usr/sbin/ejguard
rm "$guard_file"
drop_in ejabberd.service 'SuccessExitStatus=69 TERM'
chmod a-x "$tool"
bed_run server systemctl reset-failed
check_status 'control: it does not start' 1 bed_run server systemctl start ejabberd
chmod a+x "$tool"
check_is 'near: check' '' "$(findings check | grep success-status || true)"
drop_in ejabberd.service 'SuccessExitStatus=EXEC KILL'
check_is 'check' 'warning ejguard.success-status ejabberd.service' "$(findings check | grep success-status)"
check_has 'which' 'has 203 KILL' "$(bed_run server ejguard check | tr -s ' \n' ' ')"
chmod a-x "$tool"
bed_run server systemctl reset-failed
check 'the warning is right: it starts' bed_run server systemctl start ejabberd
chmod a+x "$tool"
