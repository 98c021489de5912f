#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# There is no instant at which a stranger connects to epmd.socket: it tries in a tight loop while the socket
# unit starts, ten times over. The control is a guard that comes as soon as the socket is there, but not before:
# the loop is fast enough to see that.
set -euo pipefail

# shellcheck source=../harness/harness.sh
source "$(dirname "$0")/../harness/harness.sh"
harness_begin "$0"

# connects_during_start BED ADDRESS: how often the stranger got through.
connects_during_start() {
	local bed=$1 loop
	exec {loop}< <(try stranger loop "$2" 4369 3 --timeout 5)
	for _ in {1..10}; do
		bed_run "$bed" systemctl stop epmd.socket epmd.service
		# Else the tenth start in ten seconds is refused.
		bed_run "$bed" systemctl reset-failed
		# Fails if a guard that comes late finds the stranger connected.
		bed_run "$bed" systemctl start epmd.socket 2>/dev/null || true
	done
	sed 's/^ok=\([0-9]*\) .*/\1/' <&"$loop"
	exec {loop}<&-
}

guard_new early 198.51.100.1/24
guard_new late 198.51.100.2/24
# A network namespace stays guarded while its sockets come and go: the moment is one of guards at cgroups.
mkdir -p "$(bed_root late)/etc/ejguard"
sed 's/^required net/& accept=cgroup/' "$(bed_root late)/usr/share/ejguard/ejabberd" >"$(bed_root late)/etc/ejguard/ejabberd"
sed -i 's/^ExecStartPre=/ExecStartPost=/' "$(bed_root late)"/etc/systemd/system/epmd.socket.d/*.conf
net_new stranger 203.0.113.9/24
bed_boot early
bed_boot late

late=$(connects_during_start late 198.51.100.2)
note "control: $late connections of the stranger"
check 'control: with a guard that comes late the stranger gets through' test "$late" -gt 0
bed_run late systemctl reset-failed
bed_run late systemctl restart epmd.socket
check_reach 'control, when nobody is faster' stranger timeout 4369 198.51.100.2

check_is 'connections of the stranger' 0 "$(connects_during_start early 198.51.100.1)"
check_is 'epmd.socket listens all the same' yes "$(listens early 4369)"
check_is 'this machine reaches it' ok "$(try early connect 127.0.0.1 4369)"
