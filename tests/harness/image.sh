# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# The image of the beds: a layer that, over this machine's own files, or whole where EJG_RELEASE names another release of
# Debian than this machine's (bullseye, trixie, trixie-backports, sid), holds Debian's ejabberd and epmd with
# their untouched configuration, and a systemd that starts nothing of this machine's. Nothing is installed on
# the machine itself: a package's scripts run where there is no network, no /sys, and no process but theirs.

# shellcheck source=debian.sh
source "${BASH_SOURCE[0]%/*}/debian.sh"

# Units that a boot up to basic.target cannot do without; every other one that the machine enables is left out.
image_units='systemd-journald.service systemd-journald.socket systemd-journald-dev-log.socket
	systemd-tmpfiles-setup.service'

# Packages that a complete image needs for the tool that was built here, and for the programs of tests in a bed.
image_whole=(systemd libbpf1 libjansson4 libsmartcols1 libyaml-0-2 libacl1 libpcre2-8-0 libmd0 libseccomp2 zlib1g
	iproute2 procps acl bpftool openssl python3)

# erlang-p1-sip: Debian's ejabberd only suggests it, and mod_sip does not load without it.
image_packages() {
	printf '%s\n' ejabberd erlang-p1-sip
	[[ -x /lib/systemd/systemd ]] || echo systemd
}

# image_mount_repositories ROOT: repositories in folders of this machine: / does not show those on a filesystem of their
# own. The list of a flat one is in its folder, too.
image_mount_repositories() {
	local root=$1 folder
	while read -r folder; do
		[[ -d $folder && ! $folder -ef $root$folder ]] || continue
		mkdir -p "$root$folder"
		mount --rbind -o ro "$folder" "$root$folder"
	done < <(find "$root"/etc/apt/sources.list* -type f -exec sed -nE 's,.*\s(file|copy):/*(/[^ ]*).*,\2,p' {} +)
}

# image_chroot ROOT COMMAND...: with the machine's network, to download.
image_chroot() {
	local root=$1
	shift
	# shellcheck disable=SC2016 # the inner shell expands
	unshare --mount bash -euc '
		source "$1"; root=$2; shift 2
		mount --bind /dev "$root/dev"
		mount -t proc proc "$root/proc"
		# The name servers of /etc/resolv.conf are often a file in /run.
		mount --bind -o ro /run "$root/run"
		image_mount_repositories "$root"
		exec chroot "$root" "$@"' image-chroot "${BASH_SOURCE[0]}" "$root" "$@"
}

# image_chroot_alone ROOT COMMAND...: for the scripts of packages, which kill processes by name, call
# systemctl and epmd -kill: none of it may meet the machine.
image_chroot_alone() {
	local root=$1
	shift
	# shellcheck disable=SC2016 # the inner shell expands
	unshare --mount --pid --net --uts --ipc --fork --kill-child bash -euc '
		source "${1%/*}/rootfs.sh"; source "$1"; root=$2; shift 2
		hostname bed
		rootfs_dev "$root"
		rootfs_runtime "$root"
		image_mount_repositories "$root"
		exec chroot "$root" "$@"' image-chroot "${BASH_SOURCE[0]}" "$root" "$@"
}

# Suppresses what apt would run in addition: hooks of this machine, and a rebuild of the manual's index.
image_prepare_apt() {
	local root=$1
	cat >"$root/etc/apt/apt.conf.d/zz-ejguard-bed" <<-'EOT'
		#clear DPkg::Pre-Invoke;
		#clear DPkg::Post-Invoke;
		#clear DPkg::Pre-Install-Pkgs;
		#clear APT::Update::Pre-Invoke;
		#clear APT::Update::Post-Invoke;
		#clear APT::Update::Post-Invoke-Success;
		APT::Install-Recommends "false";
		APT::Keep-Downloaded-Packages "true";
	EOT
	# From a folder apt takes a package where it is, by its name in the list, which in a flat repository is no path.
	find "$root"/etc/apt/sources.list* -type f -exec sed -i -E 's,(^|\s)file:,\1copy:,' {} +
	rm -f "$root/var/lib/man-db/auto-update"
	printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
	chmod 755 "$root/usr/sbin/policy-rc.d"
}

# The machine may have an ejabberd: neither its cookie nor its configuration may get into a bed.
image_purge_local() {
	local root=$1
	if [[ -e $root/var/lib/dpkg/info/ejabberd.list ]]; then
		image_chroot_alone "$root" dpkg --purge --force-depends ejabberd
	fi
	rm -rf "$root"/etc/ejabberd "$root"/etc/default/ejabberd "$root"/var/lib/ejabberd "$root"/var/log/ejabberd \
		"$root"/etc/ejguard "$root"/var/lib/ejguard "$root"/usr/share/ejguard "$root"/usr/sbin/ejguard \
		"$root"/usr/lib/*/ejguard
}

image_download() {
	local root=$1 apt=(apt-get -y --download-only install)
	shift
	# Lists may be absent or stale; both show here only.
	image_chroot "$root" "${apt[@]}" "$@" || {
		image_chroot "$root" apt-get update
		image_chroot "$root" "${apt[@]}" "$@"
	}
}

# Removes units that the machine enables, and its administrator's settings: they do not belong in a bed.
image_strip_units() {
	local root=$1 unit keep
	keep=" ${image_units//[$'\n\t']/ } "
	for unit in "$root"/lib/systemd/system/*.wants/*; do
		[[ $keep == *" ${unit##*/} "* ]] || rm -f "$unit"
	done
	rm -rf "$root"/etc/systemd/system/* "$root"/{lib,etc,usr/local/lib}/systemd/system-generators/* \
		"$root"/etc/systemd/*.conf "$root"/etc/systemd/*.conf.d "$root"/var/log/journal "$root"/.dockerenv
	# As Debian's packages leave them.
	chroot "$root" systemctl --quiet enable epmd.socket epmd.service ejabberd.service
	# journald would ask the kernel to record audit events, for the whole machine.
	ln -s /dev/null "$root/etc/systemd/system/systemd-journald-audit.socket"
	cat >"$root/etc/systemd/system/bed.target" <<-'EOT'
		[Unit]
		Requires=basic.target
		After=basic.target
		AllowIsolate=yes
	EOT
}

image_strip_etc() {
	local etc=$1/etc
	: >"$etc/fstab"
	echo bed >"$etc/hostname"
	printf '127.0.0.1 localhost\n::1 localhost\n' >"$etc/hosts"
	printf '%s: files\n' passwd group shadow hosts >"$etc/nsswitch.conf"
	rm -f "$etc/resolv.conf"
	: >"$etc/resolv.conf"
	# An empty one would make systemd enable every unit that there is.
	tr -d - </proc/sys/kernel/random/uuid >"$etc/machine-id"
}

# image_base ROOT LAYER: mounts the base of the image at ROOT; files that are written there go to LAYER.
image_base() {
	local release=${EJG_RELEASE:-$(debian_own_release)}
	if [[ $release == "$(debian_own_release)" ]]; then
		rootfs_mount "$1" "$2"
		return
	fi
	mkdir -p "$2" "$1"
	[[ $release != bullseye ]] || image_whole=("${image_whole[@]/libbpf1/libbpf0}")
	debian_root "$release" "$2/-" "${image_whole[@]}"
	: >"$2/whole"
	mount --bind "$2/-" "$1"
}

# image_build DIR: makes the image in DIR, an empty folder on a tmpfs. Needs root, apt, and about 300 MB there.
image_build() {
	local packages root=$1/root
	mapfile -t packages < <(image_packages)
	export DEBIAN_FRONTEND=noninteractive LC_ALL=C
	image_base "$root" "$1/layer"
	image_prepare_apt "$root"
	image_purge_local "$root"
	image_download "$root" "${packages[@]}"
	image_chroot_alone "$root" apt-get -y --no-download install "${packages[@]}"
	rm -rf "$root"/var/cache/apt/archives/*.deb "$root/usr/sbin/policy-rc.d" "$root/etc/apt/apt.conf.d/zz-ejguard-bed"
	image_strip_units "$root"
	image_strip_etc "$root"
	umount --recursive "$root"
	rm -rf "$root" "$1/layer.work"
}
