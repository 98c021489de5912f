#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The table of local users' attempts on the module host: see local.tbl and attempts.c. The cgroup tree, whose top is guarded,
# is the sandbox's own.
set -euo pipefail

# shellcheck source=kernel.sh
source "$(dirname "$0")/kernel.sh"
kernel_begin "$0"

EJG_HOST=$(net_file host)
EJG_REMOTE=$(net_file remote)
EJG_JOINER=$EJG_REMOTE
root=$(cgroup2_root)
EJG_GUARDED=$root/guarded
EJG_CONTROL=$root/control
EJG_ELSEWHERE=$root/elsewhere
export EJG_HOST EJG_REMOTE EJG_JOINER EJG_GUARDED EJG_CONTROL EJG_ELSEWHERE
mkdir "$EJG_CGROUP/guarded" "$EJG_CGROUP/control" "$EJG_CGROUP/elsewhere"

status=0
said=$EJG_STATE/said
own_tree "$EJG_ATTEMPTS" --local "$(dirname "$0")/local.tbl" >"$said" 2>&1 || status=$?
cat "$said"
if kernel_has_host; then
	check_is 'the attempts end as the table says' 0 "$status"
else
	note 'left out: this kernel cannot identify network namespaces: the module host does not apply'
	check_has 'apply says so' 'cannot identify network namespaces' "$(cat "$said")"
	check_is 'and has failed' 1 "$status"
fi
own_tree nsenter --net="$EJG_HOST" "$EJG_TOOL" -q --confdir "$EJG_CONF" --moduledir "$EJG_MODULES" release attempts
check_is 'nothing is pinned any more' no "$(exists /sys/fs/bpf/ejguard)"
check_is 'nothing stands at the top of the tree any more' '' "$(attached "$EJG_CGROUP")"
