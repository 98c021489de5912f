#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# check and status where something does not hold, and a system call by which they look fails besides: neither may then
# answer that all is well. And where they look from other places and times.
#
# EJG_FAULTS: how many faults are tried, spread over all that there are (240); "all": every one, with three errors; "2/5":
# of these every fifth, from the second on.
set -euo pipefail

# shellcheck source=kernel.sh
source "$(dirname "$0")/kernel.sh"
kernel_begin "$0"

command -v strace >/dev/null || skip 'there is no strace'
faults=${EJG_FAULTS-240}
cgroup=$EJG_CGROUP/service
other=$EJG_CGROUP/other
elsewhere=$EJG_CGROUP/elsewhere
mkdir "$cgroup" "$other" "$elsewhere"
# Calls that return information. Not for memory: mmap. A call that this kernel or strace does not have is skipped.
calls=(bpf openat read pread64 readlink readlinkat getdents64 newfstatat fstat statx fstatfs statfs faccessat2 access
	socket bind connect getsockopt sendto sendmsg recvmsg recvfrom poll ppoll setns clone3 mmap lseek flock fcntl
	open_by_handle_at getrandom)
tool=("$EJG_TOOL" --confdir "$EJG_CONF" --moduledir "$EJG_MODULES" -q)
states=(link detached policy connection listener below clear chooser)

# traced STRACE-OPTIONS -- ARGUMENTS OF ejguard...: on the host, with its threads and children.
traced() {
	local options=()
	while [[ $1 != -- ]]; do
		options+=("$1")
		shift
	done
	shift
	# In its own shell: that one, not this one, reports that strace ends as its tracee does.
	(
		nsenter --net="$(net_file host)" strace -f -qq -o "$EJG_STATE/trace" "${options[@]}" "${tool[@]}" "$@"
		exit $?
	) >/dev/null 2>&1
}

# list VERB: "CALL N" of each call that a run makes.
list() {
	local call n i
	traced -e trace="$(IFS=, && echo "${calls[*]/#/?}")" -- "$1" service || true
	for call in "${calls[@]}"; do
		n=$(grep -cE "^[0-9]+ +$call\(" "$EJG_STATE/trace" || true)
		for ((i = 1; i <= n; i++)); do
			echo "$call $i"
		done
	done
}

# keep NAME CGROUP HOST ARGUMENTS OF hold...: until unmake.
keep() {
	hold "$@"
	held+=("$background_pid")
}
held=()

link_of() {
	echo "$(set_path)/links/$(stat -c %i "$cgroup")/$1"
}

# make STATE: guarded, but for one thing.
make() {
	local ACCEPT=cgroup
	[[ $1 != chooser ]] || ACCEPT=netns
	stack_for "$cgroup" 198.51.100.2
	[[ $1 != connection ]] || {
		keep listener "$cgroup" host listen 198.51.100.1 4369
		keep stranger "$elsewhere" remote connect 198.51.100.9 198.51.100.1 4369
	}
	guard -q apply service 2>/dev/null || true
	case $1 in
	link) rm "$(link_of bind4)" ;;
	detached) bpftool link detach pinned "$(link_of ingress)" ;;
	policy) stack_for "$cgroup" 198.51.100.9 ;;
	listener) keep listener "$elsewhere" host listen 198.51.100.1 4369 ;;
	below) stack_for "$cgroup $other" 198.51.100.2 ;;
	clear) bpftool cgroup attach "$EJG_CGROUP" cgroup_inet4_connect pinned /sys/fs/bpf/clearing/clear_connect4 multi ;;
	chooser) choose ;;
	esac
}

# Another program gives strangers a socket (netns.sh).
choose() {
	background chosen "$EJG_LOOKUP_CHOOSE" "$(net_file host)" /sys/fs/bpf/maps/listeners
	held+=("$background_pid")
	"$EJG_LOOKUP_ATTACH" "$(net_file host)" /sys/fs/bpf/break/choose_lookup /sys/fs/bpf/theirs
}

unmake() {
	local pid
	for pid in "${held[@]}"; do
		kill "$pid" && wait "$pid" || true
	done 2>/dev/null
	held=()
	[[ $1 != chooser ]] || rm /sys/fs/bpf/theirs
	[[ $1 != clear ]] || bpftool cgroup detach "$EJG_CGROUP" cgroup_inet4_connect pinned /sys/fs/bpf/clearing/clear_connect4
	guard -q release service
}

# hunt STATE VERB ERROR: every fault that is chosen, while something does not hold.
hunt() {
	local state=$1 verb=$2 error=$3 all call n i first=0 step=1 status tried=0 lies=''
	check_status "$state: $verb, without a fault" 1 traced -e trace=none -- "$verb" service
	mapfile -t all < <(list "$verb")
	case $faults in
	all) ;;
	*/*) first=$((${faults%/*} - 1)) step=${faults#*/} ;;
	*)
		# Each hunt begins elsewhere, so that together they come past everything.
		step=$((${#all[@]} * ${#states[@]} * 2 / faults + 1))
		first=$((++began % step))
		;;
	esac
	for ((i = first; i < ${#all[@]}; i += step)); do
		read -r call n <<<"${all[i]}"
		status=0
		traced -e trace="$call" -e inject="$call:error=$error:when=$n" -- "$verb" service || status=$?
		((status != 0)) || lies+="$call $n; "
		tried=$((tried + 1))
	done
	check_is "$state: $verb with $error: $tried of ${#all[@]} faults tried; that all is well after" '' "$lies"
}
began=0

bpftool prog loadall "$EJG_CLEAR" /sys/fs/bpf/clearing 2>/dev/null || {
	note 'left out: this kernel has no bpf_set_retval()'
	states=("${states[@]/clear/}")
}
if kernel_has_netns; then
	bpftool prog loadall "$EJG_BREAK" /sys/fs/bpf/break pinmaps /sys/fs/bpf/maps
else
	note 'left out: this kernel has no accept=netns'
	states=("${states[@]/chooser/}")
fi

for state in ${states[@]}; do
	make "$state"
	hunt "$state" check EIO
	[[ $faults != all && $faults != */* ]] || {
		hunt "$state" check EACCES
		hunt "$state" check ENOMEM
	}
	hunt "$state" status EIO
	unmake "$state"
done

note 'another bpffs over the one of the guard'
stack_for "$cgroup" 198.51.100.2
guard -q apply service
check 'control: check' guard -q check service
mount -t bpf -o mode=700 bpf /sys/fs/bpf
check_status 'check does not see the pins' 1 guard -q check service
check_is 'control: they guard all the same' denied "$(in_cgroup "$cgroup" "$EJG_ATTEMPT" connect 198.51.100.9 4369)"
check 'apply guards a second time' guard -q apply service
check 'check' guard -q check service
guard -q release service
umount /sys/fs/bpf
check 'the first one again: check' guard -q check service
check_is 'it guards' denied "$(in_cgroup "$cgroup" "$EJG_ATTEMPT" connect 198.51.100.9 4369)"

note 'pins that were moved'
mv "$(set_path)/links" "$(set_path)/lonks"
check_status 'links of another name: check' 1 guard -q check service
check 'apply' guard -q apply service
check 'check' guard -q check service

note 'other times'
# guard_in_time SECONDS VERB: runs it with another time since boot.
guard_in_time() {
	net_run host unshare --time --boottime "$1" --monotonic "$1" --fork "${tool[@]}" "$2" service
}
for offset in 1000000000 -1; do
	((offset > 0)) || offset=-$(($(cut -d. -f1 /proc/uptime) - 1))
	check "boot clock $offset s: check" guard_in_time "$offset" check
	check "boot clock $offset s: apply" guard_in_time "$offset" apply
	check "boot clock $offset s: status" guard_in_time "$offset" status
done

note 'another date'
# on_date OFFSET COMMAND...
on_date() {
	net_run host env "LD_PRELOAD=$EJG_CLOCK" "CLOCK_OFFSET=$1" "${@:2}"
}
check 'control: it is another one' test "$(on_date -946684800 date +%s)" -lt $(($(date +%s) - 900000000))
for offset in 946684800 -946684800 jump; do
	for verb in check apply status; do
		check "date $offset: $verb" on_date "$offset" "${tool[@]}" "$verb" service
	done
	on_date "$offset" "$EJG_TOOL" --confdir "$EJG_CONF" --moduledir "$EJG_MODULES" status service >"$EJG_STATE/report" 2>&1
	check_has "date $offset: status shows denials" 'connect4 198.51.100.9' "$(tr -s ' \n' ' ' <"$EJG_STATE/report")"
	rm "$(link_of bind4)"
	for verb in check status; do
		check_status "date $offset, a link is gone: $verb" 1 on_date "$offset" "${tool[@]}" "$verb" service
	done
	check "date $offset: apply mends it" on_date "$offset" "${tool[@]}" apply service
	check "date $offset: check" on_date "$offset" "${tool[@]}" check service
done

note 'places where no answer arrives'
rm "$(link_of bind4)"
for verb in check status; do
	# shellcheck disable=SC2016 # the inner shell expands
	{
		check_status "$verb to /dev/full" 1 bash -c 'exec "$@" >/dev/full 2>&1' full "${tool[@]}" "$verb" service
		check_status "$verb without descriptors" 1 bash -c 'exec "$@" <&- >&- 2>&-' closed "${tool[@]}" "$verb" service
	}
done
guard -q apply service
for verb in check status; do
	# shellcheck disable=SC2016
	check_is "$verb that nobody can read is no success" no "$(bash -c 'exec "$@" >/dev/full 2>/dev/null' full \
		nsenter --net="$(net_file host)" "$EJG_TOOL" --confdir "$EJG_CONF" --moduledir "$EJG_MODULES" "$verb" service &&
		echo yes || echo no)"
done
