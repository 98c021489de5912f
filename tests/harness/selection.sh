# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# The tests that tools/run-tests is told to run, by name. Its --help says what names there are.

# shellcheck disable=SC2154 # source_dir: whoever sources this

selected_suites=()
selected_tests=()
declare -A selected_cases=()

# The suites: each has a folder of tests/ with its name.
suites_known() {
	local file suite
	for file in "$source_dir"/tests/*/meson.build; do
		suite=$(basename "$(dirname "$file")")
		! grep -q "suite: '$suite'" "$file" || echo "$suite"
	done
}

# select_names NAME...: suites, SUITE/TEST, and behind one of the latter a CASE.
select_names() {
	local name last='' known
	known=$(suites_known)
	for name; do
		if grep -qxF -e "${name%%/*}" <<<"$known"; then
			last=''
			if [[ $name == */* ]]; then
				selected_tests+=("$name")
				last=$name
			else
				selected_suites+=("$name")
			fi
		elif [[ -n ${kernels-} && $name == boot ]]; then
			selected_tests+=(boot)
		elif [[ -n $last && -z ${selected_cases[$last]-} ]]; then
			has_cases "$last" || give_up "$last is one test: cases can be named in kernel/attempts and rules/* only"
			selected_cases[$last]=$name
		else
			give_up "there is no suite '${name%%/*}'; the suites: ${known//$'\n'/ }"
		fi
	done
}

has_cases() {
	[[ $1 == kernel/attempts || $1 == rules/* ]]
}

selected_any() {
	((${#selected_suites[@]} + ${#selected_tests[@]}))
}

# selected_reads VARIABLE: whether a test of the suite service that is to run reads it.
selected_reads() {
	local name
	if ! selected_any || [[ " ${selected_suites[*]} " == *' service '* ]]; then
		return 0
	fi
	for name in "${selected_tests[@]}"; do
		# shellcheck disable=SC2154 # run-tests sets it
		! grep --quiet --no-messages "$1" "$source_dir/tests/$name.sh" || return 0
	done
	return 1
}

# selected SUITE: whether something of it is to run.
selected() {
	! selected_any || [[ " ${selected_suites[*]} ${selected_tests[*]/%\/*} " == *" $1 "* ]]
}

# tests_known BUILD: all tests, as SUITE/TEST.
tests_known() {
	meson introspect --tests "$1" | python3 -c '
import json, sys
for test in json.load(sys.stdin):
    suite = test["suite"][0].partition(":")[2]
    print(suite, test["name"].removeprefix("rules-") if suite == "rules" else test["name"], sep="/")' | sort
}

# meson_name SUITE/TEST: what meson calls the test.
meson_name() {
	local name=${1#*/}
	[[ $1 != rules/* ]] || name=rules-${name#rules-}
	echo "$name"
}

# selection_check BUILD: fails if a test is named that there is not, and lists those that there are.
selection_check() {
	local name suite known wrong=0
	known=$(tests_known "$1")
	for name in "${selected_tests[@]}"; do
		[[ $name != boot ]] || continue
		suite=${name%%/*}
		! grep -qxF -e "$suite/${name#*/}" -e "${name/rules\/rules-/rules/}" <<<"$known" || continue
		wrong=1
		echo "run-tests: the suite $suite has no test '${name#*/}'; its tests:"
		grep "^$suite/" <<<"$known" | sed 's/^/  /'
	done
	return $wrong
}

# selection_list BUILD: the tests of the suites that are selected.
selection_list() {
	local name
	while read -r name; do
		! selected "${name%%/*}" || echo "$name"
	done < <(tests_known "$1")
}
