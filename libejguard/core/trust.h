/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Trusted files: a regular file that is not a symbolic link. It and every folder from / down to it must belong to root
 * (or, for an unprivileged caller, also to that caller) and must not be writable by others, except for sticky folders
 * of root. Symbolic links among the folders are followed one by one, and each link is checked by the same rule as its
 * target.
 */
#ifndef EJG_CORE_TRUST_H
#define EJG_CORE_TRUST_H

#include "libejguard/core/report.h"

/*
 * Opens a trusted file for reading. *ret_problem (from the arena) is one sentence that names the path at fault and its
 * owner or mode.
 *
 * Return: 0; -ENOENT when it does not exist, -EBADMSG when it is not trusted, -EPERM when it cannot be read, -EIO,
 * -ENOMEM. *ret_fd untouched on failure.
 */
int trusted_open(struct arena *arena, const char *path, int *ret_fd, const char **ret_problem);

/* The same rule for a folder; a missing one is -ENOENT. */
int trusted_open_folder(struct arena *arena, const char *path, int *ret_fd, const char **ret_problem);

#endif
