# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# A test that needs beds sources this, and calls first:
#
#	source "$(dirname "$0")/../harness/harness.sh"
#	harness_begin "$0"
#
# From there on the test runs in a sandbox, in a network namespace from which nothing leaves. It says what it sees
# with check and check_is; its exit status is the verdict.
#
# Environment, set by tools/run-tests (or a developer):
#	EJG_IMAGE    image of the beds, made by mkimage
#	EJG_STAGE    DESTDIR of `meson install`: the ejguard under test
#	EJG_ATTEMPT  the program attempt
#	EJG_NO_SKIP  1: what would be a skip is a failure
#	EJG_SLOW     how many times slower than usual this machine is: an emulated one is

harness_dir=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=sandbox.sh
source "$harness_dir/sandbox.sh"
# shellcheck source=rootfs.sh
source "$harness_dir/rootfs.sh"
# shellcheck source=net.sh
source "$harness_dir/net.sh"
# shellcheck source=bed.sh
source "$harness_dir/bed.sh"
# shellcheck source=ejabberd.sh
source "$harness_dir/ejabberd.sh"
# shellcheck source=guard.sh
source "$harness_dir/guard.sh"

checks_failed=0
checks_done=0

skip() {
	if [[ ${EJG_NO_SKIP-} == 1 ]]; then
		echo "not run, and no skip is allowed here: $1"
		exit 1
	fi
	echo "skipped: $1"
	exit 77
}

# Why the beds cannot be made here; silent if they can.
harness_obstacle() {
	local name
	if [[ $(id -u) != 0 ]]; then
		echo 'needs root'
	elif [[ -z $(cgroup2_root) ]]; then
		echo 'no cgroup2 is mounted'
	else
		for name in EJG_IMAGE EJG_STAGE EJG_ATTEMPT; do
			[[ -n ${!name-} ]] || {
				echo "$name is not set (tools/run-tests sets it)"
				return
			}
		done
	fi
}

# harness_begin SCRIPT [ARGUMENT]...: returns in the sandbox only.
harness_begin() {
	local obstacle status=0
	if [[ -z ${EJG_IN_SANDBOX-} ]]; then
		obstacle=$(harness_obstacle)
		[[ -z $obstacle ]] || skip "$obstacle"
		EJG_HOST_NETNS=$(stat -Lc %i /proc/self/ns/net)
		export EJG_HOST_NETNS
		EJG_IN_SANDBOX=1 sandbox_run --net --uts --ipc bash "$@" || status=$?
		exit "$status"
	fi
	unset EJG_IN_SANDBOX
	trap 'harness_finish $?' EXIT
	mount -t tmpfs -o mode=755 ejguard-bed "$EJG_STATE"
	net_start
}

# Runs at the end of the test, also where set -e ends it.
harness_finish() {
	local bed
	if (($1 != 0 || checks_failed != 0 || checks_done == 0)); then
		for bed in "$EJG_STATE"/*/pid; do
			[[ ! -e $bed ]] || bed_dump "$(basename "$(dirname "$bed")")"
		done
		echo "$checks_failed of $checks_done checks failed; exit status of the script $1"
		exit 1
	fi
}

note() {
	printf '# %s\n' "$*"
}

# verdict HELD WHAT [DETAIL]
verdict() {
	checks_done=$((checks_done + 1))
	if [[ $1 == yes ]]; then
		echo "ok $checks_done - $2"
		return
	fi
	checks_failed=$((checks_failed + 1))
	echo "not ok $checks_done - $2${3:+: $3}"
}

# check_is WHAT EXPECTED ACTUAL
check_is() {
	if [[ $2 == "$3" ]]; then
		verdict yes "$1: $3"
	else
		verdict no "$1" "expected '$2', was '$3'"
	fi
}

# check_has WHAT PATTERN TEXT: a shell pattern, somewhere in the text.
check_has() {
	# shellcheck disable=SC2053 # the right side is a pattern on purpose
	if [[ $3 == *$2* ]]; then
		verdict yes "$1"
	else
		verdict no "$1" "no '$2' in '$3'"
	fi
}

# check WHAT COMMAND...: passes if the command succeeds.
check() {
	local what=$1 output status=0
	shift
	output=$("$@" 2>&1) || status=$?
	if ((status == 0)); then
		verdict yes "$what"
	else
		verdict no "$what" "exit status $status of: $* ($output)"
	fi
}

# check_status WHAT EXPECTED COMMAND...: its exit status.
check_status() {
	local what=$1 expected=$2 output status=0
	shift 2
	output=$("$@" 2>&1) || status=$?
	if ((status == expected)); then
		verdict yes "$what: exit status $status"
	else
		verdict no "$what" "expected exit status $expected, was $status: $* ($output)"
	fi
}

# wait_is SECONDS EXPECTED COMMAND...: until it prints that.
wait_is() {
	wait_for "$1" prints "${@:2}"
}

prints() {
	[[ $("${@:2}") == "$1" ]]
}

# wait_for SECONDS COMMAND...: until it succeeds. EJG_SLOW: how many times slower than usual this machine is. Half a minute at
# least, because what succeeds does not wait.
wait_for() {
	local end=$((SECONDS + ($1 > 30 ? $1 : 30) * ${EJG_SLOW-1}))
	shift
	until "$@" >/dev/null 2>&1; do
		((SECONDS < end)) || return 1
		sleep 0.03
	done
}
