#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Other local users: what `nobody` can do to Debian's ejabberd and epmd on a host without the module host, and that he cannot
# with it. Who may goes on as before: root, the service's user, a monitoring user, su, sudo, cron's jobs; and another network
# namespace is none of its business. The control is a bed without a guard, in which each thing succeeds. EJG_USERS is a folder
# of packages that users_fetch of tests/harness/users.sh made.
set -euo pipefail

# shellcheck source=../harness/harness.sh
source "$(dirname "$0")/../harness/harness.sh"
harness_begin "$0"
# shellcheck source=../harness/users.sh
source "$harness_dir/users.sh"
[[ -n ${EJG_USERS-} ]] || skip 'EJG_USERS is not set (tools/run-tests sets it)'

# new_server bed_new|guard_new: with a distribution range, so that its ports can be named.
new_server() {
	local root
	"$1" server 198.51.100.1/24 2001:db8::1/64
	root=$(bed_root server)
	ejabberd_window server
	users_unpack "$EJG_USERS" "$root"
	users_jobs "$root" root ejabberd alice
	chroot "$root" useradd --system monitor
	install -m 755 "$EJG_ATTEMPT" "$root/usr/bin/attempt"
	cat >"$root/usr/bin/below" <<-'EOT'
		#!/bin/sh
		# below COMMAND...: in a cgroup that it makes below its own.
		below=/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)/below
		mkdir "$below" && echo $$ >"$below/cgroup.procs" && exec "$@"
	EOT
	chmod 755 "$root/usr/bin/below"
}

# as USER COMMAND...: in the server, as a user who has logged in.
as() {
	bed_run server runuser -u "$1" -- env HOME=/tmp EJG_HOST_NETNS="$EJG_HOST_NETNS" "${@:2}"
}

# word COMMAND...: yes if it succeeds, else no.
word() {
	"$@" >/dev/null 2>&1 && echo yes || echo no
}

names() {
	[[ $(as "$1" epmd -names 2>&1) == *'up and running on port 4369'* ]]
}

# register USER: a node of the service's name, for a moment. -start_epmd: it must not start one.
register() {
	as "$1" erl -noinput -start_epmd false -sname ejabberd@localhost -setcookie x -eval 'erlang:halt(0).'
}

# be_epmd USER: on the port of an epmd that is gone.
be_epmd() {
	[[ $(as "$1" attempt listen 127.0.0.1 4369 0) == ok ]]
}

# be_real_epmd USER: the same with epmd's own program, which goes to the background before it takes the port.
be_real_epmd() {
	local is_there
	as "$1" epmd -daemon
	wait_for 10 epmd_is_there_or_gone "$1" || true
	is_there=$(listens server 4369)
	bed_run server epmd -kill >/dev/null 2>&1 || true
	wait_is 10 no listens server 4369
	[[ $is_there == yes ]]
}

epmd_is_there_or_gone() {
	[[ $(listens server 4369) == yes ]] || ! bed_run server pgrep -u "$1" -x epmd
}

kill_epmd() {
	[[ $(as "$1" epmd -kill 2>&1) == Killed ]]
}

# start_epmd: Debian's, by its socket. stop_epmd: no process serves its port.
stop_epmd() {
	bed_run server systemctl stop ejabberd.service epmd.service epmd.socket
}

dist_port() {
	ejabberd_dist_port server
}

# during_restart: the state of ejabberd between its stop and its start, and what root and nobody get at a port of the window then.
# The start waits until the other end of a pipe is closed.
during_restart() {
	local dropin=/run/systemd/system/ejabberd.service.d/10-between.conf
	bed_run server mkfifo /run/between
	printf '%s\n' '[Service]' 'ExecStartPre=+/bin/cat /run/between' | bed_run server install -D /dev/stdin "$dropin"
	bed_run server systemctl daemon-reload
	bed_run server systemctl restart --no-block ejabberd
	bed_run server env "EJG_HOST_NETNS=$EJG_HOST_NETNS" bash -c 'exec 3>/run/between
		systemctl show --value --property ActiveState ejabberd
		attempt listen 0.0.0.0 4200 0
		runuser -u nobody -- attempt listen 0.0.0.0 4200 0' | xargs
	bed_run server rm "$dropin" /run/between
	bed_run server systemctl daemon-reload
	ejabberd_is_up server
}

# the_seven WHAT EXPECTED: as nobody, in an order that leaves the server running.
the_seven() {
	local what=$1 expected=$2 port address
	bed_run server systemctl start ejabberd
	port=$(dist_port)
	check_is "$what: list the names" "$expected" "$(word names nobody)"
	check_is "$what: connect to the distribution port" "$expected" "$(word [ "$(as nobody attempt connect 127.0.0.1 "$port")" = ok ])"
	for address in 198.51.100.1 2001:db8::1 ::ffff:198.51.100.1; do
		check_is "$what: connect to epmd at $address" "$expected" \
			"$(word [ "$(as nobody attempt connect "$address" 4369)" = ok ])"
	done
	check_is "$what: take a port of the window during a restart" \
		"activating ok $([[ $expected == yes ]] && echo ok || echo denied)" "$(during_restart)"
	bed_run server systemctl stop ejabberd
	bed_run server systemctl start epmd.socket
	check_is "$what: register the name while ejabberd is down" "$expected" "$(word register nobody)"
	stop_epmd
	check_is "$what: be epmd" "$expected" "$(word be_epmd nobody)"
	check_is "$what: be epmd, with its own program" "$expected" "$(word be_real_epmd nobody)"
	# epmd as the VM starts it, on loopback alone: the port of the public address is free.
	bed_run server env ERL_EPMD_ADDRESS=127.0.0.1 epmd -daemon
	check_is "$what: bind the public address" "$expected" \
		"$(word [ "$(as nobody attempt listen 198.51.100.1 4369 0)" = ok ])"
	check_is "$what: end epmd" "$expected" "$(word kill_epmd nobody)"
	bed_run server epmd -kill >/dev/null 2>&1 || true
	bed_run server systemctl start epmd.socket ejabberd
}

# of_unit NAME COMMAND [PROPERTY]...: the word of the command in a unit of the user nobody. The unit stays, because a refusal has
# the name of a cgroup that is there.
of_unit() {
	printf '%s\n' '[Service]' User=nobody "StandardOutput=truncate:/run/$1.out" "${@:3}" \
		"Environment=EJG_HOST_NETNS=$EJG_HOST_NETNS" "ExecStart=/bin/sh -c '$2; exec sleep infinity'" |
		bed_run server tee "/run/systemd/system/$1.service" >/dev/null
	bed_run server systemctl daemon-reload
	bed_run server systemctl start "$1"
	wait_for 10 bed_run server test -s "/run/$1.out" || true
	bed_run server cat "/run/$1.out"
}

# jobs_of_cron WHAT WORD: cron starts them when it starts. Who is not permitted gets the word.
jobs_of_cron() {
	local user word
	bed_run server systemctl start cron
	while read -r user word; do
		wait_for 10 bed_run server test -s "/tmp/job.$user" || true
		check_is "$1: a job of cron's as $user" "$word" "$(bed_run server cat "/tmp/job.$user" 2>&1)"
	done < <(printf '%s\n' 'root ok' 'ejabberd ok' "alice $2")
}

# the_others WHAT WORD: by sudo, in a job of cron, in a unit. Who is not permitted gets the word.
the_others() {
	local what=$1 word=$2 netns="EJG_HOST_NETNS=$EJG_HOST_NETNS" connect=(attempt connect 127.0.0.1 4369)
	check_is "$what: alice" "$word" "$(as alice "${connect[@]}")"
	check_is "$what: alice by sudo" ok "$(as alice sudo "$netns" "${connect[@]}")"
	check_is "$what: alice by sudo as the service" ok "$(as alice sudo -u ejabberd "$netns" "${connect[@]}")"
	check "$what: ejabberdctl by sudo" as alice sudo ejabberdctl status
	check "$what: ejabberdctl by sudo as the service" as alice sudo -u ejabberd ejabberdctl status
	check_is "$what: nobody by sudo of root" "$word" "$(bed_run server sudo -u nobody "$netns" "${connect[@]}")"
	jobs_of_cron "$what" "$word"
	check_is "$what: a unit of nobody" "$word" "$(of_unit beside "${connect[*]}")"
	check_is "$what: a unit of nobody, to which its cgroup is delegated, from one below" "$word" \
		"$(of_unit delegated "below ${connect[*]}" Delegate=yes)"
}

# before_the_service WHAT WORD: nobody gets the word while systemd has epmd's port, and ejabberd was not started.
before_the_service() {
	check_is "$1, before ejabberd starts: its state" inactive \
		"$(bed_run server systemctl show --value --property ActiveState ejabberd)"
	check_is "$1, before ejabberd starts: connect to epmd" "$2" "$(as nobody attempt connect 127.0.0.1 4369)"
	check_is "$1, before ejabberd starts: take a port of the window" "$2" "$(as nobody attempt listen 0.0.0.0 4200 0)"
}

# watches: the tool waits for the next denial: SIGTERM is blocked by then.
watches() {
	local pid mask
	pid=$(bed_run server pgrep -x ejguard) || return
	mask=$(bed_run server sed -n 's/^SigBlk:[[:blank:]]*//p' "/proc/$pid/status")
	(((0x$mask >> 14) & 1))
}

new_server bed_new
bed_boot server
before_the_service 'control' ok
the_seven 'control' yes
the_others 'control' ok
bed_end server

new_server bed_new
bed_stage server
guard_stack server <<-'EOT'
	set public 5222 5223 5269 5280 5443 1883
	set users monitor
	required net
	required host
EOT
bed_chroot server ejguard enable >/dev/null
net_new elsewhere 198.51.100.9/24
bed_boot server
before_the_service 'guarded' denied
the_seven 'guarded' no

port=$(dist_port)
check 'the guard holds' bed_run server ejguard check
check 'ejabberdctl as root' bed_run server ejabberdctl status
check 'ejabberdctl as the service' as ejabberd env HOME=/var/lib/ejabberd ejabberdctl status
check 'ejabberdctl by su' bed_run server su -s /bin/sh ejabberd -c 'ejabberdctl status'
check 'ejabberdctl by su of root to root' bed_run server su -c 'ejabberdctl status'
BED_SECONDS=infinity bed_run server ejguard watch >"$EJG_STATE/watch" &
check 'ejguard watches' wait_for 20 watches
the_others 'guarded' denied
wait_for 10 grep -q delegated "$EJG_STATE/watch" || true
bed_run server pkill -x ejguard
# The same in systemd's way: a process in a unit that has become a user.
check 'a job of root' bed_run server systemd-run --quiet --scope ejabberdctl status
check 'a job of the service' bed_run server systemd-run --quiet --scope --uid=ejabberd ejabberdctl status
check_is 'a job of nobody' denied "$(bed_run server systemd-run --quiet --scope --uid=nobody env EJG_HOST_NETNS="$EJG_HOST_NETNS" attempt connect 127.0.0.1 4369)"
check_is 'the monitoring user lists the names' yes "$(word names monitor)"
check_is 'the monitoring user connects' ok "$(as monitor attempt connect 127.0.0.1 "$port")"
check_is 'nobody reaches a public port' ok "$(as nobody attempt connect 127.0.0.1 5222)"
check_is 'nobody binds another port' ok "$(as nobody attempt listen 127.0.0.1 4199 0)"
check_is 'nobody asks an epmd elsewhere' refused "$(as nobody attempt connect 198.51.100.9 4369)"
check_is 'nobody in a network namespace of his own is epmd there' ok \
	"$(as nobody unshare --user --map-root-user --net sh -c 'ip link set lo up; attempt listen 127.0.0.1 4369 0')"
check_is 'a unit with a network namespace of its own has its own epmd' ok \
	"$(of_unit apart 'attempt listen 127.0.0.1 4369 0' PrivateNetwork=yes)"
check_is 'control: one without is refused' denied "$(of_unit impostor 'attempt listen 127.0.0.1 4369 0')"
check_is 'the stranger on the wire' refused "$(try elsewhere connect 198.51.100.1 4369)"

# spoken FILE: each refusal in one line.
spoken() {
	tr -s ' \n' ' ' <"$1"
}
bed_run server ejguard status >"$EJG_STATE/status"
while read -r user unit; do
	for verb in status watch; do
		check_has "$verb names the user and the unit of a refusal" "by attempt*as $user in /system.slice/$unit: the user" \
			"$(spoken "$EJG_STATE/$verb")"
	done
done <<<'nobody beside.service
nobody delegated.service/below
alice cron.service'
check_has 'metrics count refusals' 'ejguard_host_denials_total' "$(bed_run server ejguard status --openmetrics)"

bed_run server systemctl restart ejabberd
check 'after a restart the guard holds' bed_run server ejguard check
check 'and the service works' bed_run server ejabberdctl status
check_is 'and nobody is refused' denied "$(as nobody attempt connect 127.0.0.1 4369)"

bed_reboot server
before_the_service 'after a reboot' denied
check 'after a reboot the service starts' bed_run server systemctl start ejabberd
check 'after a reboot the guard holds' bed_run server ejguard check

bed_run server ejguard release
check_is 'after release nobody lists the names' yes "$(word names nobody)"
check_is 'nothing is pinned any more' '' "$(bed_run server find /sys/fs/bpf -mindepth 1 -path "*ejguard*")"
