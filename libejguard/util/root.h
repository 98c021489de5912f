/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of the system, or of a tree that stands for it: an image, a mounted disk, a test's folder. */
#ifndef EJG_UTIL_ROOT_H
#define EJG_UTIL_ROOT_H

#include <dirent.h>
#include <glob.h>

#include "libejguard/util/arena.h"

/*
 * Opens an absolute path below a root: links are followed as if the root were /, ".." stays in it.
 * @root:  its path; NULL or "" for the system itself
 * @flags: of open(2); O_CLOEXEC is added, and what keeps the opening of a FIFO or of a terminal from having effects
 *
 * Return: a descriptor; -ELOOP, -ENAMETOOLONG, any errno of open(2).
 */
int root_open(const char *root, const char *path, int flags);

/*
 * As file_open_regular(), below a root.
 * Return: a descriptor; -EINVAL when it is no regular file, any errno of open(2).
 */
int root_open_regular(const char *root, const char *path);

/* Opens a folder below a root. Return: NULL with errno. */
DIR *root_opendir(const char *root, const char *path);

/* Where an absolute path leads below a root, without links; NULL when nowhere, or without memory. */
const char *root_resolve(struct arena *arena, const char *root, const char *path);

/*
 * As glob(3) with GLOB_NOSORT and GLOB_BRACE, below a root: paths are without it. The caller frees what is found.
 * Return: as glob(3).
 */
int root_glob(const char *root, const char *pattern, glob_t *ret);

#endif
