#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Real Erlang nodes that are laid out as CouchDB, EMQX and VerneMQ are, and a real release that `mix release` has made, each
# with the stack that is shipped for it: `discover` finds the node's own name and port, `enable` and a start guard it, a
# stranger reaches the public port alone, and of the node that runs every module finds what is wrong, and nothing else. The
# control: before that the stranger reaches the distribution port, too.
# EJG_SERVICES is a folder of packages that services_fetch of tests/harness/services.sh made.
set -euo pipefail

# shellcheck source=../harness/harness.sh
source "$(dirname "$0")/../harness/harness.sh"
harness_begin "$0"
# shellcheck source=../harness/services.sh
source "$harness_dir/services.sh"
[[ -n ${EJG_SERVICES-} ]] || skip 'EJG_SERVICES is not set (tools/run-tests sets it)'

address=198.51.100.1
cookie=vN3tKq8ZrXw2LmYp7BdGs5HcJf9TaQeU4RnVzWk6xDbC
net_new stranger 203.0.113.9/24
bed_new server "$address/24"
root=$(bed_root server)
services_install "$EJG_SERVICES" "$root" elixir >"$EJG_STATE/install.log" 2>&1 || { tail -n 20 "$EJG_STATE/install.log"; exit 1; }
bed_stage server
rm -f "$root"/etc/systemd/system/*.wants/ejabberd.*

# Listens, as what a service is there for does.
listen_on() {
	echo "spawn(fun() -> {ok,_} = gen_tcp:listen($1, [{reuseaddr,true}]), receive stop -> ok end end)."
}

# make_service NAME FOLDER PORT: its user, its unit, and a script that starts a node by vm.args of `FOLDER/etc`.
make_service() {
	local name=$1 folder=$2
	chroot "$root" useradd --system --user-group --home-dir "$folder" "$name"
	mkdir -p "$root$folder"/{bin,etc,releases,data}
	printf '#!/bin/sh\nexport HOME=%s\nexec erl -noinput -args_file %s/etc/vm.args -eval "%s"\n' "$folder" "$folder" \
		"$(listen_on "$3")" >"$root$folder/bin/$name"
	chmod 755 "$root$folder/bin/$name"
	printf '%s\n' '[Service]' "User=$name" 'UMask=0027' "ExecStart=$folder/bin/$name foreground" \
		>"$root/etc/systemd/system/$name.service"
}

own_files() {
	chroot "$root" chown -R "$1:$1" "$2/etc" "$2/data"
	chmod 750 "$root$2/etc" "$root$2/data"
	find "$root$2/etc" -type f -exec chmod 640 {} +
}

make_couchdb() {
	make_service couchdb /opt/couchdb 5984
	printf -- '-name couchdb@127.0.0.1\n-setcookie %s\n-kernel inet_dist_listen_min 9100 inet_dist_listen_max 9100\n' \
		"$cookie" >"$root/opt/couchdb/etc/vm.args"
	own_files couchdb /opt/couchdb
}

make_emqx() {
	make_service emqx /opt/emqx 1883
	printf 'node {\n  name = "emqx3@127.0.0.1"\n  cookie = "%s"\n}\n' "$cookie" >"$root/opt/emqx/etc/emqx.conf"
	printf -- '-name emqx3@127.0.0.1\n-setcookie %s\n-start_epmd false -erl_epmd_port 4373\n' "$cookie" \
		>"$root/opt/emqx/etc/vm.args"
	own_files emqx /opt/emqx
}

# VerneMQ makes the arguments of vernemq.conf; its nodes also talk over 44053.
make_vernemq() {
	make_service vernemq /opt/vernemq 1883
	printf '%s\n' 'nodename = VerneMQ@127.0.0.1' "distributed_cookie = $cookie" \
		'erlang.distribution.port_range.minimum = 9300' 'erlang.distribution.port_range.maximum = 9309' \
		>"$root/opt/vernemq/etc/vernemq.conf"
	printf '#!/bin/sh\nexport HOME=/opt/vernemq\nexec erl -noinput -args_file /opt/vernemq/data/vm.args -eval "%s %s"\n' \
		"$(listen_on 1883 | tr -d .)," "$(listen_on 44053)" >"$root/opt/vernemq/bin/vernemq"
	printf -- '-name VerneMQ@127.0.0.1\n-setcookie %s\n-kernel inet_dist_listen_min 9300 inet_dist_listen_max 9309\n' \
		"$cookie" >"$root/opt/vernemq/data/vm.args"
	own_files vernemq /opt/vernemq
	chmod 640 "$root/opt/vernemq/data/vm.args"
}

# A new project as mix creates it; its node listens on 4000.
make_api() {
	chroot "$root" useradd --system --user-group --home-dir /srv/app app
	# shellcheck disable=SC2016 # the inner shell expands
	image_chroot_alone "$root" bash -euc '
		export HOME=/root LC_ALL=C.UTF-8 MIX_ENV=prod
		mkdir -p /srv/build && cd /srv/build && mix new api --sup && cd api
		sed -i "s/children = \[/&{Task, fn -> {:ok, _} = :gen_tcp.listen(4000, [reuseaddr: true]); Process.sleep(:infinity) end}/" \
			lib/api/application.ex
		mkdir rel && printf -- "-kernel inet_dist_listen_min 9200 inet_dist_listen_max 9200\n" >rel/vm.args.eex
		mix release --path /srv/app' api >"$EJG_STATE/mix.log" 2>&1 || { tail -n 20 "$EJG_STATE/mix.log"; return 1; }
	printf %s "$cookie" >"$root/srv/app/releases/COOKIE"
	mkdir -p "$root/srv/app/tmp"
	chroot "$root" chown -R root:app /srv/app
	chroot "$root" chown app:app /srv/app/tmp
	chmod -R o-rwx,g-w "$root/srv/app"
	printf '%s\n' '[Service]' User=app 'Environment=RELEASE_DISTRIBUTION=name' 'Environment=RELEASE_NODE=api@127.0.0.1' \
		'Environment=RELEASE_TMP=/srv/app/tmp' 'Environment=LC_ALL=C.UTF-8' 'ExecStart=/srv/app/bin/api start' \
		>"$root/etc/systemd/system/api.service"
}

listens() {
	bed_run server bash -c "ss -Hltn 'sport = :$1' | grep -q ."
}

# loud NAME: the warnings and failures of every module.
loud() {
	bed_run server bash -c "ejguard --json check $1 || true" | python3 "$(dirname "$0")/findings.py" warning
}

# try_service NAME STACK PUBLIC PRIVATE NODE FINDINGS
try_service() {
	local name=$1 stack=$2 public=$3 private=$4 node=$5 findings=$6 said
	note "$name"
	check "$name starts" bed_run server systemctl start "$name"
	check "$name listens" wait_for 40 listens "$private"
	check "$name listens for all" wait_for 40 listens "$public"
	check_reach "control, $name" stranger ok "$private" "$address"
	said=$(bed_run server ejguard discover "$name" || true)
	check_has "$name, discover: the stack" "$stack" "$said"
	check_has "$name, discover: the node" "$node" "$said"
	check_has "$name, discover: the port" "$private" "$said"
	bed_run server systemctl stop "$name"
	check "$name: enable" bed_run server ejguard enable "$name"
	check "$name: a guarded start" bed_run server systemctl start "$name"
	check "$name listens under guard" wait_for 40 listens "$private"
	check "$name listens under guard for all" wait_for 40 listens "$public"
	check_is "$name: a stranger at the distribution" 0 "$(try stranger connect "$address" "$private" | grep -c ok || true)"
	check_reach "$name, guarded" stranger ok "$public" "$address"
	check "$name: check" bed_run server ejguard check "$name"
	check_is "$name: findings while it runs" "$findings" "$(loud "$name")"
	bed_run server systemctl stop "$name"
	bed_run server ejguard -q disable "$name"
	bed_run server ejguard -q release "$name"
}

make_couchdb
make_emqx
make_vernemq
make_api
mkdir -p "$root/etc/ejguard"
printf 'include erlang\nset public 4000\n' >"$root/etc/ejguard/api"
bed_boot server
bed_run server systemctl stop epmd.service epmd.socket
try_service couchdb /usr/share/ejguard/couchdb 5984 9100 couchdb@127.0.0.1 'cookie.in-argv cookie.setcookie net.ports-changeable'
try_service emqx /usr/share/ejguard/emqx 1883 4373 emqx3@127.0.0.1 'cookie.in-argv cookie.setcookie net.ports-changeable'
try_service vernemq /usr/share/ejguard/vernemq 1883 9300 VerneMQ@127.0.0.1 'cookie.in-argv cookie.setcookie net.fixed-ephemeral net.ports-changeable'
check_has 'a release without a stack of its own has the shipped one' /usr/share/ejguard/erlang \
	"$(bed_run server bash -c 'mv /etc/ejguard/api /etc/ejguard/-api; ejguard discover api; mv /etc/ejguard/-api /etc/ejguard/api')"
try_service api /etc/ejguard/api 4000 9200 api@127.0.0.1 'cookie.in-argv'
