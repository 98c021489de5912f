#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The three units start at the same moment, ten times over: one policy, no error, no leftover.
set -euo pipefail

# shellcheck source=../harness/harness.sh
source "$(dirname "$0")/../harness/harness.sh"
harness_begin "$0"

units=(epmd.socket epmd.service ejabberd.service)

# Removes the order of the units; ejabberd is replaced, as it takes too long for ten starts.
unorder() {
	local unit folder
	for unit in epmd.service ejabberd.service; do
		folder=$(bed_root server)/etc/systemd/system/$unit.d
		mkdir -p "$folder"
		cat >"$folder/test.conf" <<-'EOT'
			[Unit]
			StartLimitIntervalSec=0
			[Service]
			Type=simple
			WatchdogSec=0
			ExecStart=
			ExecStart=/bin/sleep infinity
			ExecStop=
		EOT
	done
	sed -e 's/^After=.*//' -e 's/^Requires=.*//' -i "$(bed_root server)"/lib/systemd/system/{epmd,ejabberd}.service
	printf '[Unit]\nStartLimitIntervalSec=0\n' >"$(bed_root server)/etc/systemd/system/epmd.socket.d/test.conf"
}

# Pins of the service, without the identity of cgroups.
pins() {
	bed_run server find /sys/fs/bpf/ejguard -mindepth 1 | sed 's,/links/[0-9]*,/links/ID,' | sort | uniq -c
}

guard_new server 198.51.100.1/24
net_new stranger 203.0.113.9/24
unorder
bed_boot server
bed_run server systemctl stop "${units[@]}"

for ((i = 1; i <= 10; i++)); do
	check "start $i" bed_run server systemctl start "${units[@]}"
	check "check $i" bed_run server ejguard check
	((i > 1)) || first=$(pins)
	check_is "pins $i" "$(md5sum <<<"$first")" "$(md5sum <<<"$(pins)")"
	check_reach "start $i" stranger refused 4369 198.51.100.1
	bed_run server systemctl stop "${units[@]}"
done
note "pins: ${first//$'\n'/; }"
