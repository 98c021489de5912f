/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>

#include "libejguard/util/cgroup-path.h"
#include "libejguard/util/cleanup.h"
#include "tools/oci/oci.h"

static int refuse(const struct oci_state *state, struct report *report, const char *path)
{
	return report_fail(
		report, -EINVAL,
		"the container %s has no cgroup of its own (it is in %s): to guard that one would guard other "
		"processes; start it without --cgroups=disabled",
		state->id, path);
}

int oci_cgroup(const struct oci_state *state, struct report *report, char **ret)
{
	cleanup_free char *path = NULL, *own = NULL;
	char file[sizeof("/proc/2147483647/cgroup")];
	int r;

	snprintf(file, sizeof(file), "/proc/%d/cgroup", (int)state->pid);
	r = cgroup_path_read(file, &path);
	if (r == 0)
		r = cgroup_path_read("/proc/self/cgroup", &own);
	if (r == -ENOMEM)
		return report_fail(report, r, "out of memory");
	if (r == -ENODATA)
		return report_fail(report, -EOPNOTSUPP,
				   "the container %s is in no cgroup of cgroup2; run: mount -t cgroup2 cgroup2 "
				   "/sys/fs/cgroup",
				   state->id);
	if (r < 0)
		return report_fail(report, -EIO,
				   "cannot read %s, the cgroup of the container %s: %s; see that /proc is mounted",
				   file, state->id, strerror(-r));
	if (strcmp(path, "/") == 0 || strcmp(path, own) == 0 || cgroup_path_is_outside(path))
		return refuse(state, report, path);
	*ret = take_ptr(path);
	return 0;
}
