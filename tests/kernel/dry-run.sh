#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# apply --dry-run says what apply then does: of many stacks that are made up, one after the other, on the kernel's own pins; and
# it changes nothing. An established connection that the new policy would not admit is told before, as it is after.
set -euo pipefail

# shellcheck source=kernel.sh
source "$(dirname "$0")/kernel.sh"
kernel_begin "$0"

mkdir "$EJG_CGROUP/one" "$EJG_CGROUP/two"

note "made up stacks, seed ${EJG_SEED:=$RANDOM}"
EJG_NET_FILE=$(net_file host)
export EJG_NET_FILE EJG_SEED
check 'dry-run says what apply does' python3 -B "$(dirname "$0")/dry-run.py" "$EJG_CGROUP/one" "$EJG_CGROUP/two"

note 'a cgroup that the stack no longer names, at hooks that only the new set has'
guard -q release service
for name in one two; do # the second one of the made-up stacks is gone now and then
	[[ -d $EJG_CGROUP/$name ]] || mkdir "$EJG_CGROUP/$name"
done
ACCEPT=netns stack_for "$EJG_CGROUP/one $EJG_CGROUP/two" 198.51.100.2
check 'apply to both' guard -q apply service
check_is 'control: nothing at their ingress' 44 "$(attached "$EJG_CGROUP/one" | wc -l)$(attached "$EJG_CGROUP/two" | wc -l)"
hammer_serve "$EJG_CGROUP/two" 0.0.0.0 5333
check_is 'control: a stranger at another port of it' ok "$(try remote connect 198.51.100.1 5333 --from 198.51.100.9)"
ACCEPT=cgroup EXTRA='' stack_for "$EJG_CGROUP/one" 198.51.100.2
sed -i 's/^required net/& strict=yes/' "$EJG_CONF/service"
check_status 'a dry run' 5 guard apply --dry-run service
check 'apply to one, accept=cgroup' guard -q apply service
check 'both have it, once the former programs are gone' wait_for 5 has_attached "$EJG_CGROUP/two" 5
check_is 'the stranger at the other' timeout "$(try remote connect 198.51.100.1 5333 --from 198.51.100.9)"
rm "/sys/fs/bpf/ejguard/service/links/$(stat -c %i "$EJG_CGROUP/two")/ingress"
check_status 'a hook of it is lost' 1 guard -q check service
check_status 'a dry run tells it' 5 guard apply --dry-run service
check 'apply mends it' guard -q apply service
check 'check' guard -q check service

# ids: of the failures, sorted.
failures() {
	guard --json "$@" | python3 -c 'import json, sys
print(*sorted(f["id"] + " " + f["subject"] for f in json.load(sys.stdin)["findings"] if f["severity"] == "failure"))'
}

note 'a connection from before'
cgroup=$EJG_CGROUP/one
guard -q release service
stack_for "$cgroup" 198.51.100.2 198.51.100.9
check 'apply' guard -q apply service
exec 3< <(in_cgroup "$cgroup" python3 -c 'import socket, time
s = socket.create_server(("198.51.100.1", 4370))
print("ok", flush=True)
c = s.accept()
time.sleep(600)')
read -r word <&3
check_is 'a node' ok "$word"
exec 4< <(net_run remote python3 -c 'import socket, time
s = socket.create_connection(("198.51.100.1", 4370), source_address=("198.51.100.9", 0))
print("ok", flush=True)
time.sleep(600)')
read -r word <&4
check_is 'a peer of it' ok "$word"
stack_for "$cgroup" 198.51.100.2 198.51.100.9
check_status 'control: a stack that admits it' 0 guard apply --dry-run service
stack_for "$cgroup" 198.51.100.2
check_status 'a stack that does not' 1 guard apply --dry-run service
foreseen=$(failures apply --dry-run service || true)
check_has 'the connection is told' 'net.connection-before 198.51.100.9:' "$foreseen"
check_status 'apply' 1 guard apply service
check_is 'apply finds the same' "$foreseen" "$(failures check service || true)"
sed -i 's/^required net/& evict=yes/' "$EJG_CONF/service"
check_status 'with evict=yes' 5 guard apply --dry-run service
check_has 'that it would be ended' 'would be ended' "$(guard apply --dry-run service || true)"
check 'apply' guard -q apply service
check_status 'it is' 0 guard apply --dry-run service

note 'a long list'
mapfile -t many < <(seq -f '203.0.113.%g' 1 2 49)
stack_for "$cgroup" 198.51.100.2 "${many[@]}"
check_has 'the rest is counted' $'\n              and 5 more with +\n' "$(guard apply --dry-run service || true)"
check_is 'in JSON, too' '20 5 0' "$(guard --json apply --dry-run service | python3 -c 'import json, sys
change = next(c for c in json.load(sys.stdin)["changes"] if c["subject"] == "peers")
print(len(change["added"]), change["added_more"], change["removed_more"])')"

note 'what is no apply'
stack_for "$EJG_CGROUP/absent" 198.51.100.2
guard -q release service
check_status 'no cgroup is there' 1 guard apply --dry-run service
check_status 'apply' 1 guard apply service
echo nonsense >>"$EJG_CONF/service"
check_status 'an invalid stack' 3 guard apply --dry-run service
check_status 'with --own' 2 guard apply --dry-run --own service
