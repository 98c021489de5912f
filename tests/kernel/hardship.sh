#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Every verb under limits, without descriptors or /proc, and where nothing can be written: check and status never say that a guard
# with a hole holds, release and disable never that all is gone when it is not, enable writes all drop-ins or none, and no verb
# crashes or hangs. faults.sh has apply. Control: the same verbs without hardship.
set -euo pipefail

# shellcheck source=kernel.sh
source "$(dirname "$0")/kernel.sh"
kernel_begin "$0"

cgroup=$EJG_CGROUP/service
units=$EJG_STATE/units
mkdir "$cgroup" "$units"
library=$(dirname "$(dirname "$EJG_TOOL")")/libejguard
tool=("$EJG_TOOL" --confdir "$EJG_CONF" --moduledir "$EJG_MODULES")
printf '%s\n' 'set cgroups first.service second.socket' 'required net' >"$EJG_CONF/units"

# Each is directly around the tool. With 3 descriptors, or with less memory than the least, its loader finds no library, and it
# does not start. Before Linux 5.11 memory of BPF counts as locked.
hardships=(
	'prlimit --nofile=4:4' 'prlimit --nofile=5:5' 'prlimit --nofile=6:6' 'prlimit --nofile=7:7'
	'prlimit --fsize=0:0' 'prlimit --fsize=64:64' 'prlimit --memlock=0:0'
	'closed' 'full' 'no_proc' 'ro /run' 'ro /sys/fs/bpf' 'ro_state' 'full_run')

# least_memory: with which the tool starts, in KiB; nothing if that is unusually much (a sanitizer).
least_memory() {
	local size
	for ((size = 1024; size < 65536; size += 128)); do
		! prlimit --as=$((size * 1024)) "$EJG_TOOL" --version >/dev/null 2>&1 || {
			echo "$size"
			return
		}
	done
}
least=$(least_memory)
if [[ $least ]]; then
	for more in 0 256 512 1024; do
		hardships+=("prlimit --as=$(((least + more) * 1024))")
	done
else
	note 'left out: the tool needs an unusual amount of memory to start'
fi

closed() {
	"$@" <&- >&- 2>&-
}

full() {
	"$@" >/dev/full 2>&1
}

# Where the tool finds its library beside it, the loader asks /proc where that is.
no_proc() {
	# shellcheck disable=SC2016
	unshare --mount env LD_LIBRARY_PATH="$library" bash -c 'mount -t tmpfs none /proc || exit 99; exec "$@"' no-proc "$@"
}

# ro PLACE COMMAND...
ro() {
	# shellcheck disable=SC2016
	unshare --mount bash -c 'mount --rbind "$1" "$1" && mount -o remount,bind,ro "$1" || exit 99; shift; exec "$@"' ro "$@"
}

# The folder of the drop-ins among them.
ro_state() {
	ro "$EJG_STATE" "$@"
}

full_run() {
	# shellcheck disable=SC2016
	unshare --mount bash -c 'mkdir -p /run/ejguard && mount -t tmpfs -o size=4k,nr_inodes=2 full /run/ejguard || exit 99
		exec "$@"' full-run "$@"
}

export -f closed full no_proc ro ro_state full_run
export library

# under HARDSHIP ARGUMENTS OF ejguard...: its exit status is in `status`.
under() {
	local hardship=$1
	shift
	status=0
	# shellcheck disable=SC2016,SC2086 # the inner shell expands; words are wanted
	nsenter --net="$(net_file host)" timeout 60 bash -c '"$@"' hardship $hardship "${tool[@]}" "$@" >/dev/null 2>&1 || status=$?
	((status != 99)) || bad+="$hardship: it could not be made; "
	((status != 126 && status != 127)) || bad+="$hardship: $1: ejguard did not start; "
	# 124: it hangs; above 128: a signal, of which SIGXFSZ is the limit's own.
	((status != 124 && (status <= 128 || status == 128 + 25))) || bad+="$hardship: $1 ended with $status; "
}

drop_ins() {
	find "$units" -name 50-ejguard.conf -size +0 | wc -l
}

# with_hole: guarded, but for one hook.
with_hole() {
	guard -q apply --no-proof service
	rm "$(set_path)/links/$(stat -c %i "$cgroup")/bind4"
}

stack_for "$cgroup" 198.51.100.2
with_hole
note 'control: without hardship'
for verb in check status; do
	check_status "$verb" 1 guard -q "$verb" service
done
for verb in 'explain connect 198.51.100.9 4369' doctor modules discover; do
	bad=''
	# shellcheck disable=SC2086 # words are wanted
	under '' $verb
	check_is "$verb" '' "$bad"
done

note 'a guard with a hole'
for hardship in "${hardships[@]}"; do
	bad=''
	for verb in check status 'status --openmetrics' '--json check'; do
		# shellcheck disable=SC2086
		under "$hardship" $verb service
		((status != 0)) || [[ $verb == *openmetrics ]] || bad+="$verb says that it holds; "
	done
	for verb in 'explain connect 198.51.100.9 4369' doctor modules discover 'apply --dry-run' confirm revert; do
		# shellcheck disable=SC2086
		under "$hardship" $verb
	done
	check_is "$hardship" '' "$bad"
done

note 'release'
for hardship in "${hardships[@]}"; do
	bad=''
	guard -q apply --no-proof service
	under "$hardship" release service
	((status != 0)) || [[ ! -e $(set_path) ]] || bad+='exit status 0, and pins are left; '
	check_is "$hardship: exit status $status" '' "$bad"
done
guard -q release service

note 'enable and disable'
for hardship in "${hardships[@]}"; do
	bad=''
	# What is done and cannot be told is no success.
	untold=$([[ $hardship != full ]] || echo 1)
	under "$hardship" enable --unitdir "$units" --templatedir "$(dirname "$0")/../../tools/systemd" units
	[[ $status/$(drop_ins) == ${untold:-0}/2 || ($status != 0 && $(drop_ins) == 0) ]] || bad+="enable: $status, $(drop_ins) of 2 drop-ins; "
	said=$status
	guard -q enable --unitdir "$units" --templatedir "$(dirname "$0")/../../tools/systemd" units >/dev/null
	under "$hardship" disable --unitdir "$units" units
	[[ $status/$(drop_ins) == ${untold:-0}/0 || ($status != 0 && $(drop_ins) == 2) ]] || bad+="disable: $status, $(drop_ins) of 2 drop-ins; "
	guard -q disable --unitdir "$units" units >/dev/null
	check_is "$hardship: exit status $said, $status" '' "$bad"
done
