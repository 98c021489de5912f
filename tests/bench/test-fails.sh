#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# test-fails.sh SPAWN: a command that fails ends a benchmark with an error. It would be the fastest otherwise.
set -euo pipefail

# shellcheck source=files.sh
source "$(dirname "$(readlink -f "$0")")/files.sh"
spawn=$1
EJG_STATE=$(mktemp -d)
trap 'rm -rf "$EJG_STATE"' EXIT
failed=0

# ends EXPECTED WHAT LINE: of a table with one command, and one that is good.
ends() {
	local status=0
	printf 'good\t\ttrue\n%s\n' "$3" | "$spawn" 2 >/dev/null 2>"$EJG_STATE/said" || status=$?
	((status == $1)) || {
		echo "$2: expected exit status $1, was $status: $(cat "$EJG_STATE/said")"
		failed=1
	}
}

ends 0 'a command that succeeds' $'second\ttrue\ttrue'
ends 1 'a command that fails' $'second\t\tfalse'
ends 1 'a command that is not there' $'second\t\tno-such-command'
ends 1 'a start that cannot be made' $'second\tfalse\ttrue'
ends 0 'findings' $'second\t\t'"$(quiet findings 1 sh -c "'exit 1'")"
ends 1 'more than findings' $'second\t\t'"$(quiet broken 1 sh -c "'exit 2'")"
ends 1 'a program that is not installed' $'second\t\t'"$(quiet absent 1 no-such-command)"
exit "$failed"
