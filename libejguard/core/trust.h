/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Trusted files: a regular file, and every folder from / down to it, owned by root (or, for an unprivileged
 * caller, also by that caller) and not writable by others, folders that are sticky and root's excepted; no symbolic
 * link at its end. The folders are walked link by link, so that a link in the middle is held to the same rule
 * as what it leads to.
 */
#ifndef EJG_CORE_TRUST_H
#define EJG_CORE_TRUST_H

#include "libejguard/core/report.h"

/*
 * Opens a trusted file for reading. *ret_problem (from the arena) is one sentence that names the path that is at
 * fault and its owner or mode.
 *
 * Return: 0; -ENOENT when it does not exist, -EBADMSG when it is not to be trusted, -EPERM when it cannot be read,
 * -EIO, -ENOMEM. *ret_fd untouched on failure.
 */
int trusted_open(struct arena *arena, const char *path, int *ret_fd, const char **ret_problem);

/* The same rule for a folder; a missing one is -ENOENT. */
int trusted_open_folder(struct arena *arena, const char *path, int *ret_fd, const char **ret_problem);

#endif
