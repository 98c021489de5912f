# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Service managers of Debian other than systemd, unpacked into a bed: installed, some of them would replace systemd.

# What is needed of each beside what a bed has.
managers_packages=(runit s6 'libs6-*' 'libskarnet2*' 'libexecline2*' openrc libeinfo1 librc1 supervisor python3-pkg-resources monit)

# managers_fetch DIR: the packages, as files. The patterns are of names whose versions change from release to release.
managers_fetch() (
	local pattern names=()
	cd "$1" || return
	for pattern in "${managers_packages[@]}"; do
		mapfile -t -O "${#names[@]}" names < <(apt-cache pkgnames "${pattern%%\**}" | grep -xE "${pattern//\*/[0-9.-]*(t64)?}")
	done
	apt-get --quiet download "${names[@]}"
)

# managers_unpack DIR ROOT
managers_unpack() {
	local package
	for package in "$1"/*.deb; do
		dpkg --fsys-tarfile "$package" | tar -C "$2" -x --keep-directory-symlink --no-overwrite-dir
	done
	chroot "$2" ldconfig
}
