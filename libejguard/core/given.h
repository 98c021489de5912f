/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The cgroups that an apply was given by their paths, which no stack names: kept in the service's rundir, one path a line,
 * so that later verbs know them for the service's and judge them. They are known until a release, a boot, or an apply that
 * finds them gone.
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
 * What is kept. A caller who is not root and may not see it has nothing that was given, and a warning.
 * Return: 0; -EBADMSG when somebody else could have written it, -EIO, -ENOMEM, reported. *ret untouched on failure.
 */
int given_read(struct arena *arena, struct report *report, const char *rundir, struct given *ret);

/*
 * Replaces what is kept, as a whole or not at all; nothing to keep is no file. The caller holds the lock of the service,
 * and the folder is there. Return: 0, -EPERM, -EIO, -ENOMEM, reported.
 */
int given_write(struct report *report, const char *rundir, const struct given *given);

#endif
