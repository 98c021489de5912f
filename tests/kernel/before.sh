#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The module host, and sockets of local users from before it of which no hook sees more: a connect that waits behind a full
# queue, a connection to a private port of a peer, and a socket that is bound, and can listen at any time. Controls: the same without the guard, and the service's own.
set -euo pipefail

# shellcheck source=kernel.sh
source "$(dirname "$0")/kernel.sh"
kernel_begin "$0"

mkdir "$EJG_CGROUP/service" "$EJG_CGROUP/users"

# stack OPTIONS OF host
stack() {
	printf '%s\n' "set cgroups $(cgroup2_root)/service" 'set epmd 4369' 'set dist 4370-4375' 'set public 5222' \
		"required host $*" >"$EJG_CONF/ejabberd"
}

report() {
	guard_host --json "$@" >"$EJG_STATE/report" 2>&1
}

findings() {
	{ grep -o "\"host.$1\"" "$EJG_STATE/report" || true; } | wc -l
}

# keep NAME CGROUP UID PROGRAM ARGUMENT...: of python3, in the background; its pid is in `background_pid`.
keep() {
	background "$1" cgroup_exec "$EJG_CGROUP/$2" nsenter --net="$(net_file host)" \
		setpriv --reuid="$3" --regid=65534 --clear-groups /usr/bin/python3 -c "$4" "${@:5}"
}

serve='
import os, socket, sys, time
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", 4369))
s.listen(0)
print("listening", flush=True)
while not os.path.exists(sys.argv[1]):
    time.sleep(0.05)
taken = []
while True:
    taken.append(s.accept()[0])
    taken[-1].send(b"x")'

call='
import socket, sys, time
calls = [socket.socket() for _ in range(int(sys.argv[1]))]
for c in calls:
    c.setblocking(False)
    try:
        c.connect(("127.0.0.1", 4369))
    except BlockingIOError:
        pass
    time.sleep(0.1)
print("called", flush=True)
calls[-1].setblocking(True)
try:
    print("got" if calls[-1].recv(9) else "closed", flush=True)
except OSError:
    print("ended", flush=True)
time.sleep(600)'

# queue: a listener of the service that takes nothing yet, its queue full, and nobody behind it.
queue() {
	rm -f "$EJG_STATE/go"
	keep server service 65533 "$serve" "$EJG_STATE/go"
	pids=("$background_pid")
	keep first service 65533 "$call" 3
	pids+=("$background_pid")
	keep nobody users 65534 "$call" 1
	pids+=("$background_pid")
}

close_all() {
	local pid
	for pid in "${pids[@]}"; do
		end "$pid"
	done
}

waiting() {
	net_run host ss -Htne state syn-sent 'dport = :4369' | grep -c 'uid:65534'
}

chmod 711 "$EJG_STATE"
stack
if ! kernel_has_host; then
	note 'a kernel without it'
	check_status 'apply says so' 4 report apply
	exit 0
fi

note 'a connect that waits behind a full queue'
queue
check_is 'nobody waits' 1 "$(waiting)"
touch "$EJG_STATE/go"
wait_is 20 got last_word nobody || true
check_is 'control: without the guard nobody gets in afterwards' got "$(last_word nobody)"
close_all
queue
check_is 'nobody waits' 1 "$(waiting)"
check_status 'apply' 1 report apply
check_is 'it reports nobody, and not the service' 1 "$(findings connection-before)"
check_has 'by name' 'uid 65534' "$(cat "$EJG_STATE/report")"
check_status 'check' 1 report check
stack evict=yes
check 'apply with evict=yes' report apply
check_is 'it ends that' 1 "$(findings connection-ended)"
wait_is 5 ended last_word nobody || true
check_is 'it has ended' ended "$(last_word nobody)"
check 'check' report check
touch "$EJG_STATE/go"
wait_is 20 got last_word first || true
check_is 'the service itself gets in' got "$(last_word first)"
close_all
guard_host -q release
stack

note "a connection to a peer's private port"
# Takes connections on a port; connects from a port of its own (0: any) and says what becomes of that.
take='
import socket, sys
kept = []
s = socket.create_server(("", int(sys.argv[1])))
print("listening", flush=True)
while True:
    kept.append(s.accept())'
reach='
import socket, sys, time
s = socket.socket()
s.bind((sys.argv[1], int(sys.argv[2])))
s.connect((sys.argv[3], int(sys.argv[4])))
print("connected", flush=True)
try:
    s.recv(9)
except OSError:
    print("ended", flush=True)
time.sleep(600)'

# far NAME PROGRAM ARGUMENT...: as keep, of the remote host.
far() {
	background "$1" nsenter --net="$(net_file remote)" /usr/bin/python3 -c "${@:2}"
}

last_words() {
	local name
	for name; do
		last_word "$name"
	done | sort | uniq -c | xargs
}

# start COMMAND...: keep or far, until close_all.
start() {
	"$@"
	pids+=("$background_pid")
}

pids=()
start far far.4369 "$take" 4369
start far far.5222 "$take" 5222
start keep public users 65534 "$take" 5223
start keep ends-peer users 65534 "$reach" '' 0 198.51.100.2 4369
start keep stays-public users 65534 "$reach" '' 0 198.51.100.2 5222
start keep stays-stranger users 65534 "$reach" '' 0 198.51.100.9 4369
start keep stays-service service 65533 "$reach" '' 0 198.51.100.2 4369
start far stays-incoming "$reach" 198.51.100.2 4370 198.51.100.1 5223
stays=(stays-public stays-stranger stays-service stays-incoming)
stack
sed -i 's/^set public.*/& 5223/; 1i set peers 198.51.100.2' "$EJG_CONF/ejabberd"
check_status 'apply' 1 report apply
check_is 'it reports that of nobody to the peer only' 1 "$(findings connection-before)"
check_has 'by address' '198.51.100.2:4369*uid 65534' "$(tr '\n' ' ' <"$EJG_STATE/report")"
check_is 'control: it ends none' '5 connected' "$(last_words ends-peer "${stays[@]}")"
sed -i 's/^required host.*/& evict=yes/' "$EJG_CONF/ejabberd"
check 'apply with evict=yes' report apply
check_is 'it ends that' 1 "$(findings connection-ended)"
wait_is 5 ended last_word ends-peer || true
check_is 'it has ended' ended "$(last_word ends-peer)"
check_is 'and no other' '4 connected' "$(last_words "${stays[@]}")"
check 'check' report check
close_all
guard_host -q release
stack

note 'a socket that is bound, and does not listen yet'
bound='
import os, socket, sys, time
s = socket.socket()
s.bind(("127.0.0.1", int(sys.argv[2])))
print("bound", flush=True)
while not os.path.exists(sys.argv[1]):
    time.sleep(0.05)
s.listen()
print("listening", flush=True)
time.sleep(600)'
rm "$EJG_STATE/go"
keep own service 65533 "$bound" "$EJG_STATE/never" 4372
pids=("$background_pid")
check 'control: one of the service' report apply
guard_host -q release
keep other users 65534 "$bound" "$EJG_STATE/go" 4371
other=$background_pid
keep elsewhere users 65534 "$bound" "$EJG_STATE/never" 8080
pids+=("$background_pid")
IFS=.- read -r major minor _ <<<"$(uname -r)"
if ((major * 1000 + minor >= 6008)); then
	check_status 'apply' 1 report apply
	check_is 'it reports that of nobody at a private port only' 1 "$(findings listener-before)"
	check_has 'by address' '127.0.0.1:4371' "$(cat "$EJG_STATE/report")"
else
	check 'apply on a kernel that does not show them' report apply
fi
check_is 'the guard stands' denied \
	"$(install -m 755 "$EJG_ATTEMPT" "$EJG_STATE/attempt" &&
		in_cgroup "$EJG_CGROUP/users" setpriv --reuid=65534 --regid=65534 --clear-groups "$EJG_STATE/attempt" \
			listen 127.0.0.1 4369 0)"
touch "$EJG_STATE/go"
wait_is 5 listening last_word other
check_status 'check, once it listens' 1 report check
check_is 'it reports that on every kernel' 1 "$(findings listener-before)"
end "$other"
check 'control: without it' report check
close_all
