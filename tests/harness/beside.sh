# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# A command that tools/run-tests runs in parallel with the suites: most tests wait for something, one at a time, and
# leave a processor idle. It has a lower priority than the suites; its output and its counts are added at its end.

# shellcheck disable=SC2154,SC2034 # work, passed, failed, durations: of run-tests and counts.sh

# beside_begin COMMAND...
beside_begin() {
	(
		renice -n 10 -p "$BASHPID" >/dev/null
		passed=0 failed=0 durations=()
		trap 'declare -p passed failed durations >"$work/beside.counts"' EXIT
		"$@"
	) >"$work/beside.log" 2>&1 &
	beside=$!
}

# beside_counts: of this shell those of the other one, in addition.
beside_counts() {
	local ours=("$passed" "$failed") all=("${durations[@]}")
	# Without -g they would be of this function.
	source <(sed 's/^declare /&-g /' "$work/beside.counts")
	passed=$((passed + ours[0])) failed=$((failed + ours[1])) durations=("${all[@]}" "${durations[@]}")
}

# beside_end: waits for it.
beside_end() {
	local status=0
	wait "$beside" || status=$?
	cat "$work/beside.log"
	beside_counts
	((status == 0)) || count BAD "what ran beside the suites, exit status $status"
}
