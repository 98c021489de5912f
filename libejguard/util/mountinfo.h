/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lines of /proc/PID/mountinfo, see proc_pid_mountinfo(5). */
#ifndef EJG_UTIL_MOUNTINFO_H
#define EJG_UTIL_MOUNTINFO_H

#include <stdbool.h>

struct mountinfo {
	const char *root; /* of the mount, in its file system */
	const char *mount_point;
	const char *type; /* of the file system */
};

/* Splits a line, in place; the strings point into it. Return: false for what is no line of mountinfo. */
bool mountinfo_parse(char *line, struct mountinfo *ret);

#endif
