#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Pins of other layouts: apply takes over those of an older one, under fire and without a gap, and refuses to touch
# those of a newer one. Of net to what the cgroup decides and to what the network namespace decides; of host, too.
set -euo pipefail

# shellcheck source=kernel.sh
source "$(dirname "$0")/kernel.sh"
# shellcheck source=storm.sh
source "$(dirname "$0")/storm.sh"
kernel_begin "$0"

upgrades=${EJG_UPGRADES-30}
root=/sys/fs/bpf/ejguard
cgroup=$EJG_CGROUP/service
elsewhere=$EJG_CGROUP/elsewhere
mkdir "$cgroup" "$elsewhere"
mkdir -m 700 "$root"
storm_hosts
EXTRA=evict=yes

# old_at SET: what an older library would have left.
old_at() {
	"$EJG_LAYOUT_0_APPLY" "$EJG_LAYOUT_0" "$1" "$cgroup" 4369 4375 \
		listen 198.51.100.1 listen 2001:db8::1 listen 127.0.0.1 listen ::1 peer 198.51.100.2 peer 2001:db8::2
}

# Puts the old guard in the place of the new one; beside it first, so that there is no gap of the test's own.
downgrade() {
	old_at /sys/fs/bpf/older
	rm -r "$(set_path)"
	mv /sys/fs/bpf/older "$(set_path)"
}

apply() {
	guard -q apply --cgroup "$cgroup" service
}

try_guarded() {
	cgroup_run "$cgroup" nsenter --net="$(net_file host)" "$EJG_ATTEMPT" "$@"
}

zeros() {
	for ((i = 0; i < $1; i++)); do
		echo 0
	done
}

check_refusals() {
	check_is "$1: bind" denied "$(try_guarded bind 198.51.100.11 4369)"
	check_is "$1: connect to a stranger" denied "$(try_guarded connect 198.51.100.9 4369)"
	check_is "$1: connect to a peer" refused "$(try_guarded connect 198.51.100.2 4369)"
}

# net_upgrades PROGRAMS: from an older layout to that many programs at the cgroup, by ACCEPT.
net_upgrades() {
	local before failed=0
	note "accept=$ACCEPT: an older layout"
	storm_list 1
	old_at "$(set_path)"
	check_refusals 'older'
	check_is 'programs at the cgroup' 5 "$(attached "$cgroup" | wc -l)"
	check_status 'check' 1 guard check service
	check_has 'check says why' 'net.outdated' "$(guard --json check service 2>&1 || true)"
	check_is 'check has changed nothing' 5 "$(attached "$cgroup" | wc -l)"

	note "accept=$ACCEPT: $upgrades upgrades under fire"
	before=$(attached "$cgroup")
	storm_start
	for ((i = 1; i <= upgrades; i++)); do
		((i == 1)) || downgrade
		apply || failed=$((failed + 1))
	done
	storm_end "accept=$ACCEPT: $upgrades upgrades"
	check_is 'upgrades that failed' 0 "$failed"
	check_refusals 'upgraded'
	check_is 'programs at the cgroup' "$1" "$(attached "$cgroup" | wc -l)"
	check_is 'none of them is an old one' '' "$(comm -12 <(sort <<<"$before") <(attached "$cgroup" | sort))"
	check_is 'nothing is left over' "$(set_path)" "$(find "$root" -mindepth 1 -maxdepth 1)"
	check_is 'there are tables of denials now' yes "$(exists "$(set_path)/insiders")"
	check 'check' guard check service
}

note 'control: nothing guards'
check_is 'bind' ok "$(try_guarded bind 198.51.100.11 4369)"

if kernel_has_netns; then
	ACCEPT=netns net_upgrades 4
	rm -r "$(set_path)"
else
	note 'left out: accept=netns needs Linux 5.17'
fi
ACCEPT=cgroup net_upgrades 5

note 'an apply that fails leaves the older guard'
downgrade
EXTRA=listen=203.0.113.1,evict=yes storm_list 1 # twice listen=: an error
check_status 'apply' 3 apply
check_refusals 'older, still'
storm_list 1

note 'a newer layout'
check 'apply' apply
rm "$(set_path)/meta"
bpftool map create "$(set_path)/meta" type array key 4 value 64 entries 1 name meta
# The first four bytes are the layout, in every one.
newer=$(($(sed -n 's/^#define POLICY_LAYOUT //p' "$(dirname "$0")/../../bpf/policy.h") + 1))
# shellcheck disable=SC2046 # words
bpftool map update pinned "$(set_path)/meta" key 0 0 0 0 value "$newer" $(zeros 63)
before=$(pin_ids)
check_status 'check' 1 guard check service
check_has 'check says why' 'net.newer' "$(guard --json check service 2>&1 || true)"
storm_list 2
check_status 'apply' 4 apply
check_is 'nothing was changed' "$before" "$(pin_ids)"
check_is 'nothing is left over' "$(set_path)" "$(find "$root" -mindepth 1 -maxdepth 1)"
check_refusals 'newer'
rm -r "$(set_path)"

kernel_has_host || {
	note 'left out: the module host needs Linux 5.14'
	exit
}

SERVICE=service:host
install -m 755 -t "$EJG_STATE" "$EJG_ATTEMPT" "$EJG_STORM"
printf '%s\n' "set cgroups $(cgroup2_root)/service" 'set epmd 4369' 'set dist 4370-4375' 'set public 5222' 'required host' \
	>"$EJG_CONF/service"

# try_as UID ARGUMENTS OF attempt...: outside of the service.
try_as() {
	in_cgroup "$elsewhere" setpriv --reuid="$1" --regid=65534 --clear-groups "$EJG_STATE/attempt" "${@:2}"
}

# storm_as UID CGROUP WORKER...: on the host, as storm of storm.sh.
storm_as() {
	echo 0 >"$2/cgroup.procs"
	exec nice -n 19 nsenter --net="$(net_file host)" setpriv --reuid="$1" --regid=65534 --clear-groups "$EJG_STATE/storm" "${@:3}"
}

served() {
	[[ $(try_as 0 connect 127.0.0.1 4369) == ok && $(try_as 0 connect ::1 4369) == ok ]]
}

# host_client UID always|never PORT: connects, and binds to that port and the next one.
host_client() {
	storm_as "$1" "$elsewhere" "connect,$2,0.0.0.0,127.0.0.1,4369" "connect,$2,0.0.0.0,::1,4369" \
		"bind,$2,0.0.0.0,127.0.0.1,$3" "bind,$2,0.0.0.0,::,$(($3 + 1))"
}

# host_storm: the service serves; root is never refused, nobody always is.
host_storm() {
	storm_as 65533 "$cgroup" serve,-,0.0.0.0,127.0.0.1,4369 >"$EJG_STATE/storm.0" &
	storm_pids=($!)
	storm_as 65533 "$cgroup" serve,-,0.0.0.0,::1,4369 >"$EJG_STATE/storm.1" &
	storm_pids+=($!)
	wait_for 30 served
	host_client 0 always 4370 >"$EJG_STATE/storm.2" &
	storm_pids+=($!)
	host_client 65534 never 4372 >"$EJG_STATE/storm.3" &
	storm_pids+=($!)
}

note 'the module host; control: nothing guards'
check_is 'nobody binds' ok "$(try_as 65534 bind 127.0.0.1 4372)"
check 'apply' guard_host -q apply service
check_is 'nobody does not any more' denied "$(try_as 65534 bind 127.0.0.1 4372)"

rounds=$((upgrades > 3 ? upgrades / 3 : 1))
# An older layout; and another build of this one: by the byte of meta, and what is added to it.
for older in 'layout 0 255' 'build 8 1'; do
	read -r what byte number <<<"$older"
	note "host: an older $what, $rounds upgrades under fire"
	before=$(pin_id "$(set_path)/connect4")
	host_storm
	failed=0
	for ((i = 0; i < rounds; i++)); do
		change_meta "$(set_path)" "$byte" "$number"
		((i > 0)) || check_has 'check says why' 'host.outdated' "$(guard_host --json check service 2>&1 || true)"
		guard_host -q apply service || failed=$((failed + 1))
	done
	storm_end "host: $rounds upgrades"
	check_is 'upgrades that failed' 0 "$failed"
	check_is 'the programs are others' no "$(same "$before" "$(pin_id "$(set_path)/connect4")")"
	check_is 'six programs stand at the top' 6 "$(attached "$EJG_CGROUP" | wc -l)"
	check_is 'nothing is left over' "$(set_path)" "$(find "$root" -mindepth 1 -maxdepth 1)"
	check 'check' guard_host check service
done
check 'release' guard_host -q release service
check_is 'control: nobody binds again' ok "$(try_as 65534 bind 127.0.0.1 4372)"
