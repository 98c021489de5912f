# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# An inventory of a machine, taken on it before and after, which shows what was left behind.

# Files that apt, dpkg and packages' scripts write and that no package contains: patterns of whole lines' first field.
inventory_of_packages() {
	cat <<-'EOT'
		/var/(lib/(dpkg|apt|ucf|python|systemd)|cache/(apt|debconf|ldconfig|man|fontconfig))(/.*)?
		/var/(log|mail|backups|lib)
		/var/log/(apt(/.*)?|dpkg\.log|alternatives\.log|bootstrap\.log|lastlog|faillog|btmp|wtmp)
		/etc/(alternatives(/.*)?|ld\.so\.cache|shells|inputrc|(passwd|group|shadow|gshadow|sub[ug]id)-?|\.pwd\.lock)
		/etc/(apparmor\.d/local|python3)|/run/(adduser|mount|systemd(/systemd-units-load)?)
		/var/lib/(man-db/auto-update|shells\.state)
		/etc/(rc[S0-6]\.d/[SK][0-9]+.*|apparmor\.d/local/.*|python3/debian_config|systemd/system/.*\.wants(/.*)?)
		/etc/(modules|networks|perl/XML(/.*)?|systemd/user/.*\.wants(/.*)?)|/var/lib/libxml-sax-perl/.*|/var/cache/swcatalog(/.*)?
		/lib(32|x32)|/usr/lib/ld-linux\.so\.2
		/usr/.*/__pycache__(/.*)?
		/usr/local/(lib/python3[^/]*(/dist-packages)?|share/(zsh|fonts|sgml|xml)(/[^/]*)?)
		/usr/share/info/dir|/usr/(lib|share)/mime(/.*)?
		/etc/fonts/conf\.d/.*|/usr/lib/[^/]*/graphviz/config[^/]*|/var/log/fontconfig\.log
		/fresh(/.*)?
	EOT
}

# Files that were changed, not only read; not below a mount.
inventory_files() {
	{
		find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /run -o -path /tmp \) -prune \
			-o -type d -printf '%p\n' -o -printf '%p\t%y %s %T@ %l\n'
		find /tmp /run /var/tmp -xdev -printf '%p\n'
	} | sort -u
}

inventory_else() {
	echo '--- mounts'
	cut -d' ' -f5 /proc/self/mountinfo | sort
	echo '--- network'
	ls /sys/class/net
	echo '--- cgroups'
	find /sys/fs/cgroup -type d | sort
	echo '--- pins'
	find /sys/fs/bpf -mindepth 1 -not -name '*.debug' | sort
	echo '--- users'
	cut -d: -f1 /etc/passwd
}

# Packages put links in folders that Debian has merged: /bin is /usr/bin.
inventory_owned() {
	cat /var/lib/dpkg/info/*.list | sed -E 's,^/(bin|sbin|lib[0-9x]*)/,/usr/&,; s,//,/,' | sort -u
}

# inventory_compare BEFORE AFTER: prints new and changed entries, except for the files of packages.
inventory_compare() (
	export LC_ALL=C
	inventory_owned >"$2.owned"
	inventory_of_packages >"$2.patterns"
	comm -13 "$1" "$2" | grep -v $'\t''l .* /etc/alternatives/' |
		awk -F '\t' 'NR == FNR { owned[$0]; next } !($1 in owned) { print $1 }' "$2.owned" - |
		grep -vxE -f "$2.patterns" || true
)
