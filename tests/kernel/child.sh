#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The child that puts the first policy in force: if it fails, so does apply, and says why; without one apply does it itself.
# Control: the child does its work, and the policy of a set that is there needs none.
set -euo pipefail

# shellcheck source=kernel.sh
source "$(dirname "$0")/kernel.sh"
kernel_begin "$0"

cgroup=$EJG_CGROUP/service
mkdir "$cgroup"
stack_for "$cgroup" 198.51.100.2

# faulty FAULT ARGUMENTS OF ejguard...
faulty() {
	CHILD_FAULT=$1 LD_PRELOAD=$EJG_CHILD_FAULT guard "${@:2}"
}

try_bind() {
	in_cgroup "$cgroup" "$EJG_ATTEMPT" bind 198.51.100.11 4369
}

check_is 'control: without a guard' ok "$(try_bind)"

note 'the child fails'
check_status 'apply' 1 faulty fail -q apply --no-proof service
check_has 'why' 'cannot put the policy into the set: Argument list too long' \
	"$(faulty fail apply --no-proof service 2>&1 || true)"
check_is 'no guard' ok "$(try_bind)"
check_is 'nothing is left' '' "$(find /sys/fs/bpf/ejguard 2>/dev/null || true)"

for fault in kill none -; do
	note "fault: $fault"
	check 'apply' faulty "$fault" -q apply --no-proof service
	check_is 'bind' denied "$(try_bind)"
	check 'check' guard -q check service
	check 'release' guard -q release service
	check_is 'no guard' ok "$(try_bind)"
done

note 'a policy of a set that is there'
check 'apply' guard -q apply service
stack_for "$cgroup" 198.51.100.9
check 'apply' faulty fail -q apply --no-proof service
check 'check' guard -q check service
