#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Guarded now is one thing, guarded after the next start another: check, status and the metrics tell both, and what they
# say is next, done literally, ends in both, over a restart and a reboot.
set -euo pipefail

# shellcheck source=../harness/harness.sh
source "$(dirname "$0")/../harness/harness.sh"
harness_begin "$0"

bed_new server 198.51.100.1/24
bed_stage server
net_new stranger 203.0.113.9/24
bed_boot server
dropins=$(bed_root server)/etc/systemd/system

# metric NAME: its value, or nothing.
metric() {
	{ bed_run server ejguard status --openmetrics 2>/dev/null || true; } | sed -n "s/^ejguard_$1{[^}]*} //p"
}

# next_of VERB: the command that it calls the next one.
next_of() {
	{ bed_run server ejguard "$1" || true; } | sed -n 's/^.*next: //p'
}

# check_state WHAT STATUS HELD ENABLED NEXT: the row of a state.
check_state() {
	check_status "$1: check" "$2" bed_run server ejguard check
	check_status "$1: status" "$2" bed_run server ejguard status
	check_is "$1: ejguard_held" "$3" "$(metric held)"
	check_is "$1: ejguard_enabled" "$4" "$(metric enabled)"
	check_is "$1: next" "$5" "$(next_of check)"
}

# finding WHAT ID SUBJECT: check fails, and says that of a unit.
check_finding() {
	check_status "$1: check" 1 bed_run server ejguard check
	check_has "$1: $2 of $3" yes "$(bed_run server ejguard --json check | python3 -c '
import json, sys
print("yes" if [f for f in json.load(sys.stdin)["findings"] if f["id"] == "ejguard." + sys.argv[1]
	and f["subject"] == sys.argv[2] and f["severity"] == sys.argv[3]] else "no")' "$2" "$3" "${4-failure}" || true)"
}

reload() {
	bed_run server systemctl daemon-reload
}

check 'ejabberd starts' bed_run server systemctl start ejabberd

note 'the states'
check_state none 1 0 0 'ejguard enable --now'
check_reach none stranger ok 4369 198.51.100.1
check_has 'apply says what the next start is' 'guarded now, but NOT after the next start' "$(bed_run server ejguard apply)"
check_is 'apply: next' 'ejguard enable' "$(next_of apply)"
check_state apply 1 1 0 'ejguard enable'
check_reach apply stranger refused 4369 198.51.100.1
bed_run server ejguard release >/dev/null
bed_run server ejguard enable >/dev/null
check_state enable 1 0 1 'ejguard apply'
check_has 'a service that has run since before' ejguard.restart-due "$(bed_run server ejguard --json check || true)"
check_is 'apply of what is enabled asks for no enable' no "$([[ $(next_of apply) == *enable* ]] && echo yes || echo no)"
check_state both 0 1 1 ''
bed_run server ejguard disable >/dev/null
check_state disable 1 1 0 'ejguard enable'
bed_run server ejguard release >/dev/null
check_is 'enable --now: its last line' 'ejabberd: enabled, and guarded now' \
	"$(bed_run server ejguard enable --now | tail -n 1 | cut -d, -f 1-2)"
check_state 'enable --now' 0 1 1 ''
check_reach 'enable --now' stranger refused 4369 198.51.100.1
bed_run server ejguard disable >/dev/null
bed_run server ejguard release >/dev/null

note 'what is called the next thing, done literally'
for ((i = 0; i < 5; i++)); do
	next=$(next_of check)
	[[ -n $next ]] || break
	note "next: $next"
	bed_run server bash -c "$next" >/dev/null || true
done
check_state 'at the end' 0 1 1 ''
check 'restart' bed_run server systemctl restart ejabberd
check_state 'after a restart' 0 1 1 ''
bed_reboot server
check_reach 'after a reboot, before ejabberd starts' stranger refused 4369 198.51.100.1
check 'ejabberd starts' bed_run server systemctl start ejabberd
check_state 'after a reboot' 0 1 1 ''
check_reach 'after a reboot' stranger refused 4369 198.51.100.1

note 'what stands in the way of the drop-ins'
file=$dropins/ejabberd.service.d/50-ejguard.conf
mv "$file" "$file.kept"
check_finding 'a drop-in that is gone' dropin-missing ejabberd.service
reload
check_finding 'a drop-in that is gone, read' dropin-missing ejabberd.service
mv "$file.kept" "$file"
check_finding 'one that systemd has not read' dropin-unread ejabberd.service
reload
check 'control: check' bed_run server ejguard check

mv "$file" "$file.kept"
ln -s /dev/null "$file"
reload
check_finding 'masked' dropin-foreign ejabberd.service
rm "$file"
printf '[Service]\nExecStartPre=/bin/true\n' >"$file"
reload
check_finding 'a file of somebody else' dropin-foreign ejabberd.service
mv "$file.kept" "$file"
reload
check 'control: check' bed_run server ejguard check

printf '[Service]\nEnvironment=A=B\n' >"$dropins/ejabberd.service.d/20-local.conf"
check_finding 'a file that systemd has not read' reload-due ejabberd.service
check_is 'next' 'systemctl daemon-reload' "$(next_of check)"
check_is 'apply: next' 'ejguard enable' "$(next_of apply)"
check 'enable' bed_run server ejguard enable
check 'it has made systemd read a file that takes no guard away: check' bed_run server ejguard check
rm "$dropins/ejabberd.service.d/20-local.conf"
printf '[Service]\nExecStartPre=\n' >"$dropins/ejabberd.service.d/90-local.conf"
check_finding 'one that takes the guard away at the next boot' reload-due ejabberd.service
rm "$dropins/ejabberd.service.d/90-local.conf"
reload
{
	echo 'set cgroups ejabberd.service epmd.service epmd.socket nobodys.service'
	grep -v '^set cgroups' "$(bed_root server)/usr/share/ejguard/ejabberd"
} | guard_stack server
check_has 'a unit that does not exist' ejguard.no-unit "$(bed_run server ejguard --json check 2>&1 || true)"
rm "$(bed_root server)/etc/ejguard/ejabberd"
check 'control: check' bed_run server ejguard check

printf '[Service]\nExecStartPre=\n' >"$dropins/ejabberd.service.d/90-local.conf"
reload
check_finding 'a later file that clears it' dropin-without-effect ejabberd.service
rm "$dropins/ejabberd.service.d/90-local.conf"
reload
check 'control: check' bed_run server ejguard check

note 'files that systemd does not find newer than those it has read'
# older FILE: what is on stdin takes the place of the file, with an old time, as from a backup.
older() {
	cat >"$dropins/older"
	touch -d 2020-01-01 "$dropins/older"
	mv "$dropins/older" "$1"
}
# unnoticed: systemd says of ejabberd.service that nothing was changed.
unnoticed() {
	[[ $(bed_run server systemctl show --value --property NeedDaemonReload ejabberd.service) == no ]]
}
printf '[Service]\nEnvironment=A=B\n' >"$dropins/ejabberd.service.d/90-local.conf"
reload
check 'control: check' bed_run server ejguard check
printf '[Service]\nExecStartPre=\n' | older "$dropins/ejabberd.service.d/90-local.conf"
check 'control: systemd does not notice it' unnoticed
check_finding 'an older file that clears it' reload-due ejabberd.service
reload
check_finding 'an older file that clears it, read' dropin-without-effect ejabberd.service
rm "$dropins/ejabberd.service.d/90-local.conf"
reload
cp "$file" "$file.kept"
{ cat "$file" && echo 'ExecStartPre='; } | older "$file"
check 'control: systemd does not notice it' unnoticed
check_finding 'an older drop-in that clears itself' reload-due ejabberd.service
sed 's/ejabberd$/other/' "$file.kept" | older "$file"
check_finding 'an older drop-in for another service' reload-due ejabberd.service
mv "$file.kept" "$file"
reload
check 'control: check' bed_run server ejguard check

note 'what only a file in /run guards'
volatile=/run/systemd/system/ejabberd.service.d
bed_run server mkdir -p $volatile
bed_run server cp /etc/systemd/system/ejabberd.service.d/50-ejguard.conf $volatile/70-local.conf
reload
check 'beside our drop-in: check' bed_run server ejguard check
mv "$file" "$dropins/kept"
reload
check_finding 'alone' dropin-volatile ejabberd.service
mkdir -p "$dropins/ejabberd.service.d"
cp "$dropins/kept" "$dropins/ejabberd.service.d/60-local.conf"
reload
check 'control: a file of the administrator: check' bed_run server ejguard check
rm "$dropins/ejabberd.service.d/60-local.conf"
mv "$dropins/kept" "$file"
bed_run server rm -r $volatile
reload
check 'control: check' bed_run server ejguard check

note 'a drop-in that was changed'
# changed WHAT SED ID SEVERITY: what check says of ejabberd.service with such a drop-in, before and after systemd reads it.
changed() {
	cp "$file" "$file.kept"
	sed -i "$2" "$file"
	check_finding "$1" dropin-changed ejabberd.service
	reload
	if [[ $4 == failure ]]; then
		check_finding "$1, read" "$3" ejabberd.service
	else
		check "$1, read: check" bed_run server ejguard check
		check_has "$1, read: it is said" "ejguard.$3" "$(bed_run server ejguard --json check)"
	fi
	mv "$file.kept" "$file"
	reload
	check 'control: check' bed_run server ejguard check
}
changed 'it may fail' 's/=+/=+-/' dropin-changed failure
changed 'another service' 's/ejabberd$/other/' dropin-changed failure
changed 'a part of the stack' 's/--own/--own --only node/' dropin-changed failure
changed 'without a proof' 's/--own/--own --no-proof/' dropin-differs warning
changed 'another verb' 's/apply --own/check/' dropin-changed failure
changed 'cleared in itself' '$a ExecStartPre=' dropin-changed failure
changed 'of an older version' 's/^# Its processes.*/# As it was./' dropin-differs warning

note 'a unit that the stack has come to name'
printf '[Service]\nExecStart=/bin/sleep 1000\n[Install]\nWantedBy=bed.target\n' >"$dropins/other.service"
{
	echo 'set cgroups ejabberd.service epmd.service epmd.socket other.service'
	grep -v '^set cgroups' "$(bed_root server)/usr/share/ejguard/ejabberd"
} | guard_stack server
reload
bed_run server ejguard apply >/dev/null
check 'nobody starts it: check' bed_run server ejguard check
printf '[Unit]\nWants=other.service\n[Service]\nExecStart=/bin/sleep 1000\n[Install]\nWantedBy=bed.target\n' >"$dropins/starter.service"
reload
check 'nobody starts the one that wants it: check' bed_run server ejguard check
bed_run server systemctl enable --quiet starter.service
check_finding 'a boot starts one that wants it' dropin-missing other.service
bed_run server systemctl disable --quiet starter.service
printf '[Unit]\nBindsTo=starter.service\n[Service]\nExecStart=/bin/sleep 1000\n[Install]\nWantedBy=bed.target\n' >"$dropins/first.service"
reload
check 'nobody starts the first of three: check' bed_run server ejguard check
bed_run server systemctl enable --quiet first.service
check_finding 'a boot starts the first of three' dropin-missing other.service
bed_run server systemctl disable --quiet first.service
rm "$dropins/starter.service" "$dropins/first.service"
reload
check 'control: check' bed_run server ejguard check
bed_run server systemctl enable --quiet other.service
check_finding 'a boot starts it' dropin-missing other.service
check 'enable' bed_run server ejguard enable
check 'control: check' bed_run server ejguard check
