#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The proof: the guard is broken on purpose in several ways, and each is found, by status --prove alone and by apply,
# which mends what is its own and fails where it cannot. Nothing of the attempts appears on the wire, nor among the
# denials.
set -euo pipefail

# shellcheck source=kernel.sh
source "$(dirname "$0")/kernel.sh"
kernel_begin "$0"

parent=$EJG_CGROUP/parent
cgroup=$parent/service
other=$EJG_CGROUP/other
broken=/sys/fs/bpf/break
hooks=(bind4 bind6 connect4 connect6 ingress)
mkdir -p "$cgroup" "$other"
bpftool prog loadall "$EJG_BREAK" "$broken"
# Linux 5.18 and newer have bpf_set_retval(); without it, no program can take a refusal back.
clearing=()
! bpftool prog loadall "$EJG_CLEAR" "$broken-clear" 2>/dev/null || clearing=("${hooks[@]:0:4}")

link_of() {
	echo "$(set_path)/links/$(stat -c %i "$cgroup")/$1"
}

apply() {
	guard apply "$@" --cgroup "$cgroup" service
}

try_guarded() {
	cgroup_run "$cgroup" nsenter --net="$(net_file host)" "$EJG_ATTEMPT" "$@"
}

# rows WORD: how many lines of the kernel's denials begin so.
rows() {
	"$EJG_ROWS" "$(set_path)" | grep -c "^$1 " || true
}

# counted denial|proof
counted() {
	"$EJG_ROWS" "$(set_path)" | awk -v kind="$1" '$1 == "counter" && $2 == kind { n += $5 } END { print n + 0 }'
}

# Counts the IPv4, ARP and IPv6 TCP packets that the guarded host sends; IPv6's own neighbour messages do not count.
watch_wire() {
	nft -f - <<-EOT
		table netdev watch {
			chain in {
				type filter hook ingress device to-host priority 0;
				ether type { ip, arp } counter
				ether type ip6 meta l4proto tcp counter
			}
		}
	EOT
}

packets() {
	nft list table netdev watch | awk '/packets/ { n += $(NF - 2) } END { print n + 0 }'
}

# proves WHAT EXPECTED-EXIT [PATTERN]
proves() {
	local output status=0
	output=$(guard --json status --prove service 2>&1) || status=$?
	check_is "$1: exit status of status --prove" "$2" "$status"
	[[ -z ${3-} ]] || check_has "$1: status --prove says '$3'" "$3" "$output"
}

check_is_guarded() {
	check_is "$1: bind" denied "$(try_guarded bind 198.51.100.11 4369)"
	check_is "$1: bind, IPv6" denied "$(try_guarded bind 2001:db8::11 4369)"
	check_is "$1: connect" denied "$(try_guarded connect 198.51.100.9 4369)"
	check_is "$1: connect, IPv6" denied "$(try_guarded connect 2001:db8::9 4369)"
}

# mended WHAT: apply sees to it, and proves it.
mended() {
	check_status "$1: check" 1 guard check service
	check "$1: apply mends it" apply
	proves "$1, mended" 0
	check_is_guarded "$1, mended"
}

stack_for "$cgroup" 198.51.100.2 2001:db8::2
SERVICE=other EXTRA='' stack_for "$other" 198.51.100.2
sed -i 's/^required net/& mode=permissive/' "$EJG_CONF/other"
watch_wire

# warned ID: how often check does.
warned() {
	guard --json check service 2>/dev/null | grep -o "net.$1" | wc -l
}

note 'control: an intact guard'
check 'apply' apply
check_is 'it has proven itself by one refusal at each hook' "${#hooks[@]}" "$(counted proof)"
proves 'intact' 0 'net.proven*forbidden attempts were refused and counted'
check_is 'another refusal at each hook' $((2 * ${#hooks[@]})) "$(counted proof)"
check_is 'no other refusal was counted' 0 "$(counted denial)"
check_is 'rows of insiders' 0 "$(rows insider)"
check_is 'rows of outsiders' 0 "$(rows outsider)"
check_is 'packets on the wire' 0 "$(packets)"
check 'apply without proof' apply --no-proof
check_is 'it has made no attempt' $((2 * ${#hooks[@]})) "$(counted proof)"

note 'a link that was detached, a link with another program'
for hook in "${hooks[@]}"; do
	bpftool link detach pinned "$(link_of "$hook")"
	proves "$hook detached" 1 "$hook: a forbidden attempt was not refused"
	mended "$hook detached"
	"$EJG_LINK_UPDATE" "$(link_of "$hook")" "$broken/allow_$hook"
	proves "$hook replaced" 1 "$hook: a forbidden attempt was not refused"
	mended "$hook replaced"
done

note 'the program of another hook'
"$EJG_LINK_UPDATE" "$(link_of bind4)" "$(set_path)/connect4"
proves 'connect4 at bind4' 1
mended 'connect4 at bind4'

note 'the policy'
bpftool map delete pinned "$(set_path)/policy" key 0 0 0 0
check_status 'no policy: status --prove' 1 guard status --prove service
mended 'no policy'
check 'another service, permissive' guard -q apply --cgroup "$other" other
check_has 'its proof holds too' net.proven "$(guard --json status --prove other 2>/dev/null || true)"
permissive=$(SERVICE=other policy_map)
bpftool map update pinned "$(set_path)/policy" key 0 0 0 0 value id "$permissive"
check_is 'a permissive policy refuses nothing' error:EADDRNOTAVAIL "$(try_guarded bind 203.0.113.1 4369)"
mended 'a permissive policy'
check 'release of the other' guard -q release other

note 'a program above that takes refusals back'
for hook in "${clearing[@]}"; do
	bpftool cgroup attach "$parent" "cgroup_inet${hook: -1}_${hook%?}" pinned "$broken-clear/clear_$hook" multi
	proves "clear_$hook" 1 "$hook: a forbidden attempt was not refused"
	before=$(pin_ids)
	check_status "clear_$hook: apply" 1 apply
	check_is "clear_$hook: check warns" 1 "$(warned foreign-above)"
	check_status "clear_$hook: check has tried it" 1 guard check service
	check_status "clear_$hook: status, too" 1 guard status service
	check_is "clear_$hook: the failed apply has changed nothing" "$before" "$(pin_ids)"
	bpftool cgroup detach "$parent" "cgroup_inet${hook: -1}_${hook%?}" pinned "$broken-clear/clear_$hook"
	proves "clear_$hook, gone" 0
	check_is "clear_$hook, gone: check does not warn" 0 "$(warned foreign-above)"
	check "clear_$hook, gone: check" guard check service
	bpftool cgroup attach "$cgroup" "cgroup_inet${hook: -1}_${hook%?}" pinned "$broken-clear/clear_$hook" multi
	proves "clear_$hook, beside the guard" 1 "$hook: a forbidden attempt was not refused"
	check_is "clear_$hook, beside the guard: check warns" 1 "$(warned foreign-above)"
	check_status "clear_$hook, beside the guard: check has tried it" 1 guard check service
	bpftool cgroup detach "$cgroup" "cgroup_inet${hook: -1}_${hook%?}" pinned "$broken-clear/clear_$hook"
done

guard -q release service
if ((${#clearing[@]})); then
	note 'apply that fails where nothing was before'
	bpftool cgroup attach "$parent" cgroup_inet4_connect pinned "$broken-clear/clear_connect4" multi
	check_status 'apply' 1 apply
	check_is 'nothing of it stays' no "$(exists "$(set_path)")"
	check_is 'nothing of it is attached' '' "$(attached "$cgroup")"
	bpftool cgroup detach "$parent" cgroup_inet4_connect pinned "$broken-clear/clear_connect4"
fi
check 'apply' apply

note 'a refusal that is not ours'
bpftool link detach pinned "$(link_of connect4)"
bpftool cgroup attach "$parent" cgroup_inet4_connect pinned "$broken/refuse_connect4" multi
proves 'refused by somebody else' 1 'connect4: the attempt was refused, but not by this guard'
bpftool cgroup detach "$parent" cgroup_inet4_connect pinned "$broken/refuse_connect4"
mended 'refused by somebody else'

note 'no TUN device'
mount --bind /dev/null /dev/net/tun
proves 'no TUN device' 0 'ingress could not be tried'
check 'no TUN device: apply' apply
umount /dev/net/tun

note 'what the proofs left'
check_is 'rows of insiders: those of the attempts of this test alone' 4 "$(rows insider)"
check_is 'rows of outsiders' 0 "$(rows outsider)"
check_is 'packets on the wire' 0 "$(packets)"
check_is 'control: a packet is seen there' timeout "$(try_guarded connect 198.51.100.77 5222)"
check_is 'control: it was counted' yes "$( (($(packets) > 0)) && echo yes)"
