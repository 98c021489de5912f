#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# In a guest with a systemd and Debian's ejabberd, at each of its two boots: the first without a guard, which is the
# control, the second with it. A stranger knocks at epmd's port from before systemd makes a socket until ejabberd works.
# prepare.sh has put this and its units there. The machine around the guest reads the lines that begin with RESULT.
#
#	boot.sh network     what network.service does
#	boot.sh stranger    what stranger.service does
#	boot.sh             what trial.service does
set -uo pipefail
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C
EJG_HOST_NETNS=$(stat -Lc %i /proc/1/ns/net)
export EJG_HOST_NETNS
folder=/usr/lib/ejguard-guest
node=198.51.100.1
knocking=/run/stranger

stranger() {
	nsenter --net=/run/netns/stranger "$folder/attempt" "$@"
}

network() {
	ip netns add stranger
	ip link set lo up
	ip link add eth0 type veth peer name eth0 netns stranger
	ip link set eth0 up
	ip addr add $node/24 dev eth0
	ip route add 203.0.113.0/24 dev eth0
	ip -n stranger link set eth0 up
	ip -n stranger addr add 203.0.113.9/24 dev eth0
	ip -n stranger route add 198.51.100.0/24 dev eth0
}

# A few times a second, not in a tight loop: otherwise nothing else would get processor time.
knock() {
	while :; do
		stranger loop $node 4369 2 --timeout 200 --pause 100 >>$knocking
	done
}

# knocks WORD: whether one ended so.
knocks() {
	case $1 in
	ok) grep -q 'ok=[1-9]' $knocking ;;
	*) grep -q "last=$1" $knocking ;;
	esac && echo yes || echo no
}

# verdict WHAT EXPECTED ACTUAL
verdict() {
	local status=0
	[[ $2 == "$3" ]] || {
		status=1
		echo "not ok: $1: expected '$2', was '$3'"
	}
	echo "RESULT $boot/$1 $status 0"
}

works() {
	"$@" >/run/said 2>&1 && echo yes && return
	sed 's/^/  /' /run/said >&2
	echo no
}

dist_port() {
	epmd -names | sed -n 's/^name ejabberd at port //p'
}

without_guard() {
	boot=unguarded
	verdict 'the stranger got to epmd while the machine started' yes "$(knocks ok)"
	verdict 'the stranger reaches the distribution port' ok "$(stranger connect $node "$(dist_port)")"
	verdict 'ejguard enable' yes "$(works ejguard enable)"
}

# How a stranger is refused at epmd's port: with an answer if the namespace's program decides, which needs Linux 5.17.
refusal() {
	[[ -e /sys/fs/bpf/ejguard/ejabberd/lookup ]] && echo refused || echo timeout
}

with_guard() {
	boot=guarded
	verdict 'the stranger knocked while the machine started' yes "$(knocks "$(refusal)")"
	verdict 'the stranger never got to epmd' no "$(knocks ok)"
	verdict 'ejguard check' yes "$(works ejguard check)"
	verdict 'ejabberdctl status' yes "$(works ejabberdctl status)"
	verdict 'the stranger does not reach epmd' "$(refusal)" "$(stranger connect $node 4369)"
	verdict 'the stranger does not reach the distribution port' timeout "$(stranger connect $node "$(dist_port)")"
	verdict 'the stranger reaches port 5222' ok "$(stranger connect $node 5222)"
}

trial() {
	local first=/var/lib/ejguard-guest.first try
	echo "guest: systemd is up with Linux $(uname -r)"
	# It gives up if the machine is too slow for its own limits.
	for try in 1 2 3; do
		systemctl start ejabberd.service && break
		echo "not ok: ejabberd did not start (try $try of 3)"
		journalctl --no-pager --quiet --unit ejabberd.service -n 10
	done
	systemctl stop stranger.service
	if [[ ! -e $first ]]; then
		without_guard
		touch $first
		sync
		echo 'guest: reboots'
		systemctl reboot --force
	else
		with_guard
		echo 'guest: both boots are through'
		systemctl poweroff --force
	fi
}

case ${1-} in
network) network ;;
stranger) knock ;;
*) trial ;;
esac
