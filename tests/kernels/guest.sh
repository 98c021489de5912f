# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Guests: virtual machines with a kernel of their own, and otherwise with this machine's files. They have no network
# but their own, and write to nothing of the machine but a disk in a file, if they are given one.

# shellcheck disable=SC2154 # kernels_dir: whoever sources this
guest_memory=1536
# Modules that the initramfs needs to mount the root; the guest loads all others from there.
guest_modules=(virtio_pci 9pnet_virtio 9p overlay virtio_blk crc32c_generic ext4)

# guest_modprobe ROOT VERSION MODULE: the files to load, in order. Nothing if it is built in, or does not exist.
guest_modprobe() {
	modprobe -d "$1" -S "$2" --show-depends "$3" 2>/dev/null | sed -n 's/^insmod \([^ ]*\).*/\1/p' || true
}

guest_unpack() {
	case $1 in
	*.xz) xz -dc "$1" ;;
	*.zst) zstd -dcq "$1" ;;
	*.gz) gzip -dc "$1" ;;
	*) cat "$1" ;;
	esac
}

# guest_initramfs KERNEL FOLDER: prepares what all guests of a kernel have in common.
guest_initramfs() {
	local kernel=$1 folder=$2 version module file name
	read -r version _ <"$kernel/version"
	mkdir -p "$folder"/{bin,dev,proc,sys,lower,upper,root,modules}
	cp "$(command -v busybox)" "$folder/bin/busybox"
	ln -s busybox "$folder/bin/sh"
	install -m 755 "$kernels_dir/init" "$folder/init"
	for module in "${guest_modules[@]}"; do
		while read -r file; do
			name=$(basename "$file")
			name=${name%.ko*}.ko
			[[ ! -e $folder/modules/$name ]] || continue
			guest_unpack "$file" >"$folder/modules/$name"
			echo "$name" >>"$folder/modules/order"
		done < <(guest_modprobe "$kernel/root" "$version" "$module")
	done
}

guest_vmlinuz() {
	local version
	read -r version _ <"$1/version"
	if [[ -e $1/root/boot/vmlinuz-$version ]]; then
		echo "$1/root/boot/vmlinuz-$version"
	else
		echo "$1/root/lib/modules/$version/vmlinuz"
	fi
}

# guest_accelerator KERNEL: kvm if it really boots that kernel here (some machines have a /dev/kvm that does not), else
# the emulator.
guest_accelerator() {
	local folder accelerator=tcg
	if [[ -r /dev/kvm && -w /dev/kvm ]]; then
		folder=$(mktemp -d)
		mkdir -p "$folder"/{bin,dev,proc}
		cp "$(command -v busybox)" "$folder/bin/busybox"
		ln -s busybox "$folder/bin/sh"
		printf '#!/bin/sh\necho guest: up\nbusybox poweroff -f\n' >"$folder/init"
		chmod 755 "$folder/init"
		guest_pack "$folder" >"$folder.gz"
		[[ $(guest_qemu kvm "$1" "$folder.gz" 20 2>&1) != *'guest: up'* ]] || accelerator=kvm
		rm -rf "$folder" "$folder.gz"
	fi
	echo "$accelerator"
}

guest_pack() {
	(cd "$1" && find . | busybox cpio -o -H newc 2>/dev/null | gzip -1)
}

# Options for the kernel of an emulated machine. Its timer comes too late on a busy machine, and the kernel gives up. Its
# TSC is that of the real machine, but the kernel would measure it against the timer, and read the time, which Erlang
# does all the while, from a device that is slow to emulate. It has one processor: of two, emulated on a busy machine, one
# waits for the other most of the time.
guest_emulated='no_timer_check tsc=reliable clocksource=tsc'

# guest_qemu ACCELERATOR KERNEL INITRAMFS SECONDS [OPTION OF qemu]...: its console is the output.
guest_qemu() {
	local accelerator=$1 kernel=$2 initramfs=$3 seconds=$4 cpu='qemu64,+ssse3,+sse4.1,+sse4.2,+popcnt' processors=1
	local told=$guest_emulated
	shift 4
	if [[ $accelerator == tcg ]]; then
		accelerator=tcg,thread=multi
	else
		cpu=host told='' processors=2
	fi
	timeout --kill-after=5 "$seconds" qemu-system-x86_64 -accel "$accelerator" -cpu "$cpu" -m "$guest_memory" -smp "$processors" \
		-nodefaults -no-user-config -display none -serial stdio -nic none "$@" \
		-kernel "$(guest_vmlinuz "$kernel")" -initrd "$initramfs" \
		-append "console=ttyS0 quiet panic=-1 mitigations=off $told ${guest_command_line-}" </dev/null | sed -u 's|\r$||'
}

# guest_boot KERNEL ROOT INIT SECONDS [OPTION OF qemu]...: boots a guest whose root is the folder ROOT, and that becomes
# INIT, a command with arguments.
guest_boot() {
	local kernel=$1 root=$2 init=$3 seconds=$4 folder version status=0
	shift 4
	folder=$(mktemp -d)
	read -r version _ <"$kernel/version"
	guest_initramfs "$kernel" "$folder"
	printf "guest_modules='%s'\nguest_init='%s'\n" "${guest_modules_at-$kernel/root/lib/modules/$version}" "$init" >"$folder/guest"
	guest_pack "$folder" >"$folder.gz"
	guest_qemu "${guest_accel-tcg}" "$kernel" "$folder.gz" "$seconds" \
		-fsdev "local,id=machine,path=$root,security_model=none,readonly=on,multidevs=remap" \
		-device virtio-9p-pci,fsdev=machine,mount_tag=machine "$@" || status=$?
	rm -rf "$folder" "$folder.gz"
	return $status
}
