# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Service managers of Debian other than systemd, unpacked into a bed: installed, some of them would replace systemd.

# shellcheck source=debs.sh
source "${BASH_SOURCE[0]%/*}/debs.sh"

# The packages that each needs in addition to those of a bed.
managers_packages=(runit s6 'libs6-*' 'libskarnet2*' 'libexecline2*' openrc libeinfo1 librc1 supervisor python3-pkg-resources monit)

# managers_fetch DIR
managers_fetch() {
	debs_fetch "$1" "${managers_packages[@]}"
}

# managers_unpack DIR ROOT
managers_unpack() {
	debs_unpack "$1" "$2"
}
