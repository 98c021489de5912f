#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The journal of a real systemd: a start that the guard refuses leaves an entry for each failure, with the fields by which one
# looks for it, and the catalog explains it: `journalctl -x` shows the cause and what to do. The control: a start that goes
# well leaves no error.
set -euo pipefail

# shellcheck source=../harness/harness.sh
source "$(dirname "$0")/../harness/harness.sh"
harness_begin "$0"

guard_new server 198.51.100.1/24
bed_boot server
catalog=$(bed_root server)/usr/lib/systemd/catalog/ejguard.catalog

# entries [MATCH]...: of the unit, as JSON, one a line.
entries() {
	bed_run server journalctl --quiet --no-pager --output json --unit ejabberd.service SYSLOG_IDENTIFIER=ejguard "$@"
}

# fields NAME...: of the first error, a line each.
fields() {
	entries -p err | python3 -c '
import json, sys
entry = json.loads(sys.stdin.readline() or "{}")
for name in sys.argv[1:]:
    print(entry.get(name, "-"))' "$@"
}

note 'the catalog'
check_is 'each entry has an id of its own' '' "$(grep '^-- ' "$catalog" | sort | uniq -d)"
check 'systemd takes it' bed_run server journalctl --update-catalog
check_is 'and has all of it' "$(grep -c '^-- ' "$catalog")" "$(bed_run server journalctl --list-catalog | grep -c 'EJGUARD_SERVICE@: ')"

note 'a start that goes well'
check 'ejabberd starts' bed_run server systemctl start ejabberd
check_is 'no error' '' "$(entries -p err)"
check 'ejabberd stops' bed_run server systemctl stop ejabberd epmd.service epmd.socket

note 'a start that the guard refuses'
guard_stack server <<-'EOT'
	set public 5222
	required net bogus=1
EOT
check_status 'ejabberd does not start' 1 bed_run server systemctl start ejabberd.service
bed_run server journalctl --sync
# systemd starts the socket first, and then no service: what it is told is looked for in the whole journal.
entries() {
	bed_run server journalctl --quiet --no-pager --output json SYSLOG_IDENTIFIER=ejguard "$@"
}
mapfile -t first < <(fields EJGUARD_ID EJGUARD_SERVICE EJGUARD_FILE EJGUARD_LINE PRIORITY MESSAGE_ID)
check_is 'the finding' core.option-unknown "${first[0]}"
check_is 'the service' ejabberd "${first[1]}"
check_is 'the file' /etc/ejguard/ejabberd "${first[2]}"
check_is 'its line' 2 "${first[3]}"
check_is 'an error' 3 "${first[4]}"
check_is 'by its id in the catalog' "-- ${first[5]}" "$(grep -A1 "^# ${first[0]}\$" "$catalog" | tail -n 1)"
explained=$(bed_run server journalctl --no-pager -x "MESSAGE_ID=${first[5]}")
check_has 'journalctl -x: the cause' 'Cause: ' "$explained"
check_has 'journalctl -x: what to do' 'What to do:' "$explained"
check_has 'journalctl -x: the service' 'ejabberd: ' "$explained"
check_has 'journalctl -x: the page' 'man:ejguard.conf(5)' "$explained"
