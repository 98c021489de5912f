# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# A storm of attempts around the guarded host, each of which may end in one way only, whatever is done to the guard
# meanwhile: see helpers/storm.c. Sourced after kernel.sh.
#
# There is a peer (.2), a stranger (.9) and one that is a peer in the second list only (.3). listen= has .1 always, .12
# in the second list.
#
# The caller sets cgroup, which is guarded, and elsewhere, which is not.
# shellcheck disable=SC2154

storm_hosts() {
	local name
	for name in host remote; do
		net_run "$name" bash -c 'echo 65535 >/proc/sys/net/core/somaxconn'
	done
	net_run host ip addr add 198.51.100.12/24 dev eth0
	net_run host ip addr add 2001:db8::12/64 dev eth0 nodad
	net_run remote ip addr add 198.51.100.3/24 dev eth0
	net_run remote ip addr add 2001:db8::3/64 dev eth0 nodad
}

# storm_list NUMBER: writes the stack file, as a whole. The second list is a large policy, which the kernel has in another map.
storm_list() {
	local peers=(198.51.100.2 2001:db8::2) listen=198.51.100.1,2001:db8::1
	if (($1 == 2)); then
		[[ -e $EJG_CONF/many ]] || seq 1100 | awk '{ printf "20.%d.%d.1\n", $1 / 256, $1 % 256 }' >"$EJG_CONF/many"
		peers=(198.51.100.0/30 2001:db8::2 2001:db8::3 "@$EJG_CONF/many")
		listen+=,198.51.100.12,2001:db8::12
	fi
	cat >"$EJG_CONF/service.new" <<-EOT
		set cgroups $cgroup
		set epmd 4369
		set dist 4370-4375
		set public 5222 5223 5269
		set peers ${peers[*]}
		required net accept=${ACCEPT-cgroup} listen=127.0.0.1,::1,$listen ${EXTRA-}
	EOT
	mv "$EJG_CONF/service.new" "$EJG_CONF/service"
}

# storm CGROUP HOST WORKER...: runs until SIGTERM, at the lowest priority: the test is about the processes beside it.
storm() {
	echo 0 >"$1/cgroup.procs"
	exec nsenter --net="$(net_file "$2")" nice -n 19 "$EJG_STORM" "${@:3}"
}

storm_is_served() {
	[[ $(try remote connect 198.51.100.1 4369 --from 198.51.100.2) == ok ]] &&
		[[ $(try remote connect 2001:db8::1 4369 --from 2001:db8::2) == ok ]] &&
		[[ $(try_from_service 198.51.100.2) == ok && $(try_from_service 2001:db8::2) == ok ]]
}

try_from_service() {
	cgroup_run "$cgroup" nsenter --net="$(net_file host)" "$EJG_ATTEMPT" connect "$1" 4369
}

storm_start() {
	local any=0.0.0.0 port=4369
	storm "$cgroup" host serve,-,$any,198.51.100.1,$port serve,-,$any,2001:db8::1,$port >"$EJG_STATE/storm.0" &
	storm_pids=($!)
	storm "$elsewhere" remote serve,-,$any,::,$port >"$EJG_STATE/storm.1" &
	storm_pids+=($!)
	wait_for 30 storm_is_served
	storm "$elsewhere" remote \
		accept,always,198.51.100.2,198.51.100.1,$port accept,always,2001:db8::2,2001:db8::1,$port \
		accept,never,198.51.100.9,198.51.100.1,$port accept,never,2001:db8::9,2001:db8::1,$port \
		accept,moved,198.51.100.3,198.51.100.1,$port accept,moved,2001:db8::3,2001:db8::1,$port \
		>"$EJG_STATE/storm.2" &
	storm_pids+=($!)
	storm "$cgroup" host \
		connect,always,$any,198.51.100.2,$port connect,always,$any,2001:db8::2,$port \
		connect,never,$any,198.51.100.9,$port connect,never,$any,2001:db8::9,$port \
		connect,moved,$any,198.51.100.3,$port connect,moved,$any,2001:db8::3,$port \
		bind,always,$any,198.51.100.1,4370 bind,always,$any,2001:db8::1,4371 \
		bind,never,$any,198.51.100.11,4372 bind,never,$any,2001:db8::11,4373 \
		bind,moved,$any,198.51.100.12,4374 bind,moved,$any,2001:db8::12,4375 \
		>"$EJG_STATE/storm.3" &
	storm_pids+=($!)
}

# The listeners go last: what clients have begun shall end as it would.
storm_stop() {
	local pid status=0
	for pid in "${storm_pids[@]:2}" "${storm_pids[@]:0:2}"; do
		kill "$pid"
		wait "$pid" || status=$?
	done
	return "$status"
}

# storm_end WHAT: ends the storm and judges it: no wrong decision, and of each kind some that were right.
storm_end() {
	local status=0 total
	storm_stop || status=$?
	sed 's/^/# /' "$EJG_STATE"/storm.[0-3]
	check_is "$1: a wrong decision" 0 "$status"
	# A connection of a peer that ends early was not necessarily ended by the guard: the kernel counts its own reasons.
	((status == 0)) || net_run host nstat -s | grep -E 'Abort|Overflow|Drop|Reset|Memory|Orphan|Cookie' | sed 's/^/# /'
	total=$(awk '!/serve/ { gsub(/[a-z]+=/, ""); n += $3 + $4 } END { print n + 0 }' "$EJG_STATE"/storm.[0-3])
	note "$1: $total decisions"
}
