#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# `ejguard discover` finds the service where others than Debian put it: upstream's installer, a build from source, a
# container's folders. Their ejabberdctl is Debian's, told other folders: what the installers do to upstream's script.
set -euo pipefail

# shellcheck source=../harness/harness.sh
source "$(dirname "$0")/../harness/harness.sh"
harness_begin "$0"

root=$(bed_root server)

# move_to SCRIPT CONFIG SPOOL LOGS HOME: everything of Debian's package, and the user's home.
move_to() {
	local script=$root$1 config=$2 spool=$3 logs=$4
	mkdir -p "$(dirname "$script")"
	sed -e "s,/etc/ejabberd,$config,; s,/var/lib/ejabberd,$spool,; s,/var/log/ejabberd,$logs," \
		"$root/usr/sbin/ejabberdctl" >"$script"
	chmod 755 "$script"
	for folder in "$config" "$spool" "$logs"; do
		mkdir -p "$root$folder"
		chroot "$root" chown ejabberd:ejabberd "$folder"
	done
	mv "$root/etc/ejabberd/ejabberd.yml" "$root$config"
	echo "FIREWALL_WINDOW=4370-4375" >"$root$config/ejabberdctl.cfg"
	rm -r "$root"/{etc/ejabberd,var/lib/ejabberd,var/log/ejabberd,usr/sbin/ejabberdctl,etc/default/ejabberd} \
		"$root"/lib/systemd/system/{ejabberd,epmd}.*
	rm -f "$root"/etc/systemd/system/*/{ejabberd,epmd}.*
	sed -i "s,^\(ejabberd:.*\):/var/lib/ejabberd:,\1:$5:," "$root/etc/passwd"
}

unit() {
	cat >"$root/etc/systemd/system/ejabberd.service" <<-EOT
		[Service]
		Type=notify
		User=ejabberd
		Group=ejabberd
		ExecStart=/bin/sh -c '$1 foreground'
	EOT
}

# discovered WHAT: of what the tool tells.
discovered() {
	bed_chroot server ejguard --json discover >"$EJG_STATE/discovered" || true
	python3 -B "$(dirname "$0")/discovered.py" "$1" <"$EJG_STATE/discovered"
}

begin() {
	bed_new server
	bed_stage server
}

# end LAYOUT CONFIG SPOOL LOGS
end() {
	check_is "$1" "$1 $2 $3 $4 ejabberd" "$(discovered layout)"
	check_is "$1: its ejabberdctl.cfg is read" 4370-4375 "$(discovered range)"
	umount --recursive "$root"
	umount "$(net_file server)"
	rm -rf "${EJG_STATE:?}/server" "$(net_file server)"
	cgroup_remove "$(bed_cgroup server)"
}

begin
echo "FIREWALL_WINDOW=4370-4375" >>"$root/etc/default/ejabberd"
end debian /etc/ejabberd /var/lib/ejabberd /var/log/ejabberd

begin
move_to /opt/ejabberd-24.02/bin/ejabberdctl /opt/ejabberd/conf /opt/ejabberd/database /opt/ejabberd/logs /opt/ejabberd
unit /opt/ejabberd-24.02/bin/ejabberdctl
end installer /opt/ejabberd/conf /opt/ejabberd/database /opt/ejabberd/logs

begin
move_to /usr/local/sbin/ejabberdctl /usr/local/etc/ejabberd /usr/local/var/lib/ejabberd /usr/local/var/log/ejabberd \
	/usr/local/var/lib/ejabberd
unit /usr/local/sbin/ejabberdctl
end source /usr/local/etc/ejabberd /usr/local/var/lib/ejabberd /usr/local/var/log/ejabberd

begin
move_to /home/ejabberd/bin/ejabberdctl /home/ejabberd/conf /home/ejabberd/database /home/ejabberd/logs /home/ejabberd
end container /home/ejabberd/conf /home/ejabberd/database /home/ejabberd/logs
