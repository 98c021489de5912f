# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Tables whose blocks are tried one by one on a host of their own: namespaces, and the files of a bed that does not run.
# To be sourced after harness.sh.

# rows_run TABLE SCRIPT: splits the table, and runs the script for each block, as init, with the block's folder. What
# it writes there is what rows_compare looks at.
rows_run() {
	rows_prepare "$1" "$2"
	find "$rows" -mindepth 1 -maxdepth 1 -printf '%f\n' | sort | rows_each "$2" 30
}

# rows_once TABLE SCRIPT SECONDS: the same, but the script runs once for all blocks: of the folder above theirs.
rows_once() {
	rows_prepare "$1" "$2"
	echo . | rows_each "$2" "$3"
}

rows_prepare() {
	local here root=$EJG_STATE/machine/root
	here=$(dirname "${BASH_SOURCE[0]}")
	rows=$EJG_STATE/rows
	bed_new machine
	bed_stage machine
	mkdir "$rows" "$root/mnt/rows"
	mount --bind "$rows" "$root/mnt/rows"
	cp "$here/rows-host.sh" "$here/$2" "$EJG_ATTEMPT" "$root/mnt/"
	bed_bring machine /mnt/attempt
	python3 -B "$here/table.py" "$here/$1" "$rows"
}

# rows_each SCRIPT SECONDS: for each folder that is told.
rows_each() {
	local root=$EJG_STATE/machine/root at_once
	# A node mostly waits, without using a processor.
	at_once=$(($(nproc) * 2))
	# shellcheck disable=SC2016,SC2154 # the inner shell expands; harness.sh sets harness_dir
	cgroup_run "$(bed_cgroup machine)" \
		xargs -P "$at_once" -I ROW unshare --mount --pid --net --uts --ipc --cgroup --fork --kill-child bash -euc '
			source "$1"
			rootfs_dev "$2"
			rootfs_runtime "$2"
			mount -t sysfs -o ro sysfs "$2/sys"
			mount -t cgroup2 cgroup2 "$2/sys/fs/cgroup"
			exec chroot "$2" timeout --kill-after=2 "$5" bash "/mnt/$3" "/mnt/rows/$4" >"$2/mnt/rows/$4/log" 2>&1' \
			rows "$harness_dir/rootfs.sh" "$root" "$1" ROW "$2" || true
}

# rows_compare PROGRAM: the program prints a line for each block: yes WHAT, or no WHAT.
rows_compare() {
	local held what
	while read -r held what; do
		verdict "$held" "$what"
	done < <(python3 -B "$(dirname "${BASH_SOURCE[0]}")/$1" "$rows")
}
