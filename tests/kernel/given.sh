#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Cgroups that no stack names, given by --cgroup, as a container's hook does: later verbs know them for the service's and
# judge them, until they are gone or released.
set -euo pipefail

# shellcheck source=kernel.sh
source "$(dirname "$0")/kernel.sh"
kernel_begin "$0"

cgroup=$EJG_CGROUP/service
other=$EJG_CGROUP/other
kept=/run/ejguard/service/cgroups
mkdir "$cgroup" "$other"
stack_for absent.service 198.51.100.2

# findings VERB: the ids of what it finds, sorted.
findings() {
	guard --json "$1" service | grep -o '"id": *"[^"]*"' | sed 's/.*"\([^"]*\)"/\1/' | sort -u
}

# serve CGROUP PORT: epmd or a node of root's that the world could reach. Its pid is in `listener`.
serve() {
	exec 3< <(echo 0 >"$1/cgroup.procs" && exec nsenter --net="$(net_file host)" \
		"$EJG_ATTEMPT" listen 198.51.100.1 "$2" 60)
	listener=$!
	read -r word <&3
	check_is "port $2 is served" ok "$word"
}

note 'control: what no apply was given'
serve "$cgroup" 4369
check_status 'status' 1 guard status service
check_has 'a listener that is not guarded' net.listener-unguarded "$(findings check)"

note 'given'
check 'apply' guard -q apply --cgroup "$cgroup" service
check_is 'it is kept' "$cgroup" "$(cat "$kept")"
for verb in check status; do
	check "$verb" guard "$verb" service
	found=$(findings "$verb")
	check_has "$verb: guarding" net.guarding "$found"
	check_is "$verb: a listener that is not guarded" no "$([[ $found == *net.listener-unguarded* ]] && echo yes || echo no)"
	check_is "$verb: a cgroup too many" no "$([[ $found == *net.cgroup-extra* ]] && echo yes || echo no)"
done
rm "$(set_path)/links/$(stat -c %i "$cgroup")/bind4"
check_status 'a link less: check' 1 guard check service
check 'an apply without --cgroup mends it' guard -q apply service
check 'check' guard check service

note 'another one'
check 'apply' guard -q apply --cgroup "$other" service
check_is 'both are kept' "$cgroup $other" "$(paste -sd ' ' "$kept")"
check 'check' guard check service

note 'an apply that fails'
mkdir "$EJG_CGROUP/third"
EXTRA='required record check=not-held' stack_for absent.service 198.51.100.2
check_status 'apply' 1 guard apply --cgroup "$EJG_CGROUP/third" service
check_is 'only those from before are kept' "$cgroup $other" "$(paste -sd ' ' "$kept")"
stack_for absent.service 198.51.100.2
check 'check' guard check service

note 'made again, without an apply'
kill "$listener"
wait_for 5 rmdir "$cgroup"
check 'gone: check' guard check service
mkdir "$cgroup"
check_status 'made again: check' 1 guard check service
check_has 'it is not guarded' net.not-attached "$(findings check)"
check 'apply' guard -q apply service
check 'check' guard check service

note 'gone for good'
rmdir "$other"
check 'apply' guard -q apply service
check_is 'it is forgotten' "$cgroup" "$(cat "$kept")"

# refused STATUS WHAT ID: check, status and apply do not call the service guarded, and say why.
refused() {
	local verb status=$1
	shift
	for verb in check status apply; do
		check_status "$1: $verb" "$status" guard "$verb" service
		check_has "$1: $verb says it" "$2" "$(findings "$verb")"
	done
}

note 'what somebody else could have written'
chmod 666 "$kept"
refused 3 'a list that others may write' core.given-cgroups
chmod 600 "$kept"
check 'control: check' guard check service
chown 65534 "$cgroup"
refused 3 'a cgroup of another user' core.fact-cgroup
chown 0 "$cgroup"
chmod 777 "$cgroup"
refused 3 'a cgroup that others may write' core.fact-cgroup
chmod 755 "$cgroup"
check 'control: check' guard check service

note 'what is no list'
good=$(cat "$kept")
for junk in 'not a path' "$(head -c 9000 /dev/zero | tr '\0' x)" "$good"$'\nbeside'; do
	echo "$junk" >"$kept"
	refused 1 "junk: ${junk:0:12}" core.given-cgroups
done
head -c 4096 /dev/zero >"$kept"
refused 1 'zeros' core.given-cgroups
rm "$kept"
mkdir "$kept"
refused 3 'a folder' core.given-cgroups
rmdir "$kept"

note 'release'
echo 'not a path' >"$kept"
check 'release, with junk' guard -q release service
check_is 'nothing is kept' no "$(exists "$kept")"
check_is 'nothing is pinned' no "$(exists "$(set_path)")"
check 'apply' guard -q apply --cgroup "$cgroup" service
chown 65534 "$cgroup"
check 'release, with a cgroup of another user' guard -q release service
check_is 'nothing is kept' no "$(exists "$kept")"
check_is 'nothing is pinned' no "$(exists "$(set_path)")"
