# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# A test of the guard in the kernel sources this, and calls first:
#
#	source "$(dirname "$0")/kernel.sh"
#	kernel_begin "$0"
#
# From there on the test runs in a sandbox: mounts of its own, an empty bpffs and an empty /run among them; a cgroup; a
# network from which nothing leaves. There is a guarded host, and a remote one, which is a peer and a stranger by the
# addresses that it has.
#
# Environment, set by meson.build:
#	EJG_TOOL     the ejguard under test
#	EJG_NET      its module net
#	EJG_HOST_MODULE  its module host
#	EJG_SECCOMP  its module seccomp
#	EJG_STATEDIR the folder of what outlives a boot; an empty one is put there
#	EJG_ATTEMPT, EJG_ATTEMPTS, EJG_HAMMER    the programs of that name
#	EJG_RECORD   the module record of tests/modules, which fails when it is told to (refuse.sh)
#	EJG_NO_SKIP  1: what would be a skip is a failure

# shellcheck source=../harness/harness.sh
source "$(dirname "${BASH_SOURCE[0]}")/../harness/harness.sh"

# Why the guard cannot be tried here; silent if it can.
kernel_obstacle() {
	local name
	if [[ $(id -u) != 0 ]]; then
		echo 'needs root'
	elif [[ -z $(cgroup2_root) ]]; then
		echo 'no cgroup2 is mounted'
	elif [[ ! -d /sys/fs/bpf ]]; then
		echo 'the kernel has no BPF file system'
	else
		for name in EJG_TOOL EJG_NET EJG_HOST_MODULE; do
			[[ -n ${!name-} ]] || {
				echo "$name is not set (meson test sets it)"
				return
			}
		done
	fi
}

# kernel_begin SCRIPT: returns in the sandbox only.
kernel_begin() {
	local obstacle status=0
	if [[ -z ${EJG_IN_SANDBOX-} ]]; then
		obstacle=$(kernel_obstacle)
		[[ -z $obstacle ]] || skip "$obstacle"
		EJG_HOST_NETNS=$(stat -Lc %i /proc/self/ns/net)
		export EJG_HOST_NETNS
		EJG_IN_SANDBOX=1 sandbox_run --net --uts --ipc bash "$1" || status=$?
		exit "$status"
	fi
	unset EJG_IN_SANDBOX
	trap 'harness_finish $?' EXIT
	mount -t tmpfs -o mode=755 run /run
	mount -t bpf -o mode=700 bpf /sys/fs/bpf
	mkdir "$EJG_STATE"
	kernel_state_folder
	kernel_folders
	net_start
	kernel_hosts
}

# Files that survive a boot must not be this machine's: an empty file system is mounted at their place.
kernel_state_folder() {
	local existing=${EJG_STATEDIR:?is not set (meson test sets it)}
	until [[ -d $existing ]]; do
		existing=$(dirname "$existing")
	done
	mount -t tmpfs -o mode=755 state "$existing"
	mkdir -p "$(dirname "$EJG_STATEDIR")"
}

# kernel_without_bpffs: unmounts all that is at its place: under the bed's own there may be this machine's, and a test that
# uncovers it would pin there.
kernel_without_bpffs() {
	while mountpoint --quiet /sys/fs/bpf; do
		umount --lazy /sys/fs/bpf
	done
	[[ $(stat -fc %T /sys/fs/bpf) != bpf_fs ]] || {
		echo '/sys/fs/bpf is a bpffs that cannot be unmounted: nothing was tried with it'
		exit 1
	}
}

# The folders of the tool under test: only root may have written what they hold.
kernel_folders() {
	export EJG_CONF=$EJG_STATE/conf EJG_MODULES=$EJG_STATE/modules
	mkdir "$EJG_CONF" "$EJG_MODULES"
	install -m 755 -t "$EJG_MODULES" "$EJG_NET" "$EJG_HOST_MODULE" ${EJG_RECORD:+"$EJG_RECORD"}
}

# kernel_own_resolver: the files of the resolver are empty ones of this name in $EJG_STATE: nothing of this machine's is read.
# Where one is missing, or is a link that leads nowhere (into the /run that is covered), /etc is a copy that has it.
kernel_own_resolver() {
	local name files=(hosts resolv.conf nsswitch.conf) missing=()
	for name in "${files[@]}"; do
		: >"$EJG_STATE/$name"
		[[ -e /etc/$name ]] || missing+=("$name")
	done
	if ((${#missing[@]})); then
		cp -a /etc "$EJG_STATE/etc"
		rm -f "${missing[@]/#/"$EJG_STATE/etc/"}"
		touch "${missing[@]/#/"$EJG_STATE/etc/"}"
		mount --bind "$EJG_STATE/etc" /etc
	fi
	for name in "${files[@]}"; do
		mount --bind "$EJG_STATE/$name" "$(readlink -f "/etc/$name")"
	done
}

# settings NAME=VALUE...: below /proc/sys/net of the network namespace that this runs in.
settings() {
	local setting
	for setting; do
		echo "${setting#*=}" >"/proc/sys/net/${setting%%=*}"
	done
}

# Fast Open in both directions, without a cookie (0x1 and 0x2, 0x4 and 0x200); no connection leaves a TIME_WAIT behind.
kernel_settings=(ipv4/tcp_fastopen=519 ipv4/tcp_max_tw_buckets=0 ipv6/conf/all/accept_dad=0)

kernel_hosts() {
	local name
	net_new host 198.51.100.1/24 198.51.100.11/24 2001:db8::1/64 2001:db8::11/64 fe80::1/64 fe80::11/64
	net_new remote 198.51.100.2/24 198.51.100.9/24 2001:db8::2/64 2001:db8::9/64 fe80::2/64 fe80::9/64
	for name in host remote; do
		nsenter --net="$(net_file "$name")" bash -c "$(declare -f settings); settings ${kernel_settings[*]}"
	done
}

# guard ARGUMENTS OF ejguard...: on the host.
guard() {
	net_run host "$EJG_TOOL" --confdir "$EJG_CONF" --moduledir "$EJG_MODULES" "$@"
}

# stack_for CGROUP PEER...: the stack file of SERVICE, `service` unless it is set otherwise, with a line of EXTRA. ACCEPT is for
# tests of what the network namespace decides.
stack_for() {
	local cgroup=$1
	shift
	cat >"$EJG_CONF/${SERVICE-service}" <<-EOT
		set cgroups $cgroup
		set epmd 4369
		set dist 4370-4375
		set public 5222 5223 5269
		set peers $*
		${BEFORE-}
		required net accept=${ACCEPT-cgroup} listen=127.0.0.1,::1,198.51.100.1,2001:db8::1
		${EXTRA-}
	EOT
}

# set_path: the pins of SERVICE.
set_path() {
	echo "/sys/fs/bpf/ejguard/${SERVICE-service}"
}

# kernel_has_netns: this kernel can decide in a network namespace (accept=netns): Linux 5.17.
kernel_has_netns() {
	local major minor
	IFS=.- read -r major minor _ <<<"$(uname -r)"
	((major * 1000 + minor >= 5017))
}

# kernel_has_host: this kernel can tell network namespaces by their number, SO_NETNS_COOKIE: Linux 5.14. Without that an apply of
# the module host says so, and fails.
kernel_has_host() {
	python3 -c 'import socket; socket.socket().getsockopt(socket.SOL_SOCKET, 71, 8)' 2>/dev/null
}

# guard_host ARGUMENTS OF ejguard...: in own_tree, for the module host.
guard_host() {
	own_tree nsenter --net="$(net_file host)" "$EJG_TOOL" --confdir "$EJG_CONF" --moduledir "$EJG_MODULES" "$@"
}

# pin_id PIN: the kernel's id of a map, a program or a link.
pin_id() {
	local kind
	for kind in map prog link; do
		bpftool "$kind" show pinned "$1" 2>/dev/null | sed -n '1s/:.*//p' || true
	done
}

# pin_ids: each pin of SERVICE with its id, and the map that holds the policy.
pin_ids() {
	local pin
	find "$(set_path)" -type f | sort | while read -r pin; do
		echo "$pin $(pin_id "$pin")"
	done
	echo "policy in force $(bpftool map lookup pinned "$(set_path)/policy" key 0 0 0 0 | tr -s ' \n' ' ')"
}

# policy_map [ARRAY]: the id of the map in force of SERVICE, of a small policy or in this array. Without -j bpftool shows it
# in one way or another, by its version.
policy_map() {
	echo "$(($(bpftool -j map lookup pinned "$(set_path)/${1-policy}" key 0 0 0 0 |
		sed -E 's/.*"value": *\["0x(..)","0x(..)","0x(..)","0x(..)"\].*/0x\4\3\2\1/')))"
}

# change_meta SET BYTE NUMBER: adds to a byte of what the set says of itself: to the layout, byte 0, or to the build, from byte 8.
change_meta() {
	local bytes
	# shellcheck disable=SC2207 # words are wanted
	bytes=($(bpftool -j map lookup pinned "$1/meta" key 0 0 0 0 |
		python3 -c 'import json, sys; print(*(int(byte, 16) for byte in json.load(sys.stdin)["value"]))'))
	bytes[$2]=$(((bytes[$2] + $3) & 255))
	bpftool map update pinned "$1/meta" key 0 0 0 0 value "${bytes[@]}"
}

without_policy() {
	grep -v '^policy in force' <<<"$1"
}

same() {
	[[ $1 == "$2" ]] && echo yes || echo no
}

exists() {
	[[ -e $1 ]] && echo yes || echo no
}

link_is_dead() {
	# bpftool 7.5 shows it, and fails.
	[[ $(bpftool link show pinned "$1") == *'cgroup_id 0'* ]]
}

# attached CGROUP: the ids of the programs at a cgroup.
attached() {
	# From version 7 on bpftool asks for what Linux has from 6.0 on, and shows nothing on an older one, where links are seen.
	if (($(uname -r | cut -d. -f1) < 6)); then
		attached_links "$(stat -c %i "$1")"
	else
		bpftool cgroup show "$1" | awk '$1 ~ /^[0-9]+$/ { print $1 }'
	fi
}

# attached_links ID: of the links at the cgroup of that number.
attached_links() {
	bpftool -j link show | python3 -c '
import json, sys
for link in json.load(sys.stdin):
    if link.get("cgroup_id") == int(sys.argv[1]):
        print(link["prog_id"])' "$1"
}

# has_attached CGROUP NUMBER
has_attached() {
	[[ $(attached "$1" | wc -l) == "$2" ]]
}

# watch_waits PID: the tool does, for the next denial: SIGTERM is blocked by then.
watch_waits() {
	local mask
	mask=$(sed -n 's/^SigBlk:[[:blank:]]*//p' "/proc/$1/status")
	(((0x$mask >> 14) & 1))
}

# in_cgroup CGROUP COMMAND...: on the host.
in_cgroup() {
	cgroup_run "$1" nsenter --net="$(net_file host)" "${@:2}"
}

# background NAME COMMAND...: returns when the command has said something. Its words are in background/NAME, its pid is in
# `background_pid`, for which a command that is a function ends with exec.
background() {
	local said=$EJG_STATE/background/$1
	mkdir -p "$EJG_STATE/background"
	rm -f "$said" # a former one of this name has said something, too
	"${@:2}" >"$said" &
	background_pid=$!
	wait_for 30 test -s "$said"
}

# hold NAME CGROUP HOST ARGUMENTS OF hold...: in the background; HOST is as net_file has it, or - for the sandbox itself.
hold() {
	local enter=()
	[[ $3 == - ]] || enter=(nsenter --net="$(net_file "$3")")
	background "$1" cgroup_exec "$2" "${enter[@]}" "$EJG_HOLD" "${@:4}"
}

# last_word NAME: of a process in the background.
last_word() {
	tail -n 1 "$EJG_STATE/background/$1"
}

# end PID: a process in the background.
end() {
	kill "$1"
	wait "$1" || true
}

# hammer_serve CGROUP ADDRESS PORT: a listener, which takes connections from now on. It is nobody's: a listener of root's
# on a private port is a failure where no guard is. Nobody may not see the build folder, hence the copy.
hammer_serve() {
	[[ -x $EJG_STATE/hammer ]] || install -m 755 "$EJG_HAMMER" "$EJG_STATE/hammer"
	background "serve.$2.$3" in_cgroup "$1" setpriv --reuid=65534 --regid=65534 --clear-groups "$EJG_STATE/hammer" serve "$2" "$3"
}

hammers=()

is_hammer() {
	[[ $(readlink "/proc/$1/exe") == */hammer ]]
}

# hammer_start NAME COMMAND...: one that calls, until hammer_end. A signal before it is the hammer would end it without a word.
hammer_start() {
	local name=$1
	shift
	"$@" >"$EJG_STATE/hammer.$name" &
	hammers+=("$!")
	wait_for 30 is_hammer "${hammers[-1]}"
}

hammer_end() {
	local file
	kill -TERM "${hammers[@]}"
	wait "${hammers[@]}" || true
	hammers=()
	for file in "$EJG_STATE"/hammer.*; do
		note "${file##*.}: $(cat "$file")"
	done
}

# hammer_seen NAME ok|failed: how often.
hammer_seen() {
	sed -n "s/.*\b$2=\([0-9]*\).*/\1/p" "$EJG_STATE/hammer.$1"
}

# hammer_inside CGROUP ARGUMENTS OF hammer call...: from the host. For hammer_start: what it starts must be the hammer.
hammer_inside() {
	cgroup_exec "$1" nsenter --net="$(net_file host)" "$EJG_HAMMER" call "${@:2}"
}

hammer_outside() {
	exec nsenter --net="$(net_file remote)" "$EJG_HAMMER" call "$@"
}
