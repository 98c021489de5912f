#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# release removes every pin and link; `status` before and after says so; nothing is left in bpffs or on a cgroup.
set -euo pipefail

# shellcheck source=../harness/harness.sh
source "$(dirname "$0")/../harness/harness.sh"
harness_begin "$0"

guard_new server 198.51.100.1/24
net_new stranger 203.0.113.9/24
bed_boot server
bed_run server systemctl start ejabberd

# The kernel's own files in a bpffs end in .debug.
pins() {
	bed_run server find /sys/fs/bpf -mindepth 1 ! -name '*.debug'
}

# programs: how many are attached to the cgroups of the service; systemd's own have other names.
programs() {
	local unit
	for unit in epmd.socket epmd.service ejabberd.service; do
		bpftool cgroup show "$(bed_cgroup server "$unit")"
	done | grep -c -E 'connect[46]|bind[46]|ingress' || true
}

check_status 'status while guarded' 0 bed_run server ejguard status
check_has 'there are pins' /sys/fs/bpf/ejguard/ejabberd/ "$(pins)"
check_is 'programs on the three cgroups: five hooks each' 15 "$(programs)"
check_reach 'guarded' stranger refused 4369 198.51.100.1

check 'release' bed_run server ejguard release
check_status 'status after it' 1 bed_run server ejguard status
check_is 'pins left' '' "$(pins)"
check_is 'programs left' 0 "$(programs)"
check_reach 'released' stranger ok 4369 198.51.100.1
check 'release again' bed_run server ejguard release
check 'ejabberd runs on' bed_run server ejabberdctl status

check 'apply brings it back' bed_run server ejguard apply
check_reach 'guarded again' stranger refused 4369 198.51.100.1

check 'disable' bed_run server ejguard disable
check_is 'drop-ins left' '' "$(cd "$(bed_root server)/etc/systemd/system" && find . -path '*.d/*')"
