/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One pass over a tree, by descriptors, in memory that does not depend on the tree. */
#ifndef EJG_FILES_WALK_H
#define EJG_FILES_WALK_H

#include "libejguard/modules/files/judge.h"

enum {
	WALK_DEPTH = 128, /* ejabberd's own trees have a depth of about ten; each level keeps a descriptor open */
};

/*
 * Looks at a folder and all below: symbolic links are not followed, other mounts not entered. With a pattern only at
 * what is in the folder and fits it, and not at the folder itself.
 * @fd:      the folder, opened for reading; closed by the call
 * @object:  what judge_folder() needs of it
 * @pattern: fnmatch(3), or NULL
 *
 * Return: 0, -ECANCELED, -ENOMEM.
 */
int walk_tree(struct files *files, int fd, const struct object *object, const char *pattern);

/* Whether the stack excludes a path. */
bool walk_excluded(const struct files *files, const char *path);

#endif
