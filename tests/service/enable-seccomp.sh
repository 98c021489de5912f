#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# ejguard enable --seccomp under a real systemd: ejabberd and epmd run under the filter that ejguard exec puts on, as their
# users; check says so; a unit that changes later is noticed; what cannot be chained is refused; disable takes it off again.
# The controls: the same units before it, and after.
set -euo pipefail

# shellcheck source=../harness/harness.sh
source "$(dirname "$0")/../harness/harness.sh"
harness_begin "$0"

bed_new server 198.51.100.1/24
bed_stage server
root=$(bed_root server)
stack=$'set public 5222 5223 5269 5280 5443 1883\nrequired net strict=yes\nrequired seccomp'
guard_stack server <<<"$stack"
dropin=/etc/systemd/system/ejabberd.service.d
echo 'FIREWALL_WINDOW=4200-4210' >>"$root/etc/default/ejabberd"
bed_boot server

run() {
	bed_run server "$@"
}

restart() {
	run systemctl stop ejabberd.service epmd.service epmd.socket
	run systemctl start epmd.socket epmd.service ejabberd.service
	bed_wait 60 server ejabberdctl status
}

# Units of systemd have filters of their own: whether there is one tells nothing, only what it lets through.
open='the Erlang node @(allows|runs without)'
findings() {
	run ejguard check 2>&1 || true
}

# refuse WHAT MESSAGE: enable --seccomp fails with it, and changes nothing.
refuse() {
	local message status=0 before
	before=$(run find /etc/systemd/system -name 50-ejguard.conf)
	message=$(run ejguard enable --seccomp 2>&1) || status=$?
	check_is "$1: exit status" 3 "$status"
	check_has "$1: says why" "$2" "$message"
	check_is "$1: changes nothing" "$before" "$(run find /etc/systemd/system -name 50-ejguard.conf)"
}

# with NAME LINES: a drop-in of the administrator's for ejabberd.
with() {
	mkdir -p "$root$dropin"
	printf '[Service]\n%s\n' "$2" >"$root$dropin/$1"
	run systemctl daemon-reload
}

without() {
	rm -f "$root$dropin/$1"
	run systemctl daemon-reload
}

# The distribution range, as ejguard makes it out.
range() {
	run ejguard discover | grep '^distribution '
}

note 'control: without --seccomp'
restart
check_has 'control: the distribution range' '4200-4210' "$(range)"
check_has 'control: the node may do what the filter refuses' "$open" "$(findings)"

note 'what cannot be chained'
with 10-own.conf 'ExecStartPre=/bin/true'
with 10-second.conf $'Type=oneshot\nExecStart=/bin/true'
refuse 'two commands' 'several commands in ExecStart='
without 10-second.conf
with 10-prefix.conf $'ExecStart=\nExecStart=-/usr/sbin/ejabberdctl foreground'
refuse 'a prefix' 'begins with one of'
without 10-prefix.conf
with override.conf $'ExecStart=\nExecStart=/usr/sbin/ejabberdctl foreground'
refuse 'a later drop-in' 'sorts before 50-ejguard.conf'
without override.conf
guard_stack server <<<"${stack%$'\n'*}"
refuse 'no line for seccomp' 'no line for the module seccomp'
guard_stack server <<<"$stack"
chmod 0600 "$root/etc/ejguard/ejabberd"
refuse 'a stack that only root can read' 'chmod o\+r /etc/ejguard/ejabberd'
chmod 0644 "$root/etc/ejguard/ejabberd"

note 'with --seccomp'
run ejguard enable --seccomp >/dev/null
restart
check_is 'the node runs as its user' ejabberd "$(run ps -o user= -C beam.smp)"
check_is 'systemd knows its main process' yes \
	"$(run bash -c '[[ $(systemctl show --value --property=MainPID ejabberd) -gt 1 ]] && echo yes')"
check 'ejguard check' run ejguard check
check_has 'the distribution range stays known' '4200-4210' "$(range)"
check_has 'check tells of the filter' 'seccomp.confined' "$(run ejguard -v check)"
run systemctl restart ejabberd
bed_wait 60 server ejabberdctl status
check 'restart: ejguard check' run ejguard check
run ejguard enable >/dev/null
check_has 'enable without the option keeps it' 'exec --only-confine' "$(cat "$root$dropin/50-ejguard.conf")"

note 'the unit changes'
with 10-other.conf $'ExecStart=\nExecStart=/usr/sbin/ejabberdctl foreground-quiet'
check_has 'another command is noticed' 'ejguard.dropin-differs' "$(run ejguard check || true)"
without 10-other.conf
with override.conf $'ExecStart=\nExecStart=/usr/sbin/ejabberdctl foreground'
check_has 'a command that takes it away is noticed' 'ejguard.unconfined' "$(run ejguard check || true)"
without override.conf
check 'ejguard check' run ejguard check

note 'the stack loses its line'
guard_stack server <<<"${stack%$'\n'*}"
run systemctl restart ejabberd >/dev/null 2>&1 || true
check_is 'the node does not start' '' "$(run pgrep -x beam.smp || true)"
check_has 'its log says why' 'no module that confines' "$(bed_journal server -u ejabberd)"
guard_stack server <<<"$stack"

note 'disable'
run systemctl stop ejabberd || true
run systemctl reset-failed ejabberd || true
run ejguard disable >/dev/null
restart
check_has 'disable: the node may do what the filter refuses' "$open" "$(findings)"
check_has 'disable: the unit starts its own command' 'argv\[\]=/bin/sh -c /usr/sbin/ejabberdctl foreground ;' \
	"$(run systemctl show --property=ExecStart ejabberd)"
