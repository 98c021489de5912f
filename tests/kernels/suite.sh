# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# In a guest: runs tests, one after the other, and says of each how it ended. LIST, made by tests.py, calls test_run for
# each. The machine around the guest reads the lines that begin with RESULT.
#
#	suite.sh LIST
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb LC_ALL=C EJG_NO_SKIP=1
list=$1

# test_run NAME SECONDS COMMAND...
test_run() {
	local name=$1 seconds=$2 begin=$SECONDS status=0 said=/run/said
	shift 2
	# The machine around it may be a busy one.
	timeout --kill-after=10 $((seconds * EJG_SLOW * 2)) "$@" >"$said" 2>&1 </dev/null || status=$?
	grep -E '^# (left out|skipped|[0-9]+ attempts, )' "$said"
	[[ $status == 0 ]] || grep -vE '^ok ' "$said" | tail -n 60
	echo "RESULT $name $status $((SECONDS - begin))"
}

mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs shm /dev/shm
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount -t bpf bpf /sys/fs/bpf
for link in fd:/proc/self/fd stdin:fd/0 stdout:fd/1 stderr:fd/2; do
	ln -sfn "${link#*:}" "/dev/${link%%:*}"
done
modprobe tun
ip link set lo up
echo "guest: up with Linux $(uname -r)"
# shellcheck source=/dev/null
source "$list"
/run/busybox poweroff -f
