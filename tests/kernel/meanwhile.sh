#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# check and status while an apply runs: a failure that only the half-done apply shows is looked at again after it, and they
# wait for it, but not forever. The apply takes seconds longer at one of its calls of bpf(): that is when they look first.
set -euo pipefail

# shellcheck source=kernel.sh
source "$(dirname "$0")/kernel.sh"
kernel_begin "$0"

command -v strace >/dev/null || skip 'there is no strace'
cgroup=$EJG_CGROUP/service
lock=/run/ejguard/service/lock
mkdir "$cgroup" "$EJG_STATE/said"
tool=(nsenter --net="$(net_file host)" "$EJG_TOOL" --confdir "$EJG_CONF" --moduledir "$EJG_MODULES" -q)

# apply_to N SECONDS: in the background, takes SECONDS longer at that bpf() call; its strace's pid is in `applying`. Returns
# when it has the lock.
apply_to() {
	nsenter --net="$(net_file host)" strace -qq -o "$EJG_STATE/trace" -e trace=bpf -e "inject=bpf:delay_exit=${2}000000:when=$1" \
		"$EJG_TOOL" --confdir "$EJG_CONF" --moduledir "$EJG_MODULES" -q apply --no-proof service >/dev/null 2>&1 &
	applying=$!
	wait_for 30 is_locked
	sleep 1
}
is_locked() {
	! flock --nonblock --shared "$lock" true
}

# The old policy is in force, and the new stack is there.
old_and_new() {
	stack_for "$cgroup" 198.51.100.2
	guard -q apply --no-proof service
	stack_for "$cgroup" 198.51.100.9
}

old_and_new
nsenter --net="$(net_file host)" strace -qq -o "$EJG_STATE/trace" -e trace=bpf "$EJG_TOOL" --confdir "$EJG_CONF" \
	--moduledir "$EJG_MODULES" -q apply --no-proof service
calls=$(wc -l <"$EJG_STATE/trace")
note "an apply calls bpf() $calls times"

note 'an apply that does not end'
old_and_new
apply_to 2 30
start=$SECONDS
status=0
"${tool[@]}" --json check service >"$EJG_STATE/said/check" 2>&1 || status=$?
check_is 'control: what a look in between sees: exit status' 1 "$status"
check_has 'and says' 'net.policy-differs' "$(cat "$EJG_STATE/said/check")"
check_has 'it says that its answer may be an old one' 'lock-busy' "$(cat "$EJG_STATE/said/check")"
check 'it has waited, and not for long' test $((SECONDS - start)) -ge 9 -a $((SECONDS - start)) -lt 60
status=0
wait "$applying" || status=$?
check_is 'the apply ends' 0 "$status"
check 'check' "${tool[@]}" check service

# meanwhile VERB N: what is wrong about a verb during an apply that takes longer at its bpf() call N. Once more where the machine
# was so slow that the verb has given up waiting.
meanwhile() {
	local try checking wrong
	for try in 1 2 3; do
		wrong=''
		old_and_new
		apply_to "$2" 3
		"${tool[@]}" --json "$1" service >"$EJG_STATE/said/$1" 2>&1 &
		checking=$!
		wait "$applying" || wrong+="call $2: apply fails; "
		wait "$checking" || wrong+="call $2: exit status $?, $(cat "$EJG_STATE/said/$1"); "
		[[ $wrong == *lock-busy* ]] || break
	done
	echo -n "$wrong"
}

note 'an apply that ends'
for verb in check status; do
	wrong=''
	for n in 2 $((calls / 4)) $((calls / 2)) $((calls - 1)); do
		wrong+=$(meanwhile "$verb" "$n")
	done
	check_is "$verb, begun during an apply" '' "$wrong"
done

note 'without an apply nobody waits'
stack_for "$cgroup" 198.51.100.2
exec {held}<>"$lock"
before=$(stat -c %.9Y.%i "$lock")
check_status 'what does not hold' 1 "${tool[@]}" check service
check_is 'the lock was not taken' "$before" "$(stat -c %.9Y.%i "$lock")"
flock --shared --nonblock "$held"
start=$SECONDS
status=0
"${tool[@]}" --json check service >"$EJG_STATE/said/check" 2>&1 || status=$?
check_is 'the same beside another look under the lock' 1 "$status"
check_is 'it says nothing of the lock' '' "$(grep -o lock-busy "$EJG_STATE/said/check" || true)"
check 'it has not waited' test $((SECONDS - start)) -lt 9
check_is 'nobody but root can open the lock' 'drwx------' "$(stat -c %A "$(dirname "$lock")")"
exec {held}>&-
