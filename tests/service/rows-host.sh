# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Makes a row's namespaces the host of the service: files that can be changed, a network, the package's folders. Sourced
# by the scripts that rows_run runs; ROW is the block's folder.

export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C HOME=/root
row=$1

# private FOLDER...: its own copy of each, with the same owner and mode.
private() {
	local folder copy=/run/copy
	mkdir -p "$copy"
	for folder; do
		mount -t tmpfs private "$copy"
		cp -a "$folder/." "$copy"
		chmod --reference="$folder" "$copy"
		chown --reference="$folder" "$copy"
		mount --move "$copy" "$folder"
	done
}

# occupy PORT: another process listens there.
occupy() {
	/mnt/attempt listen 0.0.0.0 "$1" 60 >/run/occupied &
	until grep -q ok /run/occupied; do sleep 0.02; done
}

# unit_environment NAME=VALUE...: of ejabberd.service.
unit_environment() {
	mkdir -p /etc/systemd/system/ejabberd.service.d
	{
		echo '[Service]'
		printf 'Environment="%s"\n' "$@"
	} >/etc/systemd/system/ejabberd.service.d/row.conf
}

# as_ejabberd COMMAND...: as the unit would start it, with the row's environment.
as_ejabberd() {
	setpriv --reuid "${user:-ejabberd}" --regid "${user:-ejabberd}" --init-groups env --chdir=/ -i PATH="$PATH" \
		HOME=/var/lib/ejabberd USER="${user:-ejabberd}" LOGNAME="${user:-ejabberd}" SHELL=/bin/sh "${environment[@]}" \
		"$@" </dev/null
}

ip link set lo up
hostname server
private /etc/ejabberd /etc/default /etc/systemd/system /var/lib/ejabberd /var/log/ejabberd
mkdir -p /run/ejabberd /run/epmd
chown ejabberd:ejabberd /run/ejabberd
printf '127.0.0.1 localhost server.example.test\n127.0.1.1 server\n' >/run/hosts
mount --bind /run/hosts /etc/hosts
environment=()
if [[ -e $row/env ]]; then
	mapfile -t environment <"$row/env"
	unit_environment "${environment[@]}"
fi
[[ ! -e $row/cfg ]] || cat "$row/cfg" >>/etc/default/ejabberd
[[ ! -e $row/vmargs ]] || cp "$row/vmargs" /etc/ejabberd/vm.args
