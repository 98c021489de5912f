#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The whole stack on Debian's untouched ejabberd: it starts, `ejguard check` gives advice and no failure, exactly what is
# listed here; `ejguard discover` tells what really runs; and both say what they could not see when they are not root.
set -euo pipefail

# shellcheck source=../harness/harness.sh
source "$(dirname "$0")/../harness/harness.sh"
harness_begin "$0"

# A reviewer's remarks on Debian's unchanged ejabberd: its cookie is Erlang's, the distribution port is random, the
# web administration listens everywhere, MQTT does so without TLS, and the TURN relay reaches this machine's own networks.
advice='config.admin-public config.mqtt-plain config.turn-inside cookie.generated node.range-none'
# Of the example that ejabberd itself comes with, which Debian's configuration was made of.
advice_example='admin-public mqtt-plain turn-inside'

# ids SEVERITY [MODULE] <JSON
ids() {
	python3 -B "$(dirname "$0")/findings.py" "$@"
}

# as_nobody COMMAND...
as_nobody() {
	bed_run server setpriv --reuid nobody --regid nogroup --clear-groups "$@"
}

bed_new server 198.51.100.1/24
bed_stage server
bed_boot server
bed_run server systemctl start ejabberd
check 'ejabberdctl status' bed_run server ejabberdctl status

note 'installed, and not enabled'
said=$(bed_run server ejguard --json check) || true
check_is 'what is wrong with it: there is no guard, now and after a restart' 'ejguard.dropin-missing net.not-loaded' "$(ids failure <<<"$said")"
check_is 'advice' "$advice" "$(ids warning <<<"$said" | tr ' ' '\n' | grep -v -e ^net -e ^ejguard | paste -sd ' ')"
check_is 'advice: it would start unguarded' 'dropin-missing' "$(ids warning ejguard <<<"$said")"

note 'enabled'
bed_run server ejguard enable >/dev/null
bed_run server systemctl stop ejabberd epmd.service epmd.socket
check 'systemctl start ejabberd, with advice' bed_run server systemctl start epmd.socket ejabberd
check 'ejabberdctl status' bed_run server ejabberdctl status
said=$(bed_run server ejguard --json check) || true
check_is 'what is wrong with it' '' "$(ids failure <<<"$said")"
check_is 'advice' "$advice" "$(ids warning <<<"$said")"
check_status 'ejguard check' 0 bed_run server ejguard check
bed_run server ejguard check | sed 's/^/# /' || true

note 'ejguard discover'
said=$(bed_run server ejguard --json discover)
check_is 'discover: the node' 'short ejabberd@localhost' "$(python3 -B "$(dirname "$0")/discovered.py" node <<<"$said")"
check_is 'discover: who runs' 'epmd.socket epmd ejabberd.service ejabberd' \
	"$(python3 -B "$(dirname "$0")/discovered.py" service <<<"$said")"
check_is 'discover: the distribution port' "$(ejabberd_dist_port server)" \
	"$(python3 -B "$(dirname "$0")/discovered.py" dist <<<"$said")"
bed_run server ejguard discover | sed 's/^/# /'

note 'as nobody'
said=$(as_nobody ejguard --json check) || true
check_is 'nobody: the one guard that only root can judge' core.module-unprivileged "$(ids failure <<<"$said")"
check_status 'nobody: not known to hold' 4 as_nobody ejguard check
for module in cookie files config; do
	check_has "nobody: $module says what it could not see" unseen "$(ids info "$module" <<<"$said")"
done
check_status 'nobody: ejguard discover' 0 as_nobody ejguard discover

note 'remedies'
tests=$(dirname "$0")/..
mapfile -t commands < <(SOURCE="$tests/.." EJGUARD='' FIXTURES='' python3 -B "$tests/cli/test-remedies.py" --ejabberdctl)
check 'remedies name commands of ejabberdctl' test "${#commands[@]}" -gt 0
for command in "${commands[@]}" no_such_command; do
	known=yes
	bed_run server ejabberdctl help "$command" | grep -q "Name:.*$command" || known=no
	check_is "ejabberdctl has $command" "$([[ $command == no_such_command ]] && echo no || echo yes)" "$known"
done

note "ejabberd's own example"
cp "$(bed_root server)/usr/share/doc/ejabberd/examples/ejabberd.yml" "$(bed_root server)/etc/ejabberd/ejabberd.yml"
said=$(bed_run server ejguard --json check) || true
check_is 'example: what is wrong with it' '' "$(ids failure config <<<"$said")"
check_is 'example: advice' "$advice_example" "$(ids warning config <<<"$said")"
