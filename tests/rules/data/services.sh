# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Other Erlang services on the made-up host of rules, beside ejabberd, as their packages leave them: sourced by cases.
# shellcheck disable=SC2154 # strong: the runner of the rules sets it

# service_user NAME NUMBER HOME
service_user() {
	echo "$1:x:$2:$2::$3:/bin/sh" >>/etc/passwd
	echo "$1:x:$2:" >>/etc/group
}

# service_unit UNIT USER EXECSTART [LINE]...
service_unit() {
	local unit=$1 user=$2 command=$3
	shift 3
	mkdir -p "/sys/fs/cgroup/system.slice/$unit"
	printf '%s\n' '[Service]' "User=$user" "Group=$user" "ExecStart=$command" "$@" >"/lib/systemd/system/$unit"
}

# service_put OWNER MODE PATH: the file, from standard input.
service_put() {
	cat >"$3"
	chown "$1" "$3"
	chmod "$2" "$3"
}

# Debian's rabbitmq-server: a strong cookie, no configuration.
make_rabbitmq() {
	service_user rabbitmq 120 /var/lib/rabbitmq
	service_unit rabbitmq-server.service rabbitmq /usr/sbin/rabbitmq-server UMask=0027
	mkdir -p /etc/rabbitmq /var/lib/rabbitmq/mnesia /var/log/rabbitmq
	chown rabbitmq:rabbitmq /etc/rabbitmq /var/lib/rabbitmq /var/lib/rabbitmq/mnesia /var/log/rabbitmq
	chmod 750 /var/lib/rabbitmq/mnesia
	printf '%s\n' "$strong" | service_put rabbitmq:rabbitmq 400 /var/lib/rabbitmq/.erlang.cookie
}

# CouchDB's own package: a release in /opt/couchdb, the cookie in vm.args.
make_couchdb() {
	service_user couchdb 121 /opt/couchdb
	service_unit couchdb.service couchdb /opt/couchdb/bin/couchdb
	mkdir -p /opt/couchdb/{bin,etc,data,releases} /var/log/couchdb
	echo '13.1 3.3.3' >/opt/couchdb/releases/start_erl.data
	touch /opt/couchdb/bin/couchdb
	printf -- '-name couchdb@127.0.0.1\n-setcookie %s\n-kernel inet_dist_listen_min 9100 inet_dist_listen_max 9100\n%s\n' \
		"$strong" '-kernel inet_dist_use_interface {127,0,0,1}' | service_put couchdb:couchdb 640 /opt/couchdb/etc/vm.args
	service_put couchdb:couchdb 640 /opt/couchdb/etc/local.ini <<<'[couchdb]'
	chown couchdb:couchdb /opt/couchdb/{etc,data} /var/log/couchdb
	chmod 750 /opt/couchdb/etc /opt/couchdb/data /var/log/couchdb
}

# make_emqx [NODE]: EMQX's own package. The cookie is in emqx.conf.
make_emqx() {
	service_user emqx 122 /var/lib/emqx
	service_unit emqx.service emqx '/bin/bash /usr/bin/emqx foreground' 'Environment=HOME=/var/lib/emqx'
	mkdir -p /etc/emqx /usr/lib/emqx/{bin,releases} /var/lib/emqx /var/log/emqx
	echo '13.1 5.3.0' >/usr/lib/emqx/releases/start_erl.data
	touch /usr/lib/emqx/bin/emqx
	ln -sf /usr/lib/emqx/bin/emqx /usr/bin/emqx
	service_put emqx:emqx 640 /etc/emqx/emqx.conf <<-EOT
		# made up
		node {
		  name = "${1-emqx@127.0.0.1}"
		  cookie = "$strong"
		  data_dir = "/var/lib/emqx"
		}
	EOT
	chown emqx:emqx /etc/emqx /var/lib/emqx /var/log/emqx
	chmod 750 /etc/emqx /var/lib/emqx /var/log/emqx
}

# VerneMQ's own package.
make_vernemq() {
	service_user vernemq 123 /var/lib/vernemq
	service_unit vernemq.service vernemq '/usr/lib/vernemq/bin/vernemq start'
	mkdir -p /etc/vernemq /usr/lib/vernemq/{bin,releases} /var/lib/vernemq /var/log/vernemq
	touch /usr/lib/vernemq/bin/vernemq
	service_put vernemq:vernemq 640 /etc/vernemq/vernemq.conf <<-EOT
		nodename = VerneMQ@127.0.0.1
		distributed_cookie = $strong
		erlang.distribution.port_range.minimum = 9100
		erlang.distribution.port_range.maximum = 9109
	EOT
	chown vernemq:vernemq /etc/vernemq /var/lib/vernemq /var/log/vernemq
	chmod 750 /etc/vernemq /var/lib/vernemq /var/log/vernemq
}

# A release of mix, as `mix release` makes it, called api.
make_release() {
	service_user app 124 /srv/app
	service_unit api.service app '/srv/app/bin/api start'
	mkdir -p /srv/app/{bin,lib,erts-13.1/bin,releases/0.1.0}
	echo '13.1 0.1.0' >/srv/app/releases/start_erl.data
	touch /srv/app/bin/api
	printf %s "$strong" | service_put root:app 640 /srv/app/releases/COOKIE
	printf '#!/bin/sh\n# export RELEASE_NODE=other@127.0.0.1\n' | service_put root:app 640 /srv/app/releases/0.1.0/env.sh
	printf '## made up\n' | service_put root:app 640 /srv/app/releases/0.1.0/vm.args
}
