# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# The root of a guest that boots a systemd, with ejabberd and ejguard: that of the beds, and what boot.sh needs.

# prepare_root ROOT KERNEL...: at ROOT, a folder on a tmpfs. The modules of all kernels are in it.
prepare_root() {
	local root=$1 kernel version
	shift
	rootfs_mount "$root" "$root.written" "$EJG_IMAGE/layer"
	tar -C "$EJG_STAGE" --owner=0 --group=0 -c . | tar -C "$root" -x --keep-directory-symlink --no-overwrite-dir
	chroot "$root" ldconfig
	mkdir "$root/usr/lib/ejguard-guest"
	# shellcheck disable=SC2154 # kernels_dir, builds: whoever sources this
	install -t "$root/usr/lib/ejguard-guest" "$kernels_dir/boot.sh" "$builds/build/tests/harness/attempt"
	prepare_units "$root/etc/systemd/system"
	for kernel; do
		read -r version _ <"$kernel/version"
		mkdir -p "$root/lib/modules/$version"
		mount --bind "$kernel/root/lib/modules/$version" "$root/lib/modules/$version"
	done
}

# prepare_units FOLDER: no time limit ends anything on a slow machine, and no scheduler of Erlang waits for work in a
# loop: the machine needs its processors for other work.
prepare_units() {
	local unit
	for unit in ejabberd epmd; do
		mkdir -p "$1/$unit.service.d"
		cat >"$1/$unit.service.d/slow.conf" <<-'EOT'
			[Service]
			TimeoutSec=infinity
			WatchdogSec=0
			Environment="ERL_AFLAGS=+sbwt none +sbwtdcpu none +sbwtdio none"
		EOT
	done
	mkdir -p "$1.conf.d" "$1/epmd.socket.d"
	printf '[Manager]\nDefaultTimeoutStartSec=infinity\nDefaultTimeoutStopSec=infinity\n' >"$1.conf.d/slow.conf"
	cat >"$1/network.service" <<-'EOT'
		[Unit]
		DefaultDependencies=no
		[Service]
		Type=oneshot
		RemainAfterExit=yes
		ExecStart=/usr/lib/ejguard-guest/boot.sh network
	EOT
	cat >"$1/stranger.service" <<-'EOT'
		[Unit]
		DefaultDependencies=no
		Requires=network.service
		After=network.service
		[Service]
		Nice=10
		ExecStart=/usr/lib/ejguard-guest/boot.sh stranger
	EOT
	cat >"$1/trial.service" <<-'EOT'
		[Unit]
		Wants=stranger.service
		After=basic.target
		[Service]
		Type=oneshot
		StandardOutput=tty
		StandardError=tty
		TTYPath=/dev/ttyS0
		ExecStart=/usr/lib/ejguard-guest/boot.sh
	EOT
	printf '[Unit]\nRequires=basic.target trial.service\nAllowIsolate=yes\n' >"$1/trial.target"
	printf '[Unit]\nWants=stranger.service\nAfter=stranger.service\n' >"$1/epmd.socket.d/stranger.conf"
}
