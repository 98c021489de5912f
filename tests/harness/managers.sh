# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Service managers of Debian other than systemd, unpacked into a bed: installed, some of them would replace systemd.

# shellcheck source=debs.sh
source "${BASH_SOURCE[0]%/*}/debs.sh"

managers_packages=(runit s6 supervisor monit)
# From Debian 13 on openrc needs insserv, beside which apt would not leave systemd-sysv: they are only unpacked here.
managers_beside=(openrc insserv 'libeinfo1*' 'librc1*')

# managers_fetch DIR
managers_fetch() {
	debs_fetch "$1" "${managers_packages[@]}" && debs_download "$1" "${managers_beside[@]}"
}

# managers_unpack DIR ROOT
managers_unpack() {
	debs_unpack "$1" "$2"
}
