/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks one object of a tree, and removes rights of others. */
#ifndef EJG_FILES_JUDGE_H
#define EJG_FILES_JUDGE_H

#include "libejguard/modules/files/files.h"

struct object {
	int dir;	  /* folder that contains it, or the object itself if name is empty */
	const char *name; /* as for openat(2) */
	const char *path;
	enum file_group group;
	const struct access_reach *reach; /* N_TRUSTS: users that can reach it */
	bool root_too;			  /* only root can have put it here: a file of root may be changed */
	mode_t given;			  /* mode from the configuration, or 0 */
	const struct ejg_place *where;
	struct statx st;
	bool limited; /* a planned repair would limit the mode to `allowed` */
	mode_t allowed;
};

enum {
	JUDGE_STATX = STATX_TYPE | STATX_MODE | STATX_NLINK | STATX_UID | STATX_GID | STATX_INO,
};

/* Both set object->st to the state after a repair. Return: 0, -ENOMEM. */
int judge_file(struct files *files, struct object *object);
/* @fd: of the folder. @inside: the users that can reach its contents. */
int judge_folder(struct files *files, struct object *object, int fd, struct access_reach inside[N_TRUSTS]);

#endif
