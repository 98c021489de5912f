/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One object of a tree: what is wrong with it, and taking away what others may do. */
#ifndef EJG_FILES_JUDGE_H
#define EJG_FILES_JUDGE_H

#include "libejguard/modules/files/files.h"

struct object {
	int dir;	  /* folder that holds it, or itself when name is empty */
	const char *name; /* as for openat(2) */
	const char *path;
	enum file_group group;
	const struct access_reach *reach; /* N_TRUSTS: who gets to it */
	bool root_too;			  /* nobody but root could have put it here: a file of root's may be changed */
	mode_t given;			  /* mode that the configuration gives it, or 0 */
	const struct ejg_place *where;
	struct statx st;
	bool limited;  /* a repair that is only foreseen would leave what `allowed` has */
	mode_t allowed;
};

enum {
	JUDGE_STATX = STATX_TYPE | STATX_MODE | STATX_NLINK | STATX_UID | STATX_GID | STATX_INO,
};

/* Both may change object->st: it is what repair has made of it. Return: 0, -ENOMEM. */
int judge_file(struct files *files, struct object *object);
/* @fd: of the folder. @inside: who gets to what is in it. */
int judge_folder(struct files *files, struct object *object, int fd, struct access_reach inside[N_TRUSTS]);

#endif
