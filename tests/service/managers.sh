#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The examples of tools/managers, each under its real service manager: guarded before the first bind, after a restart and
# after a crash; a stop leaves nothing; a broken stack keeps ejabberd from starting, and the manager's log says why.
# EJG_MANAGERS is a folder of packages that managers_fetch of tests/harness/managers.sh made.
set -euo pipefail

# shellcheck source=../harness/harness.sh
source "$(dirname "$0")/../harness/harness.sh"
harness_begin "$0"
# shellcheck source=../harness/managers.sh
source "$harness_dir/managers.sh"
[[ -n ${EJG_MANAGERS-} ]] || skip 'EJG_MANAGERS is not set (tools/run-tests sets it)'

address=198.51.100.1
cgroup=/sys/fs/cgroup/ejguard-ejabberd
net_new stranger 203.0.113.9/24
bed_new server "$address/24"
root=$(bed_root server)
rm -rf "$root"/etc/systemd/system/{epmd,ejabberd}.* "$root"/etc/systemd/system/*.wants/e*
bed_stage server
managers_unpack "$EJG_MANAGERS" "$root"
examples=$root/usr/share/ejguard/managers
good_stack=$'set cgroups /ejguard-ejabberd\nset public 5222 5223 5269 5280 5443 1883\nrequired net strict=yes\nrequired seccomp'
guard_stack server <<<"$good_stack"
bed_boot server

# A manager runs as long as the test of it, which has a limit of its own.
run() {
	BED_SECONDS=1800 bed_run server "$@"
}

# Each manager: setup, start, stop, restart; log prints its log. These start it again after a crash:
restarting=' runit s6 supervisor monit '

supervise() {
	mkdir -p "$root/srv/$1/ejabberd"
	install -m 755 "$examples/runit" "$root/srv/$1/ejabberd/run"
}

runit_setup() {
	supervise runit
	touch "$root/srv/runit/ejabberd/down"
	run runsvdir -P /srv/runit >"$EJG_STATE/runit.log" 2>&1 &
	bed_wait 10 server sv status /srv/runit/ejabberd
}
runit_start() { run sv start /srv/runit/ejabberd; }
runit_restart() { run sv -w 40 restart /srv/runit/ejabberd; }
runit_stop() { run sv -w 40 stop /srv/runit/ejabberd; }
runit_log() { cat "$EJG_STATE/runit.log"; }

s6_setup() {
	supervise s6
	touch "$root/srv/s6/ejabberd/down"
	run s6-svscan /srv/s6 >"$EJG_STATE/s6.log" 2>&1 &
	bed_wait 10 server s6-svok /srv/s6/ejabberd
}
s6_start() { run s6-svc -u /srv/s6/ejabberd; }
s6_restart() { run s6-svc -r /srv/s6/ejabberd; }
s6_stop() { run s6-svc -wd -T 40000 -d /srv/s6/ejabberd; }
s6_log() { cat "$EJG_STATE/s6.log"; }

supervisor_setup() {
	install -D -m 644 "$examples/supervisor.conf" "$root/etc/supervisor/conf.d/ejabberd.conf"
	echo 'autostart=false' >>"$root/etc/supervisor/conf.d/ejabberd.conf"
	run mkdir -p /var/log/supervisor
	run /usr/bin/python3 /usr/bin/supervisord -n -c /etc/supervisor/supervisord.conf >"$EJG_STATE/supervisor.log" 2>&1 &
	bed_wait 10 server bash -c '/usr/bin/python3 /usr/bin/supervisorctl avail | grep ejabberd'
}
supervisor_ctl() { run /usr/bin/python3 /usr/bin/supervisorctl "$1" ejabberd; }
supervisor_start() { supervisor_ctl start || true; }
supervisor_restart() { supervisor_ctl restart; }
supervisor_stop() { supervisor_ctl stop; }
supervisor_log() { run cat /var/log/ejabberd/supervisor.log; }

sysvinit_setup() { install -m 755 "$examples/sysvinit" "$root/etc/init.d/ejabberd"; }
sysvinit_start() { run env -i SYSTEMCTL_SKIP_REDIRECT=1 /etc/init.d/ejabberd start; }
sysvinit_restart() { run env -i /etc/init.d/ejabberd restart; }
sysvinit_stop() { run env -i /etc/init.d/ejabberd stop; }
sysvinit_log() { run cat /var/log/ejabberd/init.log; }

monit_setup() {
	sysvinit_setup
	{
		printf 'set daemon 1\nset pidfile /run/monit.pid\nset idfile /run/monit.id\nset statefile /run/monit.state\n'
		printf 'set httpd unixsocket /run/monit.sock\n    allow root:root\n'
		cat "$examples/monit"
		echo '    mode active'
	} >"$root/etc/monit/monitrc"
	chmod 600 "$root/etc/monit/monitrc"
}
monit_start() {
	pgrep -x monit >/dev/null || run monit -I >"$EJG_STATE/monit.log" 2>&1 &
	bed_wait 10 server monit start ejabberd
}
monit_restart() { run monit restart ejabberd; }
monit_stop() { run monit stop ejabberd; }
monit_log() { sysvinit_log; }

openrc_setup() {
	install -m 755 "$examples/openrc" "$root/etc/init.d/ejabberd-rc"
	sed -i 's/^#rc_cgroup_mode=.*/rc_cgroup_mode="unified"/' "$root/etc/rc.conf"
	run bash -c 'mkdir -p /run/openrc/{exclusive,daemons,failed,hotplugged,inactive,options,scheduled,started,starting,stopped,stopping,tmp,wasinactive}
		touch /run/openrc/softlevel; rc-update -u' >/dev/null 2>&1 || true
}
openrc_start() { run rc-service --nodeps ejabberd-rc start; }
openrc_restart() { run rc-service --nodeps ejabberd-rc restart; }
openrc_stop() { run rc-service --nodeps ejabberd-rc stop; }
openrc_log() { run cat /var/log/ejabberd/openrc.log; }

# Not with ejabberdctl at first: before the node runs, that would start an epmd in the shell's cgroup.
is_up() {
	bed_wait 60 server bash -c 'ss -Hltn "sport = :5222" | grep -q .' && bed_wait 60 server ejabberdctl status
}

beam() {
	run pgrep -u ejabberd -x beam.smp || true
}

is_another_beam() {
	local now
	now=$(beam)
	[[ -n $now && $now != "$1" ]]
}

check_up() {
	check "$1: ejabberd runs" is_up
	check_reach "$1" stranger ok 5222 "$address"
	check_reach "$1" stranger refused 4369 "$address"
	check_reach "$1" stranger timeout "$(ejabberd_dist_port server)" "$address"
}

check_gone() {
	check "$1: no process of ejabberd is left" wait_for 45 bash -c "! nsenter -t $(bed_pid server) -a pgrep -u ejabberd"
	check "$1: no cgroup is left" bed_wait 5 server test ! -e "$cgroup"
}

try_manager() {
	local name=$1 loop old
	note "$name"
	"${name}_setup"
	try stranger loop "$address" 4369 8 --timeout 200 >"$EJG_STATE/loop" &
	loop=$!
	"${name}_start" >/dev/null
	check_up "$name"
	wait "$loop" || true
	check_is "$name: no stranger got in at the start" 'ok=0' "$(grep -o 'ok=[0-9]*' "$EJG_STATE/loop")"
	check "$name: ejguard check" run ejguard check
	old=$(beam)
	"${name}_restart" >/dev/null
	check "$name, restart: it is another node" wait_for 60 is_another_beam "$old"
	check_up "$name, restart"
	old=$(beam)
	run kill -KILL "$old"
	if [[ $restarting == *" $name "* ]]; then
		check "$name, crash: it is another node" wait_for 60 is_another_beam "$old"
		check_up "$name, crash"
	else
		check_gone "$name, crash"
	fi
	"${name}_stop" >/dev/null
	check_gone "$name, stop"
	guard_stack server <<<'required nett'
	"${name}_start" >/dev/null 2>&1 || true
	check "$name, broken stack: its log says why" wait_for 20 in_log "$name" nett
	check_is "$name, broken stack: ejabberd does not start" '' "$(beam)"
	"${name}_stop" >/dev/null 2>&1 || true
	guard_stack server <<<"$good_stack"
}

in_log() {
	"$1_log" | grep -q "$2"
}

note 'control: without exec'
run setpriv --reuid ejabberd --regid ejabberd --init-groups env HOME=/var/lib/ejabberd ejabberdctl foreground >/dev/null 2>&1 &
check 'ejabberd runs' is_up
check_reach 'control' stranger ok 4369 "$address"
run ejabberdctl stop
check 'ejabberd ends' wait_for 45 bash -c "! nsenter -t $(bed_pid server) -a pgrep -u ejabberd -x beam.smp"
run pkill -KILL -u ejabberd || true

# monit last: what it was told it does later, by the files that sysvinit and OpenRC have too.
for manager in ${EJG_MANAGER:-runit s6 supervisor sysvinit openrc monit}; do
	try_manager "$manager"
done
