#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# ejguard exec: the command is guarded and confined from its first instruction, has nothing of the tool's, and is the
# process that was started; what is wrong is said before anything is made. Each refusal has a control without exec.
set -euo pipefail

# shellcheck source=kernel.sh
source "$(dirname "$0")/kernel.sh"
kernel_begin "$0"

install -m 755 -t "$EJG_MODULES" "$EJG_SECCOMP"
install -m 755 "$EJG_ATTEMPT" "$EJG_STATE/attempt"
chmod 755 "$EJG_STATE"
here=$EJG_CGROUP/shell
cgroup=$EJG_CGROUP/service
mkdir "$here"
EXTRA='required seccomp' stack_for service.service 198.51.100.2

# run_exec OPTION... -- COMMAND...: from a cgroup of the test's own, on the host; its status is in $status.
run_exec() {
	status=0
	in_cgroup "$here" "$EJG_TOOL" --confdir "$EJG_CONF" --moduledir "$EJG_MODULES" exec --cgroup "$cgroup" \
		service "$@" >"$EJG_STATE/said" 2>&1 || status=$?
}

# start_exec OPTION... -- COMMAND...: the same in the background; its process is $pid.
start_exec() {
	(
		echo 0 >"$here/cgroup.procs"
		exec nsenter --net="$(net_file host)" "$EJG_TOOL" --confdir "$EJG_CONF" --moduledir "$EJG_MODULES" \
			exec --cgroup "$cgroup" "$@"
	) >"$EJG_STATE/said" 2>&1 &
	pid=$!
}

# forget: as if nothing had been started.
forget() {
	guard release service >/dev/null 2>&1 || true
	[[ ! -e $cgroup ]] || wait_for 5 rmdir "$cgroup"
}

# check_refused WHAT STATUS PATTERN: nothing was started, nothing is left, and the message gives the reason.
check_refused() {
	check_is "$1: exit status" "$2" "$status"
	check "$1: says why" grep -q "$3" "$EJG_STATE/said"
	check_is "$1: nothing was started" no "$(exists "$EJG_STATE/started")"
	check_is "$1: no cgroup is left" no "$(exists "$cgroup")"
	check_is "$1: no pins are left" no "$(exists "$(set_path)")"
}

note 'what the command sees'
# shellcheck disable=SC2016 # the shell inside expands
sees='grep ^0:: /proc/self/cgroup; id -u; id -G; echo $HOME; grep -E "^(Cap(Prm|Eff|Inh|Amb)|SigIgn|NoNewPrivs|Seccomp):" /proc/self/status
	ls /proc/self/fd | wc -l; echo pid $$'
in_cgroup "$here" setpriv --reuid 65534 --regid 65534 --init-groups bash -c "$sees" >"$EJG_STATE/control"
run_exec --user nobody -- bash -c "$sees"
check_is 'exit status of the command' 0 "$status"
check 'lives in the cgroup' grep -qx "0::.*/service" "$EJG_STATE/said"
check 'control: does not' bash -c "! grep -qx '0::.*/service' '$EJG_STATE/control'"
check 'is the user' grep -qx 65534 "$EJG_STATE/said"
for what in CapPrm CapEff CapInh CapAmb; do
	check "$what is empty" grep -qxP "$what:\t0000000000000000" "$EJG_STATE/said"
done
check_is 'the same signals are ignored' "$(grep SigIgn "$EJG_STATE/control")" "$(grep SigIgn "$EJG_STATE/said")"
check 'set-user-ID programs work' grep -qxP 'NoNewPrivs:\t0' "$EJG_STATE/said"
check 'is under a filter' grep -qxP 'Seccomp:\t2' "$EJG_STATE/said"
check 'control: is not' grep -qxP 'Seccomp:\t0' "$EJG_STATE/control"
count='^[0-9]+$'
check_is 'no descriptor more' "$(grep -E "$count" "$EJG_STATE/control" | tail -n 1)" "$(grep -E "$count" "$EJG_STATE/said" | tail -n 1)"
forget

note 'what it is given by who started it'
# Limits, masks, and what prctl(2) tells: secure bits, the signal of a dying parent, a reaper's duty, the time slack.
cat >"$EJG_STATE/state.py" <<-'EOS'
	import ctypes, os, resource, signal
	libc = ctypes.CDLL(None)
	print(sorted(os.environ.items()), os.getcwd(), os.getpriority(0, 0), signal.getitimer(signal.ITIMER_REAL), os.getgroups())
	print([resource.getrlimit(n) for n in range(16)], sorted(os.sched_getaffinity(0)), os.getresuid(), os.getresgid())
	for number in (2, 4, 7, 8, 27, 30, 37):
	    value = ctypes.c_int(-1)
	    print(number, libc.prctl(number, ctypes.byref(value) if number in (2, 4, 37) else 0, 0, 0, 0), value.value)
	for line in open('/proc/self/status'):
	    if line.startswith(('Umask', 'Groups', 'Cap', 'SigB', 'SigC', 'SigI', 'SigP')): print(line, end='')
	for name in ('oom_score_adj', 'coredump_filter', 'timerslack_ns'): print(open('/proc/self/' + name).read(), end='')
	print([os.readlink('/proc/self/fd/%d' % n).replace('control', 'said') for n in (0, 1, 2)])
EOS
state='umask 0137; trap "" HUP USR1; ulimit -n 123; ulimit -c 7; echo 300 >/proc/self/oom_score_adj; cd /; exec "$@"'
unusual() {
	in_cgroup "$here" env -i PATH="$PATH" LANG=C EXTRA=1 nice -n 3 env --block-signal=USR2 setpriv --inh-caps +net_raw --ambient-caps +net_raw \
		bash -c "$state" unusual "$@" </dev/null
}
tool=("$EJG_TOOL" --confdir "$EJG_CONF" --moduledir "$EJG_MODULES" exec --cgroup "$cgroup")
unusual "${tool[@]}" service -- python3 -I "$EJG_STATE/state.py" >"$EJG_STATE/said" 2>&1 || true
unusual python3 -I "$EJG_STATE/state.py" >"$EJG_STATE/control" 2>&1
check_is 'without --user it is the same, all of it' '' "$(diff "$EJG_STATE/control" "$EJG_STATE/said" || true)"
check 'control: it is unusual' grep -qx 300 "$EJG_STATE/said"
check 'control: an ambient capability' grep -qxP 'CapAmb:\t0000000000002000' "$EJG_STATE/said"
forget
chmod 644 "$EJG_STATE/state.py"
unusual "${tool[@]}" --user nobody service -- python3 -I "$EJG_STATE/state.py" >"$EJG_STATE/said" 2>&1 || true
unusual setpriv --inh-caps -all --ambient-caps -all --reuid 65534 --regid 65534 --init-groups env HOME=/nonexistent USER=nobody \
	LOGNAME=nobody SHELL=/usr/sbin/nologin python3 -I "$EJG_STATE/state.py" >"$EJG_STATE/control" 2>&1
check_is 'with --user it is as with setpriv' '' "$(diff "$EJG_STATE/control" "$EJG_STATE/said" || true)"
check 'control: the state is told' grep -q '^CapBnd:' "$EJG_STATE/said"
forget

note 'what the filter does'
[[ $(uname -m) == x86_64 ]] && others=(32-bit x32) || others=()
# check_calls WHAT OPTIONS OF seccomp, WORDS: what calls.py gets.
check_calls() {
	EXTRA="required seccomp $2" stack_for service.service 198.51.100.2
	run_exec -- python3 -I "$harness_dir/calls.py" unshare mptcp "${others[@]}"
	check_is "$1" "$3" "$(paste -sd ' ' "$EJG_STATE/said")"
	forget
}
control=$(in_cgroup "$here" python3 -I "$harness_dir/calls.py" unshare mptcp "${others[@]}" | paste -sd ' ')
check_has 'control' 'unshare ok mptcp ok' "$control"
check_calls 'as it is' '' "unshare EPERM mptcp EPROTONOSUPPORT${others:+ 32-bit EPERM x32 EPERM}"
check_calls 'mptcp=yes' 'mptcp=yes' "unshare EPERM mptcp ok${others:+ 32-bit EPERM x32 EPERM}"
check_calls 'action=kill' 'action=kill' "unshare SIGSYS mptcp SIGSYS${others:+ 32-bit SIGSYS x32 SIGSYS}"
check_calls 'mode=permissive refuses nothing' 'mode=permissive' "$control"
EXTRA='required seccomp mode=permissive' stack_for service.service 198.51.100.2
run_exec -- grep '^Seccomp:' /proc/self/status
check_is 'mode=permissive is a filter' $'Seccomp:\t2' "$(cat "$EJG_STATE/said")"
forget
EXTRA='required seccomp' stack_for service.service 198.51.100.2

note 'without the capability for it'
alone() {
	in_cgroup "$here" setpriv --reuid 65534 --regid 65534 --clear-groups "$EJG_TOOL" --confdir "$EJG_CONF" \
		--moduledir "$EJG_MODULES" exec "$@" >"$EJG_STATE/said" 2>&1 || status=$?
}
chmod 755 "$EJG_CONF" "$EJG_MODULES"
status=0
alone --only-confine service -- grep -E '^(NoNewPrivs|Seccomp):' /proc/self/status
check_is 'the filter comes with no_new_privs' $'NoNewPrivs:\t1 Seccomp:\t2' "$(paste -sd ' ' "$EJG_STATE/said")"
status=0
alone --cgroup "$cgroup" service -- touch "$EJG_STATE/started"
check_refused 'no permission to make a cgroup' 4 'cannot create the cgroup .* run it as root'

note 'job control'
# shellcheck disable=SC2016 # the shell inside expands
group='read -ra stat </proc/$$/stat; echo "${stat[@]:4:3}"'
for option in '' --wait-empty; do
	in_cgroup "$here" setsid --wait bash -c "$group"'; "$@"' session "$EJG_TOOL" --confdir "$EJG_CONF" --moduledir "$EJG_MODULES" \
		exec --cgroup "$cgroup" ${option:+"$option"} service -- bash -c "$group" >"$EJG_STATE/said" 2>&1
	mapfile -t said <"$EJG_STATE/said"
	check "a session of its own: ${said[0]}" test "${said[0]%% *}" -gt 1
	check_is "process group, session and terminal stay${option:+, $option}" "${said[0]}" "${said[1]}"
	forget
done

note 'it is the process that was started'
start_exec service -- sleep 60
check 'the command takes its place' wait_for 10 grep -qx sleep "/proc/$pid/comm"
kill -TERM "$pid"
status=0
wait "$pid" || status=$?
check_is 'and gets its signals' 143 "$status"
forget

note 'it is guarded and confined'
hammer_serve "$here" 127.0.0.1 7777
# shellcheck disable=SC2016 # the shell inside expands
attempts='"$0" connect 198.51.100.9 4369; "$0" bind 198.51.100.11 4369; "$0" connect 127.0.0.1 7777; unshare --net true 2>&1 | head -c 7'
in_cgroup "$here" bash -c "$attempts" "$EJG_STATE/attempt" >"$EJG_STATE/control" 2>&1 || true
run_exec -- bash -c "$attempts" "$EJG_STATE/attempt"
check_is 'control' 'refused ok ok' "$(paste -sd ' ' "$EJG_STATE/control")"
check_is 'guarded' 'denied denied ok unshare' "$(paste -sd ' ' "$EJG_STATE/said")"
forget

note 'the status of the command'
run_exec -- sh -c 'exit 7'
check_is 'as it is' 7 "$status"
forget

note 'what is wrong'
start=(-- touch "$EJG_STATE/started")
run_exec "${start[@]}"
check_is 'control: started' yes "$(exists "$EJG_STATE/started")"
rm -f "$EJG_STATE/started"
forget
run_exec --user no-such-user "${start[@]}"
check_refused 'a user that does not exist' 2 "no user 'no-such-user'"
run_exec -- "$EJG_STATE/no-such-command"
check_refused 'a command that does not exist' 127 'was not found'
run_exec -- /etc/passwd
check_refused 'a command that is no program' 126 'cannot be executed'
mkdir -m 700 "$EJG_STATE/closed"
install -m 755 "$(type -P true)" "$EJG_STATE/closed/command"
run_exec -- "$EJG_STATE/closed/command"
check_is 'control: root executes it' 0 "$status"
forget
run_exec --user nobody -- "$EJG_STATE/closed/command"
check_refused 'a command that the user may not execute' 126 'nobody may not execute it'
printf '#!/no/such/interpreter -x\n' >"$EJG_STATE/script"
chmod 755 "$EJG_STATE/script"
run_exec -- "$EJG_STATE/script"
check_refused 'a script whose interpreter does not exist' 127 'was not found'
# Only the kernel notices: the name of its loader is changed.
sed 's,/ld-linux,/LD-linux,' "$(readlink -f "$(type -P true)")" >"$EJG_STATE/no-loader"
chmod 755 "$EJG_STATE/no-loader"
for option in '' '--user nobody' --wait-empty '--user nobody --wait-empty'; do
	# shellcheck disable=SC2086 # words
	run_exec $option -- "$EJG_STATE/no-loader"
	check_is "the exec fails${option:+, $option}: exit status" 127 "$status"
	check "the exec fails${option:+, $option}: says why" grep -q 'cannot execute' "$EJG_STATE/said"
	check "the exec fails${option:+, $option}: says what stays" grep -q 'stays in force, ejguard release service removes it' "$EJG_STATE/said"
	check_is "the exec fails${option:+, $option}: no cgroup is left" no "$(exists "$cgroup")"
	forget
done
run_exec
check_refused 'no command' 2 'needs a command'
status=0
in_cgroup "$here" "$EJG_TOOL" --confdir "$EJG_CONF" --moduledir "$EJG_MODULES" exec --cgroup "$EJG_CGROUP/no/such/cgroup" \
	service "${start[@]}" >"$EJG_STATE/said" 2>&1 || status=$?
check_refused 'a cgroup in no cgroup' 1 'cannot create the cgroup'
status=0
# shellcheck disable=SC2016 # the shell inside expands
in_cgroup "$here" unshare --mount bash -c 'umount --all --lazy --types cgroup2 && exec "$@"' without "$EJG_TOOL" --confdir "$EJG_CONF" \
	--moduledir "$EJG_MODULES" exec --cgroup /service service "${start[@]}" >"$EJG_STATE/said" 2>&1 || status=$?
check_refused 'no cgroup2' 4 'mount cgroup2'
cp "$EJG_CONF/service" "$EJG_STATE/good"
echo 'required nothing-of-that-name' >>"$EJG_CONF/service"
run_exec "${start[@]}"
check_refused 'a broken stack' 3 'service:'
cp "$EJG_STATE/good" "$EJG_CONF/service"
sed -i '/^required net/a required record apply=broken' "$EJG_CONF/service"
run_exec "${start[@]}"
check_is 'an apply that fails: exit status' 1 "$status"
check_is 'an apply that fails: nothing was started' no "$(exists "$EJG_STATE/started")"
check_is 'an apply that fails: no cgroup is left' no "$(exists "$cgroup")"
cp "$EJG_STATE/good" "$EJG_CONF/service"

note '--wait-empty'
leaves='sleep 1000 & sh -c "trap \"\" TERM; sleep 0.5" & echo left; exit 5'
run_exec --wait-empty -- bash -c "$leaves"
check_is 'the status of the command' 5 "$status"
check_is 'nothing that it left runs' no "$(exists "$cgroup")"
status=0
in_cgroup "$here" env --ignore-signal=CHLD timeout 20 "$EJG_TOOL" --confdir "$EJG_CONF" --moduledir "$EJG_MODULES" exec \
	--cgroup "$cgroup" --wait-empty service -- sh -c 'exit 7' >"$EJG_STATE/said" 2>&1 || status=$?
check_is 'a caller that ignores SIGCHLD: the status of the command' 7 "$status"
start_exec --wait-empty service -- bash -c 'sleep 1000 & sleep 1000'
check 'the command runs' wait_for 10 grep -q . "$cgroup/cgroup.procs"
check 'all of it' wait_for 10 bash -c "((\$(wc -l <'$cgroup/cgroup.procs') == 3))"
kill -TERM "$pid"
status=0
wait "$pid" || status=$?
check_is 'SIGTERM ends the command' 143 "$status"
check_is 'and what it has started' no "$(exists "$cgroup")"
# shellcheck disable=SC2016 # the shell inside expands
start_exec --wait-empty service -- bash -c 'trap "" TERM; touch "$0"; while :; do sleep 1000; done' "$EJG_STATE/deaf"
check 'a command that ignores SIGTERM runs' wait_for 10 test -e "$EJG_STATE/deaf"
before=$SECONDS
kill -TERM "$pid"
status=0
wait "$pid" || status=$?
check_is 'SIGKILL ends it' 137 "$status"
check_is 'after 30 seconds' yes "$( ((SECONDS - before >= 30)) && echo yes || echo no)"
check_is 'all of it' no "$(exists "$cgroup")"

note 'the one who waits is killed'
start_exec --wait-empty service -- bash -c 'sleep 1000 & sleep 1000'
check 'the command runs' wait_for 10 bash -c "((\$(wc -l <'$cgroup/cgroup.procs') == 3))"
{ kill -KILL "$pid" && wait "$pid"; } 2>/dev/null || true
check_is 'control: what it has started is left' 3 "$(wc -l <"$cgroup/cgroup.procs")"
run_exec --wait-empty -- true
check_is 'the next start: status' 0 "$status"
check_is 'the next start ends it' 0 "$(wc -l <"$cgroup/cgroup.procs")"
