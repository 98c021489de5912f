#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The role of tools/ansible, run against a host with Debian's ansible: it guards the running ejabberd and every start of it;
# run again it changes nothing; a peer that is added gets in; a stack that is wrong is refused, and the one in force stays. It
# ends well only if the stack is in force: it applies what an earlier run could not, and refuses a unit that is not named.
# ejabberd is never restarted. The controls: who reaches what before the first run, and the peer before it is one.
# EJG_ANSIBLE is a folder of packages that ansible_fetch of tests/harness/ansible.sh made.
set -euo pipefail

# shellcheck source=../harness/harness.sh
source "$(dirname "$0")/../harness/harness.sh"
harness_begin "$0"
# shellcheck source=../harness/managers.sh
source "$harness_dir/managers.sh"
[[ -n ${EJG_ANSIBLE-} ]] || skip 'EJG_ANSIBLE is not set (tools/run-tests sets it)'

address=198.51.100.1
bed_new server "$address/24"
bed_stage server
net_new stranger 203.0.113.9/24
net_new peer 198.51.100.2/24
root=$(bed_root server)
managers_unpack "$EJG_ANSIBLE" "$root"
cp -r "$root/usr/share/ejguard/ansible" "$root/srv/"
printf '%s\n' '- hosts: all' '  gather_facts: false' '  become: true' '  roles: [ejguard]' >"$root/srv/ansible/site.yml"
# The user who logs in is not root: sudo makes it one.
mkdir -p "$root/etc/sudoers.d"
echo 'games ALL=(ALL) NOPASSWD: ALL' >"$root/etc/sudoers.d/games"
chmod 440 "$root/etc/sudoers.d/games"
install -d -o games -g games "$root/srv/games"
sed -i 's|:/usr/games:|:/srv/games:|' "$root/etc/passwd"
bed_boot server
check 'ejabberd starts' bed_run server systemctl start ejabberd
pid=$(bed_run server systemctl show --value -p MainPID ejabberd)
stack=$root/etc/ejguard/ejabberd

# play [OPTION]...: the role on this host; prints what ansible-playbook does.
play() {
	BED_SECONDS=600 bed_run server runuser -u games -- env HOME=/srv/games LC_ALL=C.UTF-8 ANSIBLE_NOCOLOR=1 \
		ansible-playbook -i localhost, -c local -e ansible_python_interpreter=/usr/bin/python3 -e ejguard_package= \
		"$@" /srv/ansible/site.yml 2>&1
}

# count WORD TEXT: the number behind changed=, failed= in the last lines.
count() {
	sed -nE "s/^localhost .*\b$1=([0-9]+).*/\1/p" <<<"$2"
}

# play_is WHAT CHANGED [OPTION]...: it succeeds, and so much has changed; `some`: not nothing.
play_is() {
	local what=$1 changed=$2 output n
	shift 2
	output=$(play "$@") || note "exit status $?"
	n=$(count changed "$output")
	[[ $changed != some || ${n:-0} == 0 ]] || n=some
	[[ $(count failed "$output") == 0 && $n == "$changed" ]] || printf '%s\n' "$output"
	check_is "$what: failed" 0 "$(count failed "$output")"
	check_is "$what: changed" "$changed" "$n"
}

cluster=(-e '{"ejguard_peers": ["198.51.100.2"], "ejguard_listen": ["127.0.0.1", "::1", "198.51.100.1"]}')
broken=(-e '{"ejguard_peers": ["198.51.100.2", "127.0.0.1"]}')

check_reach 'control: no guard' stranger ok 4369 "$address"
check_reach 'control: no guard' peer ok 4369 "$address"
play_is 'only a look (--check)' some --check
check 'it changed nothing' test ! -e "$stack"
play_is 'the first run' some
check 'check' bed_run server ejguard check
check_reach 'guarded' stranger refused 4369 "$address"
check_reach 'guarded' stranger ok 5222 "$address"
check_reach 'not yet a peer' peer refused 4369 "$address"
play_is 'again' 0
play_is 'again, only a look' 0 --check

play_is 'with a peer' some "${cluster[@]}"
check_reach 'a peer' peer ok 4369 "$address"
check_reach 'no peer' stranger refused 4369 "$address"
play_is 'with a peer, again' 0 "${cluster[@]}"

cp "$stack" "$EJG_STATE/before"
output=$(play "${cluster[@]}" "${broken[@]}") && status=0 || status=$?
check_is 'a stack that is wrong: exit status of ansible-playbook' 2 "$status"
check_has 'it says what is wrong' 'fact-value' "$output"
check_has 'it says where' ':4:' "$output"
check 'the file is as it was' cmp "$stack" "$EJG_STATE/before"
check 'check' bed_run server ejguard check
check_reach 'still a peer' peer ok 4369 "$address"
check_reach 'still no peer' stranger refused 4369 "$address"
play_is 'mended' 0 "${cluster[@]}"

note 'an apply that failed: the file is written, and not in force'
cp "$stack" "$EJG_STATE/cluster"
play_is 'without the peer' some
cp "$EJG_STATE/cluster" "$stack"
check_reach 'control: not in force' peer refused 4369 "$address"
play_is 'after an apply that failed' 1 "${cluster[@]}"
check_reach 'in force' peer ok 4369 "$address"
check_reach 'in force' stranger refused 4369 "$address"
play_is 'after that' 0 "${cluster[@]}"

check_is 'ejabberd was not restarted' "$pid" "$(bed_run server systemctl show --value -p MainPID ejabberd)"
check 'restart' bed_run server systemctl restart ejabberd
check 'after a restart: check' bed_run server ejguard check

note 'a host on which nothing of the service runs'
bed_run server systemctl stop ejabberd epmd.socket epmd.service
bed_run server ejguard disable >/dev/null
bed_run server ejguard release >/dev/null
rm "$stack"
play_is 'nothing runs' some "${cluster[@]}"
play_is 'nothing runs, again' 0 "${cluster[@]}"
check 'it starts' bed_run server systemctl start ejabberd
check_reach 'after its start' stranger refused 4369 "$address"
check_reach 'after its start' peer ok 4369 "$address"

note 'ejabberd in a unit that is not named'
bed_run server systemctl stop ejabberd epmd.socket epmd.service
bed_run server ejguard disable >/dev/null
bed_run server ejguard release >/dev/null
# shellcheck disable=SC2016 # the inner shell expands
bed_run server sh -c 'grep -v ^Alias= "$(systemctl show --value -p FragmentPath ejabberd)" >/etc/systemd/system/xmpp.service'
bed_run server systemctl daemon-reload
check 'xmpp.service' bed_run server systemctl start xmpp
check_reach 'control: no guard' stranger ok 4369 "$address"
output=$(play "${cluster[@]}") && status=0 || status=$?
check_is 'not named: exit status of ansible-playbook' 2 "$status"
check_has 'it says which unit' 'name its unit there: xmpp.service' "$output"
check_reach 'control: not guarded' stranger ok 4369 "$address"
named=(-e '{"ejguard_cgroups": ["xmpp.service", "epmd.service", "epmd.socket"]}')
play_is 'named' some "${cluster[@]}" "${named[@]}"
check_reach 'named' stranger refused 4369 "$address"
play_is 'named, again' 0 "${cluster[@]}" "${named[@]}"
