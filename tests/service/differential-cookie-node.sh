# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# One block of cookie.tbl: sets up what it says, lets the module cookie judge it, and lets Erlang read its cookie.
set -euo pipefail

# shellcheck source=rows-host.sh
source "$(dirname "$0")/rows-host.sh"

home=/var/lib/ejabberd
file=$home/.erlang.cookie
other=$home/.config/erlang/.erlang.cookie
user=ejabberd
options=()

# put FILE VALUE [MODE]: a cookie of the service's user.
put() {
	setpriv --reuid ejabberd --regid ejabberd --init-groups mkdir -p "$(dirname "$1")"
	printf %s "$2" >"$1"
	chown ejabberd:ejabberd "$1"
	chmod "${3-0400}" "$1"
}

# shellcheck source=/dev/null
[[ ! -e $row/given ]] || source "$row/given"
mkdir -p /etc/ejguard
mount -t tmpfs -o mode=755 private /etc/ejguard # the other blocks write theirs at the same time
echo "${stack-required cookie}" >/etc/ejguard/ejabberd
[[ -z ${stack-} ]] || ejguard apply >"$row/apply" 2>&1 || true
ejguard --json check >"$row/check" || true
for candidate in "$file" "$other" ${XDG_CONFIG_HOME-}; do
	if [[ -f $candidate ]]; then echo "$candidate"; fi
done >"$row/before"
if [[ -e $row/cfg ]]; then
	read -ra options < <(set +u; source "$row/cfg"; echo "$ERL_OPTIONS")
fi
[[ ! -e $row/vmargs ]] || options+=(-args_file /etc/ejabberd/vm.args)

# shellcheck disable=SC2016 # Erlang's
as_ejabberd erl -noinput -sname "x$$" "${options[@]}" -eval '
	Cookie = atom_to_binary(erlang:get_cookie(), latin1),
	io:format("cookie ~s~n", [[io_lib:format("~2.16.0B", [B]) || <<B>> <= crypto:hash(sha256, Cookie)]]),
	halt().' >"$row/erlang" 2>&1 || true
# The possible cookies: their hashes and their files.
for candidate in "$file" "$other" ${XDG_CONFIG_HOME-}; do
	if [[ -f $candidate ]]; then
		echo "$(tr -d '\r\n' <"$candidate" | sha256sum | cut -d' ' -f1) $candidate"
	fi
done >"$row/candidates"
ejguard --json check >"$row/check-again" || true
basename -a /usr/lib/*/ejabberd-[0-9]* | sed 's/^ejabberd-//' >"$row/version"
touch "$row/done"
