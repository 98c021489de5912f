/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds the path of a cgroup by the kernel's id. */
#ifndef EJG_UTIL_CGROUP_NAME_H
#define EJG_UTIL_CGROUP_NAME_H

#include <limits.h>
#include <stdint.h>

/*
 * The path of a cgroup below the mount by its id; "" when it was removed, and on failure.
 * Return: 0, or a negative errno: -EPERM without CAP_DAC_READ_SEARCH.
 */
int cgroup_name(const char *cgroup_mount, uint64_t cgroup_id, char path[static PATH_MAX]);

/*
 * The innermost unit that a cgroup's path names: "a.service" of "/system.slice/a.service/init"; "" when it names none.
 * Below a cgroup that belongs to a user the names are that user's choice.
 */
void cgroup_unit(const char *path, char unit[static NAME_MAX + 1]);

#endif
