#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The life of a cookie under guard: where the stack asks for it a strong one is made before the first start; a failure
# keeps ejabberd from starting, and the journal says why; what is repaired is gone at the next check; a weak one is
# replaced at a start, and not while a node runs with it. It is told to nobody.
set -euo pipefail

# shellcheck source=../harness/harness.sh
source "$(dirname "$0")/../harness/harness.sh"
harness_begin "$0"

file=$EJG_STATE/server/root/var/lib/ejabberd/.erlang.cookie
# Every cookie that there was, and all that was said.
cookies=()
said=$EJG_STATE/said

stack() {
	guard_stack server <<-EOT
		set public 5222 5223 5269 5280 5443 1883
		required net strict=yes
		required cookie $*
	EOT
}

# ids of the module's findings that matter, of a check.
problems() {
	bed_run server ejguard --json check | tee -a "$said" | python3 -B "$(dirname "$0")/findings.py" warning cookie
}

ejguard() {
	bed_run server ejguard "$@" 2>&1 | tee -a "$said"
}

start() {
	bed_run server systemctl reset-failed
	bed_run server systemctl start ejabberd
}

remember() {
	cookies+=("$(cat "$file")")
}

# Records what anybody can see of ejguard while it runs.
watch_processes() {
	local pid
	while [[ ! -e $EJG_STATE/watched ]]; do
		for pid in $(pidof ejguard); do
			cat "/proc/$pid/cmdline" "/proc/$pid/environ" 2>/dev/null || true
		done
		sleep 0.01
	done
}

guard_new server 198.51.100.1/24
stack
bed_boot server
watch_processes >"$EJG_STATE/processes" &
watching=$!

note 'none'
stack create=yes
check_is 'before: there is none' no "$(test -e "$file" && echo yes || echo no)"
check 'create=yes: systemctl start ejabberd' start
check 'create=yes: ejabberdctl status' bed_run server ejabberdctl status
remember
check_is 'create=yes: it is long' yes "$( ((${#cookies[0]} >= 40)) && echo yes || echo no)"
check_is 'create=yes: mode and owner' '400 ejabberd' "$(bed_run server stat -c '%a %U' /var/lib/ejabberd/.erlang.cookie)"
check_is 'create=yes: nothing to say of it' '' "$(problems)"
check 'systemctl stop ejabberd' bed_run server systemctl stop ejabberd

note 'a mode that others can read'
stack
bed_run server chmod 0644 /var/lib/ejabberd/.erlang.cookie
check_is 'it is a failure' mode "$(problems)"
check_status 'systemctl start ejabberd' 1 start
check_has 'the journal says why' .erlang.cookie \
	"$(bed_journal server --output cat --identifier ejguard)"
stack repair=yes
check 'repair=yes: systemctl start ejabberd' start
check_is 'repair=yes: the next check' '' "$(problems)"
check_is 'repair=yes: it is the same cookie' "${cookies[0]}" "$(cat "$file")"
check 'systemctl stop ejabberd' bed_run server systemctl stop ejabberd

note "Erlang's own"
rm "$file"
stack
check 'systemctl start ejabberd' start
remember
check_is 'it is 20 capital letters' 20 "$(tr -dc "[:upper:]" <"$file" | wc -c)"
check_is 'it is recognised' generated "$(problems)"
stack rotate=weak
check_has 'while it runs: it is told what to do' 'systemctl stop ejabberd' "$(ejguard -v apply || true)"
check_is 'while it runs: it is not replaced' "${cookies[1]}" "$(cat "$file")"
check 'ejabberdctl status' bed_run server ejabberdctl status
check 'systemctl stop ejabberd' bed_run server systemctl stop ejabberd
check 'stopped: systemctl start ejabberd' start
remember
check_is 'stopped: it is replaced' yes "$([[ ${cookies[2]} != "${cookies[1]}" ]] && echo yes || echo no)"
check 'stopped: ejabberdctl status' bed_run server ejabberdctl status
check_is 'stopped: nothing to say of it' '' "$(problems)"

note 'who has heard of them'
ejguard -v check >/dev/null || true
ejguard -v discover >/dev/null || true
ejguard --json discover >/dev/null || true
ejguard --json status >/dev/null || true
touch "$EJG_STATE/watched"
wait "$watching"
bed_journal server --output export >"$EJG_STATE/journal"
check_is 'three cookies' 3 "${#cookies[@]}"
for i in 0 1 2; do
	for place in journal processes said; do
		check_status "cookie $i: $place" 1 grep -qaF -- "${cookies[i]}" "$EJG_STATE/$place"
	done
	check_is "cookie $i: what ejguard leaves behind" '' \
		"$(bed_run server grep -rlaF --devices=skip -- "${cookies[i]}" /run /etc /tmp /var/lib/ejguard 2>/dev/null)"
done
check 'control: the journal knows of the cookie' grep -qa cookie "$EJG_STATE/journal"
check 'control: ejguard was seen while it ran' grep -qa ejguard "$EJG_STATE/processes"
