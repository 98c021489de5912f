#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A reader who knows nothing but what is printed: installs the packages, and from there on does what the pages say, literally:
# `next:`, and where that says to correct the failures, their lines `run:` and `edit:`. That ends with a service that is guarded
# and enabled, also after a reboot: on a host as Debian leaves it, and on one with a distribution range. The control: before, a
# stranger reaches epmd and the distribution.
#
# EJG_PACKAGES is a folder of packages that tools/build-deb made; EJG_HOSTS are the hosts.
set -euo pipefail

# shellcheck source=../harness/harness.sh
source "$(dirname "$0")/../harness/harness.sh"
harness_begin "$0"
[[ -n ${EJG_PACKAGES-} ]] || skip 'EJG_PACKAGES is not set (tools/run-tests sets it)'

read -ra hosts <<<"${EJG_HOSTS-plain window}"
net_new stranger 203.0.113.9/24
number=0

# prepare HOST: a bed as that host is before anybody guards it.
prepare() {
	local root
	bed_new "$1" "$address/24"
	root=$(bed_root "$1")
	cp "$EJG_PACKAGES"/{libejguard0,ejguard}_*.deb "$root/srv"
	[[ $1 != window ]] || ejabberd_window "$1"
}

# remedies: of the failures on the page, one a line: `run COMMAND` or `edit WHAT`. What goes on is further to the right.
remedies() {
	awk '
		function put() { if (step != "" && !seen[step]++) print step; step = "" }
		{ match($0, /^ */); indent = RLENGTH }
		step != "" && indent > at { sub(/^ +/, ""); step = step " " $0; next }
		{ put() }
		/^[^ ]/ { failures = /^Failures/ }
		/^  (failure|warning) / { failures = /^  failure/ } # a long page is sorted by files
		failures && /^ +(run|edit): / { at = indent; sub(/^ +/, ""); sub(/:/, ""); step = $0 }
		END { put() }'
}

# follow_step BED WORD REST
follow_step() {
	local file line words
	echo "#   $1: $2: $3"
	if [[ $2 == run ]]; then
		page "$1" "$3"
	elif [[ $3 =~ ^(/[^:]+):([0-9]+):\ add\ (.*)\ to\ the\ line$ ]]; then
		file=${BASH_REMATCH[1]} line=${BASH_REMATCH[2]} words=${BASH_REMATCH[3]}
		bed_run "$1" sed -i "${line}s/\$/ $words/" "$file"
	else
		echo "an edit that this test does not know: $3"
	fi
}

# page BED COMMAND: what a person sees of it on a terminal.
page() {
	bed_run "$1" env PAGER=cat script -qec "stty cols 100; $2" /dev/null </dev/null | tr -d '\r' || true
}

# next_of: what a page says is next.
next_of() {
	sed -n 's/^\(.*; \)\{0,1\}next: //p' | tail -n 1
}

# follow BED COMMAND: types it, and what the pages say, until nothing is next.
follow() {
	local bed=$1 command=$2 seen step word rest
	for step in {1..8}; do
		echo "# $bed: $command"
		seen=$(page "$bed" "$command")
		echo "$seen"
		command=$(next_of <<<"$seen")
		[[ -n $command ]] || return 0
		[[ $command == 'correct the failures, then '* ]] || continue
		command=${command#'correct the failures, then '}
		while read -r word rest <&3; do follow_step "$bed" "$word" "$rest"; done 3< <(remedies <<<"$seen")
	done
	echo "something is next after $step steps"
	return 1
}

# reach BED: what a stranger gets of epmd, the distribution and XMPP.
reach() {
	local port
	port=$(ejabberd_dist_port "$1")
	echo "$(try stranger connect "$address" 4369) $(try stranger connect "$address" "${port:-1}")" \
		"$(try stranger connect "$address" 5222)"
}

start() {
	bed_run "$1" systemctl start ejabberd || true # on a busy machine systemd starts it a second time
	bed_wait 60 "$1" ejabberdctl started
}

# read_on BED: all of it, for one host.
read_on() {
	local bed=$1 refused='refused timeout ok' install
	[[ $bed != window ]] || refused='refused refused ok'
	prepare "$bed"
	check "$bed: boot" bed_boot "$bed"
	check "$bed: ejabberd" start "$bed"
	check_is "$bed: control: a stranger, before" 'ok ok ok' "$(reach "$bed")"
	install=$(bed_run "$bed" bash -c 'dpkg -i /srv/*.deb' 2>&1) || true
	check_has "$bed: what the installation says" 'next: ejguard check' "$install"
	follow "$bed" "$(next_of <<<"$install")" >"$EJG_STATE/$bed/pages" 2>&1 && verdict yes "$bed: the pages come to an end" ||
		verdict no "$bed: the pages come to an end" "$(cat "$EJG_STATE/$bed/pages")"
	wait_for 60 bed_run "$bed" ejabberdctl started || true
	check_is "$bed: a stranger, guarded" "$refused" "$(reach "$bed")"
	check "$bed: guarded and enabled" bed_run "$bed" ejguard check
	check "$bed: reboot" bed_reboot "$bed"
	check "$bed: ejabberd" start "$bed"
	check_is "$bed: a stranger, after the reboot" "$refused" "$(reach "$bed")"
	check "$bed: guarded and enabled after the reboot" bed_run "$bed" ejguard check
	grep '^#' "$EJG_STATE/$bed/pages"
	((checks_failed == 0)) || cat "$EJG_STATE/$bed/pages"
	bed_end "$bed"
}

for host in "${hosts[@]}"; do
	note "$host"
	number=$((number + 1))
	# Each has an address of its own: the stranger remembers whose the former was.
	address=198.51.100.$number
	read_on "$host"
done
