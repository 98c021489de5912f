/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of the system, or of a tree that stands for it: an image, a mounted disk, a test's folder. */
#ifndef EJG_UTIL_ROOT_H
#define EJG_UTIL_ROOT_H

/*
 * Opens an absolute path below a root: links are followed as if the root were /, ".." stays in it.
 * @root:  its path; NULL or "" for the system itself
 * @flags: of open(2); O_CLOEXEC is added, and what keeps the opening of a FIFO or of a terminal from having effects
 *
 * Return: a descriptor; -ELOOP, -ENAMETOOLONG, any errno of open(2).
 */
int root_open(const char *root, const char *path, int flags);

#endif
