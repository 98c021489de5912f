#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A real ejabberd in containers of podman, crun and runc, guarded by the hook `ejguard oci`: from its start, after a restart,
# beside another container of the same service; a stop leaves nothing; a broken stack refuses the container, and a log says
# why; so it is with a container of another user than root. Then without a hook: in a guarded parent cgroup, as Docker's
# --cgroup-parent makes them. Then beside an ejabberd of the host with the module host: a container with a network of its own is
# left alone, the users in one with the host's are refused. The controls: the same containers without a guard. EJG_CONTAINERS is
# a folder of packages that containers_fetch of tests/harness/containers.sh made.
set -euo pipefail

# shellcheck source=../harness/harness.sh
source "$(dirname "$0")/../harness/harness.sh"
harness_begin "$0"
# shellcheck source=../harness/containers.sh
source "$harness_dir/containers.sh"
[[ -n ${EJG_CONTAINERS-} ]] || skip 'EJG_CONTAINERS is not set (tools/run-tests sets it)'

address=10.89.0.2 second=10.89.0.3 neighbour=10.89.0.9
service=ejabberd-container
examples=/usr/share/ejguard/containers
hooks=/usr/share/containers/oci/hooks.d

net_new bundle 198.51.100.7/24
containers_bed
ejabberd_window server
touch "$root/srv/bundle.net"
mount --bind "$(net_file bundle)" "$root/srv/bundle.net"

stack() {
	sed -e 's/^required.*//' "$root$examples/ejabberd-container"
	echo "set peers 198.51.100.2 $second"
	echo "required net strict=yes listen=127.0.0.1,::1,$address,$second,198.51.100.7"
}
mkdir -p "$root/etc/ejguard"
stack >"$root/etc/ejguard/$service"
containers_boot

# podman_new NAME ADDRESS OPTION...: a container that runs ejabberd. crun wants to raise a limit for the device programs of an
# unprivileged container, which not every machine lets it.
podman_new() {
	local name=$1 where=$2
	shift 2
	run podman --runtime "$runtime" run --privileged --detach --name "$name" --network xmpp --ip "$where" "$@" \
		--rootfs "$box" /start
}

guarded=(--annotation "ejguard.service=$service")

reaches() {
	[[ $(try "$1" connect "$2" "$3") == ok ]]
}

is_up() {
	wait_for 60 reaches peer "$1" 5222 && bed_wait 60 server podman exec "$2" ejabberdctl status
}

# from CONTAINER'S ADDRESS PORT: what another container on the same bridge gets.
from() {
	run podman --runtime "$runtime" run --privileged --rm --network xmpp --ip "$1" --env "EJG_HOST_NETNS=$EJG_HOST_NETNS" --rootfs "$box" \
		/attempt connect "$address" "$2"
}

# check_open WHAT ADDRESS: everybody reaches everything.
check_open() {
	local port
	for port in 4369 4200 5222; do
		check_reach "$1" stranger ok "$port" "$2"
	done
}

# check_held WHAT ADDRESS WORD: strangers get the word at private ports.
check_held() {
	local port
	check_reach "$1" stranger ok 5222 "$2"
	for port in 4369 4200; do
		check_reach "$1" stranger "$3" "$port" "$2"
		check_reach "$1" peer ok "$port" "$2"
	done
}

# check_nothing WHAT: no trace of a guard.
check_nothing() {
	check "$1: no pins are left" bed_wait 5 server test ! -e "/sys/fs/bpf/ejguard/$service"
	check "$1: no cgroup is remembered" bed_wait 5 server test ! -e "/run/ejguard/$service/cgroups"
}

note 'control: podman without a guard'
run sysctl -qw net.ipv4.ip_forward=1
run podman network create --disable-dns --subnet 10.89.0.0/24 xmpp >/dev/null
run install -D -m 644 "$examples/podman-hook.json" "$hooks/ejguard.json"
runtime=runc
podman_new control "$address" >/dev/null
check 'control: ejabberd runs' is_up "$address" control
check_open 'control' "$address"
check_is 'control: a neighbour to 4369' ok "$(from "$neighbour" 4369)"
run podman rm -ft 1 control >/dev/null
check_nothing 'control'

try_podman() {
	local loop
	runtime=$1
	note "podman with $runtime"
	try stranger loop "$address" 4369 8 --timeout 200 >"$EJG_STATE/loop" &
	loop=$!
	podman_new one "$address" "${guarded[@]}" >/dev/null
	check "$runtime: ejabberd runs, podman exec ejabberdctl works" is_up "$address" one
	wait "$loop" || true
	check_is "$runtime: no stranger got in at the start" 'ok=0' "$(grep -o 'ok=[0-9]*' "$EJG_STATE/loop")"
	check_held "$runtime" "$address" refused
	check_is "$runtime: a neighbour to 4369" refused "$(from "$neighbour" 4369)"
	check_is "$runtime: a neighbour to 4200" refused "$(from "$neighbour" 4200)"
	check_is "$runtime: a neighbour to 5222" ok "$(from "$neighbour" 5222)"
	check_is "$runtime: a peer's container to 4369" ok "$(from "$second" 4369)"
	check "$runtime: ejguard check" run ejguard check "$service"
	run podman restart -t 1 one >/dev/null
	check "$runtime, restart: ejabberd runs" is_up "$address" one
	check_held "$runtime, restart" "$address" refused
	check "$runtime, restart: ejguard check" run ejguard check "$service"
}

# Beside the first one, which stays guarded when the second one ends, and the other way round.
try_two() {
	podman_new two "$second" "${guarded[@]}" >/dev/null
	check "$runtime, a second container: ejabberd runs" is_up "$second" two
	check_held "$runtime, a second container" "$second" refused
	run podman stop -t 1 one >/dev/null
	check_held "$runtime, the first one has stopped" "$second" refused
	check_is "$runtime, the first one has stopped: cgroups that are remembered" 1 \
		"$(run sed -n '$=' "/run/ejguard/$service/cgroups")"
	run podman rm -ft 1 two >/dev/null
	check_nothing "$runtime, both have stopped"
}

try_refusal() {
	local status=0 since message
	since=$(run date '+%Y-%m-%d %H:%M:%S')
	echo 'required nett' >"$root/etc/ejguard/$service"
	message=$(run podman start one 2>&1) || status=$?
	check_is "$runtime, broken stack: the container is refused" yes "$( ((status)) && echo yes || echo no)"
	# crun shows no word of a hook.
	if [[ $runtime == runc ]]; then
		check_has 'runc, broken stack: podman says why' "there is no module 'nett'" "$message"
	else
		check_has 'crun, broken stack: podman says what refused' '/usr/sbin/ejguard` (exit code: 3)' "$message"
	fi
	check_is "$runtime, broken stack: no process" '' "$(run pgrep -u ejabberd || true)"
	check "$runtime, broken stack: the log says why" \
		bed_wait 10 server bash -c "journalctl --since '$since' -t ejguard | grep -q \"refused: .*no module 'nett'\""
	check_nothing "$runtime, broken stack"
	stack >"$root/etc/ejguard/$service"
	run podman rm -ft 1 one >/dev/null
}

# A lock that is held for longer than ejguard waits: its time is up before the hook's, so that the reason is not lost.
try_locked() {
	local lock=/run/ejguard/$service/lock status=0 holder
	run install -d -m 700 "${lock%/*}"
	run install -m 600 /dev/null "$lock"
	run flock "$lock" sleep 50 &
	holder=$!
	bed_wait 10 server bash -c "! flock --nonblock $lock true"
	podman_new locked "$address" "${guarded[@]}" >/dev/null 2>&1 || status=$?
	check_is "$runtime, a held lock: the container is refused" yes "$( ((status)) && echo yes || echo no)"
	check "$runtime, a held lock: the log says why" \
		bed_wait 10 server bash -c "journalctl -t ejguard | grep -q 'has held the lock'"
	run podman rm -ft 1 locked >/dev/null
	wait "$holder"
}

# A container without its own cgroup: a guard for it would guard the administrator's shell.
try_no_cgroup() {
	local status=0
	run podman --runtime "$runtime" run --privileged --rm --cgroups=disabled "${guarded[@]}" --rootfs "$box" true \
		>/dev/null 2>&1 || status=$?
	check_is "$runtime, --cgroups=disabled: the container is refused" yes "$( ((status)) && echo yes || echo no)"
	# runc cannot do without a cgroup, and says so itself.
	[[ $runtime != crun ]] || check 'crun, --cgroups=disabled: the log says why' \
		bed_wait 10 server bash -c "journalctl -t ejguard | grep -q 'has no cgroup of its own'"
	check_nothing "$runtime, --cgroups=disabled"
}

# bundle RUNTIME [CGROUPS PATH]: the bundle's config.json, with the hooks if no path is given.
bundle() {
	run mkdir -p /srv/bundle
	run bash -c "cd /srv/bundle && rm -f config.json && $1 spec"
	python3 - "$root/srv/bundle/config.json" "$root$examples/bundle-hooks.json" "${2-}" <<-'EOT'
		import json, sys
		path, hooks, cgroup = sys.argv[1:]
		config = json.load(open(path))
		config['process'].update(terminal=False, args=['/start'])
		caps = ['CAP_CHOWN', 'CAP_SETUID', 'CAP_SETGID', 'CAP_DAC_OVERRIDE']
		config['process']['capabilities'] = {kind: caps for kind in ('bounding', 'effective', 'permitted')}
		config['process'].pop('rlimits', None)
		config['root'] = {'path': '/srv/box', 'readonly': False}
		config['mounts'].append({'destination': '/run', 'type': 'tmpfs', 'source': 'tmpfs'})
		linux = config['linux']
		linux['resources'] = {}
		for namespace in linux['namespaces']:
		    if namespace['type'] == 'network':
		        namespace['path'] = '/srv/bundle.net'
		linux['cgroupsPath'] = cgroup or '/bundles/one'
		if not cgroup:
		    config.update(json.load(open(hooks)))
		json.dump(config, open(path, 'w'))
	EOT
}

bundle_up() {
	wait_for 60 reaches peer 198.51.100.7 5222 && bed_wait 60 server "$1" exec one ejabberdctl status
}

bundle_end() {
	run "$1" kill one KILL || true
	bed_wait 10 server "$1" delete --force one
}

try_bundle() {
	note "a bundle of $1"
	bundle "$1"
	run "$1" run --detach --bundle /srv/bundle one </dev/null >"$EJG_STATE/bundle.log" 2>&1
	check "$1, bundle: ejabberd runs" bundle_up "$1"
	check_held "$1, bundle" 198.51.100.7 refused
	check "$1, bundle: ejguard check" run ejguard check "$service"
	bundle_end "$1"
	check_nothing "$1, bundle"
	echo 'required nett' >"$root/etc/ejguard/$service"
	check_is "$1, bundle, broken stack: refused" no \
		"$(run "$1" run --detach --bundle /srv/bundle one </dev/null >/dev/null 2>&1 && echo yes || echo no)"
	check_is "$1, bundle, broken stack: no process" '' "$(run pgrep -u ejabberd || true)"
	run "$1" delete --force one >/dev/null 2>&1 || true
	stack >"$root/etc/ejguard/$service"
}

# A bundle of a user who is not root, in a cgroup of that user: a guard cannot be applied there. Its mounts are those that a
# user may make in a bed.
write_user() {
	run mkdir -p /sys/fs/cgroup/user/shell
	run chown -R nobody: /sys/fs/cgroup/user
	run install -d -o nobody /srv/user /run/user-of-test
	cat >"$root/srv/as-user" <<-'EOT'
		#!/bin/sh
		echo $$ >/sys/fs/cgroup/user/shell/cgroup.procs
		cd /srv/user
		exec setpriv --reuid nobody --regid nogroup --clear-groups env HOME=/srv/user "$@"
	EOT
	chmod 755 "$root/srv/as-user"
}

# user_bundle RUNTIME [HOOKS]: runs it.
user_bundle() {
	run rm -f /srv/user/config.json
	run /srv/as-user "$1" spec --rootless
	python3 - "$root/srv/user/config.json" "${2-}" <<-'EOT'
		import json, sys
		path, hooks = sys.argv[1:]
		config = json.load(open(path))
		config['process'].update(terminal=False, args=['/bin/true'])
		config['root'] = {'path': '/srv/box', 'readonly': True}
		config['mounts'] = [{'destination': '/proc', 'type': 'bind', 'source': '/proc', 'options': ['rbind']},
		                    {'destination': '/dev', 'type': 'tmpfs', 'source': 'tmpfs', 'options': ['nosuid', 'mode=755']}]
		linux = config['linux']
		linux.update(cgroupsPath='/user/one', resources={}, maskedPaths=[], readonlyPaths=[])
		if hooks:
		    config.update(json.load(open(hooks)))
		json.dump(config, open(path, 'w'))
	EOT
	run /srv/as-user "$1" --root /run/user-of-test run one </dev/null
}

try_user() {
	local since
	note "a bundle of $1, of another user than root"
	check "$1, another user: control: it runs" user_bundle "$1"
	since=$(run date '+%Y-%m-%d %H:%M:%S')
	check_is "$1, another user: refused" no \
		"$(user_bundle "$1" "$root$examples/bundle-hooks.json" >/dev/null 2>&1 && echo yes || echo no)"
	check "$1, another user: the log says why" bed_wait 10 server bash -c \
		"journalctl --since '$since' -t ejguard | grep -q 'container one: refused: .*run it as root'"
	run /srv/as-user "$1" --root /run/user-of-test delete --force one >/dev/null 2>&1 || true
	check_nothing "$1, another user"
}

write_user
for name in runc crun; do
	try_podman "$name"
	try_two
	try_refusal
	[[ $name != runc ]] || try_locked
	try_no_cgroup
	try_bundle "$name"
	try_user "$name"
done

note 'no hook: a guarded parent'
parent=/ejguard-parent
stack | sed -e "s|^set cgroups.*|set cgroups $parent|" -e 's/^required net/& accept=cgroup/' >"$root/etc/ejguard/parent"
run mkdir "/sys/fs/cgroup$parent"
run ejguard apply parent >/dev/null
runtime=runc
podman_new one "$address" --cgroup-parent "$parent" >/dev/null
check 'parent: ejabberd runs' is_up "$address" one
check_held 'parent' "$address" timeout
check_is 'parent: a neighbour to 4369' timeout "$(from "$neighbour" 4369)"
check 'parent: ejguard check' run ejguard check parent
run podman restart -t 1 one >/dev/null
check 'parent, restart: ejabberd runs' is_up "$address" one
check_held 'parent, restart' "$address" timeout
run podman rm -ft 1 one >/dev/null
bundle runc "$parent/one"
run runc run --detach --bundle /srv/bundle one </dev/null >"$EJG_STATE/bundle.log" 2>&1
check 'parent, bundle of runc: ejabberd runs' bundle_up runc
check_held 'parent, bundle of runc' 198.51.100.7 timeout
bundle_end runc
run ejguard release parent >/dev/null

# with_network NAME USER COMMAND...: in a container with this network.
with_network() {
	run podman --runtime "$runtime" run --privileged --rm --network "$1" --user "$2" --env "EJG_HOST_NETNS=$EJG_HOST_NETNS" \
		--rootfs "$box" "${@:3}"
}

# check_beside WHAT WORD: nobody in a container with the host's network gets the word; one with its own has its own epmd.
check_beside() {
	local what=$1 word=$2
	check_is "$what: with the host's network nobody: epmd, a port of the window, a public port" "$word $word ok" "$(
		with_network host nobody sh -c '/attempt connect 127.0.0.1 4369; /attempt listen 0.0.0.0 4205 0
			/attempt connect 127.0.0.1 5222' | xargs
	)"
	check_is "$what: with the host's network root: epmd" ok "$(with_network host root /attempt connect 127.0.0.1 4369)"
	check_has "$what: nobody with a network of his own is epmd there" 'up and running on port 4369' \
		"$(with_network xmpp nobody timeout 20 sh -c 'epmd -daemon; until epmd -names 2>&1; do :; done')"
	check "$what: the container's ejabberd works" run podman exec one ejabberdctl status
	check_is "$what: nobody in it connects to its epmd" ok \
		"$(run podman exec --user nobody --env "EJG_HOST_NETNS=$EJG_HOST_NETNS" one /attempt connect 127.0.0.1 4369)"
}

note 'beside an ejabberd of the host'
printf '%s\n' 'set public 5222 5223 5269 5280 5443 1883' 'required net' 'required host' >"$root/etc/ejguard/ejabberd"
check 'the host: ejabberd starts' run systemctl start ejabberd
check 'the host: ejabberd listens' ejabberd_is_up server
podman_new one "$address" >/dev/null
check 'the container: ejabberd runs' is_up "$address" one
check_beside 'control: no guard' ok
check 'the host: ejguard enable --now' run ejguard enable --now
check_beside 'guarded' denied
# One that stays: a refusal has the name of a cgroup that is there.
run podman --runtime "$runtime" run --privileged --detach --name two --network host --user nobody \
	--env "EJG_HOST_NETNS=$EJG_HOST_NETNS" --rootfs "$box" sh -c '/attempt connect 127.0.0.1 4369; exec sleep infinity' >/dev/null
check 'guarded: status names the cgroup of the container' bed_wait 10 server bash -c \
	"ejguard --json status | grep -q 'as nobody in [^ ]*/libpod-$(run podman inspect --format '{{.Id}}' two)'"
check 'guarded: ejguard check' run ejguard check
check_open 'guarded: the container' "$address"
run podman rm -ft 1 one two >/dev/null
run ejguard release
