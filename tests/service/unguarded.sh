#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The control of all others: without a guard, Debian's untouched configuration is open to a stranger.
set -euo pipefail

# shellcheck source=../harness/harness.sh
source "$(dirname "$0")/../harness/harness.sh"
harness_begin "$0"

bed_new server 198.51.100.1/24 2001:db8::1/64
net_new stranger 203.0.113.9/24 2001:db8:bad::9/64
bed_boot server
note "booted after $SECONDS s"

check_is 'epmd.socket listens from the boot on' yes "$(listens server 4369)"
check_is 'stranger, epmd, before ejabberd starts' ok "$(try stranger connect 198.51.100.1 4369)"

check 'systemctl start ejabberd' bed_run server systemctl start ejabberd
check 'ejabberdctl status' bed_run server ejabberdctl status
port=$(ejabberd_dist_port server)
for address in 198.51.100.1 2001:db8::1; do
	check_is "stranger, epmd, $address" ok "$(try stranger connect $address 4369)"
	check_is "stranger, 5222, $address" ok "$(try stranger connect $address 5222)"
done
check_is 'stranger, distribution port' ok "$(try stranger connect 198.51.100.1 "$port")"
check_is 'stranger, distribution port, IPv6: nobody listens' refused "$(try stranger connect 2001:db8::1 "$port")"
check_is 'a port on which nobody listens' refused "$(try stranger connect 198.51.100.1 4)"
check_is 'a host that does not exist' timeout "$(try stranger connect 198.51.100.77 4369)"
check_is 'from the inside of ejabberd, a stranger' refused "$(try_in server ejabberd.service connect 203.0.113.9 4369)"
