/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of the system, or of another root directory: an image, a mounted disk, a test's folder. */
#ifndef EJG_UTIL_ROOT_H
#define EJG_UTIL_ROOT_H

#include <dirent.h>
#include <glob.h>

#include "libejguard/util/arena.h"

/*
 * Opens an absolute path below a root: links are followed as if the root were /, ".." stays in it.
 * @root:  its path; NULL or "" for the system itself
 * @flags: of open(2); O_CLOEXEC is added, and flags with which opening a FIFO or a terminal has no side effects
 *
 * Return: a descriptor; -ELOOP, -ENAMETOOLONG, any errno of open(2).
 */
int root_open(const char *root, const char *path, int flags);

/*
 * As file_open_regular(), below a root.
 * Return: a descriptor; -EINVAL when it is not a regular file, any errno of open(2).
 */
int root_open_regular(const char *root, const char *path);

/* Opens a folder below a root. Return: NULL with errno. */
DIR *root_opendir(const char *root, const char *path);

/* The absolute path below a root after all links; NULL when it does not exist, or without memory. */
const char *root_resolve(struct arena *arena, const char *root, const char *path);

/*
 * As glob(3) with GLOB_NOSORT and GLOB_BRACE, below a root: the paths found do not include the root. The caller frees
 * them.
 * Return: as glob(3).
 */
int root_glob(const char *root, const char *pattern, glob_t *ret);

#endif
