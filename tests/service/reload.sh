#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# apply twice changes nothing; apply after the peers changed changes the decision, and a peer that is in both the
# old and the new list is not refused for a moment: it connects in a loop and sees no failure. The control of the
# loop: release and apply in turns let a stranger through.
set -euo pipefail

# shellcheck source=../harness/harness.sh
source "$(dirname "$0")/../harness/harness.sh"
harness_begin "$0"

guard_new server 198.51.100.1/24
net_new both 198.51.100.2/24
net_new old 198.51.100.3/24
net_new new 198.51.100.4/24
net_new stranger 203.0.113.9/24
guard_stack_peers server 198.51.100.1 198.51.100.2 198.51.100.3
bed_boot server

apply() {
	bed_run server ejguard apply >/dev/null
}

# Everything below the pins, with the identity of every object.
pinned() {
	bed_run server find /sys/fs/bpf/ejguard -printf '%p %i\n' | sort
}

before=$(pinned)
check 'apply again' apply
check_is 'pins after it' "$before" "$(pinned)"

check_reach 'old list' both ok 4369 198.51.100.1
check_reach 'old list' old ok 4369 198.51.100.1
check_reach 'old list' new refused 4369 198.51.100.1

exec {loop}< <(try both loop 198.51.100.1 4369 6 --names)
exec {refused}< <(try stranger loop 198.51.100.1 4369 6 --timeout 20)
for i in 1 2 3 4 5; do
	guard_stack_peers server 198.51.100.1 198.51.100.2 198.51.100.4
	check "apply, new list, $i" apply
	guard_stack_peers server 198.51.100.1 198.51.100.2 198.51.100.3
	check "apply, old list, $i" apply
done
guard_stack_peers server 198.51.100.1 198.51.100.2 198.51.100.4
apply
read -r ok failed last <&"$loop"
note "the peer's loop: $ok $failed $last"
check_is 'the loop of the peer that stays' failed=0 "$failed"
check 'the loop ran' test "${ok#ok=}" -gt 100
read -r ok _ <&"$refused"
check_is "the stranger's loop meanwhile" ok=0 "$ok"

check_reach 'new list' both ok 4369 198.51.100.1
check_reach 'new list' old refused 4369 198.51.100.1
check_reach 'new list' new ok 4369 198.51.100.1

exec {refused}< <(try stranger loop 198.51.100.1 4369 2 --timeout 20)
for _ in 1 2 3; do
	bed_run server ejguard release >/dev/null
	# It reports the stranger's connection, if that was there first.
	apply || true
done
read -r ok _ <&"$refused"
check 'control: a gap is seen by the loop' test "${ok#ok=}" -gt 0
