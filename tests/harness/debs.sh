# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Debian's packages as files, of the release of the beds, which tests unpack into beds or install there.

# shellcheck source=image.sh
source "${BASH_SOURCE[0]%/*}/image.sh"

# debs_in DIR COMMAND...: in a copy of the image of the beds (EJG_IMAGE), in the folder DIR. Its apt has the packages of the
# beds' release, and knows what the beds have. The copy is there as long as the sandbox.
debs_in() {
	local dir=$1 root=$EJG_IMAGE.debs status=0
	shift
	if [[ ! -d $root ]]; then
		rootfs_mount "$root" "$root.written" "$EJG_IMAGE/layer"
		image_prepare_apt "$root"
		cp -L /etc/resolv.conf /etc/nsswitch.conf /etc/hosts "$root/etc"
		mkdir "$root/srv/debs"
		image_chroot "$root" apt-get --quiet update || return
	fi
	mount --bind "$dir" "$root/srv/debs"
	image_chroot "$root" env --chdir=/srv/debs "$@" || status=$?
	umount "$root/srv/debs"
	return $status
}

# debs_fetch DIR NAME...: these packages, and what they need and the beds lack.
debs_fetch() {
	local dir=$1
	shift
	mkdir -p "$dir/partial"
	debs_in "$dir" apt-get --yes --quiet --download-only --no-install-recommends -o Dir::Cache::archives=/srv/debs/ \
		-o APT::Sandbox::User=root install "$@"
}

# debs_download DIR PATTERN...: the packages whose names match, and nothing that they need: for those that apt would not install
# beside what a bed has. * stands for the part of a name that changes with the release. What a release does not have is left out.
debs_download() {
	local dir=$1 pattern known names=()
	shift
	known=$(debs_in "$dir" apt-cache pkgnames) || return
	for pattern; do
		mapfile -t -O "${#names[@]}" names < <(grep -xE "${pattern//\*/[0-9.-]*(t64)?}" <<<"$known")
	done
	((${#names[@]} == 0)) || debs_in "$dir" apt-get --quiet -o APT::Sandbox::User=root download "${names[@]}"
}

# debs_unpack DIR ROOT: unpacks all packages.
debs_unpack() {
	local package
	for package in "$1"/*.deb; do
		dpkg --fsys-tarfile "$package" | tar -C "$2" -x --keep-directory-symlink --no-overwrite-dir
	done
	chroot "$2" ldconfig
}
