#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# No guard, no service: where the guard cannot be applied neither epmd.socket nor ejabberd starts, nothing
# listens on 4369, and the journal says why in one line. The control is the same bed with nothing broken.
set -euo pipefail

# shellcheck source=../harness/harness.sh
source "$(dirname "$0")/../harness/harness.sh"
harness_begin "$0"

module_folder() {
	local folders=("$(bed_root server)"/usr/lib/*/ejguard)
	echo "${folders[0]}"
}

break_nothing() { :; }

break_stack() {
	guard_stack server <<<'required net strict=perhaps'
}

break_module() {
	rm "$(module_folder)/net.so"
}

# The bed mounts it before systemd starts; this comes before epmd.socket.
break_bpffs() {
	cat >"$(bed_root server)/etc/systemd/system/no-bpffs.service" <<-'EOT'
		[Unit]
		DefaultDependencies=no
		Before=epmd.socket
		[Service]
		Type=oneshot
		ExecStart=/bin/umount /sys/fs/bpf
	EOT
	mkdir "$(bed_root server)/etc/systemd/system/epmd.socket.d/" -p
	printf '[Unit]\nRequires=no-bpffs.service\nAfter=no-bpffs.service\n' \
		>"$(bed_root server)/etc/systemd/system/epmd.socket.d/no-bpffs.conf"
}

break_units() {
	guard_stack server <<-'EOT'
		set cgroups other.service
		required net strict=yes
	EOT
}

# refusal: the lines of ejguard in the journal.
refusal() {
	bed_journal server --output cat --identifier ejguard
}

# priorities: of the lines of ejguard in the journal, each once.
priorities() {
	bed_journal server --output json --output-fields PRIORITY --identifier ejguard |
		grep -o '"PRIORITY" *: *"[0-9]"' | sort -u | tr -dc '0-9\n'
}

# most_lines: the most that one run of ejguard wrote.
most_lines() {
	bed_journal server --output json --output-fields _PID --identifier ejguard |
		grep -o '"_PID" *: *"[0-9]*"' | sort | uniq -c | sort -rn | awk 'NR == 1 { print $1 }'
}

# try_broken HOW [WORD STATUS]: boots a bed that break_HOW broke; the journal must name WORD, systemd the exit status.
try_broken() {
	guard_new server 198.51.100.1/24
	"break_$1"
	bed_boot server
	bed_run server systemctl start ejabberd 2>/dev/null && started=yes || started=no
	if [[ $1 == nothing ]]; then
		check_is "control: ejabberd starts" yes "$started"
		check_is "control: epmd listens" yes "$(listens server 4369)"
		check_is "control: the priorities in the journal" 6 "$(priorities)"
		check_is "control: lines in the journal of one start" 1 "$(most_lines)"
	else
		check_is "$1: ejabberd starts" no "$started"
		check_is "$1: epmd listens" no "$(listens server 4369)"
		check_is "$1: epmd.socket" failed "$(bed_run server systemctl is-active epmd.socket || true)"
		check_has "$1: the journal says why" "$2" "$(refusal)"
		check_is "$1: the priorities in the journal" 3 "$(priorities)"
		check_is "$1: its exit status" "$3" "$(bed_run server systemctl show --value --property ExecStartPre epmd.socket |
			sed -n 's/.*status=\([0-9]*\).*/\1/p')"
		refusal | sort -u | sed 's/^/# /'
	fi
	bed_end server
}

try_broken nothing
try_broken stack 'ejabberd:1:' 78
try_broken module net 78
try_broken bpffs /sys/fs/bpf 69
try_broken units epmd.socket 78
