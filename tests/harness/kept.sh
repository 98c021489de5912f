# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Files that tools/run-tests keeps between calls in the folder --build: the build folders, and the image of the
# beds as an archive, which is valid until one of its inputs changes.

# shellcheck disable=SC2154 # source_dir: whoever sources this

# kept_open DIR: makes it, for this source tree alone, and keeps others out as long as this shell lives.
kept_open() {
	local source lock
	case $1/ in
	/mnt/* | /media/* | /run/*) give_up "--build $1: the tests mount something there" ;;
	"$source_dir"/*) give_up "--build $1: a folder outside of the source tree is needed" ;;
	esac
	mkdir -p "$1"
	source=$(cat "$1/source" 2>/dev/null) || source=$source_dir
	[[ $source == "$source_dir" ]] || give_up "--build $1: it holds the build of $source"
	[[ -e $1/source || -z $(ls -A "$1") ]] || give_up "--build $1: it is neither empty nor of run-tests"
	echo "$source_dir" >"$1/source"
	exec {lock}<"$1"
	flock --nonblock "$lock" || give_up "--build $1: another run-tests is at work there"
}

# The key of the image: how it is made, and the packages below it.
kept_image_key() {
	{
		cat "$source_dir"/tests/harness/{mkimage,image.sh,rootfs.sh} /var/lib/dpkg/status
		echo "${EJG_RELEASE-}"
	} | sha256sum
}

kept_image_tar() {
	tar --xattrs --xattrs-include='*' --numeric-owner "$@"
}

# kept_image DIR IMAGE: brings the image of DIR to IMAGE, a folder on a tmpfs; fails without a valid one.
kept_image() {
	[[ $(cat "$1/image.key" 2>/dev/null) == "$(kept_image_key)" ]] || return 1
	mkdir "$2"
	kept_image_tar -C "$2" -xf "$1/image.tar"
}

# keep_image DIR IMAGE
keep_image() {
	rm -f "$1/image.key"
	kept_image_tar -C "$2" -cf "$1/image.tar" . && kept_image_key >"$1/image.key"
}
