# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# tools/run-tests --kernels: tests of the suite kernel in guests, each with a kernel of Debian's, and a start of systemd
# and ejabberd with a reboot. In the sandbox of run-tests, whose variables and functions this uses.
# shellcheck disable=SC2154 # source_dir, builds and work are run-tests's

kernels_dir=$source_dir/tests/kernels
# shellcheck source=fetch.sh
source "$kernels_dir/fetch.sh"
# shellcheck source=guest.sh
source "$kernels_dir/guest.sh"
# shellcheck source=prepare.sh
source "$kernels_dir/prepare.sh"
# shellcheck source=../harness/rootfs.sh
source "$source_dir/tests/harness/rootfs.sh"

# shellcheck disable=SC2034 # for run-tests
packages_kernels=(qemu-system-x86 busybox-static kmod xz-utils zstd e2fsprogs)
# The factor by which an emulated machine is slower than this one, for waits; and seconds after which a guest is ended.
kernels_slow=6
kernels_seconds=3600
# Smaller numbers for tests whose usual numbers take too long in a guest.
kernels_figures=(EJG_SOURCES=50000 EJG_RELOADS=100 EJG_KILLS=40 EJG_ROUNDS=20 EJG_UPGRADES=6)
kernels_notes=()

# kernels_fetch NAME...: those that could be had, in kernels_there. All at once: most of it is waiting.
kernels_fetch() {
	local name fetches=() i=0
	headline "kernels: ${*}"
	for name; do
		fetch_kernel "$name" "$builds/kernels/$name" &
		fetches+=($!)
	done
	kernels_there=()
	for name; do
		if wait "${fetches[i]}"; then
			kernels_there+=("$name")
			echo "$name: Linux $(cat "$builds/kernels/$name/version")"
		else
			count BAD "kernel $name: this machine's mirror has none (of the suites ${kernel_suites[*]})"
		fi
		i=$((i + 1))
	done
}

# kernels_count NAME LOG TEST...: the RESULT lines of a guest's console. A test without one did not pass.
kernels_count() {
	local name=$1 log=$2 test status seconds
	shift 2
	for test; do
		read -r status seconds < <(sed -nE "s|^RESULT $test ([0-9]+) ([0-9]+)\$|\1 \2|p" "$log") || true
		if [[ -z ${status-} ]]; then
			count BAD "$test, kernel $name: the guest ended before it did"
			status=none
		elif ((status)); then
			count BAD "$test, kernel $name"
		else
			count OK
		fi
		[[ $status != none ]] || seconds=0
		count_duration "$seconds" "$test, kernel $name"
		kernels_results+=("$name $test $status $seconds")
		status=''
	done
}

# kernels_note NAME LOG: the number of attempts, and those that this kernel cannot make, with the missing feature.
kernels_note() {
	local line
	while read -r line; do
		kernels_notes+=("$1: $line")
	done < <(sed -nE 's/^# ([0-9]+ attempts, .*)/\1/p' "$2" && sed -nE 's/^# left out.*: (this kernel has no .*)/attempts left out: \1/p; s/^# (left out: .*)/\1/p' "$2" |
		sort | uniq -c)
}

# kernels_guest LOG ARGUMENTS OF guest_boot...: an emulator on a busy machine fails now and then before the kernel is up; what
# comes after that counts.
kernels_guest() {
	local log=$1 try begin=$SECONDS
	shift
	for try in 1 2 3; do
		guest_boot "$@" | tee "$log" || echo "the guest was ended after $kernels_seconds s, or could not be started"
		if grep -q '^guest: .*up with Linux' "$log" || ((SECONDS - begin > 240)); then
			break
		fi
		echo "the guest did not come up (try $try of 3)"
	done
}

# kernels_suite NAME TEST...: in one guest, one after the other.
kernels_suite() {
	local name=$1 kernel=$builds/kernels/$1 list log
	shift
	list=$work/list-$name log=$work/guest-$name.log
	headline "kernel $name: $*"
	{
		[[ $guest_accel == kvm ]] || echo "export EJG_SLOW=$kernels_slow ${kernels_figures[*]}"
		[[ -z ${kernels_case-} ]] || printf 'export EJG_CASE=%q\n' "$kernels_case"
		python3 "$kernels_dir/tests.py" "$builds/build" "$@"
	} >"$list"
	kernels_guest "$log" "$kernel" / "/bin/bash $kernels_dir/suite.sh $list" "$kernels_seconds" -no-reboot
	kernels_count "$name" "$log" "$@"
	kernels_note "$name" "$log"
}

# kernels_boot NAME: systemd and ejabberd, a first boot without the guard and a second one with it, from one disk.
kernels_boot() {
	local name=$1 kernel=$builds/kernels/$1 disk=$work/disk log=$work/guest-$1-boot.log begin=$SECONDS status=0
	headline "kernel $name: systemd and ejabberd, twice"
	truncate -s 2G "$disk"
	mkfs.ext4 -q "$disk"
	guest_modules_at='' guest_command_line='systemd.unit=trial.target systemd.show_status=0' \
		kernels_guest "$log" "$kernel" "$work/guest" /lib/systemd/systemd "$kernels_seconds" \
		-drive "file=$disk,format=raw,if=virtio,cache=unsafe"
	rm "$disk"
	if grep -q '^guest: both boots are through' "$log" && ! grep -qE '^RESULT (un)?guarded/.* 1 0$' "$log"; then
		count OK
	else
		status=1
		count BAD "boot, kernel $name: $(grep -c '^RESULT' "$log") results"
	fi
	count_duration $((SECONDS - begin)) "boot, kernel $name"
	kernels_results+=("$name boot $status $((SECONDS - begin))")
}

# kernels_cell NAME TEST: how it ended.
kernels_cell() {
	local status='' seconds=''
	read -r status seconds < <(printf '%s\n' "${kernels_results[@]}" | sed -n "s|^$1 $2 ||p") || true
	case $status in
	0) echo "passed, $seconds s" ;;
	'') echo - ;;
	*) echo FAILED ;;
	esac
}

# kernels_table TEST...: test x kernel.
kernels_table() {
	local name test version
	printf '\n%-18s' ''
	for name in "${kernels_there[@]}"; do
		read -r _ version <"$builds/kernels/$name/version"
		printf '%-18s' "$version"
	done
	echo
	for test; do
		printf '%-18s' "$test"
		for name in "${kernels_there[@]}"; do
			printf '%-18s' "$(kernels_cell "$name" "$test")"
		done
		echo
	done
	((${#kernels_notes[@]} == 0)) || printf '%s\n' "${kernels_notes[@]}"
}

# kernels_check NAME...: fails if one is no kernel's.
kernels_check() {
	local name
	for name; do
		kernel_names | grep -qxF -e "$name" || give_up "there is no kernel '$name'; the kernels: $(kernel_names | paste -sd ' ')"
	done
}

# kernels_run KERNELS TEST...: KERNELS is a list of names. The test `boot` is the start of a systemd.
kernels_run() {
	local names=$1 name tests=()
	shift
	kernels_results=()
	for name; do
		[[ $name == boot ]] || tests+=("$name")
	done
	# shellcheck disable=SC2086 # words
	kernels_fetch $names
	((${#kernels_there[@]})) || return 0
	guest_accel=$(guest_accelerator "$builds/kernels/${kernels_there[0]}")
	echo "guests run with: $guest_accel"
	[[ " $* " != *' boot '* ]] || prepare_root "$work/guest" "${kernels_there[@]/#/$builds/kernels/}"
	for name in "${kernels_there[@]}"; do
		((${#tests[@]} == 0)) || kernels_suite "$name" "${tests[@]}"
		[[ " $* " != *' boot '* ]] || kernels_boot "$name"
	done
	kernels_table "$@"
}
