#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The recipe of ejguard-containers(7) for Docker, which has no hooks, with the real Docker: its stack, its unit and its
# option, for both of Docker's cgroup drivers. The guarded parent cgroup guards the containers below it from their start and
# after a restart; a container elsewhere is not guarded; when the stack is broken, Docker does not start. The control: the same
# container without a guard. EJG_CONTAINERS is a folder of packages that containers_fetch of tests/harness/containers.sh made.
set -euo pipefail

# shellcheck source=../harness/harness.sh
source "$(dirname "$0")/../harness/harness.sh"
harness_begin "$0"
# shellcheck source=../harness/containers.sh
source "$harness_dir/containers.sh"
[[ -n ${EJG_CONTAINERS-} ]] || skip 'EJG_CONTAINERS is not set (tools/run-tests sets it)'

address=10.89.0.2 neighbour=10.89.0.9
containers_bed
echo 'docker:x:4243:' >>"$root/etc/group"
mkdir -p "$root/etc/docker"

# manual N: the block N of the section on Docker, as the page shows it.
manual() {
	awk -v wanted="$1" '/^\.Ss Docker/ { on = 1 } /^\.Sh / { on = 0 }
		on && /^\.Bd/ { n++; block = 1; next } /^\.Ed/ { block = 0 } on && block && n == wanted' \
		"$root/usr/share/man/man7/ejguard-containers.7" | sed 's/\\(dq/"/g; s/\\-/-/g'
}

# stack [SED SCRIPT]: that of the page: the shipped one, with its two lines.
stack() {
	mkdir -p "$root/etc/ejguard"
	{
		sed '/^set cgroups/d; /^required/d' "$root/usr/share/ejguard/containers/ejabberd-container"
		echo 'set peers 198.51.100.2'
		manual 1 | sed "/^required net/s/\$/ listen=127.0.0.1,::1,$address/"
	} | sed "${1-}" >"$root/etc/ejguard/docker"
}

# daemon [MORE]: its configuration. vfs: a bed's files are an overlay, which Docker cannot lay another one over.
daemon() {
	echo '{"exec-opts": ["native.cgroupdriver='$driver'"], "storage-driver": "vfs", "log-driver": "json-file"'"${1-}"'}' \
		>"$root/etc/docker/daemon.json"
}

driver=cgroupfs
daemon
containers_boot

# An image of folders and links: the files are those of the box, which are mounted there.
make_image() {
	run bash -ec 'mkdir -p /srv/image/{etc,usr,var,proc,sys,dev,run,srv,tmp,root}
		cd /srv/image
		for name in bin sbin lib lib64; do [[ ! -e /usr/$name ]] || ln -s usr/$name $name; done
		tar -c . | docker import - box'
}

# docker_run NAME ADDRESS OPTION... box COMMAND: with no more capabilities than ejabberd's start needs; those that Docker gives
# on its own not every machine has.
docker_run() {
	local name=$1 where=$2
	shift 2
	run docker run --cap-drop ALL --cap-add CHOWN --cap-add SETUID --cap-add SETGID --cap-add DAC_OVERRIDE --name "$name" \
		--network xmpp --ip "$where" --volume "$box/etc:/etc" --volume "$box/usr:/usr" --volume "$box/var:/var" \
		--volume "$box:/srv" "$@"
}

# docker_new OPTION...: a container that runs ejabberd.
docker_new() {
	docker_run one "$address" --detach "$@" box /srv/start >/dev/null
}

reaches() {
	[[ $(try "$1" connect "$2" "$3") == ok ]]
}

is_up() {
	wait_for 60 reaches peer "$address" 5222 && bed_wait 60 server docker exec one ejabberdctl status
}

# neighbour PORT: what another container on the same bridge gets.
neighbour() {
	docker_run other "$neighbour" --rm --env "EJG_HOST_NETNS=$EJG_HOST_NETNS" box /srv/attempt connect "$address" "$1"
}

check_open() {
	local port
	for port in 4369 4200 5222; do
		check_reach "$1" stranger ok "$port" "$address"
	done
}

check_held() {
	local port
	check_reach "$1" stranger ok 5222 "$address"
	for port in 4369 4200; do
		check_reach "$1" stranger timeout "$port" "$address"
		check_reach "$1" peer ok "$port" "$address"
	done
}

note 'control: without a guard'
run sysctl -qw net.ipv4.ip_forward=1
run systemctl start docker
make_image >/dev/null
run docker network create --subnet 10.89.0.0/24 xmpp >/dev/null
# Docker drops what comes for ports that it has not published.
run iptables -I FORWARD -j ACCEPT
docker_new
check 'control: ejabberd runs' is_up
check_open 'control'
check_is 'control: a neighbour to 4369' ok "$(neighbour 4369)"
run docker rm --force one >/dev/null

note 'the recipe'
run systemctl stop docker.service docker.socket
stack
manual 2 >"$root/etc/systemd/system/ejguard-docker.service"
run systemctl daemon-reload
run systemctl --quiet enable ejguard-docker.service
run systemctl start docker
run iptables -I FORWARD -j ACCEPT
docker_new --cgroup-parent /ejguard-docker
check 'recipe: ejabberd runs' is_up
check_held 'recipe'
check_is 'recipe: a neighbour to 4369' timeout "$(neighbour 4369)"
check_is 'recipe: a neighbour to 5222' ok "$(neighbour 5222)"
check 'recipe: ejguard check' run ejguard check docker
run docker restart --time 1 one >/dev/null
check 'recipe, restart: ejabberd runs' is_up
check_held 'recipe, restart'
run docker rm --force one >/dev/null
docker_new
check 'no --cgroup-parent: ejabberd runs' is_up
check_open 'no --cgroup-parent: as the page says'
run docker rm --force one >/dev/null

note 'the parent of all containers'
daemon ', "cgroup-parent": "/ejguard-docker"'
stack 's/ strict=yes//'
run systemctl restart ejguard-docker docker
run iptables -I FORWARD -j ACCEPT
docker_new
check 'all: ejabberd runs' is_up
check_held 'all'
docker_run web "$neighbour" --detach --env "EJG_HOST_NETNS=$EJG_HOST_NETNS" box /srv/attempt listen "$neighbour" 8080 300 >/dev/null
check 'all: another container serves a port' wait_for 20 reaches stranger "$neighbour" 8080
stack
run ejguard apply docker >/dev/null
check_is 'all, with strict=yes: it does not' timeout "$(try stranger connect "$neighbour" 8080)"
run docker rm --force one web >/dev/null

note 'the other driver of cgroups, systemd'
driver=systemd
daemon
run systemctl stop docker.service docker.socket ejguard-docker
manual 4 >"$root/etc/systemd/system/ejguard-docker.service"
stack "s,^set cgroups.*,$(manual 3),"
run systemctl daemon-reload
run systemctl start docker
run iptables -I FORWARD -j ACCEPT
check_has 'it is the driver in use' 'Driver: systemd' "$(run docker info 2>/dev/null | grep Cgroup)"
docker_new --cgroup-parent xmpp.slice
check 'systemd: ejabberd runs' is_up
check_held 'systemd'
check 'systemd: ejguard check' run ejguard check docker
run docker restart --time 1 one >/dev/null
check 'systemd, restart: ejabberd runs' is_up
check_held 'systemd, restart'
run docker rm --force one >/dev/null
check 'systemd, without a container: ejguard check' run ejguard check docker
docker_new
check 'systemd, no --cgroup-parent: ejabberd runs' is_up
check_open 'systemd, no --cgroup-parent: as the page says'
run docker rm --force one >/dev/null

note 'a broken stack'
run systemctl stop docker.service docker.socket ejguard-docker
echo 'required nett' >"$root/etc/ejguard/docker"
check_is 'broken stack: Docker does not start' no "$(run systemctl start docker 2>/dev/null && echo yes || echo no)"
check_has 'broken stack: the log says why' "no module 'nett'" "$(bed_journal server -u ejguard-docker)"
stack
run systemctl reset-failed
check 'control: with the right one it does' run systemctl start docker
