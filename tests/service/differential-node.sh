# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# One block of a table of differential.sh: sets up what it says, lets ejguard read it, starts the node, and writes down
# what that did.
set -euo pipefail

# shellcheck source=rows-host.sh
source "$(dirname "$0")/rows-host.sh"

# listeners PROGRAM: what its processes listen on: "0.0.0.0:4370".
listeners() {
	ss -Hltnp | sed -n "s/^LISTEN *[0-9]* *[0-9]* *\([^ ]*\) .*users:((\"$1\".*/\1/p"
}

# wait_for_node PID: until it listens, or ends. One that shall not listen may take that long to show it.
wait_for_node() {
	local i tries=200
	[[ $(cat "$row/real") != nowhere* || -e $row/older ]] || tries=30
	for ((i = 0; i < tries; i++)); do
		sleep 0.1
		[[ -z $(listeners beam.smp) ]] || return 0
		kill -0 "$1" 2>/dev/null || return 0
	done
}

# The node's pid; ejabberdctl may ask Erlang what an address is, before.
node_pid() {
	local pid
	for pid in $(pidof beam.smp); do
		if grep -qzx -- '-s\?name' "/proc/$pid/cmdline"; then
			echo "$pid"
			return
		fi
	done
}

echo 50000 50999 >/proc/sys/net/ipv4/ip_local_port_range
printf 'hosts: [localhost]\nloglevel: none\nlisten: []\nmodules: {}\n' >/etc/ejabberd/ejabberd.yml
# shellcheck source=/dev/null
[[ ! -e $row/setup ]] || source "$row/setup"
ejguard --json discover >"$row/discover" || true

as_ejabberd /usr/sbin/ejabberdctl foreground >"$row/said" 2>&1 &
started=$!
wait_for_node "$started"
pid=$(node_pid)
listeners beam.smp >"$row/listens"
listeners epmd >"$row/epmd"
[[ -z $pid ]] || tr '\0' '\n' <"/proc/$pid/cmdline" >"$row/argv"
ejguard --json discover >"$row/discover-running" || true
touch "$row/done"
