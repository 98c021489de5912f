#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Where the units of a service are: the stack names another name of its unit (Alias=), an instance of a template, a unit in
# another slice; and a node that runs in no unit of the service, with a distribution port that nobody knows beforehand.
set -euo pipefail

# shellcheck source=../harness/harness.sh
source "$(dirname "$0")/../harness/harness.sh"
harness_begin "$0"

bed_new server 198.51.100.1/24
bed_stage server
net_new stranger 203.0.113.9/24
units=$(bed_root server)/etc/systemd/system
fragment=$(find "$(bed_root server)"/{usr/lib,lib}/systemd/system -name ejabberd.service -print -quit)
mv "$fragment" "$units/xmpp.service"
ln -s xmpp.service "$units/ejabberd.service"
bed_boot server

# from_inside UNIT: what a process of the unit gets at a stranger's epmd, where nobody listens.
from_inside() {
	try_in server "$1" connect 203.0.113.9 4369
}

# reach: what a stranger gets at the distribution port.
reach() {
	try stranger connect 198.51.100.1 "$(ejabberd_dist_port server)"
}

# check_guarded_in WHAT UNIT: check says so, and it is so.
check_guarded_in() {
	check "$1: check" bed_run server ejguard check
	check_is "$1: a stranger" timeout "$(reach)"
	check_is "$1: from inside" denied "$(from_inside "$2")"
}

note 'another name of the unit'
check 'ejabberd starts' bed_run server systemctl start ejabberd
check_is 'control: a stranger, without the guard' ok "$(reach)"
check_is 'control: from inside, without the guard' refused "$(from_inside xmpp.service)"
check 'enable --now' bed_run server ejguard enable --now
check_guarded_in 'the running unit' xmpp.service
check 'restart' bed_run server systemctl restart ejabberd
check_guarded_in 'after a restart' xmpp.service
bed_run server systemctl stop ejabberd

note 'another slice'
mkdir -p "$units/xmpp.service.d"
printf '[Service]\nSlice=chat.slice\n' >"$units/xmpp.service.d/60-local.conf"
bed_run server systemctl daemon-reload
check 'start' bed_run server systemctl start ejabberd
check 'another slice: check' bed_run server ejguard check
check_is 'another slice: a stranger' timeout "$(reach)"
bed_run server systemctl stop ejabberd

note 'a root folder that has no ejguard'
printf '[Service]\nRootDirectory=/srv\n' >"$units/xmpp.service.d/60-local.conf"
bed_run server systemctl daemon-reload
check_status 'it does not start' 1 bed_run server systemctl start ejabberd
check_is 'why' 203 "$(bed_run server systemctl show --value --property ExecStartPre ejabberd | sed -n 's/.*status=\([0-9]*\).*/\1/p')"
rm "$units/xmpp.service.d/60-local.conf"
bed_run server systemctl daemon-reload

note 'a network of its own from the next start on'
printf '[Service]\nPrivateNetwork=yes\n' >"$units/xmpp.service.d/60-local.conf"
bed_run server systemctl daemon-reload
check 'start' bed_run server systemctl start ejabberd
check 'a network of its own: check' bed_run server ejguard check
check_is 'a network of its own: from inside, to a stranger' denied "$(from_inside xmpp.service)"
bed_run server systemctl stop ejabberd
rm "$units/xmpp.service.d/60-local.conf"

note 'an instance of a template'
bed_run server ejguard disable >/dev/null
bed_run server ejguard release >/dev/null
rm "$units/ejabberd.service"
mv "$units/xmpp.service" "$units/xmpp@.service"
{
	echo 'set cgroups xmpp@a.service epmd.service epmd.socket'
	grep -v '^set cgroups' "$(bed_root server)/usr/share/ejguard/ejabberd"
} | guard_stack server
bed_run server systemctl daemon-reload
check 'start' bed_run server systemctl start xmpp@a
check_is 'control: a stranger, without the guard' ok "$(reach)"
check 'enable --now' bed_run server ejguard enable --now
check 'an instance: check' bed_run server ejguard check
check_is 'an instance: a stranger' timeout "$(reach)"
bed_run server systemctl stop xmpp@a

note 'a node in a shell'
bed_run server systemd-run --quiet --unit=by-hand --property=User=ejabberd --property=Type=exec \
	/usr/sbin/ejabberdctl foreground
check 'the node starts' bed_wait 30 server ejabberdctl status
check_is 'control: a stranger reaches it' ok "$(reach)"
check_status 'check' 1 bed_run server ejguard check
check_has 'check says why' net.listener-unguarded "$(bed_run server ejguard --json check || true)"
check_status 'apply' 1 bed_run server ejguard apply
bed_run server systemctl stop by-hand
check 'control: without it: check' bed_run server ejguard check

note 'a node in the unit of another service'
bed_run server ejguard enable --now >/dev/null
printf '%s\n' '[Service]' User=ejabberd Type=exec 'ExecStart=/usr/sbin/ejabberdctl foreground' >"$units/second.service"
printf '%s\n' 'set cgroups second.service' 'set kind ejabberd' 'set dist 4300-4310' 'set public 5222' 'required net strict=yes' \
	>"$(bed_root server)/etc/ejguard/second"
bed_run server systemctl daemon-reload
bed_run server systemctl start second
check 'the node starts' bed_wait 30 server ejabberdctl status
check_status 'control: nobody guards it: check' 1 bed_run server ejguard check
check 'the other service guards it' bed_run server ejguard apply --only net second
check_is 'a stranger' timeout "$(reach)"
check 'check leaves it alone' bed_run server ejguard check
check 'apply, too' bed_run server ejguard apply
check 'and it lives' bed_run server ejabberdctl status
bed_run server ejguard release second >/dev/null
check_status 'control: released: check' 1 bed_run server ejguard check

note 'a second node of the same user'
bed_run server systemctl stop second
rm "$(bed_root server)/etc/ejguard/second" "$units/second.service"
bed_run server systemctl start xmpp@a
bed_run server systemd-run --quiet --unit=second --property=User=ejabberd --property=Environment=HOME=/var/lib/ejabberd \
	/usr/bin/erl -sname second -noinput
check 'it starts' bed_wait 30 server sh -c 'epmd -names | grep -q second'
port=$(bed_run server epmd -names | sed -n 's/^name second at port //p')
check_is 'a stranger reaches it' ok "$(try stranger connect 198.51.100.1 "$port")"
check_has 'check warns of it (net.node-unguarded)' "0.0.0.0:$port: another node of the service's user listens there" \
	"$(bed_run server ejguard check | tr -s ' \n' ' ')"
check 'and is about the service' bed_run server ejguard check
bed_run server systemctl stop second
check_is 'control: without it: no warning' '' "$(bed_run server ejguard check | grep 'another node' || true)"
bed_run server systemctl stop xmpp@a

note "a user's service manager"
uid=$(bed_run server id -u ejabberd)
user_home=/var/lib/ejabberd/.config/systemd/user
mkdir -p "$(bed_root server)$user_home" "$(bed_root server)/run/user"
cat >"$units/user@$uid.service" <<-EOT
	[Service]
	Type=notify
	User=ejabberd
	Slice=user-$uid.slice
	Delegate=yes
	RuntimeDirectory=user/$uid
	RuntimeDirectoryMode=0700
	Environment=XDG_RUNTIME_DIR=/run/user/$uid HOME=/var/lib/ejabberd
	ExecStart=/lib/systemd/systemd --user
EOT
printf '%s\n' '[Service]' 'ExecStart=/usr/sbin/ejabberdctl foreground' >"$(bed_root server)$user_home/xmpp.service"
bed_run server chown -R ejabberd: /var/lib/ejabberd/.config
bed_run server systemctl daemon-reload

# by_user VERB: of a unit of the user's manager.
by_user() {
	bed_run server setpriv --reuid=ejabberd --regid=ejabberd --init-groups env "XDG_RUNTIME_DIR=/run/user/$uid" \
		HOME=/var/lib/ejabberd systemctl --user "$1" xmpp
}

# from_user: what a process of that unit gets at a stranger's epmd.
from_user() {
	try_in server "../user.slice/user-$uid.slice/user@$uid.service/app.slice/xmpp.service" connect 203.0.113.9 4369
}

check 'it starts' bed_run server systemctl start "user@$uid"
check 'its node starts' by_user start
check 'and runs' bed_wait 30 server ejabberdctl status
check_is 'a random port: a stranger reaches it' ok "$(reach)"
check_status 'a random port: check' 1 bed_run server ejguard check
check_status 'a random port: status' 1 bed_run server ejguard status
by_user stop
echo FIREWALL_WINDOW=4200-4210 >>"$(bed_root server)/etc/default/ejabberd"
check 'it starts again' by_user start
check 'and runs' bed_wait 30 server ejabberdctl status
bed_run server ejguard apply >/dev/null || true
check_is 'a port that is known: a stranger' refused "$(reach)"
check_is 'a port that is known: from inside, to a stranger' refused "$(from_user)"
check_status 'a port that is known: check' 1 bed_run server ejguard check
check_has 'check says why' net.node-unconfined "$(bed_run server ejguard --json check || true)"
by_user stop
check 'control: without it: check' bed_run server ejguard check
