# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Debian's ansible and sudo, unpacked into a bed. managers_unpack of managers.sh does that.

# shellcheck source=debs.sh
source "${BASH_SOURCE[0]%/*}/debs.sh"

# ansible_fetch DIR: the packages, as files.
ansible_fetch() {
	debs_fetch "$1" ansible-core sudo
}
