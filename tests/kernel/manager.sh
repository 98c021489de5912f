#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The example of a service manager that is linked to libejguard (tests/abi/manager) guards a real cgroup in the kernel: the
# service is never unguarded, a broken stack keeps it from starting, and a stop leaves nothing.
set -euo pipefail

# shellcheck source=kernel.sh
source "$(dirname "$0")/kernel.sh"
kernel_begin "$0"

cgroup=$EJG_CGROUP/service
stack_for absent.service 198.51.100.2

# managed COMMAND...: in the background; its process id is in `manager`.
managed() {
	nsenter --net="$(net_file host)" "$EJG_MANAGER" -c "$cgroup" "$EJG_CONF" "$EJG_MODULES" /run/ejguard service \
		"$@" >"$EJG_STATE/said" 2>&1 &
	manager=$!
}

exists() {
	[[ -e $1 ]] && echo yes || echo no
}

is_served() {
	net_run host ss -Hltn 'sport = :4369' | grep -q .
}

# from ADDRESS: the remote host's attempt on the private port.
from() {
	net_run remote "$EJG_ATTEMPT" connect 198.51.100.1 4369 --from "$1" || true
}

note 'control: no guard'
nsenter --net="$(net_file host)" "$EJG_ATTEMPT" listen 198.51.100.1 4369 60 >/dev/null &
listener=$!
check 'it is served' wait_for 10 is_served
check_is 'a stranger' ok "$(from 198.51.100.9)"
kill "$listener"

note 'managed'
managed "$EJG_ATTEMPT" listen 198.51.100.1 4369 60
check 'it is served' wait_for 20 is_served
check_is 'a stranger' timeout "$(from 198.51.100.9)"
check_is 'a peer' ok "$(from 198.51.100.2)"
check_is 'it is pinned' yes "$(exists "$(set_path)")"
kill -TERM "$manager"
status=0
wait "$manager" || status=$?
check_is 'the signal is passed on' 143 "$status"
check_is 'no cgroup is left' no "$(exists "$cgroup")"
check_is 'no pin is left' no "$(exists "$(set_path)")"

note 'what the service leaves behind is ended'
managed bash -c 'setsid sleep 1000 & exit 5'
status=0
wait "$manager" || status=$?
check_is 'the status of the service' 5 "$status"
check_is 'no cgroup is left' no "$(exists "$cgroup")"

note 'a broken stack'
echo 'requierd net' >>"$EJG_CONF/service"
managed touch "$EJG_STATE/started"
status=0
wait "$manager" || status=$?
check_is 'its status' 1 "$status"
check_is 'nothing was started' no "$(exists "$EJG_STATE/started")"
check_has 'it says why' "$EJG_CONF/service" "$(cat "$EJG_STATE/said")"
check_is 'no cgroup is left' no "$(exists "$cgroup")"
