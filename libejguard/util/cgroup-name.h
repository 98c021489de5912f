/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From the kernel's id of a cgroup to its path. */
#ifndef EJG_UTIL_CGROUP_NAME_H
#define EJG_UTIL_CGROUP_NAME_H

#include <limits.h>
#include <stdint.h>

/*
 * The path of a cgroup below the mount by its id; "" when it is gone, and on failure.
 * Return: 0, or a negative errno: -EPERM without CAP_DAC_READ_SEARCH.
 */
int cgroup_name(const char *cgroup_mount, uint64_t cgroup_id, char path[static PATH_MAX]);

#endif
