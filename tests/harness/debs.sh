# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Debian's packages as files, which tests unpack into beds.

# debs_fetch DIR PATTERN...: the packages whose names match. * stands for the part of a name that changes with the release.
debs_fetch() (
	local pattern names=()
	cd "$1" || return
	shift
	for pattern; do
		mapfile -t -O "${#names[@]}" names < <(apt-cache pkgnames "${pattern%%\**}" | grep -xE "${pattern//\*/[0-9.-]*(t64)?}")
	done
	apt-get --quiet download "${names[@]}"
)

# debs_unpack DIR ROOT: all of them.
debs_unpack() {
	local package
	for package in "$1"/*.deb; do
		dpkg --fsys-tarfile "$package" | tar -C "$2" -x --keep-directory-symlink --no-overwrite-dir
	done
	chroot "$2" ldconfig
}
