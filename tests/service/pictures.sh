#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The pictures of README.md, made of what the tool prints in a bed: the session that a new user sees, who reaches what, and the
# page for browsers. With EJG_PICTURES=DIR they are written there; else it is only tried whether they can be made, and whether
# what they show is true: a stranger comes in before, and does not afterwards.
set -euo pipefail

# shellcheck source=../harness/harness.sh
source "$(dirname "$0")/../harness/harness.sh"
harness_begin "$0"

draw=$harness_dir/../../tools/pictures/draw.py
out=${EJG_PICTURES-$EJG_STATE}
session=$EJG_STATE/session
[[ $out == "$EJG_STATE" ]] || command -v chromium >/dev/null || skip 'chromium is not installed'

# shown COMMAND: on the bed, as root sees it at the end on a terminal of 90 columns: without a pager, and without the lines that a run
# has shown while it lasted and has taken back.
shown() {
	printf '\e[1mroot@node1:~#\e[0m %s\n' "$1"
	bed_run node1 env TERM=xterm-256color EJGUARD_PAGER=cat script -qec "stty cols 90; $1" /dev/null </dev/null |
		sed $'s/.*\r\x1b\\[K//' | tr -d '\r' || true
	echo
}

# knocks PORT: a stranger in his shell.
knocks() {
	local command="true </dev/tcp/198.51.100.1/$1 && echo reached"
	printf '\e[1mstranger$\e[0m %s\n' "$command"
	net_run stranger bash -c "$command" 2>&1 | sed 's/^bash: line [0-9]*:/bash:/' || true
	echo
}

bed_new node1 198.51.100.1/24 2001:db8::1/64
bed_stage node1
net_new stranger 203.0.113.9/24
bed_boot node1
bed_run node1 systemctl start ejabberd || true # on a busy machine systemd starts it a second time
check 'ejabberd starts' bed_wait 60 node1 ejabberdctl started

{
	shown 'ejguard check'
	knocks 4369
} >"$session"
check_has 'before: a stranger reaches epmd' 'reached' "$(tail -n 2 "$session")"
bed_run node1 ejguard check --html >"$EJG_STATE/report.html" || true
{
	shown 'ejguard enable --now'
	knocks 4369
	knocks 5222
	shown 'ejguard status'
} >"$session.after"
bed_run node1 ejguard discover --graph >"$EJG_STATE/reach.dot"
check_has 'after: he is refused' 'Connection refused' "$(cat "$session.after")"
check_has 'after: he reaches XMPP' $'5222 && echo reached\nreached' "$(cat "$session.after")"
check_has 'after: the verdict' 'enabled, and guarded now' "$(cat "$session.after")"
check_has 'after: the picture says so' 'strangers -> epmd [color="#004d1a"' "$(cat "$EJG_STATE/reach.dot")"

cat "$session" "$session.after" | python3 "$draw" terminal 'A session with ejguard' \
	'A terminal: ejguard check says NOT GUARDED, and a stranger reaches epmd at port 4369; after ejguard enable --now the stranger is refused there, and still reaches XMPP at port 5222; ejguard status counts the refusal.' \
	>"$EJG_STATE/session.svg"
check 'the session' test -s "$EJG_STATE/session.svg"
dot -Tsvg "$EJG_STATE/reach.dot" | python3 "$draw" graph 'Who reaches what of ejabberd' \
	'Arrows from clients to ports: strangers reach the public ports and are refused at epmd and at the distribution port; root and the service are allowed there; other local users are not refused, in red, as the module host is not in the stack.' \
	>"$EJG_STATE/reach.svg"
check 'who reaches what' test -s "$EJG_STATE/reach.svg"
if [[ $out != "$EJG_STATE" ]]; then
	cp "$EJG_STATE"/{session,reach}.svg "$out/"
	# A picture of it by a real browser.
	HOME=$EJG_STATE chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --window-size=760,760 \
		--screenshot="$out/report.png" "file://$EJG_STATE/report.html" >/dev/null 2>&1
	check 'the page' test -s "$out/report.png"
fi
