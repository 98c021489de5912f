#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Debian's ejabberd and RabbitMQ on one host, both guarded by net and host, with one epmd: epmd is for the peers and the users of
# both, the distribution port of each for its own only; through restarts, and when one of them is released. The control is
# the same host without the guard, where everybody reaches all.
# EJG_SERVICES is a folder of packages that services_fetch of tests/harness/services.sh made.
set -euo pipefail

# shellcheck source=../harness/harness.sh
source "$(dirname "$0")/../harness/harness.sh"
harness_begin "$0"
# shellcheck source=../harness/services.sh
source "$harness_dir/services.sh"
[[ -n ${EJG_SERVICES-} ]] || skip 'EJG_SERVICES is not set (tools/run-tests sets it)'

declare -A hosts=([ejabberds-peer]=198.51.100.2 [rabbitmqs-peer]=198.51.100.3 [stranger]=198.51.100.9)

new_server() {
	local root
	bed_new server 198.51.100.1/24
	root=$(bed_root server)
	services_install "$EJG_SERVICES" "$root" rabbitmq-server >"$EJG_STATE/install.log" 2>&1 || {
		tail -n 20 "$EJG_STATE/install.log"
		return 1
	}
	bed_stage server
	rm -f "$root"/etc/systemd/system/*.wants/{ejabberd,rabbitmq-server}.*
	printf '%s\n' '127.0.0.1 localhost' '127.0.1.1 server' >"$root/etc/hosts"
	ejabberd_window server
	install -m 755 "$EJG_ATTEMPT" "$root/usr/bin/attempt"
}

# stack NAME PEER LINE...: epmd's units are ejabberd's, which is enabled first.
stack() {
	mkdir -p "$(bed_root server)/etc/ejguard"
	printf '%s\n' "set peers $2" "${@:3}" 'required net strict=yes listen=127.0.0.1,::1,198.51.100.1' 'required host' \
		>"$(bed_root server)/etc/ejguard/$1"
}

stack_rabbitmq() {
	stack rabbitmq 198.51.100.3 'set kind rabbitmq' 'set cgroups rabbitmq-server.service' 'set public 5672' "$@"
}

# sees WHO: what a host, or a user of this one, gets at epmd, at ejabberd's distribution port and at RabbitMQ's.
sees() {
	local port
	for port in 4369 4200 25672; do
		if [[ -n ${hosts[$1]-} ]]; then
			try wire connect 198.51.100.1 "$port" --from "${hosts[$1]}"
		else
			bed_run server runuser -u "$1" -- env EJG_HOST_NETNS="$EJG_HOST_NETNS" attempt connect 127.0.0.1 "$port"
		fi
	done | xargs
}

# check_sees WHAT, and lines of WHO WORD WORD WORD
check_sees() {
	local who expected
	while read -r who expected; do
		check_is "$1: $who" "$expected" "$(sees "$who" </dev/null)"
	done
}

check_both() {
	check_sees "$1" <<-'EOT'
		ejabberds-peer ok ok refused
		rabbitmqs-peer ok refused ok
		stranger refused refused refused
		ejabberd ok ok denied
		rabbitmq ok denied ok
		nobody denied denied denied
		root ok ok ok
	EOT
	check "$1: ejabberdctl" bed_run server ejabberdctl status
	check "$1: rabbitmqctl" bed_run server timeout 60 rabbitmqctl --quiet list_queues
	for name in ejabberd rabbitmq; do
		check "$1: check of $name" bed_run server ejguard check "$name"
		check_is "$1: it complains about nothing" '' "$(findings "$name")"
	done
}

# findings NAME: warnings and failures of check, by their ids, but that a bed is a container.
findings() {
	bed_run server bash -c "ejguard --json check $1 || true" | python3 -c 'import json, sys
ids = {finding["id"] for finding in json.load(sys.stdin)["findings"] if finding["severity"] in ("warning", "failure")}
print(*sorted(ids - {"host.top-of-container"}))'
}

start() {
	bed_run server systemctl start ejabberd rabbitmq-server
	ejabberd_is_up server
}

new_server
net_new wire 198.51.100.2/24 198.51.100.3/24 198.51.100.9/24
bed_boot server
start
check_is "ejabberd's distribution port" 4200 "$(ejabberd_dist_port server)"
check_sees 'control: without the guard' <<-'EOT'
	ejabberds-peer ok ok ok
	rabbitmqs-peer ok ok ok
	stranger ok ok ok
	ejabberd ok ok ok
	rabbitmq ok ok ok
	nobody ok ok ok
EOT

note 'both under guard'
stack ejabberd 198.51.100.2 'set dist 4200-4210' 'set public 5222 5223 5269 5280 5443 1883'
stack_rabbitmq
check 'enable, of ejabberd' bed_run server ejguard enable
check 'enable, of RabbitMQ' bed_run server ejguard enable rabbitmq
bed_run server systemctl stop ejabberd rabbitmq-server epmd.service epmd.socket
check 'a guarded start of both' start
check_both 'guarded'
check 'ejabberd restarts' bed_run server systemctl restart ejabberd
check 'RabbitMQ restarts' bed_run server systemctl restart rabbitmq-server
check 'ejabberd listens' ejabberd_is_up server
check_both 'restarted'

note 'ejabberd is released'
check 'release' bed_run server ejguard release
check_sees 'RabbitMQ alone' <<-'EOT'
	ejabberds-peer refused ok refused
	rabbitmqs-peer ok ok ok
	stranger refused ok refused
	ejabberd denied ok denied
	rabbitmq ok ok ok
	nobody denied ok denied
EOT
check 'rabbitmqctl' bed_run server timeout 60 rabbitmqctl --quiet list_queues
check_is "ejabberd's connection to epmd is no more permitted; control: an epmd that no stack names is a stranger's" \
	'host.connection-before net.listener-foreign' "$(findings rabbitmq)"
stack_rabbitmq 'set users ejabberd'
check 'apply, with its user' bed_run server ejguard apply rabbitmq
check_is 'ejabberd reaches epmd' 'ok ok ok' "$(sees ejabberd)"
check 'apply of both, as before' bed_run server ejguard apply
stack_rabbitmq
check 'of RabbitMQ' bed_run server ejguard apply rabbitmq
check_is 'as before' 'ok ok denied' "$(sees ejabberd)"

note 'RabbitMQ is released'
check 'release' bed_run server ejguard release rabbitmq
check_sees 'ejabberd alone' <<-'EOT'
	ejabberds-peer ok ok ok
	rabbitmqs-peer refused refused ok
	stranger refused refused ok
	ejabberd ok ok ok
	rabbitmq denied denied ok
	nobody denied denied ok
EOT
check 'ejabberdctl' ejabberd_is_up server
