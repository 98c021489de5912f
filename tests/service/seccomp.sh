#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What ejabberd, Erlang and their programs do, under the filter of the module seccomp: on node1, which systemd starts after
# `ejguard enable --seccomp`, and on node2, which `ejguard exec` starts. And calls.py, run by the node itself, is refused what the
# module names. The controls: the same calls from the same nodes without the filter; and beside each thing that works one like
# it that must not.
set -euo pipefail

# shellcheck source=../harness/harness.sh
source "$(dirname "$0")/../harness/harness.sh"
harness_begin "$0"

nodes=(node1 node2)

address() {
	echo "198.51.100.${1#node}"
}

peer_of() {
	[[ $1 == node1 ]] && echo node2 || echo node1
}

# Somebody who answers for a host whose users ejabberd does not know: extauth_program.
write_authentication() {
	cat >"$1/srv/authentication.py" <<-'EOT'
		#!/usr/bin/python3
		import struct, sys
		while head := sys.stdin.buffer.read(2):
		    words = sys.stdin.buffer.read(struct.unpack('>H', head)[0]).split(b':', 3)
		    good = words[0] in (b'auth', b'isuser') and words[1] == b'me' and words[3:] in ([], [b'right'])
		    sys.stdout.buffer.write(struct.pack('>HH', 2, good))
		    sys.stdout.buffer.flush()
	EOT
	cat >"$1/srv/authentication.sh" <<-'EOT'
		#!/bin/sh
		while length=$(head -c 2 | od -An -tu2 --endian=big | tr -d ' ') && [ -n "$length" ]; do
			case $(head -c "$length") in
			isuser:me:* | auth:me:*:right) printf '\0\2\0\1' ;;
			*) printf '\0\2\0\0' ;;
			esac
		done
	EOT
	chmod 755 "$1"/srv/authentication.*
	sed -i 's/^  - localhost$/&\n  - outside.test\n  - shell.test/' "$1/etc/ejabberd/ejabberd.yml"
	printf '  %s:\n    auth_method: external\n    extauth_program: /srv/authentication.%s\n' outside.test py shell.test sh |
		sed '1i host_config:' >>"$1/etc/ejabberd/ejabberd.yml"
}

# A shell wants a terminal.
write_terminal() {
	cat >"$1/srv/terminal.py" <<-'EOT'
		import os, pty, sys
		pid, terminal = pty.fork()
		if pid == 0:
		    os.environ |= {'EJABBERD_BYPASS_WARNINGS': 'true', 'TERM': 'xterm'}
		    os.execvp('ejabberdctl', ['ejabberdctl', 'debug'])
		said = b''
		for wanted, text in ((b'1> ', b'"in " ++ atom_to_list(node()).\r'), (b'"in ejabberd@', b''), (b'2> ', b'')):
		    while wanted not in said:
		        said += os.read(terminal, 4096)
		    os.write(terminal, text)
		print(said.decode())
	EOT
}

new_node() {
	local node=$1 root
	root=$(bed_root "$node")
	bed_new "$node" "$(address "$node")/24"
	bed_stage "$node"
	ejabberd_node "$node" "$(address "$node")" COOKIEOFTHISTESTONLY
	ejabberd_window "$node"
	# Debian writes no crash dumps.
	echo 'ERL_OPTIONS=""' >>"$root/etc/default/ejabberd"
	guard_stack_peers "$node" "$(address "$node")" "$(address "$(peer_of "$node")")"
	echo 'required seccomp' >>"$root/etc/ejguard/ejabberd"
	install -m 644 "$harness_dir/calls.py" "$root/srv/calls.py"
	write_authentication "$root"
	write_terminal "$root"
}

new_node node1
new_node node2
root=$(bed_root node2)
rm -rf "$root"/etc/systemd/system/{epmd,ejabberd}.* "$root"/etc/systemd/system/*.wants/e*
sed -i '1i set cgroups /ejabberd' "$root/etc/ejguard/ejabberd"
# Where a set-user-ID program works, what it does as root must be refused, too.
install -m 4755 "$(readlink -f "$root/usr/bin/python3")" "$root/srv/python-as-root"
install -m 4755 "$root/srv/python-as-root" "$(bed_root node1)/srv/python-as-root"
# Elsewhere the node itself gets what those calls want.
mkdir -p "$(bed_root node1)/etc/systemd/system/ejabberd.service.d"
printf '[Service]\nAmbientCapabilities=CAP_BPF CAP_NET_RAW CAP_PERFMON\n' \
	>"$(bed_root node1)/etc/systemd/system/ejabberd.service.d/10-capabilities.conf"
for node in "${nodes[@]}"; do bed_boot "$node"; done

# erlang NODE EXPRESSION: in a node of the service's user beside it. Node is the node.
erlang() {
	bed_run "$1" setpriv --reuid ejabberd --regid ejabberd --init-groups env HOME=/var/lib/ejabberd erl -noshell \
		-hidden -name "test-$RANDOM@$(address "$1")" -eval "Node = 'ejabberd@$(address "$1")', $2, halt()."
}

# rpc NODE CALL...: what the node answers, a line for each.
rpc() {
	local node=$1 call text=true
	shift
	for call; do text+=", io:format(\"~0p~n\", [rpc:call(Node, $call)])"; done
	erlang "$node" "$text"
}

# runs NODE COMMAND: what a command prints that the node has started.
runs() {
	erlang "$1" "case rpc:call(Node, os, cmd, [\"$2\"]) of {badrpc, _} = Bad -> io:format(\"~p\", [Bad]);
		Text -> io:put_chars(Text) end"
}

ctl() {
	bed_run "$1" ejabberdctl --no-timeout "${@:2}"
}

has_ended() {
	! bed_run "$1" pgrep -u ejabberd
}

stop_nodes() {
	bed_run node1 systemctl stop ejabberd.service epmd.service epmd.socket
	ctl node2 stop >/dev/null || true
	exec {feed}>&-
	bed_wait 60 node2 bash -c '! pgrep -u ejabberd -x beam.smp'
	bed_run node2 pkill -KILL -u ejabberd || true
	wait_for 10 has_ended node2
}

# NAME of an attempt of calls.py, and what the filter answers.
refusals='bpf EPERM
io_uring EPERM
ptrace EPERM
process_vm_readv EPERM
pidfd_getfd EPERM
unshare EPERM
clone EPERM
clone3 ENOSYS
add_key EPERM
perf_event_open EPERM
userfaultfd EPERM
terminal EPERM
adjtimex EPERM
alg EAFNOSUPPORT
vsock EAFNOSUPPORT
xdp EAFNOSUPPORT
packet EAFNOSUPPORT
raw EPERM
sctp EPROTONOSUPPORT
smc EPROTONOSUPPORT
mptcp EPROTONOSUPPORT
generic-netlink EPROTONOSUPPORT
device EPERM'
[[ $(uname -m) != x86_64 ]] || refusals+=$'\n32-bit EPERM\nx32 EPERM'

calls() {
	runs "$1" "$2 -I /srv/calls.py 2>&1"
}

# check_words WHAT EXPECTED ACTUAL: many, which are of interest only where they differ.
check_words() {
	check_is "$1" '' "$(diff <(echo "$2") <(echo "$3") | paste -sd ' ')"
}

# check_open WHAT WORDS: without the filter each is ok, or the kernel does not have it, and says so. EIO: terminals, where
# dev.tty.legacy_tiocsti is off.
check_open() {
	local name word bad=''
	while read -r name word; do
		case $word in
		ok) ;;
		ENOSYS | EAFNOSUPPORT | EPROTONOSUPPORT | EIO) note "$1: $name is left out: this kernel says $word" ;;
		*) bad+=" $name=$word" ;;
		esac
	done <<<"$2"
	check_is "$1: what the filter is to refuse works" '' "$bad"
	check_words "$1: each was tried" "$(cut -d ' ' -f 1 <<<"$refusals")" "$(cut -d ' ' -f 1 <<<"$2")"
}

note 'control: without the filter'
bed_run node1 systemctl start epmd.socket epmd.service ejabberd.service
ejabberd_foreground node2 setpriv --reuid ejabberd --regid ejabberd --init-groups env HOME=/var/lib/ejabberd ejabberdctl foreground
for node in "${nodes[@]}"; do check "control: $node runs" ejabberd_is_up "$node"; done
check_open 'control: node1' "$(calls node1 python3)"
check_open 'control: node2' "$(calls node2 /srv/python-as-root)"
identity='/srv/python-as-root -Ic \"import os; print(os.geteuid())\"'
check_is 'control: node2: set-user-ID programs work' 0 "$(runs node2 "$identity")"
stop_nodes

# check_filtered NODE NAME: each process of that name is under the filter, and there is one.
check_filtered() {
	local pids pid
	pids=$(bed_run "$1" pgrep -u ejabberd,epmd -f "$2" || true)
	check_is "$1: $2 runs" yes "$([[ -n $pids ]] && echo yes || echo no)"
	for pid in $pids; do
		check_is "$1: $2 is under the filter" 2 "$(bed_run "$1" sed -n 's/^Seccomp:\t//p' "/proc/$pid/status")"
	done
}

try_accounts() {
	local node=$1 spool=/var/lib/ejabberd
	check "$node: register" ctl "$node" register "of-$node" localhost secret-of-a-test
	check "$node: backup" ctl "$node" backup "$spool/backup"
	check "$node: unregister" ctl "$node" unregister "of-$node" localhost
	check_is "$node: the account is gone" '' "$(ctl "$node" registered_users localhost)"
	check "$node: restore" ctl "$node" restore "$spool/backup"
	check_is "$node: the account is back" "of-$node" "$(ctl "$node" registered_users localhost)"
	check "$node: dump" ctl "$node" dump "$spool/dump"
	check "$node: the account is in the dump" bed_run "$node" grep -q "of-$node" "$spool/dump"
	check_status "$node: restore of what is no backup" 1 ctl "$node" restore "$spool/dump"
	check "$node: reload_config" ctl "$node" reload_config
}

# eimp of Debian is built without any format: it runs, and has nothing to convert.
try_programs() {
	local node=$1 said name host
	for host in outside.test shell.test; do
		check "$node: external authentication, $host" ctl "$node" check_password me $host right
		check_status "$node: external authentication, $host, a wrong password" 1 ctl "$node" check_password me $host wrong
	done
	said=$(rpc "$node" 'inet_gethost_native, gethostbyname, ["localhost"]' \
		'inet_gethost_native, gethostbyname, ["no.such.name"]' 'application, stop, [os_mon]' \
		'application, set_env, [os_mon, start_cpu_sup, true]' 'application, set_env, [os_mon, start_disksup, true]' \
		'application, ensure_all_started, [os_mon]' 'memsup, get_system_memory_data, []' 'cpu_sup, util, [[]]' 'disksup, get_disk_data, []')
	check_has "$node: inet_gethost" '{ok,{hostent,"localhost"' "$said"
	check_has "$node: inet_gethost, no such name" '{error,' "$said"
	check_has "$node: memsup" '{total_memory,' "$said"
	check_has "$node: cpu_sup" '{all,' "$said"
	check_has "$node: disksup" '[{"/' "$said"
	check_is "$node: all of them run" no "$([[ $said == *unavailable* ]] && echo yes || echo no)"
	for name in beam.smp authentication.py authentication.sh inet_gethost p1_eimp memsup erl_child_setup '(^|/)epmd'; do
		check_filtered "$node" "$name"
	done
}

# load NODE VERSION: a module of that version, and what it says before and then.
load() {
	printf -- '-module(hot).\n-export([version/0]).\nversion() -> %s.\n' "$2" >"$(bed_root "$1")/srv/hot.erl"
	erlang "$1" '{ok, hot, Code} = compile:file("/srv/hot", [binary]),
		[io:format("~0p ", [rpc:call(Node, M, F, A)]) || {M, F, A} <- [{hot, version, []},
			{code, load_binary, [hot, "hot.beam", Code]}, {hot, version, []}, {c, l, [ejabberd_admin]}]]'
}

try_code() {
	check_has "$1: code that was not there" '{badrpc,*{module,hot} 1 {module,ejabberd_admin}' "$(load "$1" 1)"
	check_is "$1: hot code load" '1 {module,hot} 2 {module,ejabberd_admin} ' "$(load "$1" 2)"
}

# The parts of the runtime that observer, etop and observer_cli ask.
try_observer() {
	local node=$1 said
	mapfile -t said < <(rpc "$node" 'observer_backend, sys_info, []' 'observer_backend, get_port_list, []' \
		'observer_backend, get_socket_list, []' 'observer_backend, no_such_question, []')
	check_has "$node: observer: the system" '{otp_release,' "${said[0]}"
	check_has "$node: observer: ports" 'tcp_inet' "${said[1]}"
	check_has "$node: observer: sockets" '[' "${said[2]}"
	check_has "$node: observer: what there is not" '{badrpc,' "${said[3]}"
}

try_shell() {
	check_has "$1: the remote shell" "\"in ejabberd@$(address "$1")\"" "$(bed_run "$1" python3 /srv/terminal.py 2>&1)"
}

note 'with the filter'
bed_run node1 ejguard enable --seccomp >/dev/null
bed_run node1 systemctl start epmd.socket epmd.service ejabberd.service
ejabberd_foreground node2 ejguard exec --user ejabberd --wait-empty -- ejabberdctl foreground
for node in "${nodes[@]}"; do check "$node runs" ejabberd_is_up "$node"; done
check_words 'node1: what is refused' "$refusals" "$(calls node1 python3)"
check_words 'node2: what is refused' "$refusals" "$(calls node2 /srv/python-as-root)"
check_is 'node1: set-user-ID programs do not work, as its manual page says' "$(bed_run node1 id -u ejabberd)" \
	"$(runs node1 "$identity")"
check_is 'node2: set-user-ID programs work' 0 "$(runs node2 "$identity")"
for node in "${nodes[@]}"; do
	try_accounts "$node"
	try_programs "$node"
	try_code "$node"
	try_observer "$node"
	try_shell "$node"
	check "$node: ejguard check" bed_run "$node" ejguard check
done

note 'a cluster'
both='ejabberd@198.51.100.1 ejabberd@198.51.100.2'
check 'node2 joins' ctl node2 join_cluster ejabberd@198.51.100.1
check_status 'a node that there is not' 1 ctl node2 join_cluster ejabberd@198.51.100.3
wait_is 60 "$both" ejabberd_cluster node1 || true
check_is 'the cluster' "$both" "$(ejabberd_cluster node1)"
check_is 'the accounts of node2' of-node1 "$(ctl node2 registered_users localhost)"

note 'a crash'
dump="/var/log/ejabberd/erl_crash_*.dump"
crashes() {
	bed_run "$1" bash -c "cat $dump 2>/dev/null | grep -c '^Slogan: end of a test' || true"
}
dump_ends() {
	[[ $(bed_run "$1" bash -c "tail -n 1 $dump") == *=end* ]]
}
for node in "${nodes[@]}"; do
	check_is "control: $node has no dump" 0 "$(crashes "$node")"
	rpc "$node" 'erlang, halt, ["end of a test"]' >/dev/null
	wait_is 60 1 crashes "$node" || true
	check_is "$node: the dump is written" 1 "$(crashes "$node")"
	check "$node: to its end" wait_for 60 dump_ends "$node"
done
