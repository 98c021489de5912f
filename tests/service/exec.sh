#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A real ejabberd by ejguard exec, without systemd's help, under the filter of the module seccomp: it starts, works and
# ends with all that it started; strangers get nowhere; bad input starts nothing and leaves nothing. The controls: the same
# without a guard, and without the filter.
set -euo pipefail

# shellcheck source=../harness/harness.sh
source "$(dirname "$0")/../harness/harness.sh"
harness_begin "$0"

addresses=(198.51.100.1)
net_new stranger 203.0.113.9/24
bed_new server 198.51.100.1/24
rm -rf "$(bed_root server)"/etc/systemd/system/{epmd,ejabberd}.* "$(bed_root server)"/etc/systemd/system/*.wants/e*
bed_stage server
guard_stack server <<-'EOT'
	set cgroups /ejabberd
	set public 5222 5223 5269 5280 5443 1883
	required net strict=yes
	required seccomp
EOT
bed_boot server

# As a service manager would: start OPTION OF exec...; its process is $manager.
start() {
	bed_run server ejguard "$@" -- ejabberdctl foreground >"$EJG_STATE/foreground" 2>&1 &
	manager=$!
	check 'ejabberd starts' wait_until_up
}

# Not with ejabberdctl at first: before the node runs, that would start an epmd in the shell's cgroup.
wait_until_up() {
	bed_wait 40 server bash -c 'ss -Hltn "sport = :5222" | grep -q .'
	bed_wait 40 server ejabberdctl status
}

# rpc CALL: in the node, by a node of the service's user.
rpc() {
	bed_run server setpriv --reuid ejabberd --regid ejabberd --init-groups env HOME=/var/lib/ejabberd erl -noshell \
		-hidden -sname "test-$RANDOM@localhost" -eval "
			Result = rpc:call('ejabberd@localhost', $1), io:format(\"~p~n\", [Result]), halt()."
}

# stop: with SIGTERM to what was started.
stop() {
	local status=0
	bed_run server pkill -TERM -x ejguard
	wait "$manager" || status=$?
	check_is 'SIGTERM ends it' 143 "$status"
	check_is 'and everything that it started' 0 "$(processes)"
}

processes() {
	bed_run server pgrep -c -u ejabberd || true
}

note 'bad input: nothing is started, nothing is left'
bed_run server mkdir /sys/fs/cgroup/delegated
bed_run server chown -R ejabberd:ejabberd /sys/fs/cgroup/delegated
bad() {
	local what=$1 expected=$2 message=$3 output status=0
	shift 3
	output=$(bed_run server "$@" 2>&1) || status=$?
	check_is "$what: exit status" "$expected" "$status"
	check_has "$what: says why" "$message" "$output"
	check_is "$what: the command was not started" no "$(bed_run server test -e /run/started && echo yes || echo no)"
	check_is "$what: no cgroup is left" no "$(bed_run server test -e /sys/fs/cgroup/ejabberd && echo yes || echo no)"
	check_is "$what: no pins are left" no "$(bed_run server test -e /sys/fs/bpf/ejguard/ejabberd && echo yes || echo no)"
}
bad 'a delegated cgroup' 3 'delegated' ejguard exec --cgroup /delegated -- touch /run/started
# A kernel without seccomp(2), as a program sees it.
cat >"$(bed_root server)/etc/systemd/system/no-filter.service" <<-'EOT'
	[Service]
	Type=oneshot
	SystemCallFilter=~seccomp
	SystemCallErrorNumber=ENOSYS
	ExecStart=/usr/sbin/ejguard exec -- touch /run/started
EOT
bed_run server systemctl daemon-reload
bad 'a kernel without seccomp' 4 'CONFIG_SECCOMP_FILTER' bash -c 'systemctl start no-filter
	journalctl --sync; journalctl --no-pager --unit no-filter --output cat
	exit "$(systemctl show --value --property=ExecMainStatus no-filter)"'
bad 'a user that does not exist' 2 "there is no user 'nemo'" ejguard exec --user nemo -- touch /run/started
bad 'a command that does not exist' 127 'was not found' ejguard exec -- /nowhere
bed_run server rmdir /sys/fs/cgroup/delegated

note 'control: without a guard'
bed_run server setpriv --reuid ejabberd --regid ejabberd --init-groups env HOME=/var/lib/ejabberd ejabberdctl foreground \
	>"$EJG_STATE/foreground" 2>&1 &
wait_until_up
check_is 'control: os:cmd' '"ok"' "$(rpc 'os, cmd, ["printf ok"]')"
check_is 'control: ptrace, ...: unshare works' '"0"' "$(rpc 'os, cmd, ["unshare --user true 2>/dev/null; printf $?"]')"
check_reach 'control' stranger ok 4369 "${addresses[@]}"
check_reach 'control' stranger ok "$(ejabberd_dist_port server)" "${addresses[@]}"
bed_run server ejabberdctl stop
bed_wait 40 server bash -c '! pgrep -u ejabberd beam.smp'
bed_run server pkill -KILL -u ejabberd || true

# stack_with LINE: the stack, with another line for seccomp, or none.
stack_with() {
	sed -i '/seccomp/d' "$(bed_root server)/etc/ejguard/ejabberd"
	[[ -z $1 ]] || echo "$1" >>"$(bed_root server)/etc/ejguard/ejabberd"
}

# check_judged WHAT LINE PATTERN: of a node that was started with LINE, check says that, if the stack demands more by now.
check_judged() {
	local said
	stack_with "$2"
	start exec --user ejabberd --wait-empty
	check "$1: control: by the stack of the start it is right" bed_run server ejguard check
	stack_with 'required seccomp'
	said=$(bed_run server ejguard check 2>&1 || true)
	check_has "$1: the node" "the Erlang node $3" "$said"
	check_has "$1: epmd" "epmd $3" "$said"
	stop
}

note 'check tells filters that are weaker from the right one'
check_judged 'no filter' '' 'runs without'
check_judged 'a filter that allows MPTCP' 'required seccomp mptcp=yes' 'allows socket(argument 1 = 0x2, argument 3 = 0x106), socket('
check_judged 'a filter that only records' 'required seccomp mode=permissive' 'allows bpf, io_uring_setup,'

note 'with a terminal'
cat >"$(bed_root server)/srv/live.py" <<-'EOT'
	import os, pty, sys
	pid, terminal = pty.fork()
	if pid == 0:
	    os.environ |= {'EJABBERD_BYPASS_WARNINGS': 'true', 'TERM': 'xterm'}
	    os.execvp(sys.argv[1], sys.argv[1:])
	said = b''
	for wanted, text in ((b'1> ', b'"in " ++ os:cmd("grep Seccomp: /proc/self/status").\r'), (b'"in Seccomp:', b''),
	                     (b'2> ', b'init:stop().\r')):
	    while wanted not in said:
	        said += os.read(terminal, 4096)
	    os.write(terminal, text)
	try:
	    while data := os.read(terminal, 4096):
	        said += data
	except OSError:
	    pass
	print(said.decode(errors='replace'))
	sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
EOT
live() {
	local status=0
	bed_run server python3 /srv/live.py "$@" >"$EJG_STATE/live" 2>&1 || status=$?
	bed_run server pkill -KILL -u ejabberd || true
	wait_is 20 0 processes || true
	return "$status"
}
check 'control: ejabberdctl live' live setpriv --reuid ejabberd --regid ejabberd --init-groups env HOME=/var/lib/ejabberd ejabberdctl live
check_has 'control: it is under no filter' 'in Seccomp:\\t0' "$(cat "$EJG_STATE/live")"
check 'ejabberdctl live' live ejguard exec --user ejabberd -- ejabberdctl live
check_has 'ejabberdctl live: it is under the filter' 'in Seccomp:\\t2' "$(cat "$EJG_STATE/live")"
check 'ejabberdctl live, --wait-empty' live ejguard exec --user ejabberd --wait-empty -- ejabberdctl live

note 'by ejguard exec'
start exec --user ejabberd --wait-empty
check_reach 'by exec' stranger ok 5222 "${addresses[@]}"
check_reach 'by exec' stranger refused 4369 "${addresses[@]}"
check_reach 'by exec' stranger timeout "$(ejabberd_dist_port server)" "${addresses[@]}"
check 'ejabberdctl register' bed_run server ejabberdctl register me localhost secret-of-a-test
check 'ejabberdctl backup' bed_run server ejabberdctl backup /var/lib/ejabberd/backup
check 'ejabberdctl restore' bed_run server ejabberdctl restore /var/lib/ejabberd/backup
# Functions for which Erlang runs programs of its own: names, commands.
check 'inet_gethost' grep -q '{ok,' <<<"$(rpc 'inet, gethostbyname, ["localhost"]')"
check_is 'os:cmd' '"ok"' "$(rpc 'os, cmd, ["printf ok"]')"
check_is 'a namespace of its own is refused' '"1"' "$(rpc 'os, cmd, ["unshare --user true 2>/dev/null; printf $?"]')"
check 'ejguard check' bed_run server ejguard check
for pid in $(bed_run server pgrep -u ejabberd); do
	check_is "process $(bed_run server cat "/proc/$pid/comm") is under the filter" 2 \
		"$(bed_run server sed -n 's/^Seccomp:\t//p' "/proc/$pid/status")"
done
stop
start exec --user ejabberd --wait-empty
stop
