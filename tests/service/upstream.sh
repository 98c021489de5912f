#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# ejabberd as upstream installs it: no unit for epmd, the VM starts it in ejabberd's own cgroup. And a plain cgroup
# that no unit has, given with --cgroup. The control is the same without a guard.
set -euo pipefail

# shellcheck source=../harness/harness.sh
source "$(dirname "$0")/../harness/harness.sh"
harness_begin "$0"

without_epmd_units() {
	local units
	units=$(bed_root server)/etc/systemd/system
	rm -rf "$units"/epmd.* "$units"/*.wants/epmd.*
	ln -s /dev/null "$units/epmd.socket"
	ln -s /dev/null "$units/epmd.service"
	sed -i '/^Requires=epmd/d' "$(bed_root server)/lib/systemd/system/ejabberd.service"
}

net_new stranger 203.0.113.9/24
addresses=(198.51.100.1)

bed_new server 198.51.100.1/24
without_epmd_units
bed_boot server
bed_run server systemctl start ejabberd
check_reach 'control' stranger ok 4369 "${addresses[@]}"
check_reach 'control' stranger ok "$(ejabberd_dist_port server)" "${addresses[@]}"

plain=$(bed_cgroup server)/plain
mkdir "$plain"
cgroup_run "$plain" nsenter --net="$(net_file server)" "$EJG_ATTEMPT" listen 0.0.0.0 4400 120 >"$EJG_STATE/plain" &
wait_for 5 grep -q ok "$EJG_STATE/plain"
check_reach 'control, a plain cgroup' stranger ok 4400 "${addresses[@]}"
bed_stage server
check 'apply --cgroup' bed_run server ejguard apply --cgroup /sys/fs/cgroup/plain
check_reach 'a plain cgroup' stranger timeout 4400 "${addresses[@]}"
check_is 'a plain cgroup: this machine' ok "$(try server connect 127.0.0.1 4400)"
check_reach 'other cgroups are left alone' stranger ok 4369 "${addresses[@]}"
bed_end server

guard_new server 198.51.100.1/24
without_epmd_units
bed_boot server
check 'systemctl start ejabberd' bed_run server systemctl start ejabberd
check_guarded 'epmd of the VM' server stranger "${addresses[@]}"
