# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# A sandbox that leaves nothing behind: a command runs as init of a pid namespace of its own, with mounts of
# its own. Whatever it starts or mounts ends with it, also when this shell is killed with SIGKILL. Two things
# have a name outside of it, a folder in /run and a cgroup; they go at its end, or, after a SIGKILL, by a process
# that waits for that. Should that one be killed too, when the next sandbox starts.

sandbox_prefix=ejguard-bed

cgroup2_root() {
	findmnt -rno TARGET -t cgroup2 | sed -n 1p
}

# sandbox_mount_cgroup2 SCRIPT [ARGUMENT]...: if no cgroup2 is mounted, starts the script again with one: a container
# or a chroot(1) may have none. Only the script sees it; the cgroups that it makes there are removed before it ends.
sandbox_mount_cgroup2() {
	[[ -z $(cgroup2_root) && -z ${EJG_MOUNTED-} ]] || return 0
	# shellcheck disable=SC2016 # the inner shell expands
	EJG_MOUNTED=1 exec unshare --mount bash -c '
		[[ -d /sys/fs/cgroup ]] || mount -t sysfs sysfs /sys
		mount -t cgroup2 cgroup2 /sys/fs/cgroup
		exec bash "$@"' sandbox-mount "$@"
}

# mount_named_cgroup DIR: the v1 hierarchy in which systemd keeps its units if the layout is hybrid. This makes
# it, on a machine that has none.
mount_named_cgroup() {
	mount -t cgroup -o none,name=systemd cgroup "$1"
}

# own_tree COMMAND...: in a cgroup namespace in which the top of the tree is the sandbox's own cgroup.
own_tree() {
	local root
	root=$(cgroup2_root)
	(
		echo 0 >"$EJG_CGROUP/cgroup.procs"
		# shellcheck disable=SC2016 # expanded there
		exec unshare --cgroup --mount bash -c \
			'umount --lazy "$1"; mount -t cgroup2 cgroup2 "$1"; shift; exec "$@"' own-tree "$root" "$@"
	)
}

# cgroup_remove DIR: ends the processes in a cgroup, and removes it and the cgroups below it.
cgroup_remove() {
	local try
	[[ -d $1 ]] || return 0
	[[ ! -e $1/cgroup.kill ]] || echo 1 >"$1/cgroup.kill"
	for try in {1..100}; do
		find "$1" -depth -type d -exec rmdir {} + 2>/dev/null || true
		[[ -d $1 ]] || return 0
		sleep 0.02
	done
	echo "cannot remove $1 ($try tries)" >&2
	return 1
}

# A hierarchy with a cgroup left in it would stay for ever, mounted or not.
sandbox_remove_named_cgroup() (
	# shellcheck disable=SC2016 # the inner shell expands
	! grep -q ':name=systemd:' /proc/self/cgroup || exec unshare --mount bash -euc '
		source "$1"
		mount_named_cgroup "/run/$2"
		cgroup_remove "/run/$2/$2"' sandbox-remove "${BASH_SOURCE[0]}" "$1"
)

sandbox_remove() {
	cgroup_remove "$(cgroup2_root)/$1"
	sandbox_remove_named_cgroup "$1"
	rmdir "/run/$1"
}

# A sandbox holds a lock on its folder as long as it lives.
sandbox_sweep() {
	local folder
	for folder in /run/"$sandbox_prefix".*; do
		# Mounted: the sandbox around this one, whose lock is on the folder below.
		if [[ ! -d $folder ]] || mountpoint --quiet "$folder"; then
			continue
		fi
		if flock --nonblock "$folder/" true 2>/dev/null; then
			sandbox_remove "${folder##*/}"
		fi
	done
}

# With a slash at its end flock(1) makes no file in the place of a folder that has just been removed.
#
# Not a child of what a terminal or a CI job kills, and holds nothing that somebody reads to its end.
sandbox_janitor() {
	# shellcheck disable=SC2016 # the inner shell expands
	setsid bash -euc 'source "$1"; flock "$2/" true || true; exec {run_lock}</run; flock "$run_lock"; sandbox_sweep' \
		sandbox-janitor "${BASH_SOURCE[0]}" "$EJG_STATE" {sandbox_lock}<&- </dev/null >/dev/null 2>&1 &
	disown
}

sandbox_create() {
	local run_lock
	# Between mktemp and flock a folder looks dead to another sandbox that starts now.
	exec {run_lock}</run
	flock "$run_lock"
	sandbox_sweep
	EJG_STATE=$(mktemp -d "/run/$sandbox_prefix.XXXXXXXX")
	exec {sandbox_lock}<"$EJG_STATE"
	flock "$sandbox_lock"
	exec {run_lock}<&-
	sandbox_janitor
	EJG_CGROUP=$(cgroup2_root)/${EJG_STATE##*/}
	mkdir "$EJG_CGROUP"
	export EJG_STATE EJG_CGROUP
}

sandbox_end() {
	if [[ -n ${sandbox_pid-} ]]; then
		kill -KILL "$sandbox_pid" 2>/dev/null || true
		wait "$sandbox_pid" 2>/dev/null || true
	fi
	sandbox_remove "${EJG_STATE##*/}"
}

# sandbox_run [OPTION OF unshare]... COMMAND...: returns the command's exit status. In the sandbox EJG_STATE is
# the path of an empty folder in which a tmpfs belongs, EJG_CGROUP a cgroup without processes.
sandbox_run() {
	local sandbox_lock sandbox_pid status=0
	sandbox_create
	trap sandbox_end EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child --mount-proc "$@" \
		{sandbox_lock}<&- <&0 &
	sandbox_pid=$!
	wait "$sandbox_pid" || status=$?
	trap - EXIT INT TERM HUP
	sandbox_end
	return "$status"
}
