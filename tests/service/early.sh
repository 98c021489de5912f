#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What a unit runs before the guard: ExecCondition= and an ExecStartPre= that stands before ours, as the service's user. They are
# not guarded yet, so check and enable say which there are; a connection that they leave keeps the service from starting. What
# comes after ours is guarded. What runs after the guard has failed (ExecStopPost=) is not.
set -euo pipefail

# shellcheck source=../harness/harness.sh
source "$(dirname "$0")/../harness/harness.sh"
harness_begin "$0"

guard_new server 198.51.100.1/24
net_new stranger 203.0.113.9/24
folder=$(bed_root server)/etc/systemd/system/ejabberd.service.d

# early WHEN [stay]: connects to a stranger's epmd and says how that ends; with `stay` a process keeps the connection.
cat >"$(bed_root server)/usr/local/bin/early" <<'EOT'
#!/usr/bin/perl
use Socket;
my ($when, $stay) = @ARGV;
open(my $out, ">", "/var/lib/ejabberd/early.$when") or die $!;
socket(my $s, AF_INET, SOCK_STREAM, 0) or die $!;
my $r = connect($s, pack_sockaddr_in(4369, inet_aton("203.0.113.9")));
print $out $r ? "ok" : $!{EPERM} ? "denied" : $!;
close $out;
exit 0 if !$stay || fork;
open(STDIN, "<", "/dev/null"); open(STDOUT, ">", "/dev/null"); open(STDERR, ">", "/dev/null");
sleep 600;
EOT
chmod 755 "$(bed_root server)/usr/local/bin/early"

# drop_in NAME LINE...: of the unit, and systemd reads it if it runs.
drop_in() {
	local file=$folder/$1.conf
	shift
	printf '%s\n' '[Service]' "$@" >"$file"
	[[ ! -e $EJG_STATE/server/pid ]] || bed_run server systemctl daemon-reload
}

# said WHEN: what that command found at the last start.
said() {
	bed_run server cat "/var/lib/ejabberd/early.$1"
}

# early_commands: the units of which check says that their user runs something before the guard, and what; then a line with -.
early_commands() {
	bed_run server ejguard --json check | python3 -c '
import json, sys
for finding in json.load(sys.stdin)["findings"]:
	if finding["id"] == "ejguard.early-command":
		print(finding["severity"], finding["subject"], finding["message"].split(": ", 1)[1])
print("-")'
}

check 'a stranger serves' wait_for 5 grep -q ok <(try stranger listen 203.0.113.9 4369 600)
drop_in 20-early 'ExecCondition=/usr/local/bin/early condition' 'ExecStartPre=/usr/local/bin/early before'
drop_in 60-late 'ExecStartPre=/usr/local/bin/early after'
bed_boot server
check 'ejabberd starts' bed_run server systemctl start ejabberd
check_is 'control: ExecCondition= is not guarded' ok "$(said condition)"
check_is 'control: an ExecStartPre= before ours is not guarded' ok "$(said before)"
check_is 'an ExecStartPre= after ours' denied "$(said after)"
check_is 'check' $'warning ejabberd.service /usr/local/bin/early, /usr/local/bin/early\n-' "$(early_commands)"
check_has 'enable' 'ejabberd.service runs before the guard: /usr/local/bin/early, /usr/local/bin/early' \
	"$(bed_run server ejguard enable | tr -s ' \n' ' ')"

note 'root runs them'
drop_in 20-early 'ExecCondition=+/bin/true' 'ExecStartPre=!/bin/true'
check_is 'check' - "$(early_commands)"
check_has 'enable' 'ejabberd.service runs before the guard: /bin/true, /bin/true' "$(bed_run server ejguard enable | tr -s ' \n' ' ')"

note 'as the remedy says'
drop_in 20-early 'ExecCondition=/usr/local/bin/early condition' 'ExecStartPre=/usr/local/bin/early before'
drop_in 40-local 'ExecCondition=' 'ExecStartPre='
check_is 'check' - "$(early_commands)"
check_is 'enable' no "$([[ $(bed_run server ejguard enable) == *'before the guard'* ]] && echo yes || echo no)"
check 'restart' bed_run server systemctl restart ejabberd
check_is 'what is behind the guard' denied "$(said after)"

note 'one of them leaves a connection to a stranger'
bed_run server systemctl stop ejabberd
rm "$folder/40-local.conf"
drop_in 20-early 'ExecCondition=/usr/local/bin/early condition stay'
check_status 'ejabberd does not start' 1 bed_run server systemctl start ejabberd
check_is 'it had the connection' ok "$(said condition)"
check_has 'the journal says why' net.connection "$(bed_journal server --output cat --identifier ejguard)"

note 'what runs after the guard has failed'
drop_in 20-early 'ExecStopPost=/usr/local/bin/early post'
check_is 'check' $'warning ejabberd.service /usr/local/bin/early\n-' "$(early_commands)"
check 'start' bed_run server systemctl start ejabberd
bed_run server systemctl stop ejabberd
check_is 'control: after a guarded run it is guarded' denied "$(said post)"
bed_run server systemctl start epmd
echo 'an unknown line' | guard_stack server
check_status 'the guard fails' 1 bed_run server systemctl start ejabberd
check 'it runs then' wait_is 30 ok said post
rm "$(bed_root server)/etc/ejguard/ejabberd"
drop_in 20-early 'ExecStopPost=+/usr/local/bin/early post'
check_is 'root runs it: check' - "$(early_commands)"
