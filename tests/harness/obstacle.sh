# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Features that the beds need and this machine lacks: each is tried once, in namespaces that end with it.

# shellcheck disable=SC2016 # inner shells expand
obstacle_probes=(
	'namespaces of its own (unshare)'
	'true'
	'a cgroup2 filesystem that is mounted, in which root may make cgroups'
	'cgroup2=$(findmnt --first-only -rno TARGET -t cgroup2); mkdir "$cgroup2/ejguard-probe"; rmdir "$cgroup2/ejguard-probe"'
	'overlayfs'
	'mount -t tmpfs tmpfs /mnt; mkdir /mnt/{up,work,root}
		mount -t overlay overlay -o lowerdir=/etc,upperdir=/mnt/up,workdir=/mnt/work /mnt/root'
	'veth and bridge devices in a network namespace of its own (ip link add)'
	'ip link add wire type bridge; ip link add one type veth peer name two; ip link set one master wire'
	'the folders of sysfs for cgroups and BPF (mount -t sysfs sysfs /sys)'
	'[[ -d /sys/fs/cgroup && -d /sys/fs/bpf ]]'
	'a writable folder /run'
	'rmdir "$(mktemp -d /run/ejguard-probe.XXXXXX)"'
	'the BPF filesystem (mount -t bpf)'
	'mount -t bpf bpf /mnt'
	'BPF programs of the types cgroup_skb and cgroup_sock_addr, and maps of maps (bpftool feature probe)'
	'types=$(PATH=$PATH:/usr/sbin bpftool feature probe kernel)
		[[ $types == *"program_type cgroup_skb is available"* ]]
		[[ $types == *"program_type cgroup_sock_addr is available"* ]]
		[[ $types == *"map_type array_of_maps is available"* ]]'
)

# machine_obstacles: one line for each thing that is missing; silent if nothing is. Needs iproute2 and bpftool.
machine_obstacles() {
	local i said
	mountpoint --quiet /proc || {
		echo 'a /proc (mount -t proc proc /proc)'
		return
	}
	mountpoint --quiet / || {
		echo 'a root folder that is a mount point: this is a chroot of a plain folder, in which nothing can be mounted' \
			'for a sandbox alone; outside of it: mount --bind FOLDER FOLDER, then chroot FOLDER'
		return
	}
	for ((i = 0; i < ${#obstacle_probes[@]}; i += 2)); do
		said=$(unshare --mount --pid --net --uts --ipc --cgroup --fork --kill-child \
			bash -euc "${obstacle_probes[i + 1]}" 2>&1) ||
			echo "${obstacle_probes[i]}${said:+: ${said%%$'\n'*}}"
	done
}
