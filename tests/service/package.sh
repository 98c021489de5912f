#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Debian's packages on a host that runs: installing activates nothing; an upgrade leaves no moment without guard; what is
# purged leaves nothing, and ejabberd starts. EJG_PACKAGES is a folder of packages that tools/build-deb made.
set -euo pipefail

# shellcheck source=../harness/harness.sh
source "$(dirname "$0")/../harness/harness.sh"
harness_begin "$0"
[[ -n ${EJG_PACKAGES-} ]] || skip 'EJG_PACKAGES is not set (tools/run-tests sets it)'

addresses=(198.51.100.1)
net_new stranger 203.0.113.9/24
bed_new server 198.51.100.1/24
mkdir "$(bed_root server)/srv/now" "$(bed_root server)/srv/next"
cp "$EJG_PACKAGES"/*.deb "$(bed_root server)/srv/now"

# next_version: the same packages under a higher version.
next_version() {
	local package scratch=$EJG_STATE/scratch
	for package in "$EJG_PACKAGES"/*.deb; do
		rm -rf "$scratch"
		dpkg-deb -R "$package" "$scratch"
		sed -i -E 's/^(Version: .*)/\1+next/; s/(\(= [^)]*)\)/\1+next)/g' "$scratch/DEBIAN/control"
		dpkg-deb --root-owner-group -b "$scratch" "$(bed_root server)/srv/next" >/dev/null
	done
}

# Everything below the folders that a package or the tool writes to, and the pins.
files() {
	bed_run server find /etc /usr/lib /usr/sbin /usr/share /usr/include /var/lib/ejguard /run/ejguard /sys/fs/bpf -path '*ejguard*' \
		! -path /usr/share/keyrings 2>/dev/null | grep -v '^/var/lib/dpkg' || true
}

next_version
check 'lintian' lintian --allow-root --fail-on error,warning "$EJG_PACKAGES"/*.deb
bed_boot server
check_is 'nothing of ejguard is there at first' '' "$(files)"
check 'ejabberd starts' bed_run server systemctl start ejabberd

note 'install'
check 'dpkg -i' bed_run server bash -c 'dpkg -i /srv/now/*.deb'
check_is 'no drop-in' '' "$(files | grep '/etc/' || true)"
check_is 'no pin' '' "$(files | grep '/sys/fs/bpf' || true)"
check_reach 'installing activates nothing' stranger ok 4369 "${addresses[@]}"
check 'enable' bed_run server ejguard enable
check 'apply' bed_run server ejguard -q apply
check_guarded 'enabled' server stranger "${addresses[@]}"

note 'autopkgtest'
bed_run server bash -c 'ejguard -q disable; ejguard -q release'
check 'the test of the package' bed_run server sh -s <"$harness_dir/../../tools/debian/tests/main"
check 'enable and apply again' bed_run server bash -c 'ejguard -q enable && ejguard -q apply'

note 'upgrade'
before=$(bed_run server ls -i /sys/fs/bpf/ejguard/ejabberd)
try stranger loop 198.51.100.1 4369 6 --timeout 200 >"$EJG_STATE/loop" &
loop=$!
check 'dpkg -i of the next version' bed_run server bash -c 'dpkg -i /srv/next/*.deb'
wait "$loop" || true
check "no stranger got in meanwhile: $(cat "$EJG_STATE/loop")" grep -q '^ok=0 ' "$EJG_STATE/loop"
check_is 'control: it tried' no "$(grep -q 'failed=0' "$EJG_STATE/loop" && echo yes || echo no)"
check 'there were pins before' test -n "$before"
check_guarded 'upgraded' server stranger "${addresses[@]}"
check 'restart' bed_run server systemctl restart ejabberd
check_guarded 'restarted' server stranger "${addresses[@]}"

note 'purge'
check 'dpkg --purge' bed_run server dpkg --purge ejguard libejguard-dev libejguard0
check_is 'nothing of ejguard is left' '' "$(files)"
check 'ejabberd starts' bed_run server systemctl restart ejabberd
check_reach 'control: unguarded' stranger ok 4369 "${addresses[@]}"

note 'remove, with a stack that is broken'
check 'dpkg -i' bed_run server bash -c 'dpkg -i /srv/now/*.deb'
check 'enable and apply' bed_run server bash -c 'ejguard enable >/dev/null && ejguard -q apply'
bed_run server bash -c 'mkdir -p /etc/ejguard; echo "set nonsense" >/etc/ejguard/ejabberd'
check 'dpkg --remove' bed_run server dpkg --remove ejguard
check_is 'no drop-in' '' "$(files | grep '/etc/systemd' || true)"
check_is 'no pin' '' "$(files | grep '/sys/fs/bpf' || true)"
check 'ejabberd starts' bed_run server systemctl restart ejabberd
