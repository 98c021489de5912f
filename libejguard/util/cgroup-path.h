/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The cgroup of a process in cgroup2, from a file in the format of /proc/PID/cgroup (cgroups(7)). */
#ifndef EJG_UTIL_CGROUP_PATH_H
#define EJG_UTIL_CGROUP_PATH_H

#include <stdbool.h>

/*
 * Reads the path of the line "0::PATH"; hybrid hosts have lines of cgroup1 too. The string is the caller's.
 * Return: 0, -ENODATA without such a line, -ENOMEM, or the errno of fopen(3) or getline(3).
 */
int cgroup_path_read(const char *file, char **ret);

/* True for a path that leads out of the reader's cgroup namespace: "/../other" (cgroup_namespaces(7)). */
bool cgroup_path_is_outside(const char *path);

#endif
