# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Debian's container tools, unpacked into a bed: podman with its network, crun and runc.

# shellcheck source=debs.sh
source "${BASH_SOURCE[0]%/*}/debs.sh"

# netavark takes iptables or nft, by its version.
containers_packages=(podman crun runc conmon netavark catatonit golang-github-containers-common
	golang-github-containers-image iptables nftables)

# containers_fetch DIR
containers_fetch() {
	debs_fetch "$1" "${containers_packages[@]}"
}

# containers_unpack DIR ROOT: into a bed that does not run. podman is told not to expect controllers of cgroup2, which a
# machine with cgroup v1 keeps there.
containers_unpack() {
	local root=$2 name
	debs_unpack "$1" "$root"
	for name in iptables iptables-restore iptables-save ip6tables ip6tables-restore ip6tables-save; do
		ln -sf xtables-nft-multi "$root/usr/sbin/$name"
	done
	mkdir -p "$root/etc/containers"
	cat >"$root/etc/containers/containers.conf" <<-'EOT'
		[containers]
		pids_limit = 0
		log_driver = "k8s-file"
		[engine]
		cgroup_manager = "cgroupfs"
		events_logger = "file"
		[network]
		network_backend = "netavark"
	EOT
	cat >"$root/etc/containers/storage.conf" <<-'EOT'
		[storage]
		driver = "vfs"
		graphroot = "/var/lib/containers/storage"
		runroot = "/run/containers/storage"
	EOT
}
