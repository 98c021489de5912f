# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# The counts of tools/run-tests: tests that passed and failed, and how long each took.

passed=0
failed=0
longest_shown=15
durations=()

headline() {
	printf '\n=== %s (after %s s)\n' "$*" "$SECONDS"
}

# count OK|BAD [WHAT]: something that no suite of meson counts.
count() {
	if [[ $1 == OK ]]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $2"
	fi
}

# count_duration SECONDS WHAT
count_duration() {
	durations+=("$1 $2")
}

# count_log LOG [LABEL]: the json log of a run: how many passed, how many did not. A test that was skipped, or that left
# some of its parts out, did not pass.
count_log() {
	local ok all line
	[[ -s $1 ]] || {
		count BAD "no test ran: $1"
		return
	}
	all=$(wc -l <"$1")
	ok=$(grep -E '"result": "(OK|EXPECTEDFAIL)"' "$1" | grep -vcF '[  SKIPPED ]') || true
	passed=$((passed + ok))
	failed=$((failed + all - ok))
	grep -vE '"result": "(OK|EXPECTEDFAIL)"' "$1" | grep -oE '^\{"name": "[^"]*"' | sed 's/.*: /FAILED: /' || true
	grep -E '"result": "OK"' "$1" | grep -F '[  SKIPPED ]' | grep -oE '^\{"name": "[^"]*"' |
		sed 's/.*: /FAILED, it skipped a part: /' || true
	while read -r line; do
		durations+=("$line${2:+, $2}")
	done < <(sed -nE 's|^\{"name": "[^"]*:([a-z]+) / ([^"]*)".*, "duration": ([0-9.]+),.*|\3 \1/\2|p' "$1" |
		sed 's|rules/rules-|rules/|')
}

# Prints the longest ones, if there is more than one.
count_longest() {
	((${#durations[@]} > 1)) || return 0
	echo
	echo "what took longest, in seconds (of ${#durations[@]}):"
	# To the end: sort(1) ended by a closed pipe would be the status of the whole run.
	printf '%s\n' "${durations[@]}" | sort -rn | sed -n "1,${longest_shown}p" |
		while read -r seconds what; do
			printf '%8.1f  %s\n' "$seconds" "$what"
		done
}
