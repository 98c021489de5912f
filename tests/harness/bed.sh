# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Beds: Debian's systemd as PID 1, with Debian's ejabberd and epmd, in namespaces and a cgroup of its own.
#
#	bed_new a 198.51.100.1/24 2001:db8::1/64   # root and network are there, nothing runs
#	echo ... >"$(bed_root a)/etc/..."
#	bed_boot a
#	bed_run a systemctl start ejabberd
#	bed_end a

bed_root() {
	echo "$EJG_STATE/$1/root"
}

# bed_cgroup BED [UNIT]: its folder, as the harness sees it.
bed_cgroup() {
	echo "$EJG_CGROUP/$1${2:+/system.slice/$2}"
}

# bed_pid BED: the pid of its systemd in the harness's pid namespace.
bed_pid() {
	cat "$EJG_STATE/$1/pid"
}

# bed_new BED [ADDRESS/PREFIX]...: a bed that does not run yet.
bed_new() {
	local bed=$1
	shift
	mkdir "$EJG_STATE/$bed" "$(bed_cgroup "$bed")"
	rootfs_mount "$(bed_root "$bed")" "$EJG_STATE/$bed/written" "$EJG_IMAGE/layer"
	echo "$bed" >"$(bed_root "$bed")/etc/hostname"
	net_new "$bed" "$@"
}

# bed_stage BED: installs the ejguard that was built, as `meson install` left it in EJG_STAGE.
bed_stage() {
	# A package's folder /lib is a link on Debian: tar keeps it one.
	tar -C "$EJG_STAGE" --owner=0 --group=0 -c . |
		tar -C "$(bed_root "$1")" -x --keep-directory-symlink --no-overwrite-dir
	chroot "$(bed_root "$1")" ldconfig
	bed_bring "$1" /usr/sbin/ejguard --version
}

# bed_bring BED PROGRAM [ARGUMENT]: a release that is older than this machine's lacks what a program was linked with that was
# built here: it comes along.
bed_bring() {
	local root program=$2 folder=/usr/lib/ejguard-bed loader
	root=$(bed_root "$1")
	chroot "$root" "$program" "${@:3}" >/dev/null 2>"$EJG_STATE/brought" || true
	grep -q 'error while loading shared libraries\|version .* not found' "$EJG_STATE/brought" || return 0
	mkdir -p "$root$folder"
	ldd "$root$program" "$root"/usr/lib/*/ejguard/*.so | sed -n 's,^.*[[:space:]]\(/[^ ]*\) (0x.*,\1,p' | sort -u |
		xargs -I FILE cp -L FILE "$root$folder/"
	loader=$(cd "$root$folder" && echo ld-linux*)
	mv "$root$program" "$root$program.real"
	printf '#!/bin/sh\nexec %s --library-path %s %s.real "$@"\n' "$folder/$loader" "$folder" "$program" >"$root$program"
	chmod 755 "$root$program"
}

# bed_boot BED [hybrid]: boots it up to basic.target, epmd.socket included, or fails. The cgroup2 tree is at
# /sys/fs/cgroup, or with `hybrid` at /sys/fs/cgroup/unified, next to systemd's named v1 hierarchy.
bed_boot() {
	local bed=$1 layout=${2-unified}
	export BED_DIR=$EJG_STATE/$bed BED_LAYOUT=$layout BED_CGROUPS
	BED_CGROUPS=$(bed_cgroup "$bed")
	[[ $layout == unified ]] || BED_CGROUPS+=" $(bed_named_cgroup "$bed")"
	setsid nsenter --net="$(net_file "$bed")" unshare --mount --pid --uts --ipc --fork --kill-child \
		bash "${BASH_SOURCE[0]%/*}/bed-init.sh" >"$BED_DIR/console" 2>&1 </dev/null &
	echo $! >"$BED_DIR/outer"
	bed_wait 60 "$bed" systemctl is-active --quiet "${BED_TARGET-bed.target}" || {
		bed_dump "$bed"
		return 1
	}
}

# bed_wait SECONDS BED COMMAND...: until the command succeeds in the bed.
bed_wait() {
	local seconds=$1 bed=$2
	shift 2
	wait_for "$seconds" test -s "$EJG_STATE/$bed/pid" && wait_for "$seconds" bed_run "$bed" "$@"
}

# bed_journal BED OPTION...: of journalctl. journald reads what it is sent later.
bed_journal() {
	bed_run "$1" journalctl --sync
	bed_run "$1" journalctl --quiet --no-pager "${@:2}"
}

# bed_run BED COMMAND...: as root, from a shell's cgroup, as an administrator of that machine would.
# Its root is entered too: if the harness is in a chroot(1), the root of its mount namespaces is this machine's.
bed_run() {
	local bed=$1 shell
	shift
	shell=$(bed_cgroup "$bed")/user.slice/shell.scope
	mkdir -p "$shell"
	cgroup_run "$shell" timeout --kill-after=5 "${BED_SECONDS-$((120 * ${EJG_SLOW-1}))}" nsenter --target "$(bed_pid "$bed")" --all --root \
		env --chdir=/ -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb LC_ALL=C "$@"
}

# bed_chroot BED COMMAND...: in a bed that does not run yet.
bed_chroot() {
	# shellcheck disable=SC2016 # the inner shell expands
	unshare --mount bash -euc '
		mount -t proc proc "$1/proc"
		mount -t sysfs -o ro sysfs "$1/sys"
		mount -t cgroup2 cgroup2 "$1/sys/fs/cgroup"
		exec chroot "$@"' bed-chroot "$(bed_root "$1")" "${@:2}"
}

# bed_named_cgroup BED: makes its cgroup in the v1 hierarchy of a hybrid layout, and prints the folder.
bed_named_cgroup() {
	local named=$EJG_STATE/named-cgroup
	mkdir -p "$named"
	mountpoint --quiet "$named" || mount_named_cgroup "$named"
	mkdir -p "$named/${EJG_STATE##*/}/$1"
	echo "$named/${EJG_STATE##*/}/$1"
}

# bed_stop BED: as if the plug were pulled; after mkdir of its cgroup it can be booted again.
bed_stop() {
	local bed=$1
	kill -KILL "$(bed_pid "$bed")" 2>/dev/null || true
	wait "$(cat "$EJG_STATE/$bed/outer")" 2>/dev/null || true
	rm -f "$EJG_STATE/$bed/pid"
	cgroup_remove "$(bed_cgroup "$bed")"
}

# bed_end BED: the same, and it is gone.
bed_end() {
	local bed=$1
	bed_stop "$bed"
	cgroup_remove "$EJG_STATE/named-cgroup/${EJG_STATE##*/}/$bed"
	umount --recursive "$(bed_root "$bed")"
	# The kernel takes the network namespace down a moment later, and its end of the wire with it.
	ip link del "to-$bed" 2>/dev/null || true
	umount "$(net_file "$bed")"
	rm -rf "${EJG_STATE:?}/$bed" "$(net_file "$bed")"
}

# bed_reboot BED [hybrid]: like a power failure: the content of its disk stays.
bed_reboot() {
	local bed=$1
	kill -KILL "$(bed_pid "$bed")" 2>/dev/null || true
	wait "$(cat "$EJG_STATE/$bed/outer")" 2>/dev/null || true
	cgroup_remove "$(bed_cgroup "$bed")"
	cgroup_remove "$EJG_STATE/named-cgroup/${EJG_STATE##*/}/$bed"
	mkdir "$(bed_cgroup "$bed")"
	rm "$EJG_STATE/$bed/pid"
	bed_boot "$@"
}

# bed_dump BED: what a person needs to see why something failed in it.
bed_dump() {
	echo "--- bed $1: console"
	tail -n 20 "$EJG_STATE/$1/console"
	echo "--- bed $1: journal"
	bed_run "$1" journalctl --no-pager --quiet -n 15 -o short-monotonic || true
}
