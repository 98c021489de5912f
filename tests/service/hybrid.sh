#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The hybrid layout: cgroup2 is not at /sys/fs/cgroup but at /sys/fs/cgroup/unified. unguarded.sh is the control.
set -euo pipefail

# shellcheck source=../harness/harness.sh
source "$(dirname "$0")/../harness/harness.sh"
harness_begin "$0"

guard_new server 198.51.100.1/24 2001:db8::1/64
net_new stranger 203.0.113.9/24 2001:db8:bad::9/64
bed_boot server hybrid
check_is 'cgroup2' /sys/fs/cgroup/unified "$(bed_run server findmnt -rno TARGET -t cgroup2)"
check 'systemctl start ejabberd' bed_run server systemctl start ejabberd
check_guarded 'hybrid' server stranger 198.51.100.1 2001:db8::1
