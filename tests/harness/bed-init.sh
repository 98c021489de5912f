# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# First process of a bed's namespaces: makes its machine of the folder BED_DIR/root, and becomes its systemd.
# Environment: BED_DIR, BED_CGROUPS (the bed's cgroup as seen from outside; two if hybrid), BED_LAYOUT (unified
# or hybrid), BED_TARGET (bed.target where it is not set).
set -euo pipefail

# The root of a cgroup namespace is the cgroup of the process that creates it.
if [[ -n ${BED_CGROUPS-} ]]; then
	for cgroup in $BED_CGROUPS; do
		echo 0 >"$cgroup/cgroup.procs"
	done
	unset BED_CGROUPS
	exec unshare --cgroup bash "$0"
fi

# shellcheck source=rootfs.sh
source "$(dirname "$0")/rootfs.sh"

root=$BED_DIR/root
kernel_line=("systemd.unit=${BED_TARGET-bed.target}" systemd.show_status=0)

# /proc is still the harness's: this is the pid that it knows. Kept until the bed can be entered.
read -r outer_pid _ </proc/self/stat

mount_sys() {
	mount --bind "$root/proc/sys" "$root/proc/sys"
	mount --bind "$root/proc/sys/net" "$root/proc/sys/net"
	mount -o remount,bind,ro "$root/proc/sys"
	mount -t sysfs -o ro sysfs "$root/sys"
	mount -t bpf -o mode=700 bpf "$root/sys/fs/bpf"
}

mount_cgroup_unified() {
	mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
}

mount_cgroup_hybrid() {
	local cgroup=$root/sys/fs/cgroup
	mount -t tmpfs -o mode=755 cgroup "$cgroup"
	mkdir "$cgroup/unified" "$cgroup/systemd"
	mount -t cgroup2 cgroup2 "$cgroup/unified"
	mount -t cgroup -o none,name=systemd cgroup "$cgroup/systemd"
	# Without this table systemd would mount the machine's other v1 hierarchies and make its slices in them.
	printf '#subsys_name\thierarchy\tnum_cgroups\tenabled\n' >"$BED_DIR/cgroups"
	mount --bind "$BED_DIR/cgroups" "$root/proc/cgroups"
	# systemd 256 and 257 want to be told twice; later ones cannot do it any more.
	kernel_line+=(systemd.unified_cgroup_hierarchy=0 systemd.legacy_systemd_cgroup_controller=0
		SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1)
}

hostname "$(cat "$root/etc/hostname")"
rootfs_runtime "$root"
rootfs_dev "$root"
mount_sys
"mount_cgroup_$BED_LAYOUT"
touch "$root/dev/console"
mount --bind "$BED_DIR/console" "$root/dev/console"

pid_file=$BED_DIR/pid
exec {pid_fd}>"$pid_file"
cd "$root"
mkdir -p oldroot
pivot_root . oldroot
umount --lazy oldroot
rmdir oldroot
echo "$outer_pid" >&"$pid_fd"
exec {pid_fd}>&-
exec env -i container=bed PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd "${kernel_line[@]}"
