# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Root filesystems made of this machine's own, with a writable layer over it. To be used in a sandbox: the
# mounts go with it. Layers must lie on a tmpfs: a layer on a filesystem that is itself below the overlay
# makes a loop (ELOOP).

# An overlay of / does not show the file systems below it: /usr or /var on its own partition needs one too.
rootfs_parts() {
	local part
	echo /
	for part in /usr /usr/local /var /var/lib /var/log /var/cache /opt; do
		! mountpoint --quiet "$part" || echo "$part"
	done
}

# rootfs_mount ROOT WRITABLE [LAYER]: this machine's files, LAYER over them, at ROOT; where LAYER is whole, LAYER alone.
# Written files go to WRITABLE, which can be a LAYER later.
rootfs_mount() {
	local root=$1 writable=$2 layer=${3-} part name
	if [[ -n $layer && -e $layer/whole ]]; then
		mkdir -p "$root" "$writable/-" "$writable.work/-"
		mount -t overlay overlay "$root" -o "lowerdir=$layer/-,upperdir=$writable/-,workdir=$writable.work/-"
		return
	fi
	while read -r part; do
		name=${part//\//-}
		mkdir -p "$root" "$writable/$name" "$writable.work/$name"
		mount -t overlay overlay "$root$part" -o \
			"lowerdir=${layer:+$layer/$name:}$part,upperdir=$writable/$name,workdir=$writable.work/$name"
	done < <(rootfs_parts)
}

# rootfs_dev ROOT: the devices that a program may expect, and no disk.
rootfs_dev() {
	local dev=$1/dev name
	mount -t tmpfs -o mode=755 dev "$dev"
	for name in null zero full random urandom tty; do
		touch "$dev/$name"
		mount --bind "/dev/$name" "$dev/$name"
	done
	# For the packets of ejguard's own proof.
	if [[ -c /dev/net/tun ]]; then
		mkdir "$dev/net"
		touch "$dev/net/tun"
		mount --bind /dev/net/tun "$dev/net/tun"
	fi
	mkdir "$dev/pts" "$dev/shm"
	mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$dev/pts"
	mount -t tmpfs -o mode=1777 shm "$dev/shm"
	ln -s pts/ptmx "$dev/ptmx"
	ln -s /proc/self/fd "$dev/fd"
	ln -s fd/0 "$dev/stdin"
	ln -s fd/1 "$dev/stdout"
	ln -s fd/2 "$dev/stderr"
}

# rootfs_runtime ROOT: empty /run and /tmp, and the /proc of the caller's pid namespace.
rootfs_runtime() {
	mount -t proc proc "$1/proc"
	mount -t tmpfs -o mode=755 run "$1/run"
	mount -t tmpfs -o mode=1777 tmp "$1/tmp"
}
