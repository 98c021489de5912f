#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Other local users: what `nobody` can do to Debian's ejabberd and epmd on a host without the module host, and that he cannot
# with it. Who may goes on as before: root, the service's user, a monitoring user, su, sudo, cron's jobs; and another network
# namespace is none of its business. The control is a bed without a guard, in which each thing succeeds.
set -euo pipefail

# shellcheck source=../harness/harness.sh
source "$(dirname "$0")/../harness/harness.sh"
harness_begin "$0"

# new_server bed_new|guard_new: with a distribution range, so that its ports can be named.
new_server() {
	"$1" server 198.51.100.1/24 2001:db8::1/64
	ejabberd_window server
	chroot "$(bed_root server)" useradd --system monitor
	install -m 755 "$EJG_ATTEMPT" "$(bed_root server)/usr/bin/attempt"
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
	bed_run server systemctl stop ejabberd
	check_is "$what: take a port of the window during a restart" "$expected" \
		"$(word [ "$(as nobody attempt listen 0.0.0.0 4200 0)" = ok ])"
	bed_run server systemctl start epmd.socket
	check_is "$what: register the name while ejabberd is down" "$expected" "$(word register nobody)"
	stop_epmd
	check_is "$what: be epmd" "$expected" "$(word be_epmd nobody)"
	# epmd as the VM starts it, on loopback alone: the port of the public address is free.
	bed_run server env ERL_EPMD_ADDRESS=127.0.0.1 epmd -daemon
	check_is "$what: bind the public address" "$expected" \
		"$(word [ "$(as nobody attempt listen 198.51.100.1 4369 0)" = ok ])"
	check_is "$what: end epmd" "$expected" "$(word kill_epmd nobody)"
	bed_run server epmd -kill >/dev/null 2>&1 || true
	bed_run server systemctl start epmd.socket ejabberd
}

new_server bed_new
bed_boot server
the_seven 'control' yes
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
the_seven 'guarded' no

port=$(dist_port)
check 'the guard holds' bed_run server ejguard check
check 'ejabberdctl as root' bed_run server ejabberdctl status
check 'ejabberdctl as the service' as ejabberd env HOME=/var/lib/ejabberd ejabberdctl status
check 'ejabberdctl by su' bed_run server su -s /bin/sh ejabberd -c 'ejabberdctl status'
check 'ejabberdctl by su of root to root' bed_run server su -c 'ejabberdctl status'
if [[ -x $(bed_root server)/usr/bin/sudo ]]; then
	check 'ejabberdctl by sudo' bed_run server sudo -u ejabberd ejabberdctl status
fi
# Jobs of a cron daemon, in its unit, as users that have a shell. Each runs within a minute.
if bed_run server busybox --list 2>/dev/null | grep -x crond >/dev/null; then
	mkdir -p "$(bed_root server)/var/spool/jobs"
	for user in root ejabberd; do
		echo "* * * * * EJG_HOST_NETNS=$EJG_HOST_NETNS attempt connect 127.0.0.1 4369 >/tmp/job.$user" >"$(bed_root server)/var/spool/jobs/$user"
	done
	bed_run server systemd-run --quiet --unit=cron busybox crond -f -c /var/spool/jobs
	cron=yes
fi
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
# of_unit NAME [PROPERTY]...: the result for a unit of the user nobody that tries to be epmd.
of_unit() {
	printf '%s\n' '[Service]' Type=oneshot User=nobody "StandardOutput=truncate:/run/$1.out" "${@:2}" \
		"Environment=EJG_HOST_NETNS=$EJG_HOST_NETNS" 'ExecStart=/usr/bin/attempt listen 127.0.0.1 4369 0' |
		bed_run server tee "/run/systemd/system/$1.service" >/dev/null
	bed_run server systemctl daemon-reload
	bed_run server systemctl start "$1" || true
	bed_run server cat "/run/$1.out"
}
check_is 'a unit with a network namespace of its own has its own epmd' ok "$(of_unit apart PrivateNetwork=yes)"
check_is 'control: one without is refused' denied "$(of_unit beside)"
if [[ -n ${cron-} ]]; then
	for job in root:ok ejabberd:ok; do
		wait_for 70 bed_run server test -s "/tmp/job.${job%:*}" || true
		check_is "a job of cron's as ${job%:*}" "${job#*:}" "$(bed_run server cat "/tmp/job.${job%:*}" 2>/dev/null)"
	done
	bed_run server systemctl stop cron
fi
check_is 'the stranger on the wire' refused "$(try elsewhere connect 198.51.100.1 4369)"

bed_run server systemctl restart ejabberd
check 'after a restart the guard holds' bed_run server ejguard check
check 'and the service works' bed_run server ejabberdctl status
check_is 'and nobody is refused' denied "$(as nobody attempt connect 127.0.0.1 4369)"
check_has 'status names who was refused' 'as nobody' "$(bed_run server ejguard status)"
check_has 'status names the unit of a refusal' 'attempt' "$(bed_run server ejguard status)"
check_has 'metrics count refusals' 'ejguard_host_denials_total' "$(bed_run server ejguard status --openmetrics)"

bed_run server ejguard release
check_is 'after release nobody lists the names' yes "$(word names nobody)"
check_is 'nothing is pinned any more' '' "$(bed_run server find /sys/fs/bpf -mindepth 1 -path "*ejguard*")"
