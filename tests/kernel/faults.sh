#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# System calls that fail, and a process that is killed, at the calls by which apply, release, enable and disable change
# something: afterwards the guard is the old one or the new one, never less; the exit status is honest; a kill leaves
# nothing that the next apply does not clear away.
#
# EJG_FAULTS: how many faults are tried, spread over all that there are (90); "all": every one; "2/5": every fifth,
# from the second on, so that five runs come past all.
set -euo pipefail

# shellcheck source=kernel.sh
source "$(dirname "$0")/kernel.sh"
kernel_begin "$0"

command -v strace >/dev/null || skip 'there is no strace'
faults=${EJG_FAULTS-90}
cgroup=$EJG_CGROUP/service
mkdir "$cgroup"
# Calls that change something. openat also creates files; most are only read, and a fault there is one more error.
calls=(bpf openat mkdirat mkdir renameat renameat2 rename unlinkat unlink rmdir write pwrite64 ftruncate flock
	chmod fchmod fchmodat fsync setsockopt)
tool=("$EJG_TOOL" --confdir "$EJG_CONF" --moduledir "$EJG_MODULES" -q)

# traced STRACE-OPTIONS -- ARGUMENTS OF ejguard...: on the host, only the process itself is traced.
traced() {
	local options=()
	while [[ $1 != -- ]]; do
		options+=("$1")
		shift
	done
	shift
	# In its own shell: that one, not this one, reports that strace ends as its tracee does.
	(
		nsenter --net="$(net_file host)" strace -qq -o "$EJG_STATE/trace" "${options[@]}" "${tool[@]}" "$@"
		exit $?
	) >/dev/null 2>&1
}

# list VERB...: "CALL N" of each call that a run makes.
list() {
	local call n
	traced -e trace="$(IFS=, && echo "${calls[*]/#/?}")" -- "$@"
	for call in "${calls[@]}"; do
		n=$(grep -c "^$call(" "$EJG_STATE/trace" || true)
		for ((; n > 0; n--)); do
			echo "$call $n"
		done
	done
}

try_peer() {
	in_cgroup "$cgroup" "$EJG_ATTEMPT" connect "198.51.100.$1" 4369
}

# guard_now: the guard that the cgroup's processes see: none, old, new, or part of the old one; else neither.
guard_now() {
	case "$(in_cgroup "$cgroup" "$EJG_ATTEMPT" bind 198.51.100.11 4370) $(try_peer 2) $(try_peer 9)" in
	'ok refused refused') echo none ;;
	'denied refused denied') echo old ;;
	'denied denied refused') echo new ;;
	'denied refused refused' | 'ok refused denied') echo part ;;
	*) echo neither ;;
	esac
}

# leftovers: what must not be there when nothing was killed.
leftovers() {
	find /sys/fs/bpf/ejguard -maxdepth 1 -name '*:*' 2>/dev/null || true
	find /run/ejguard -name '*.new' 2>/dev/null || true
}

# prepare STATE: none, or old.
prepare() {
	stack_for "$cgroup" 198.51.100.2
	if [[ $1 == none ]]; then
		"${release[@]}"
	else
		"${apply[@]}"
	fi
	[[ -z ${2-} ]] || stack_for "$cgroup" "$2"
}
apply=(nsenter "--net=$(net_file host)" "${tool[@]}" apply service)
release=(nsenter "--net=$(net_file host)" "${tool[@]}" release service)

# judge WHAT STATUS BEFORE AFTER HOW: silent if it is right. A failure leaves the former guard, or says so of the new one.
# Without a former guard, a kill may leave a part, hook by hook: it is more than before, and check does not say guarded.
judge() {
	local now try
	# The kernel detaches what was taken back a moment later.
	for try in {1..40}; do
		now=$(guard_now)
		[[ $now == neither || $now == part ]] || break
		[[ $5 != killed || $now != part ]] || break
		sleep 0.05
	done
	if [[ $now == part && $3 == none && $5 == killed ]]; then
		! guard check service >/dev/null 2>&1 || echo "$1: check calls a part guarded;"
		return
	fi
	[[ $now == "$3" || $now == "$4" ]] || echo "$1: the guard is $now after $try tries;"
	(($2 != 0)) || [[ $now == "$4" ]] || echo "$1: exit status 0, and the guard is $now;"
	[[ $5 == killed || -z $(leftovers) ]] || echo "$1: left $(leftovers);"
}

# choose_faults ALL SHARE: sets first and step; of the faults that are tried, one in SHARE is tried here. An odd step comes
# to both an error and a kill.
choose_faults() {
	first=0 step=1
	case $faults in
	all) ;;
	*/*) first=$((${faults%/*} - 1)) step=${faults#*/} ;;
	*) step=$((($1 * $2 / faults) | 1)) ;;
	esac
}

# inject FROM TO VERB: every fault that is chosen, in a run of VERB.
inject() {
	local from=$1 to=$2 verb=$3 all call n how status bad='' tried=0 felt=0 first step i fault
	prepare "$from" "${PEER-}"
	mapfile -t all < <(list "$verb" service)
	prepare "$from" "${PEER-}"
	choose_faults $((2 * ${#all[@]})) 3
	for ((i = first; i < 2 * ${#all[@]}; i += step)); do
		read -r call n <<<"${all[i / 2]}"
		how=$([[ $((i % 2)) == 0 ]] && echo failed || echo killed)
		fault="$call:error=$([[ $call == bpf ]] && echo ENOMEM || echo ENOSPC):when=$n"
		[[ $how == failed ]] || fault="$call:signal=KILL:when=$n"
		status=0
		traced -e trace="$call" -e inject="$fault" -- "$verb" service || status=$?
		bad+=$(judge "$verb, $call $n $how" "$status" "$from" "$to" "$how")
		tried=$((tried + 1))
		((status == 0)) || felt=$((felt + 1))
		# The next run must be able to make it right, whatever this one left.
		"${apply[@]}" >/dev/null 2>&1 || bad+="$verb, $call $n $how: then apply fails;"
		[[ -z $(leftovers) ]] || bad+="$verb, $call $n $how: then there is $(leftovers);"
		prepare "$from" "${PEER-}"
	done
	# Each kill is felt, and so are most errors.
	check "$verb, from $from: $tried of $((2 * ${#all[@]})) faults tried, $felt felt" test "$tried" -gt 10 -a "$felt" -gt $((tried / 2))
	check_is "$verb, from $from to $to" '' "$bad"
}

prepare none
check_is 'control: without a guard' none "$(guard_now)"
prepare old
check_is 'control: the old one' old "$(guard_now)"
stack_for "$cgroup" 198.51.100.9
"${apply[@]}"
check_is 'control: the new one' new "$(guard_now)"

note 'apply where nothing was'
inject none old apply
note 'apply of another policy'
PEER=198.51.100.9 inject old new apply

note 'limits, descriptors, places that cannot be written'
# limited WHAT COMMAND...: apply of another policy, under a condition: it succeeds and is new, or fails and is old.
limited() {
	local what=$1 status=0 bad
	shift
	prepare old 198.51.100.9
	nsenter --net="$(net_file host)" "$@" >/dev/null 2>&1 || status=$?
	bad=$(judge "$what" "$status" old new failed)
	check_is "$what: exit status $status" '' "$bad"
}
all=("${tool[@]}" apply service)
for n in 0 3 4 6 8 12 16 24 32; do
	limited "RLIMIT_NOFILE $n" prlimit --nofile="$n:$n" "${all[@]}"
done
for n in 0 1 64; do
	limited "RLIMIT_FSIZE $n" prlimit --fsize="$n:$n" "${all[@]}"
done
limited 'RLIMIT_NPROC 0' prlimit --nproc=0:0 "${all[@]}"
for n in 8 16 32 64; do
	limited "RLIMIT_AS $n MiB" prlimit --as="$((n * 1048576)):$((n * 1048576))" "${all[@]}"
done
limited 'RLIMIT_MEMLOCK 0' prlimit --memlock=0:0 "${all[@]}"
# shellcheck disable=SC2016 # the inner shell expands
{
	limited 'descriptors 0 to 2 closed' bash -c 'exec "$@" <&- >&- 2>&-' closed "${all[@]}"
	limited '/dev/full' bash -c 'exec "$@" >/dev/full 2>&1' full \
		"$EJG_TOOL" --confdir "$EJG_CONF" --moduledir "$EJG_MODULES" -v apply service
	# If the tool finds its library beside itself, the loader asks /proc for that place.
	limited 'without /proc' unshare --mount env LD_LIBRARY_PATH="$(dirname "$(dirname "$EJG_TOOL")")/libejguard" \
		bash -c 'mount -t tmpfs none /proc && exec "$@"' no-proc "${all[@]}"
	limited '/run read-only' unshare --mount bash -c 'mount -o remount,bind,ro /run 2>/dev/null ||
		{ mount --bind /run /run && mount -o remount,bind,ro /run; }; exec "$@"' ro-run "${all[@]}"
	limited '/run full' unshare --mount bash -c 'mount -t tmpfs -o size=4k,nr_inodes=3 full /run/ejguard; exec "$@"' \
		full-run "${all[@]}"
	limited '/var read-only' unshare --mount bash -c 'mount --bind /var /var && mount -o remount,bind,ro /var
		exec "$@"' ro-var "${all[@]}"
	limited 'bpffs read-only' unshare --mount bash -c 'mount -o remount,bind,ro /sys/fs/bpf; exec "$@"' ro-bpf "${all[@]}"
}

note 'fifty at once'
prepare old 198.51.100.9
# On a slow machine fifty take longer than the 30 s that each waits for the lock. One that says so tries again; any other failure
# is one, with its words.
apply_patiently() {
	local words
	for _ in {1..5}; do
		words=$("${apply[@]}" 2>&1) && return
		[[ $words == *'has held the lock'* ]] || break
		echo "$words" >>"$EJG_STATE/waited"
	done
	echo "failed: $words"
}
pids=()
touch "$EJG_STATE/waited"
for ((i = 0; i < 50; i++)); do
	apply_patiently >>"$EJG_STATE/fifty" &
	pids+=("$!")
done
wait "${pids[@]}"
note "$(wc -l <"$EJG_STATE/waited") waited longer than for the lock"
check_is 'fifty applies at once: failed' '' "$(cat "$EJG_STATE/fifty")"
check_is 'the guard' new "$(guard_now)"
check_is 'left' '' "$(leftovers)"

note 'release'
from_release() {
	local bad='' status call n all=() i first step how fault tried=0
	prepare old
	mapfile -t all < <(list release service)
	choose_faults $((2 * ${#all[@]})) 2
	for ((i = first; i < 2 * ${#all[@]}; i += step)); do
		prepare old
		read -r call n <<<"${all[i / 2]}"
		how=$([[ $((i % 2)) == 0 ]] && echo failed || echo killed)
		fault="$call:error=EIO:when=$n"
		[[ $how == failed ]] || fault="$call:signal=KILL:when=$n"
		status=0
		traced -e trace="$call" -e inject="$fault" -- release service || status=$?
		tried=$((tried + 1))
		# The folder of all services may stay, if it is empty: it guards nothing.
		((status != 0)) || [[ -z $(find /sys/fs/bpf/ejguard -mindepth 1 2>/dev/null) ]] ||
			bad+="$call $n $how: exit status 0, and pins are left;"
		"${release[@]}" || bad+="$call $n $how: then release fails;"
		[[ ! -e /sys/fs/bpf/ejguard ]] || bad+="$call $n $how: pins are left after another release;"
	done
	check "release: $tried faults were tried" test "$tried" -gt 10
	check_is 'release' '' "$bad"
}
from_release

note 'enable, disable'
units=(first.service second.service third.socket)
folder=$EJG_STATE/units
mkdir "$folder"
cp -r "$(dirname "$0")/../../tools/systemd" "$EJG_STATE/old"
cp -r "$EJG_STATE/old" "$EJG_STATE/new"
sed -i 's/^#/# Newer./' "$EJG_STATE"/new/*.in
printf '%s\n' "set cgroups ${units[*]}" 'required net' >"$EJG_CONF/units"

# switch none|old|new: ARGUMENTS, in `arguments`, that lead there.
switch() {
	arguments=(enable --templatedir "$EJG_STATE/$1" --unitdir "$folder" units)
	[[ $1 != none ]] || arguments=(disable --unitdir "$folder" units)
}

# text_of none|old|new UNIT: the drop-in of a unit in that state.
text_of() {
	cat "$EJG_STATE/texts/$1.$2" 2>/dev/null || true
}

# states: of each unit: none, old, new, or other, which is neither.
states() {
	local unit text found state
	for unit in "${units[@]}"; do
		text=$(cat "$folder/$unit.d/50-ejguard.conf" 2>/dev/null || true)
		found=other
		for state in none old new; do
			[[ $text != "$(text_of "$state" "$unit")" ]] || found=$state
		done
		echo -n "$found "
	done
}

# keep none|old|new: goes there, and keeps what a unit's drop-in is then.
keep() {
	local unit
	switch "$1"
	check "$1" "${tool[@]}" "${arguments[@]}"
	for unit in "${units[@]}"; do
		cp "$folder/$unit.d/50-ejguard.conf" "$EJG_STATE/texts/$1.$unit" 2>/dev/null || true
	done
	check_is "control: $1" "$1 $1 $1 " "$(states)"
}
mkdir "$EJG_STATE/texts"
keep old
keep new
keep none
check_is 'control: nothing is left' '' "$(find "$folder" -mindepth 1)"

# judge_units WHAT STATUS FROM TO HOW: silent if it is right.
judge_units() {
	local now
	now=$(states)
	case "$5 $now" in
	"failed $3 $3 $3 " | "failed $4 $4 $4 ") ;;
	failed*) echo "$1: exit status $2, and the units are $now;" ;;
	killed*other* | killed*"$6"*) echo "$1: the units are $now;" ;;
	esac
	(($2 != 0)) || [[ $now == "$4 $4 $4 " ]] || echo "$1: exit status 0, and the units are $now;"
}

# inject_units FROM TO NEITHER: every fault that is chosen, on the way.
inject_units() {
	local from=$1 to=$2 all call n how status bad='' tried=0 felt=0 first step i fault
	switch "$from" && "${tool[@]}" "${arguments[@]}" >/dev/null
	switch "$to"
	mapfile -t all < <(list "${arguments[@]}")
	choose_faults $((2 * ${#all[@]})) 3
	for ((i = first; i < 2 * ${#all[@]}; i += step)); do
		switch "$from" && "${tool[@]}" "${arguments[@]}" >/dev/null || bad+="$from: it fails after ${fault-};"
		read -r call n <<<"${all[i / 2]}"
		how=$([[ $((i % 2)) == 0 ]] && echo failed || echo killed)
		fault="$call:error=ENOSPC:when=$n"
		[[ $how == failed ]] || fault="$call:signal=KILL:when=$n"
		status=0
		switch "$to"
		traced -e trace="$call" -e inject="$fault" -- "${arguments[@]}" || status=$?
		bad+=$(judge_units "$from to $to, $call $n $how" "$status" "$from" "$to" "$how" "$3")
		tried=$((tried + 1))
		((status == 0)) || felt=$((felt + 1))
		# The next run makes it right, whatever this one left.
		"${tool[@]}" "${arguments[@]}" >/dev/null 2>&1 || bad+="$call $n $how: then ${arguments[0]} fails;"
		[[ $(states) == "$to $to $to " ]] || bad+="$call $n $how: then the units are $(states);"
		[[ -z $(find "$folder" -type f ! -name 50-ejguard.conf) ]] ||
			bad+="$call $n $how: then there is $(find "$folder" -type f ! -name 50-ejguard.conf);"
		# Killed between the file and its folder: that stays, empty.
		[[ $to != none || "$call $how" == 'rmdir killed' || -z $(find "$folder" -mindepth 1) ]] || bad+="$call $n $how: then a folder is left;"
	done
	check "units, $from to $to: $tried of $((2 * ${#all[@]})) faults tried, $felt felt" test "$tried" -gt 10 -a "$felt" -gt $((tried / 2))
	check_is "units, $from to $to" '' "$bad"
}
inject_units none new old
inject_units old new none
inject_units new none old
