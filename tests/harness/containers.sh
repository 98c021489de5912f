# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Debian's container tools, unpacked into a bed: podman with its network, crun and runc, and Docker.

# shellcheck source=debs.sh
source "${BASH_SOURCE[0]%/*}/debs.sh"

# netavark takes iptables or nft, by its version.
containers_packages=(podman crun runc conmon netavark catatonit golang-github-containers-common
	golang-github-containers-image iptables nftables docker.io)
# From Debian 13 on a package of its own.
containers_beside=(docker-cli)

# containers_fetch DIR
containers_fetch() {
	debs_fetch "$1" "${containers_packages[@]}" && debs_download "$1" "${containers_beside[@]}"
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

# containers_bed: the bed `server` with the tools of EJG_CONTAINERS, at $root, without an ejabberd of its own; `stranger` and
# `peer` on its network. Its address is in `host`.
containers_bed() {
	host=198.51.100.1
	net_new stranger 203.0.113.9/24
	net_new peer 198.51.100.2/24
	bed_new server "$host/24"
	root=$(bed_root server)
	rm -rf "$root"/etc/systemd/system/{epmd,ejabberd}.* "$root"/etc/systemd/system/*.wants/e*
	bed_stage server
	containers_unpack "$EJG_CONTAINERS" "$root"
	containers_box server
}

# containers_boot: starts the bed. The others reach the containers' network by it.
containers_boot() {
	local name
	bed_boot server
	for name in stranger peer; do
		net_run "$name" ip route add 10.89.0.0/24 via "$host" dev eth0 onlink
	done
}

# run COMMAND...: in the bed.
run() {
	bed_run server "$@"
}

# containers_box BED: the root file system of its containers, at $box in it: the image's, with a program that starts ejabberd.
containers_box() {
	local root
	root=$(bed_root "$1")
	box=/srv/box
	rootfs_mount "$root$box" "$EJG_STATE/box" "$EJG_IMAGE/layer"
	install -m 755 "$EJG_ATTEMPT" "$root$box/attempt"
	echo 'FIREWALL_WINDOW=4200-4210' >>"$root$box/etc/default/ejabberd"
	cat >"$root$box/start" <<-'EOT'
		#!/bin/sh
		mkdir -p /run/ejabberd
		chown ejabberd:ejabberd /run/ejabberd
		exec setpriv --reuid ejabberd --regid ejabberd --init-groups env HOME=/var/lib/ejabberd ejabberdctl foreground
	EOT
	chmod 755 "$root$box/start"
}
