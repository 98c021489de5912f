#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The filter of the module seccomp beyond single calls: status --prove sees a filter that is weaker than the table, and none; what
# mode=permissive records is in the kernel's log; a kernel without filters is noticed before anything is made; threads and
# programs started later are under it, and a filter of the service's own takes nothing away. Each has a control.
set -euo pipefail

# shellcheck source=kernel.sh
source "$(dirname "$0")/kernel.sh"
kernel_begin "$0"

install -m 755 -t "$EJG_MODULES" "$EJG_SECCOMP"
here=$EJG_CGROUP/shell
cgroup=$EJG_CGROUP/service
mkdir "$here"
chmod 755 "$EJG_STATE"

# stack OPTIONS OF seccomp
stack() {
	EXTRA="required seccomp ${1-}" stack_for service.service 198.51.100.2
}

# run_exec [NAME=VALUE | COMMAND BEFORE]... exec WORDS...
run_exec() {
	local before=()
	while [[ $1 != exec ]]; do
		before+=("$1")
		shift
	done
	shift
	status=0
	in_cgroup "$here" env "${before[@]}" "$EJG_TOOL" --confdir "$EJG_CONF" --moduledir "$EJG_MODULES" exec --cgroup "$cgroup" \
		service "$@" >"$EJG_STATE/said" 2>&1 || status=$?
}

forget() {
	guard release service >/dev/null 2>&1 || true
	[[ ! -e $cgroup ]] || wait_for 5 rmdir "$cgroup"
}

# prove WEAK: what status --prove says of the module seccomp.
prove() {
	net_run host env LD_PRELOAD="$EJG_WEAK_FILTER" EJG_WEAK="$1" "$EJG_TOOL" --confdir "$EJG_CONF" --moduledir "$EJG_MODULES" \
		-v status --prove service 2>&1 | grep -o 'seccomp\.[a-z-]*' | sort -u | paste -sd ' ' || true
}

note 'prove'
stack
run_exec exec -- true
check_has 'a filter that is right' 'seccomp.proven' "$(prove '')"
for call in bpf unshare socket socketpair ioctl; do
	check_has "a filter without $call" 'seccomp.not-refused' "$(prove "$call")"
	check_is "a filter without $call is not proven" 0 "$(prove "$call" | grep -c proven)"
done
check_has 'no filter' 'seccomp.not-refused' "$(prove all)"
check_has 'a filter that refuses clone(), too' 'seccomp.refuses-too-much' "$(prove more)"
stack action=kill
check_has 'action=kill: a filter that is right' 'seccomp.proven' "$(prove '')"
check_has 'action=kill: no filter' 'seccomp.not-refused' "$(prove all)"
forget

note 'check of what runs'
cp "$(command -v sleep)" "$EJG_STATE/epmd"
# judged LINE NOW: what check says of an epmd that was started with a stack of LINE, when NOW stands there.
judged() {
	EXTRA=$1 stack_for "$cgroup" 198.51.100.2
	in_cgroup "$here" "$EJG_TOOL" --confdir "$EJG_CONF" --moduledir "$EJG_MODULES" exec --cgroup "$cgroup" service \
		-- "$EJG_STATE/epmd" 600 >/dev/null 2>&1 &
	wait_for 10 runs_epmd 2>/dev/null
	EXTRA=$2 stack_for "$cgroup" 198.51.100.2
	told_of_seccomp
	[[ -z ${3-} ]] || traced_too
	xargs kill -KILL <"$cgroup/cgroup.procs"
	wait "$!" 2>/dev/null || true
	forget
}
runs_epmd() {
	[[ $(readlink "/proc/$(cat "$cgroup/cgroup.procs")/exe") == */epmd ]]
}
told_of_seccomp() {
	guard --json check service 2>/dev/null | grep -o '"seccomp\.[a-z-]*"' | tr -d '"' | sort -u | paste -sd ' ' || true
}
# traced_too: the same when another program traces it.
traced_too() {
	strace -o /dev/null -p "$(cat "$cgroup/cgroup.procs")" 2>/dev/null &
	wait_for 5 grep -q '^TracerPid:.*[1-9]' "/proc/$(cat "$cgroup/cgroup.procs")/status"
	told_of_seccomp
	kill "$!"
	wait "$!" 2>/dev/null || true
}
required='required seccomp'
check_is 'the right filter; when another program traces it' 'seccomp.confined seccomp.unseen' \
	"$(judged "$required" "$required" traced | xargs)"
check_is 'none' seccomp.unfiltered "$(judged '' "$required")"
check_is 'one that allows MPTCP' seccomp.lets-through "$(judged "$required mptcp=yes" "$required")"
check_is 'one that only records' seccomp.lets-through "$(judged "$required mode=permissive" "$required")"
check_is 'which is right for mode=permissive' seccomp.recorded \
	"$(judged "$required mode=permissive" "$required mode=permissive")"

note 'threads'
threads='import threading; t = threading.Thread(target=print, args=("thread",)); t.start(); t.join()'
for options in '' mptcp=yes action=kill mode=permissive; do
	stack "$options"
	run_exec exec -- python3 -Ic "$threads"
	check_is "a program with threads works, ${options:-no option}" thread "$(cat "$EJG_STATE/said")"
	forget
done
stack action=kill
run_exec exec -- unshare --net true
check_is 'control: action=kill ends what it is to end' 159 "$status"
forget

note 'permissive: the kernel records'
name=rec$RANDOM$RANDOM
cp "$(command -v unshare)" "$EJG_STATE/$name"
recorded() {
	{ dmesg; cat /var/log/audit/audit.log 2>/dev/null; } | # where auditd runs, it takes them
		grep -cE "type=(1326|SECCOMP) .*comm=\"$name\" .*code=0x7ffc0000" || true
}
# The kernel limits how many such lines it prints, for all processes of the machine: the call is made again.
is_recorded_now() {
	run_exec exec -- "$EJG_STATE/$name" --net true
	(($(recorded) > 0))
}
"$EJG_STATE/$name" --net true
check_is 'control: without a filter it records nothing' 0 "$(recorded)"
stack mode=permissive
run_exec exec -- "$EJG_STATE/$name" --net true
check_is 'the call is executed' 0 "$status"
check 'and recorded' wait_for 30 is_recorded_now
forget

note 'what comes later is under it, too'
stack
nested='import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
def unshare(): return "ok" if libc.unshare(0x10000000) == 0 else os.strerror(ctypes.get_errno())
class Code(ctypes.Structure): _fields_ = [("code", ctypes.c_ushort), ("jt", ctypes.c_ubyte), ("jf", ctypes.c_ubyte), ("k", ctypes.c_uint)]
class Program(ctypes.Structure): _fields_ = [("n", ctypes.c_ushort), ("code", ctypes.POINTER(Code))]
libc.prctl(38, 1, 0, 0, 0)
for action in (0x7fff0000, 0x7ffc0000):  # a filter of its own that allows all; one that records all
    assert libc.prctl(22, 2, ctypes.byref(Program(1, (Code * 1)(Code(6, 0, 0, action)))), 0, 0) == 0
print(unshare())'
run_exec exec -- python3 -Ic "$nested"
check_is 'a filter of its own takes nothing away' 'Operation not permitted' "$(cat "$EJG_STATE/said")"
check_is 'control: without exec' ok "$(python3 -Ic "$nested")"
forget

note 'a kernel without filters'
for error in EINVAL ENOSYS; do
	# Without CONFIG_SECCOMP_FILTER the kernel says EINVAL, without CONFIG_SECCOMP ENOSYS.
	for option in '' --only-confine --wait-empty; do
		status=0
		words=(--cgroup "$cgroup" ${option:+"$option"})
		[[ $option != --only-confine ]] || words=(--only-confine)
		in_cgroup "$here" strace -f -o "$EJG_STATE/trace" -e trace=seccomp,prctl -e "inject=seccomp:error=$error" "$EJG_TOOL" --confdir \
			"$EJG_CONF" --moduledir "$EJG_MODULES" exec "${words[@]}" service -- touch "$EJG_STATE/started" >"$EJG_STATE/said" 2>&1 ||
			status=$?
		what="$error${option:+, $option}"
		check "$what: the kernel was asked" grep -q 'seccomp(.*INJECTED' "$EJG_STATE/trace"
		check_is "$what: exit status" 4 "$status"
		check "$what: says why" grep -q 'CONFIG_SECCOMP_FILTER' "$EJG_STATE/said"
		check_is "$what: nothing was started" no "$(exists "$EJG_STATE/started")"
		check_is "$what: no cgroup is left" no "$(exists "$cgroup")"
		check_is "$what: no pins are left" no "$(exists "$(set_path)")"
	done
done
in_cgroup "$here" strace -f -o "$EJG_STATE/trace" "$EJG_TOOL" --confdir "$EJG_CONF" --moduledir "$EJG_MODULES" exec --cgroup \
	"$cgroup" service -- touch "$EJG_STATE/started"
check_is 'control: traced, with filters, it is started' yes "$(exists "$EJG_STATE/started")"
