#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The commands in the EXAMPLES of ejguard(8) work when they are typed, one after the other on one host. And
# `check --file` judges a file as it would be after apply: good, broken, and one that an apply would not correct.
set -euo pipefail

# shellcheck source=../harness/harness.sh
source "$(dirname "$0")/../harness/harness.sh"
harness_begin "$0"

bed_new server 198.51.100.1/24
bed_stage server
net_new peer 198.51.100.2/24
net_new stranger 203.0.113.9/24
bed_boot server
root=$(bed_root server)
check 'ejabberd starts' bed_run server systemctl start ejabberd

mkdir -p "$root/etc/ejguard" "$(bed_cgroup server)/services/ejabberd"
cp "$root/usr/share/ejguard/ejabberd" "$root/etc/ejguard/ejabberd"

# The blocks of the manual: one file each, those of a line of their own too. Scripts (#!) are for other beds.
mkdir "$EJG_STATE/blocks"
awk -v folder="$EJG_STATE/blocks" '
	/^\.Sh EXAMPLES/ { on = 1; next }
	/^\.Sh / { on = 0 }
	!on { next }
	/^\.Bd / { n++; block = 1; next }
	/^\.Ed/ { block = 0; next }
	/^\.Dl / { n++; sub(/^\.Dl /, ""); print > sprintf("%s/%02d", folder, n); next }
	block { print > sprintf("%s/%02d", folder, n) }
' "$root/usr/share/man/man8/ejguard.8"

# An editor, who admits a peer.
vi() {
	sed -i '/^set peers/d; s/^required net.*/required net strict=yes listen=127.0.0.1,::1,198.51.100.1/' "$1"
	sed -i '1i set peers 198.51.100.2' "$1"
}

# run_block FILE: as an administrator types it, line by line; every line must succeed.
run_block() {
	cp "$1" "$root/root/block"
	bed_run server bash -ec "cd /root; $(declare -f vi); . ./block"
}

check_is 'control: before all, a stranger' ok "$(try stranger connect 198.51.100.1 4369)"
blocks=0
for block in "$EJG_STATE"/blocks/*; do
	! grep -q '^#!' "$block" || continue
	blocks=$((blocks + 1))
	check "$(paste -sd ';' "$block")" run_block "$block"
done
check "there are blocks: $blocks" test "$blocks" -ge 3
check 'then: check' bed_run server ejguard check
check_is 'then: a stranger' refused "$(try stranger connect 198.51.100.1 4369)"
check_is 'then: the peer of the recipe' ok "$(try peer connect 198.51.100.1 4369)"

# try_file: runs check --file on /root/new; its output is in `said`.
try_file() {
	said=$(bed_run server ejguard check --file /root/new 2>&1)
}

# edit SED-SCRIPT
edit() {
	sed "$1" "$root/etc/ejguard/ejabberd" >"$root/root/new"
}

note 'a file that changes nothing'
edit ''
check 'it would be guarded' try_file
try_file
check_has 'it would change nothing' 'nothing would change' "$said"
check_status 'with --detailed-exitcode' 0 bed_run server ejguard check --file /root/new --detailed-exitcode

note 'files that change something, each told'
while IFS='|' read -r script words; do
	edit "$script"
	check "$words: it would be guarded" try_file
	try_file || true
	check_has "$words: told" "$words" "$(tr -s ' \n' ' ' <<<"$said")"
	check_status "$words: --detailed-exitcode" 5 bed_run server ejguard check --file /root/new --detailed-exitcode
done <<-'EOT'
	s/^set peers.*/set peers 198.51.100.2 198.51.100.64\/26/|+ 198.51.100.64/26
	s/^set peers.*/set peers 198.51.100.3/|+ 198.51.100.3 - 198.51.100.2
	s/listen=127.0.0.1,::1,198.51.100.1/listen=127.0.0.1,::1,198.51.100.1,198.51.100.7/|+ 198.51.100.7
	s/strict=yes/strict=yes mode=permissive/|enforce -> permissive
	s/strict=yes/strict=yes wildcard=deny/|allow -> deny
	1i set dist 4200-4210|+ 4200-4210
EOT
check 'nothing of it was done' bed_run server ejguard check

note 'files that are wrong'
edit 's/strict=yes/strict=yess/'
check_status 'a broken one' 3 bed_run server ejguard check --file /root/new
check_status 'one that is not there' 3 bed_run server ejguard check --file /root/absent
edit '1i set dist 4200-4210
	s/strict=yes/strict=no/; s/^set public.*/set public 5222/'
check_status 'one that forgets ports on which ejabberd listens' 1 bed_run server ejguard check --file /root/new

note 'on a host that is not guarded'
check 'release' bed_run server ejguard release
edit ''
check 'a good file' try_file
edit 's/strict=yes/strict=yess/'
check_status 'a broken one' 3 bed_run server ejguard check --file /root/new
check_status 'control: check' 1 bed_run server ejguard check
