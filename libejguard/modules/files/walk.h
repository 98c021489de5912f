/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Walks a tree once, by descriptors, with constant memory. */
#ifndef EJG_FILES_WALK_H
#define EJG_FILES_WALK_H

#include "libejguard/modules/files/judge.h"

enum {
	WALK_DEPTH = 128, /* ejabberd's own trees have about ten levels; each level keeps a descriptor open */
};

/*
 * Checks a folder and all below: symbolic links are not followed, other mounts not entered. With a pattern it checks
 * only the matching entries of the folder, and not the folder itself.
 * @fd:      the folder, opened for reading; closed by the call
 * @object:  the folder, for judge_folder()
 * @pattern: fnmatch(3), or NULL
 *
 * Return: 0, -ECANCELED, -ENOMEM.
 */
int walk_tree(struct files *files, int fd, const struct object *object, const char *pattern);

/* True if the stack excludes the path. */
bool walk_excluded(const struct files *files, const char *path);

#endif
