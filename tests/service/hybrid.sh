#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The hybrid layout: cgroup2 is not at /sys/fs/cgroup but at /sys/fs/cgroup/unified. The stack is the shipped one, with the module
# host, which holds at the top of that tree, also after a reboot. The controls: unguarded.sh, and for users the release.
set -euo pipefail

# shellcheck source=../harness/harness.sh
source "$(dirname "$0")/../harness/harness.sh"
harness_begin "$0"

# nobody ARGUMENTS OF attempt...: from a unit's cgroup of his own.
nobody() {
	bed_run server systemd-run --quiet --scope --uid=nobody env "EJG_HOST_NETNS=$EJG_HOST_NETNS" attempt "$@"
}

# check_nobody WHAT WORD: gets the word at private ports, by each family.
check_nobody() {
	local address port
	for address in 127.0.0.1 ::1 198.51.100.1 2001:db8::1; do
		check_is "$1: nobody to $address port 4369" "$2" "$(nobody connect "$address" 4369)"
	done
	port=$(ejabberd_dist_port server)
	check_is "$1: nobody to the distribution port" "$2" "$(nobody connect 127.0.0.1 "$port")"
	check_is "$1: nobody to a public port" ok "$(nobody connect 127.0.0.1 5222)"
}

bed_new server 198.51.100.1/24 2001:db8::1/64
bed_stage server
sed 's/^#optional host.*/required host strict=yes/' "$(bed_root server)/usr/share/ejguard/ejabberd" | guard_stack server
bed_chroot server ejguard enable >/dev/null
install -m 755 "$EJG_ATTEMPT" "$(bed_root server)/usr/bin/attempt"
net_new stranger 203.0.113.9/24 2001:db8:bad::9/64
bed_boot server hybrid
check_is 'cgroup2' /sys/fs/cgroup/unified "$(bed_run server findmnt -rno TARGET -t cgroup2)"
check_is 'before ejabberd starts: nobody to epmd' denied "$(nobody connect 127.0.0.1 4369)"
check 'systemctl start ejabberd' bed_run server systemctl start ejabberd
check_guarded 'hybrid' server stranger 198.51.100.1 2001:db8::1
check_nobody 'hybrid' denied
check_has 'the top is that of cgroup2' '/sys/fs/cgroup/unified is guarded at every hook, with all cgroups below it' \
	"$(bed_run server ejguard status | tr -s ' \n' ' ')"

bed_reboot server hybrid
check_is 'after a reboot, before ejabberd starts: nobody to epmd' denied "$(nobody connect 127.0.0.1 4369)"
check 'after a reboot: systemctl start ejabberd' bed_run server systemctl start ejabberd
check_guarded 'after a reboot' server stranger 198.51.100.1 2001:db8::1

check 'release' bed_run server ejguard release
check_nobody 'control: released' ok
