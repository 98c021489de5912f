/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Removes rights of others from an object, or shows the command for that. */
#ifndef EJG_FILES_MEND_H
#define EJG_FILES_MEND_H

#include "libejguard/modules/files/judge.h"

/*
 * foresee.c: records the access that a planned repair would leave. Return: 0, -ENOMEM. And: applies that to an access
 * that was read, also on the path to a place, so that its reach is that after the repair.
 */
int foresee_mend(struct files *files, struct object *object, mode_t allowed);
void foresee_limit(struct files *files, const struct object *object, struct access *access);
void foresee_way(const struct files *files, struct access_path *path, const struct access_trust *trust);

/* Repairs the object that is open at fd, if that is requested and safe. Return: 0, -ENOMEM. */
int mend(struct files *files, struct object *object, int fd);

/* The command for the repair, or NULL to use the remedy of the finding's table. */
const char *mend_remedy(struct files *files, const struct object *object, int fd);

/* True if a file contains a private key, or cannot be read. */
bool mend_has_key(int fd);

#endif
