/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Taking away what others may do with an object, and saying how to do that by hand. */
#ifndef EJG_FILES_MEND_H
#define EJG_FILES_MEND_H

#include "libejguard/modules/files/judge.h"

/*
 * foresee.c: notes what a repair that is not made would leave of an object's access. Return: 0, -ENOMEM. And: applies that to
 * what was read; to the way to a place, whose reach is then that afterwards.
 */
int foresee_mend(struct files *files, struct object *object, mode_t allowed);
void foresee_limit(struct files *files, const struct object *object, struct access *access);
void foresee_way(const struct files *files, struct access_path *path, const struct access_trust *trust);

/* Repairs what is open at fd, when that is asked for and can be done safely. Return: 0, -ENOMEM. */
int mend(struct files *files, struct object *object, int fd);

/* The command that would do it, or NULL for the one of the finding's table. */
const char *mend_remedy(struct files *files, const struct object *object, int fd);

/* Whether a file holds a private key; a file that cannot be read might. */
bool mend_has_key(int fd);

#endif
