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

# As another service manager would: ejabberd in a cgroup that belongs to no unit.
start_in() {
	cgroup_run "$1" nsenter --target "$(bed_pid server)" --all --root setpriv --reuid ejabberd --regid ejabberd \
		--init-groups --inh-caps=-all env --chdir=/ -i PATH=/usr/sbin:/usr/bin:/sbin:/bin \
		HOME=/var/lib/ejabberd /usr/sbin/ejabberdctl foreground >"$EJG_STATE/foreground" 2>&1 &
	# Not with ejabberdctl: before the node runs, that would start an epmd in the shell's cgroup.
	bed_wait 20 server bash -c 'ss -Hltn "sport = :5222" | grep -q .'
}

net_new stranger 203.0.113.9/24
addresses=(198.51.100.1)

bed_new server 198.51.100.1/24
without_epmd_units
bed_boot server
bed_run server systemctl start ejabberd
check_reach 'control' stranger ok 4369 "${addresses[@]}"
check_reach 'control' stranger ok "$(ejabberd_dist_port server)" "${addresses[@]}"

bed_end server

guard_new server 198.51.100.1/24
without_epmd_units
bed_boot server
check 'systemctl start ejabberd' bed_run server systemctl start ejabberd
check_guarded 'epmd of the VM' server stranger "${addresses[@]}"
bed_end server

bed_new server 198.51.100.1/24
without_epmd_units
bed_stage server
bed_boot server
plain=$(bed_cgroup server)/plain
other=$(bed_cgroup server)/other
mkdir "$plain" "$other"
check 'apply --cgroup' bed_run server ejguard apply --cgroup /sys/fs/cgroup/plain
check 'ejabberd starts in a plain cgroup' start_in "$plain"
# It listens a moment before it says that it runs.
check 'a plain cgroup: ejabberdctl status' bed_wait 20 server ejabberdctl status
check_reach 'a plain cgroup' stranger ok 5222 "${addresses[@]}"
check_reach 'a plain cgroup' stranger refused 4369 "${addresses[@]}"
check_reach 'a plain cgroup' stranger timeout "$(ejabberd_dist_port server)" "${addresses[@]}"
cgroup_run "$other" nsenter --net="$(net_file server)" "$EJG_ATTEMPT" listen 0.0.0.0 4400 60 >"$EJG_STATE/other" &
wait_for 5 grep -q ok "$EJG_STATE/other"
check_reach 'another cgroup is left alone' stranger ok 4400 "${addresses[@]}"
