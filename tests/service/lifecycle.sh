#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Debian's untouched configuration, `ejguard enable` and the shipped stack: ejabberd works as before, and the guard
# holds after everything that systemd does with its units, on the new cgroups too. unguarded.sh is the control.
set -euo pipefail

# shellcheck source=../harness/harness.sh
source "$(dirname "$0")/../harness/harness.sh"
harness_begin "$0"

guard_new server 198.51.100.1/24 2001:db8::1/64
net_new stranger 203.0.113.9/24 2001:db8:bad::9/64
bed_boot server

holds() {
	check_guarded "$1" server stranger 198.51.100.1 2001:db8::1
}

# ejabberd_id: changes with every start of the unit.
ejabberd_id() {
	bed_run server systemctl show --property InvocationID --value ejabberd
}

# `is-active` is true of the dying unit as well.
is_restarted() {
	[[ $(ejabberd_id) != "$1" ]] && bed_run server systemctl is-active --quiet ejabberd
}

check_reach 'before ejabberd starts' stranger refused 4369 198.51.100.1 2001:db8::1
check 'systemctl start ejabberd' bed_run server systemctl start ejabberd
holds 'started'

check 'systemctl restart ejabberd' bed_run server systemctl restart ejabberd
holds 'restarted'

check 'systemctl daemon-reload' bed_run server systemctl daemon-reload
holds 'after daemon-reload'
check 'systemctl daemon-reexec' bed_run server systemctl daemon-reexec
holds 'after daemon-reexec'

id=$(ejabberd_id)
ejabberd_kill_beam server
check 'restarted by Restart=on-failure after SIGKILL of beam' wait_for 30 is_restarted "$id"
holds 'after Restart=on-failure'

check 'ejabberdctl stop' bed_run server ejabberdctl stop
check 'ejabberd.service ends' wait_for 20 bash -c "! test -e '$(bed_cgroup server ejabberd.service)'"
check_reach 'stopped' stranger refused 4369 198.51.100.1 2001:db8::1
check_reach 'stopped' stranger refused 5222 198.51.100.1
check 'systemctl start ejabberd' bed_run server systemctl start ejabberd
holds 'started again'
