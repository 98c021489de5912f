# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Network namespaces on one wire. The wire is a bridge in the harness's own network namespace, which has no
# other device: whatever the guard lets through, nothing can leave.

net_start() {
	ip link add wire type bridge
	ip link set wire up
	ip link set lo up
	mkdir "$EJG_STATE/net"
}

# net_file NAME: the network namespace of a bed or of a host, as a file.
net_file() {
	echo "$EJG_STATE/net/$1"
}

# A MAC address of the name's own: who comes back under its name is found by those who remember it.
net_mac() {
	local sum
	sum=$(md5sum <<<"$1")
	echo "02:${sum:0:2}:${sum:2:2}:${sum:4:2}:${sum:6:2}:${sum:8:2}"
}

# net_new NAME [ADDRESS/PREFIX]...: a network namespace with loopback and, when there are addresses, eth0 on the
# wire. Every other address is looked for on the wire, whatever the prefix.
net_new() {
	local file address mac port=to-$1
	mac=$(net_mac "$1")
	file=$(net_file "$1")
	touch "$file"
	unshare --net="$file" ip link set lo up
	shift
	(($#)) || return 0
	ip link add "$port" type veth peer name eth0 address "$mac" netns "$file"
	ip link set "$port" master wire up
	{
		echo link set eth0 up
		for address; do
			echo addr add "$address" dev eth0 "$([[ $address == *:* ]] && echo nodad)"
		done
		echo route add default dev eth0
	} | nsenter --net="$file" ip -batch -
	nsenter --net="$file" ip -6 route add default dev eth0
}

# net_run NAME COMMAND...: in a network namespace, and in nothing else of a bed.
net_run() {
	local name=$1
	shift
	nsenter --net="$(net_file "$name")" "$@"
}

# try NAME ARGUMENTS OF attempt...: prints the one word of the outcome.
try() {
	local name=$1
	shift
	net_run "$name" "$EJG_ATTEMPT" "$@"
}

# try_in BED UNIT ARGUMENTS OF attempt...: the same from the cgroup of a bed's unit. It is in the bed's pid namespace: a
# process that its systemd cannot see keeps systemd 257 from stopping the unit.
try_in() {
	local bed=$1 unit=$2
	shift 2
	# nsenter itself stays in its old cgroup.
	# shellcheck disable=SC2016 # the inner shell expands
	nsenter --net="$(net_file "$bed")" --target "$(bed_pid "$bed")" --pid bash -euc \
		'echo 0 >"$1/cgroup.procs"; shift; exec "$@"' try-in "$(bed_cgroup "$bed" "$unit")" "$EJG_ATTEMPT" "$@"
}

# cgroup_run CGROUP COMMAND...
cgroup_run() (
	cgroup_exec "$@"
)

# cgroup_exec CGROUP COMMAND...: in place of this shell; for a process in the background, whose pid is then the command's.
cgroup_exec() {
	echo 0 >"$1/cgroup.procs"
	exec "${@:2}"
}
