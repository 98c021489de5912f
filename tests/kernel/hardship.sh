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

# shellcheck disable=SC2016 # the inner shell expands
hardships=(
	'prlimit --nofile=0:0' 'prlimit --nofile=3:3' 'prlimit --nofile=4:4' 'prlimit --nofile=6:6' 'prlimit --nofile=9:9'
	'prlimit --nofile=14:14' 'prlimit --nofile=24:24' 'prlimit --fsize=0:0' 'prlimit --fsize=64:64' 'prlimit --nproc=0:0'
	'prlimit --as=8388608:8388608' 'prlimit --as=33554432:33554432' 'prlimit --as=67108864:67108864'
	'prlimit --memlock=0:0' 'prlimit --stack=65536:65536' 'prlimit --cpu=20:20'
	'closed' 'full' 'no_proc' 'ro /run' 'ro /var' 'ro /sys/fs/bpf' 'ro /sys/fs/cgroup' 'ro_state' 'full_run')

closed() {
	"$@" <&- >&- 2>&-
}

full() {
	"$@" >/dev/full 2>&1
}

# Where the tool finds its library beside it, the loader asks /proc where that is.
no_proc() {
	# shellcheck disable=SC2016
	unshare --mount env LD_LIBRARY_PATH="$library" bash -c 'mount -t tmpfs none /proc && exec "$@"' no-proc "$@"
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

# under HARDSHIP ARGUMENTS OF ejguard...: its exit status is in `status`.
under() {
	local hardship=$1
	shift
	status=0
	# shellcheck disable=SC2086 # words are wanted
	$hardship nsenter --net="$(net_file host)" timeout 60 "${tool[@]}" "$@" >/dev/null 2>&1 || status=$?
	((status != 99)) || bad+="$hardship: it could not be made; "
	# 124: it hangs; above 128: a signal, of which SIGXFSZ and SIGXCPU are the limit's own.
	((status != 124 && (status <= 128 || status == 128 + 25 || status == 128 + 24))) || bad+="$hardship: $1 ended with $status; "
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
