# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Debian's sudo and cron, unpacked into a bed: installed, cron and what it needs take more than one call of dpkg.

# shellcheck source=debs.sh
source "${BASH_SOURCE[0]%/*}/debs.sh"

# users_fetch DIR: the packages, as files.
users_fetch() {
	debs_fetch "$1" sudo cron
}

# users_unpack DIR ROOT: into a bed that does not run, unless this machine, on which the bed is based, has them; its own jobs are
# left out. The user alice may use sudo without a password.
users_unpack() {
	rm -rf "$2"/etc/cron* "$2"/etc/sudoers.d "$2"/var/spool/cron
	! compgen -G "$1/*.deb" >/dev/null || debs_unpack "$1" "$2"
	chroot "$2" useradd --shell /bin/sh alice
	mkdir -p "$2/etc/sudoers.d"
	echo 'alice ALL=(ALL) NOPASSWD: ALL' >"$2/etc/sudoers.d/alice"
	chmod 440 "$2/etc/sudoers.d/alice"
}

# users_jobs ROOT USER...: jobs of cron, in a bed that does not run, which cron starts when it starts itself: an attempt to
# connect to epmd. The word is in /tmp/job.USER.
users_jobs() {
	local user root=$1
	mkdir -p "$root/etc/cron.d"
	{
		echo "EJG_HOST_NETNS=$EJG_HOST_NETNS"
		for user in "${@:2}"; do
			echo "@reboot $user attempt connect 127.0.0.1 4369 >/tmp/job.$user"
		done
	} >"$root/etc/cron.d/jobs"
}
