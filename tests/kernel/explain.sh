#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# explain and the kernel never differ: random policies, random attempts, most of them near a rule. See
# helpers/explain-agrees.c. EJG_SEED repeats a run.
set -euo pipefail

# shellcheck source=kernel.sh
source "$(dirname "$0")/kernel.sh"
kernel_begin "$0"

cgroup=$EJG_CGROUP/service
seed=${EJG_SEED-$((RANDOM << 15 | RANDOM))}
mkdir "$cgroup"

# A host on a wire that leads to a TUN device and nowhere else. Every SYN is answered, however many there were.
net_new lab
net_run lab ip tuntap add dev wire mode tun
net_run lab ip -batch - <<-EOT
	link set wire up
	route add default dev wire
	route add local 198.51.100.0/24 dev lo
EOT
net_run lab ip -6 -batch - <<-EOT
	route add default dev wire
	route add local 2001:db8:1::/64 dev lo
EOT
net_run lab bash -c "$(declare -f settings); settings ipv4/conf/{all,wire}/rp_filter=0 ipv4/tcp_syncookies=2"

status=0
output=$(cgroup_run "$cgroup" nsenter --net="$(net_file lab)" "$EJG_EXPLAIN_AGREES" "$cgroup" "${EJG_POLICIES-30}" \
	"${EJG_QUESTIONS-500}" "$seed" 2>&1) || status=$?
tail -n 20 <<<"$output" | sed 's/^/# /'
check_is "explain agrees with the kernel (EJG_SEED=$seed)" 0 "$status"
count=$(sed -n 's/^compared \([0-9]*\):.*/\1/p' <<<"$output")
check_is 'at least 10,000 were compared' yes "$( ((${count:-0} >= 10000)) && echo yes || echo no)"

note 'a stack that is not applied: what explain --file says is what explain says after its apply'
mkdir "$EJG_CGROUP/other"

# answers [--file STACK]: to all questions, without the places of the rules.
answers() {
	local address port action
	for action in bind connect accept; do
		for address in 127.0.0.1 198.51.100.1 198.51.100.2 203.0.113.9 0.0.0.0 ::1 2001:db8::2; do
			for port in epmd dist 5222; do
				echo "$action $address $port"
				guard explain "$@" "$action" "$address" "$port" service 2>&1 | sed '/^ *\/.*:[0-9]*$/d' || true
			done
		done
	done
}
for options in '' wildcard=deny 'strict=yes wildcard=rewrite'; do
	printf 'set cgroups absent.service\nset epmd 4369\nset dist 4370-4375\nset public 5222\nset peers 198.51.100.2\nrequired net listen=127.0.0.1,::1,198.51.100.1 %s\n' \
		"$options" >"$EJG_STATE/new"
	before=$(answers --file "$EJG_STATE/new")
	cp "$EJG_STATE/new" "$EJG_CONF/service"
	check "apply: net $options" guard -q apply --no-proof --cgroup "$EJG_CGROUP/other" service
	check_is "the answers: net $options" "$(answers)" "$before"
done
printf 'set cgroups absent.service\nset epmd 4369\nset dist 4370-4375\nset peers 192.0.2.7\nrequired net listen=127.0.0.1,::1,198.51.100.1\n' >"$EJG_STATE/new"
check_is 'control: another stack has other answers' different \
	"$([[ $(answers) == "$(answers --file "$EJG_STATE/new")" ]] && echo the same || echo different)"
