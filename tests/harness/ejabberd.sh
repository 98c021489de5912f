# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# ejabberd in a bed: what tests set up and ask again and again.

# ejabberd_dist_port BED: its distribution port, as epmd tells.
ejabberd_dist_port() {
	bed_run "$1" epmd -names | sed -n 's/^name ejabberd at port //p'
}

# ejabberd_node BED HOST [COOKIE]: before boot: a node of a cluster, by the long name ejabberd@HOST.
ejabberd_node() {
	local root cookie
	root=$(bed_root "$1")
	cookie=$root/var/lib/ejabberd/.erlang.cookie
	echo "ERLANG_NODE=ejabberd@$2" >>"$root/etc/default/ejabberd"
	[[ -z ${3-} ]] || {
		printf %s "$3" >"$cookie"
		chroot "$root" chown ejabberd:ejabberd /var/lib/ejabberd/.erlang.cookie
		chmod 400 "$cookie"
	}
}

# ejabberd_cluster BED: the running nodes of its cluster, sorted, in one line.
ejabberd_cluster() {
	bed_run "$1" ejabberdctl list_cluster | tr -d "'" | sort | paste -sd ' '
}

# listens BED PORT: yes or no.
listens() {
	[[ -z $(net_run "$1" ss -Hltn "sport = :$2") ]] && echo no || echo yes
}

# ejabberd_kill_beam BED: as the kernel does when memory is short.
ejabberd_kill_beam() {
	local pid
	while read -r pid; do
		[[ $(cat "/proc/$pid/comm") != beam.smp ]] || kill -KILL "$pid"
	done <"$(bed_cgroup "$1" ejabberd.service)/cgroup.procs"
}

# ejabberd_is_up BED: it listens, and answers. ejabberdctl comes second: it would start an epmd in the shell's cgroup, if it came
# before the node.
ejabberd_is_up() {
	bed_wait 60 "$1" bash -c 'ss -Hltn "sport = :5222" | grep -q .' && bed_wait 60 "$1" ejabberdctl status
}

# ejabberd_foreground BED COMMAND...: in the background, as a service manager starts it; it reads from $feed, until that is closed.
ejabberd_foreground() {
	mkfifo "$EJG_STATE/feed"
	BED_SECONDS=infinity bed_run "$@" <"$EJG_STATE/feed" >"$EJG_STATE/foreground" 2>&1 &
	exec {feed}>"$EJG_STATE/feed"
	rm "$EJG_STATE/feed"
}
