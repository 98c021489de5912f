# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Prometheus's own programs of Debian, unpacked into a bed: installed, they would start services. managers_unpack of
# managers.sh does that.

# shellcheck source=debs.sh
source "${BASH_SOURCE[0]%/*}/debs.sh"

# monitoring_fetch DIR: the packages, as files.
monitoring_fetch() {
	debs_fetch "$1" prometheus prometheus-node-exporter
}
