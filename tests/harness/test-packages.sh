#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# test-packages.sh README: README.md's list is what the build takes, and packages.sh installs what is missing and nothing
# else, with a dpkg and an apt-get that are stood in for.
set -euo pipefail

# shellcheck source=packages.sh
source "$(dirname "$(readlink -f "$0")")/packages.sh"
readme=$1
bed=$(mktemp -d)
trap 'rm -rf "$bed"' EXIT
failed=0

is() {
	[[ $2 == "$3" ]] || {
		printf '%s: expected\n\t%s\nwas\n\t%s\n' "$@"
		failed=1
	}
}

# --- README.md ------------------------------------------------------------------------------------------------------

listed=$(sed -n '/^ *sudo apt-get install /,/[^\\]$/p' "$readme" |
	sed -E 's/^ *sudo apt-get install//; s/\\$//' | xargs)
is "README.md's list is packages_build" "${packages_build[*]}" "$listed"

# --- packages.sh ----------------------------------------------------------------------------------------------------

# stand_in NAME <<<SCRIPT
stand_in() {
	{
		printf '#!/bin/bash\nbed=%q\n' "$bed"
		cat
	} >"$bed/bin/$1"
	chmod 755 "$bed/bin/$1"
}

# A table "NAME STATUS ARCHITECTURE"; apt-get installs what the file `apt` lists, when it has updated as often as `updates`.
mkdir "$bed/bin"
stand_in dpkg-query <<'EOT'
grep "^${*: -1} " "$bed/table" | cut -d' ' -f2- | grep . || exit 1
EOT
stand_in dpkg <<'EOT'
[[ $1 == --print-architecture ]] && echo amd64
EOT
stand_in apt-get <<'EOT'
echo "$*" >>"$bed/calls"
[[ " $* " != *' update '* ]] || { echo 0 >"$bed/updates"; exit 0; }
[[ $(cat "$bed/updates") == 0 ]] || exit 100
for name in $(cat "$bed/apt"); do
	sed -i "/^$name /d" "$bed/table"
	echo "$name installed all" >>"$bed/table"
done
EOT
PATH=$bed/bin:$PATH

table() {
	cat >"$bed/table"
	: >"$bed/calls"
	echo "${1-0}" >"$bed/updates"
}

words=(not-installed config-files half-installed unpacked half-configured triggers-awaited triggers-pending)
{
	printf '%s installed all\n' here here-too
	echo 'native installed amd64'
	echo 'foreign installed i386'
	printf 'other config-files amd64\nother installed i386\n'
	for word in "${words[@]}"; do echo "$word $word amd64"; done
} | table
is 'what is missing' "foreign other ${words[*]} absent" \
	"$(packages_missing here here-too native foreign other "${words[@]}" absent | paste -sd ' ')"

echo 'here installed all' | table
packages_install here here >/dev/null
is 'nothing is missing: apt-get is not called' '' "$(cat "$bed/calls")"

apt_words() {
	sed 's/.* \(update\|install\)/\1/' "$bed/calls" | paste -sd ,
}

printf '%s\n' 'here installed all' 'gone not-installed amd64' | table
echo gone >"$bed/apt"
packages_install here gone >/dev/null
is 'what is missing is installed' 'install gone' "$(apt_words)"

echo 'gone half-installed amd64' | table 1
packages_install here gone absent >/dev/null 2>&1 && is 'apt-get that leaves some out' failure success
echo 'here gone absent' >"$bed/apt"
echo 'gone half-installed amd64' | table 1
packages_install here gone absent >/dev/null
is 'without lists' 'install here gone absent,update,install here gone absent' "$(apt_words)"

exit "$failed"
