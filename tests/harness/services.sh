# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Debian's other Erlang services, as packages that tests install into beds: RabbitMQ, and Elixir for releases. And what is
# unpacked only: ejabberd's program for PAM; a name server, which would leave a user behind if it were installed.

# shellcheck source=debs.sh
source "${BASH_SOURCE[0]%/*}/debs.sh"

services_packages=(rabbitmq-server elixir dnsmasq-base erlang-p1-pam)

# services_fetch DIR: the packages and all that they need and the beds lack, as files.
services_fetch() {
	debs_fetch "$1" "${services_packages[@]}"
}

# services_install DIR ROOT PACKAGE...: into a bed that does not run, with what it lacks of what they need. Nothing is
# started: the bed's own systemd does that.
services_install() {
	local from=$1 root=$2
	shift 2
	mkdir -p "$root/srv/packages"
	cp "$from"/*.deb "$root/srv/packages"
	printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
	chmod 755 "$root/usr/sbin/policy-rc.d"
	# shellcheck disable=SC2016 # the inner shell expands
	DEBIAN_FRONTEND=noninteractive image_chroot_alone "$root" bash -euc '
		services=$1; shift
		wanted=()
		for package in /srv/packages/*.deb; do
			name=$(dpkg-deb -f "$package" Package)
			[[ " $services " != *" $name "* || " $* " == *" $name "* ]] || continue
			dpkg-query -W -f "\${db:Status-Status}\n" "$name" 2>/dev/null | grep -qx installed || wanted+=("$package")
		done
		dpkg --install "${wanted[@]}"' install "${services_packages[*]}" "$@"
	rm -r "$root/srv/packages" "$root/usr/sbin/policy-rc.d"
}

# services_unpack_dns DIR ROOT: mounts at ROOT the files of a bed, with the name server and its libraries, for a chroot(1).
services_unpack_dns() {
	local package
	rootfs_mount "$2" "$2.written" "$EJG_IMAGE/layer"
	rootfs_dev "$2"
	for package in "$1"/dnsmasq-base_*.deb "$1"/lib*.deb; do
		dpkg --fsys-tarfile "$package" | tar -C "$2" -x --keep-directory-symlink --no-overwrite-dir
	done
	chroot "$2" ldconfig
}

# services_unpack_pam DIR ROOT: into a bed that does not run.
services_unpack_pam() {
	dpkg --fsys-tarfile "$1"/erlang-p1-pam_*.deb | tar -C "$2" -x --keep-directory-symlink --no-overwrite-dir
}
