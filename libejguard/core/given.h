/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The cgroups that apply was given as paths and that no stack names. They are kept in the service's rundir, one path a
 * line, so that later verbs check them as the service's own. They are kept until a release, a boot, or an apply that
 * finds them removed.
 */
#ifndef EJG_CORE_GIVEN_H
#define EJG_CORE_GIVEN_H

#include "libejguard/core/report.h"

struct given {
	const char *const *paths;
	size_t n;
};

enum { GIVEN_MAX = 4096 };

/*
 * Reads the list. A caller that is not root and may not read it gets an empty list and a warning.
 * Return: 0; -EBADMSG when somebody else could have written it, -EIO, -ENOMEM, reported. *ret untouched on failure.
 */
int given_read(struct arena *arena, struct report *report, const char *rundir, struct given *ret);

/*
 * Replaces the whole list, or leaves it unchanged on failure; an empty list removes the file. The caller holds the lock
 * of the service, and the folder exists. Return: 0, -EPERM, -EIO, -ENOMEM, reported.
 */
int given_write(struct report *report, const char *rundir, const struct given *given);

#endif
