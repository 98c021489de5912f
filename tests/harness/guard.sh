# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# ejguard in a bed, and who reaches what of it.

# guard_new BED [ADDRESS/PREFIX]...: a bed with ejguard installed and enabled, that does not run yet.
guard_new() {
	bed_new "$@"
	bed_stage "$1"
	bed_chroot "$1" ejguard enable >/dev/null
}

# guard_stack BED: the administrator's stack file, from stdin.
guard_stack() {
	local folder
	folder=$(bed_root "$1")/etc/ejguard
	mkdir -p "$folder"
	cat >"$folder/ejabberd"
}

# guard_stack_peers BED LISTEN-LIST PEER...: one that admits peers, with a distribution range as a cluster has it.
guard_stack_peers() {
	local bed=$1 listen=$2
	shift 2
	guard_stack "$bed" <<-EOT
		set dist 4200-4210
		set public 5222 5223 5269 5280 5443 1883
		set peers $*
		required net strict=yes listen=127.0.0.1,::1,$listen
	EOT
}

# ejabberd_window BED: before boot: the range that guard_stack_peers names.
ejabberd_window() {
	echo 'FIREWALL_WINDOW=4200-4210' >>"$(bed_root "$1")/etc/default/ejabberd"
}

# check_reach WHAT WHO EXPECTED PORT ADDRESS...: what a host sees of a port, on each address.
check_reach() {
	local what=$1 who=$2 expected=$3 port=$4 address
	shift 4
	for address; do
		check_is "$what: $who to $address port $port" "$expected" "$(try "$who" connect "$address" "$port")"
	done
}

# word_for PORT: what a stranger gets there. A port that is known by number is refused in the network namespace; at others of
# strict=yes the packet is dropped at the cgroup.
word_for() {
	if (($1 == 4369 || ($1 >= 4200 && $1 <= 4210))); then echo refused; else echo timeout; fi
}

# check_guarded WHAT BED STRANGER ADDRESS4 [ADDRESS6]: the guard holds: the tool says so, the programs of this
# machine work, a stranger reaches 5222 and nothing else. ejabberd tells systemd that it is ready before it listens.
check_guarded() {
	local what=$1 bed=$2 stranger=$3 port
	shift 3
	check "$what: ejabberd listens" ejabberd_is_up "$bed"
	check "$what: ejguard check" bed_run "$bed" ejguard check
	check "$what: ejabberdctl status" bed_run "$bed" ejabberdctl status
	port=$(ejabberd_dist_port "$bed")
	check_reach "$what" "$stranger" ok 5222 "$@"
	check_reach "$what" "$stranger" refused 4369 "$@"
	check_reach "$what" "$stranger" "$(word_for "$port")" "$port" "$1"
}
