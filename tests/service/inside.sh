#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A process of the service may do this: it reaches a peer's private ports and not a stranger's; every other port,
# and UDP, works as if there were no guard. The control is the same without one.
set -euo pipefail

# shellcheck source=../harness/harness.sh
source "$(dirname "$0")/../harness/harness.sh"
harness_begin "$0"

peer=(198.51.100.2 2001:db8::2)
stranger=(203.0.113.9 2001:db8:bad::9)
private=(4369 4200 4210)

# serve HOST ADDRESS PORT [--udp]
serve() {
	local said=$EJG_STATE/served.$1.$2.$3${4-}
	rm -f "$said" # not the word of a former one
	try "$1" listen "$2" "$3" 120 ${4+"$4"} >"$said" &
	wait_for 5 grep -q ok "$said"
}

# from_inside WHAT EXPECTED PORT ADDRESS... [--udp]
from_inside() {
	local what=$1 expected=$2 port=$3 address options=()
	shift 3
	[[ ${!#} != --udp ]] || { options=(--udp); set -- "${@:1:$#-1}"; }
	for address; do
		check_is "$what: from ejabberd's cgroup to $address port $port ${options[*]}" "$expected" \
			"$(try_in server ejabberd.service connect "$address" "$port" "${options[@]}")"
	done
}

see() {
	local what=$1 stranger_private=$2 port
	bed_boot server
	check "$what: systemctl start ejabberd" bed_run server systemctl start ejabberd
	for port in "${private[@]}"; do
		from_inside "$what" ok "$port" "${peer[@]}"
		from_inside "$what" "$stranger_private" "$port" "${stranger[@]}"
	done
	from_inside "$what" ok 5269 "${peer[@]}" "${stranger[@]}"
	from_inside "$what" ok 4369 "${stranger[@]}" --udp
	check_is "$what: binds UDP on every address" ok "$(try_in server ejabberd.service bind :: 4369 --udp)"
	check_is "$what: binds a private port on another address" "$3" \
		"$(try_in server ejabberd.service bind 203.0.113.1 4205)"
	bed_end server
}

net_new peer "${peer[0]}/24" "${peer[1]}/64"
net_new stranger "${stranger[0]}/24" "${stranger[1]}/64"
for port in "${private[@]}" 5269; do
	serve peer :: "$port"
	serve stranger :: "$port"
done
serve stranger :: 4369 --udp

bed_new server 198.51.100.1/24 203.0.113.1/24 2001:db8::1/64
ejabberd_window server
see control ok ok

guard_new server 198.51.100.1/24 203.0.113.1/24 2001:db8::1/64
guard_stack_peers server 198.51.100.1,2001:db8::1 "${peer[@]}"
ejabberd_window server
see guarded denied denied
