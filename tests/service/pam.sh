#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# PAM authentication of a real account, by ejabberd's port program epam, under the filter of the module seccomp. The account
# `me` is in /etc/passwd and /etc/shadow, so epam must be set-user-ID or ejabberd in the group shadow; the host exec.test asks
# a PAM module that needs neither. With `ejguard exec` all of it works. With `ejguard enable --seccomp` set-user-ID does not,
# and check says so. The controls: the same without the filter; a wrong password each time. EJG_SERVICES is a folder of
# packages that services_fetch of tests/harness/services.sh made.
set -euo pipefail

# shellcheck source=../harness/harness.sh
source "$(dirname "$0")/../harness/harness.sh"
harness_begin "$0"
# shellcheck source=../harness/services.sh
source "$harness_dir/services.sh"
[[ -n ${EJG_SERVICES-} ]] || skip 'EJG_SERVICES is not set (tools/run-tests sets it)'

bed_new server 198.51.100.1/24
bed_stage server
root=$(bed_root server)
stack=$'set public 5222 5223 5269 5280 5443 1883\nrequired net strict=yes\nrequired seccomp'
guard_stack server <<<"$stack"

services_unpack_pam "$EJG_SERVICES" "$root"
epam=/usr/lib/erlang/p1_pam/bin/epam
echo 'me:x:4242:4242::/nonexistent:/usr/sbin/nologin' >>"$root/etc/passwd"
echo "me:$(openssl passwd -6 right):19000:0:99999:7:::" >>"$root/etc/shadow"
printf '%s required pam_unix.so\n' auth account >"$root/etc/pam.d/ejabberd"
printf 'auth required pam_exec.so expose_authtok quiet /srv/password.sh\naccount required pam_permit.so\n' \
	>"$root/etc/pam.d/ejabberd-exec"
# pam_exec ends the password with a NUL, and no line.
cat >"$root/srv/password.sh" <<-'EOT'
	#!/bin/sh
	test "$(tr -d '\0')" = right
EOT
chmod 755 "$root/srv/password.sh"
yml=$root/etc/ejabberd/ejabberd.yml
sed -i 's/^  - localhost$/&\n  - exec.test/' "$yml"
printf '  %s:\n    auth_method: pam\n    pam_service: %s\n' localhost ejabberd exec.test ejabberd-exec |
	sed '1i host_config:' >>"$yml"
bed_boot server

run() {
	bed_run server "$@"
}

units() {
	run systemctl stop ejabberd.service epmd.service epmd.socket
	run systemctl start epmd.socket epmd.service ejabberd.service
	check "$1: ejabberd runs" ejabberd_is_up server
}

# check_accounts WHAT EXPECTED: the right password of the account, with exit status 0 or 1. In each case a PAM module without
# privilege accepts it, and nobody accepts a wrong one.
check_accounts() {
	check_status "$1: the account, its password" "$2" run ejabberdctl check_password me localhost right
	check_status "$1: the account, a wrong password" 1 run ejabberdctl check_password me localhost wrong
	check_status "$1: without privilege, the password" 0 run ejabberdctl check_password me exec.test right
	check_status "$1: without privilege, a wrong password" 1 run ejabberdctl check_password me exec.test wrong
}

# status_of NAME: of epam's line in /proc/PID/status.
status_of() {
	run bash -c "sed -n 's/^$1:\t//p' /proc/\$(pgrep -x epam)/status"
}

# check_told WHAT FINDINGS: what check says of privileges.
check_told() {
	local said
	said=$(run ejguard check --json 2>/dev/null || true)
	check_has "$1: check judges the module" '"seccomp.' "$said"
	check_is "$1: check" "$2" "$(grep -o '"seccomp\.privilege-[a-z-]*"' <<<"$said" | tr -d '"' | paste -sd ' ')"
}

# with NAME LINES: a drop-in of the administrator's for ejabberd.
with() {
	mkdir -p "$root/etc/systemd/system/ejabberd.service.d"
	printf '[Service]\n%s\n' "$2" >"$root/etc/systemd/system/ejabberd.service.d/$1"
	run systemctl daemon-reload
}

set_user_id() {
	run chown root:ejabberd "$epam"
	run chmod 4754 "$epam"
}

note 'control: as Debian installs it, and with its unit'
units 'Debian'
check_accounts 'Debian' 1
set_user_id
units 'set-user-ID, Debian'
# PrivateDevices= of the unit means no_new_privs to systemd 252, and not to 257.
lost=$(status_of NoNewPrivs)
check_accounts 'set-user-ID, Debian' "$lost"
check_told 'set-user-ID, Debian' "seccomp.privilege-$( ((lost)) && echo lost || echo at-risk)"

note "control: as Debian's README for PAM says"
with 10-pam.conf $'PrivateDevices=false\nNoNewPrivileges=false'
units 'README'
check_accounts 'README' 0
check_told 'README' seccomp.privilege-at-risk

note 'enable --seccomp'
run ejguard enable --seccomp >/dev/null
units 'enable --seccomp'
check_accounts 'enable --seccomp' 1
check_is 'enable --seccomp: epam is under the filter' 2 "$(status_of Seccomp)"
check_told 'enable --seccomp' seccomp.privilege-lost
check 'enable --seccomp: that is advice' run ejguard check
run chown root:shadow "$epam"
run chmod 2755 "$epam"
check_has 'enable --seccomp: set-group-ID' 'is a set-group-ID program' "$(run ejguard check 2>&1)"
run chmod 755 "$epam"
check_told 'enable --seccomp: neither' ''

note 'enable --seccomp, in the group shadow'
with 10-pam.conf 'SupplementaryGroups=shadow'
units 'shadow'
check_accounts 'shadow' 0
check_is 'shadow: epam is under the filter' 2 "$(status_of Seccomp)"
check_told 'shadow' ''
check 'shadow: ejguard check' run ejguard check
set_user_id
with 10-pam.conf $'PrivateDevices=false\nNoNewPrivileges=false'

note 'enable, without the filter'
guard_stack server <<<"${stack%$'\n'*}"
run ejguard enable >/dev/null
units 'enable'
check_accounts 'enable' 0
check 'enable: ejguard check' run ejguard check

note 'exec'
run systemctl stop ejabberd.service epmd.service epmd.socket
guard_stack server <<<"set cgroups /ejabberd"$'\n'"$stack"
ejabberd_foreground server ejguard exec --user ejabberd --wait-empty -- ejabberdctl foreground
check 'exec: ejabberd runs' ejabberd_is_up server
check_accounts 'exec' 0
check_is 'exec: epam is under the filter' 2 "$(status_of Seccomp)"
check_is 'exec: epam is root' 0 "$(status_of Uid | cut -f 2)"
check_told 'exec' ''
check 'exec: ejguard check' run ejguard check
