#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A cluster whose distribution speaks TLS (-proto_dist inet_tls), under the filter of the module seccomp: node1 by
# `ejguard enable --seccomp`, node2 by `ejguard exec`. The controls: the same two nodes see each other without the filter; a node
# with the cookie that speaks no TLS, or has a certificate of another authority, sees neither.
set -euo pipefail

# shellcheck source=../harness/harness.sh
source "$(dirname "$0")/../harness/harness.sh"
harness_begin "$0"

cookie=COOKIEOFTHISTESTONLY
tls='-proto_dist inet_tls -ssl_dist_optfile /srv/tls/options'

address() {
	echo "198.51.100.${1#node}"
}

# authority NAME: one of the test's own.
authority() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=$1" -keyout "$EJG_STATE/$1.key" \
		-out "$EJG_STATE/$1.pem" 2>/dev/null
}

# certify AUTHORITY BED FOLDER: a key and a certificate of the bed, and Erlang's options, which demand one of every peer. A client
# compares the host part of the node's name with the certificate (inet_tls_dist of Erlang/OTP): here it is an address.
certify() {
	local files folder
	folder=$(bed_root "$2")$3
	mkdir -p "$folder"
	echo "subjectAltName=IP:$(address "$2"),DNS:$(address "$2")" >"$EJG_STATE/names"
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$(address "$2")" -keyout "$folder/key.pem" 2>/dev/null |
		openssl x509 -req -days 2 -CA "$EJG_STATE/$1.pem" -CAkey "$EJG_STATE/$1.key" -CAcreateserial -extfile "$EJG_STATE/names" \
			-out "$folder/certificate.pem" 2>/dev/null
	cp "$EJG_STATE/authority.pem" "$folder/authority.pem"
	files="{certfile, \"$3/certificate.pem\"}, {keyfile, \"$3/key.pem\"}, {cacertfile, \"$3/authority.pem\"}, {verify, verify_peer}"
	printf '[{server, [%s, {fail_if_no_peer_cert, true}]},\n {client, [%s]}].\n' "$files" "$files" \
		>"$folder/options"
	chmod -R a+rX "$folder"
}

new_node() {
	local node=$1 peer=$2 root
	root=$(bed_root "$node")
	bed_new "$node" "$(address "$node")/24"
	bed_stage "$node"
	ejabberd_node "$node" "$(address "$node")" "$cookie"
	ejabberd_window "$node"
	echo "ERL_OPTIONS=\"$tls\"" >>"$root/etc/default/ejabberd"
	guard_stack_peers "$node" "$(address "$node")" "$(address "$peer")"
	echo 'required seccomp' >>"$root/etc/ejguard/ejabberd"
	certify authority "$node" /srv/tls
	certify another "$node" /srv/other
}

authority authority
authority another
new_node node1 node2
new_node node2 node1
root=$(bed_root node2)
rm -rf "$root"/etc/systemd/system/{epmd,ejabberd}.* "$root"/etc/systemd/system/*.wants/e*
sed -i '1i set cgroups /ejabberd' "$root/etc/ejguard/ejabberd"
for node in node1 node2; do bed_boot "$node"; done

# ping FROM TO OPTIONS OF erl...: what a node of the service's user, with the cookie, gets.
ping() {
	bed_run "$1" setpriv --reuid ejabberd --regid ejabberd --init-groups env HOME=/var/lib/ejabberd erl -noshell -hidden -kernel logger_level none \
		-name "test-$RANDOM@$(address "$1")" "${@:3}" -eval "io:format(\"~p\", [net_adm:ping('ejabberd@$(address "$2")')]), halt()." \
		2>/dev/null || true
}

# sees WHAT: who sees whom.
sees() {
	local from to
	# shellcheck disable=SC2086 # words
	for from in node1 node2; do
		[[ $from == node1 ]] && to=node2 || to=node1
		check_is "$1: $from sees $to by TLS" pong "$(ping $from $to $tls)"
		check_is "$1: $from does not see $to without TLS" pang "$(ping $from $to)"
	done
	check_is "$1: nor with a certificate of another authority" pang \
		"$(ping node1 node2 -proto_dist inet_tls -ssl_dist_optfile /srv/other/options)"
	check_has "$1: the port shows its certificate" 'issuer=CN*authority' "$(bed_run node1 openssl s_client -connect \
		"198.51.100.2:$(ejabberd_dist_port node2)" </dev/null 2>/dev/null || true)"
}

note 'control: without the filter'
bed_run node1 systemctl start epmd.socket epmd.service ejabberd.service
ejabberd_foreground node2 setpriv --reuid ejabberd --regid ejabberd --init-groups env HOME=/var/lib/ejabberd ejabberdctl foreground
for node in node1 node2; do check "control: $node runs" ejabberd_is_up "$node"; done
sees control
bed_run node1 systemctl stop ejabberd.service epmd.service epmd.socket
bed_run node2 ejabberdctl stop >/dev/null || true
exec {feed}>&-
bed_wait 60 node2 bash -c '! pgrep -u ejabberd -x beam.smp'
bed_run node2 pkill -KILL -u ejabberd || true

note 'with the filter'
bed_run node1 ejguard enable --seccomp >/dev/null
bed_run node1 systemctl start epmd.socket epmd.service ejabberd.service
ejabberd_foreground node2 ejguard exec --user ejabberd --wait-empty -- ejabberdctl foreground
for node in node1 node2; do
	check "$node runs" ejabberd_is_up "$node"
	check "$node: ejguard check" bed_run "$node" ejguard check
	check_has "$node is under the filter" 'seccomp.confined' "$(bed_run "$node" ejguard -v check)"
done
sees 'with the filter'
both='ejabberd@198.51.100.1 ejabberd@198.51.100.2'
check 'node1: register' bed_run node1 ejabberdctl register of-node1 localhost secret-of-a-test
check 'node2 joins' bed_run node2 ejabberdctl --no-timeout join_cluster ejabberd@198.51.100.1
wait_is 60 "$both" ejabberd_cluster node1 || true
check_is 'the cluster' "$both" "$(ejabberd_cluster node1)"
check_is 'node2 has the accounts' of-node1 "$(bed_run node2 ejabberdctl registered_users localhost)"
bed_run node1 systemctl restart ejabberd
check 'node1 runs again' ejabberd_is_up node1
wait_is 60 "$both" ejabberd_cluster node2 || true
check_is 'the cluster is whole again' "$both" "$(ejabberd_cluster node2)"
exec {feed}>&-
