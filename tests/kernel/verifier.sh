#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The number of instructions that the kernel's verifier walks in each program: most of the time of a first apply; one
# more branch can make it ten times as long. Instructions, not seconds: a kernel counts the same number each time. The
# control is a program with a long loop, of which the verifier walks more than is allowed here.
set -euo pipefail

# shellcheck source=kernel.sh
source "$(dirname "$0")/kernel.sh"
kernel_begin "$0"

# 0.4 to 0.9 microseconds each on machines of 2024.
most=9000

# instructions PROGRAM
instructions() {
	sed -n "s/^$1 //p" "$EJG_STATE/walked"
}

# check_walked PROGRAM...: each was loaded, and the verifier did not walk too far.
check_walked() {
	local program
	for program; do
		check "$program: $(instructions "$program") instructions of at most $most" \
			test "$(instructions "$program")" -le "$most"
	done
}

"$EJG_WALKED" "$EJG_WALK" >"$EJG_STATE/walked"
check 'control: a long loop takes more' test "$(instructions walk_connect4)" -gt "$most"

"$EJG_WALKED" "$EJG_NET_OBJECT" >"$EJG_STATE/walked"
check_walked bind4 bind6 connect4 connect6 ingress
if kernel_has_netns; then
	check_walked lookup
	"$EJG_WALKED" "$EJG_HOST_OBJECT" >"$EJG_STATE/walked"
	check_walked bind4 bind6 connect4 connect6 post_bind4 post_bind6
else
	note 'left out: this kernel has no accept=netns, and not all of the module host'
fi
