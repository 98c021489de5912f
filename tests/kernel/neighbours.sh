#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Two services with the module host and one epmd, as ejabberd and RabbitMQ on one host: epmd's port is for the users and
# processes of both, each distribution range for those of its service only. Controls: one of them alone, and nobody.
set -euo pipefail

# shellcheck source=kernel.sh
source "$(dirname "$0")/kernel.sh"
kernel_begin "$0"

root=$(cgroup2_root)
sets=/sys/fs/bpf/ejguard
mkdir "$EJG_CGROUP/first" "$EJG_CGROUP/second" "$EJG_CGROUP/users"
install -m 755 "$EJG_ATTEMPT" "$EJG_STATE/attempt"

# stack NAME RANGE USER
stack() {
	printf '%s\n' "set cgroups $root/$1" 'set epmd 4369' "set dist $2" 'set public 5222' "set users $3" \
		"required host ${OPTIONS-}" >"$EJG_CONF/$1"
}

# as CGROUP UID ARGUMENTS OF attempt...
as() {
	in_cgroup "$EJG_CGROUP/$1" setpriv --reuid="$2" --regid=65534 --clear-groups "$EJG_STATE/attempt" "${@:3}"
}

# sees PORT: what the first's user, its processes, the second's user, its processes, and nobody get at a port where nobody serves.
sees() {
	local who
	for who in 'users 1' 'first 65533' 'users 2' 'second 65532' 'users 65534'; do
		# shellcheck disable=SC2086 # words are wanted
		as $who connect 127.0.0.1 "$1"
	done | xargs
}

binds() {
	local who
	for who in 'users 1' 'first 65533' 'users 2' 'second 65532' 'users 65534'; do
		# shellcheck disable=SC2086 # words are wanted
		as $who listen ::1 "$1" 0
	done | xargs
}

both() {
	check "$1: apply of the first" guard_host -q apply first
	check "$1: apply of the second" guard_host -q apply second
	check "$1: check of the first" guard_host -q check first
	check "$1: check of the second" guard_host -q check second
}

stack first 4370-4375 daemon
stack second 4470-4475 bin
check_is 'control: no guard' 'refused refused refused refused refused' "$(sees 4369)"
check 'apply of the first' guard_host -q apply first
check_is 'control: the first alone' 'refused refused denied denied denied' "$(sees 4369)"

both 'both'
check_is 'they reach epmd' 'refused refused refused refused denied' "$(sees 4369)"
check_is 'and are epmd' 'ok ok ok ok denied' "$(binds 4369)"
check_is "the first one's range" 'refused refused denied denied denied' "$(sees 4370)"
check_is "the second one's range" 'denied denied refused refused denied' "$(sees 4470)"
check_is 'which is not the first one to bind' 'denied denied ok ok denied' "$(binds 4470)"
check 'a proof of the first' guard_host -q status --prove first
check 'explain: a user of the second' guard_host -q explain connect 127.0.0.1 4369 first --user bin
check_status 'explain: not at its range' 1 guard_host -q explain connect 127.0.0.1 4370 first --user bin
check_status 'explain: nobody' 1 guard_host -q explain connect 127.0.0.1 4369 first --user nobody
as users 2 listen 127.0.0.1 4369 600 >"$EJG_STATE/epmd" &
wait_for 5 grep -q ok "$EJG_STATE/epmd"
check 'an epmd of the other is no stranger of from before' guard_host -q check first
kill "$(net_run host ss -Hltnp 'sport = :4369' | sed -n 's/.*pid=\([0-9]*\).*/\1/p')"

note 'a new cgroup of the second, as each start makes one'
mkdir "$EJG_CGROUP/again"
sed -i "s|^set cgroups.*|& $root/again|" "$EJG_CONF/second"
check_is 'control: the first does not know it' denied "$(as again 65532 connect 127.0.0.1 4369)"
check 'apply of the second alone' guard_host -q apply second
check_is 'now it does' refused "$(as again 65532 connect 127.0.0.1 4369)"
check 'check of the first' guard_host -q check first
stack second 4470-4475 bin

note 'the second says that the range of the first is its own, too'
stack second 4370-4475 bin
check 'apply of the second' guard_host -q apply second
check_is 'its user and its processes are not let in there' 'denied denied denied denied denied' "$(sees 4370)"
check_status 'explain says so' 1 guard_host -q explain connect 127.0.0.1 4370 first --user bin
check_is 'epmd is shared, still' 'refused refused refused refused denied' "$(sees 4369)"
stack second 4470-4475 bin
both 'a range of its own'
check_is "the first one's range" 'refused refused denied denied denied' "$(sees 4370)"

note 'the second changes its users'
stack second 4470-4475 sys
check 'apply of the second' guard_host -q apply second
check_is 'the former one is refused' denied "$(as users 2 connect 127.0.0.1 4369)"
check_is 'the new one is not' refused "$(as users 3 connect 127.0.0.1 4369)"
stack second 4470-4475 bin
both 'as before'

note 'the second changes its users while its processes connect'
hammer_as() {
	echo 0 >"$EJG_CGROUP/second/cgroup.procs"
	exec nsenter --net="$(net_file host)" setpriv --reuid=65532 --regid=65534 --clear-groups \
		"$EJG_STATE/hammer" call 127.0.0.1 127.0.0.1 4369 1000
}
hammer_serve "$EJG_CGROUP/first" 127.0.0.1 4369
hammer_start second hammer_as
for ((i = 0; i < 10; i++)); do
	stack second 4470-4475 sys
	guard_host -q apply second
	stack second 4470-4475 bin
	guard_host -q apply second
done
hammer_end
check_is 'they are never refused' 0 "$(hammer_seen second failed)"
check 'they have tried' test "$(hammer_seen second ok)" -gt 100
kill -KILL "$(net_run host ss -Hltnp 'sport = :4369' | sed -n 's/.*pid=\([0-9]*\).*/\1/p')"

note 'an entry that is lost'
bpftool map delete pinned "$sets/first:host/members" key 1 0 0 0
check_status 'check of the first' 1 guard_host -q check first
check_is 'lets nobody of the second' 'refused refused denied denied denied' "$(sees 4369)"
check 'apply of the first' guard_host -q apply first
check_is 'they reach epmd' 'refused refused refused refused denied' "$(sees 4369)"

note 'a set that a killed release has left in part'
rm "$sets/second:host/members"
check 'apply of the first' guard_host -q apply first
check_is 'they reach epmd' 'refused refused refused refused denied' "$(sees 4369)"
check 'apply of the second' guard_host -q apply second
both 'mended'

note 'permissive is a matter of one'
OPTIONS=mode=permissive stack second 4470-4475 bin
check 'apply of the first' guard_host -q apply first
check 'apply of the second' guard_host -q apply second
check 'check of the first' guard_host -q check first
check_status 'check of the second: it refuses nothing' 1 guard_host -q check second
check_is 'epmd is held by the first' 'refused refused refused refused denied' "$(sees 4369)"
check_is "the second one's range" 'refused refused refused refused refused' "$(sees 4470)"
stack second 4470-4475 bin
both 'enforced'

note 'one goes, of which a connection stays'
hammer_serve "$EJG_CGROUP/first" 127.0.0.1 4369
background caller cgroup_exec "$EJG_CGROUP/second" nsenter --net="$(net_file host)" setpriv --reuid=65532 --regid=65534 --clear-groups \
	bash -c 'exec 3<>/dev/tcp/127.0.0.1/4369; echo connected; exec sleep 600'
check 'control: check of the first' guard_host -q check first
check 'release of the second' guard_host -q release second
check_has 'check of the first says what is wrong with it' \
	'host.connection-before*this connection to a private port is older than the policy, which does not permit its user' \
	"$(guard_host check first 2>&1 | tr -s ' \n' ' ')"
end "$background_pid"
check 'without it the first holds' wait_for 5 guard_host -q check first
kill -KILL "$(net_run host ss -Hltnp 'sport = :4369' | sed -n 's/.*pid=\([0-9]*\).*/\1/p')"
check_is 'its users have no business at epmd any more' 'refused refused denied denied denied' "$(sees 4369)"
check_is 'nobody holds its range' 'refused refused refused refused refused' "$(sees 4470)"
check 'check of the first' guard_host -q check first
check 'apply of the second' guard_host -q apply second
check 'release of the first' guard_host -q release first
check_is "epmd is the second one's" 'denied denied refused refused denied' "$(sees 4369)"
check 'check of the second' guard_host -q check second
check 'release of the second' guard_host -q release second
check_is 'nothing is pinned any more' no "$(exists "$sets")"
check_is 'and nobody is refused' 'refused refused refused refused refused' "$(sees 4369)"
