# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Prometheus's own programs of Debian, unpacked into a bed: installed, they would start services. managers_unpack of
# managers.sh does that.

# monitoring_fetch DIR: the packages, as files.
monitoring_fetch() (
	cd "$1" || return
	apt-get --quiet download prometheus prometheus-node-exporter
)
