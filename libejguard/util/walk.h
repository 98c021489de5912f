/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Walks a path component by component. The kernel is never given a name of more than one component, so the entry that
 * was checked is the entry that is opened. No file is opened for its content here: a FIFO, a device or a lease does no
 * harm.
 */
#ifndef EJG_UTIL_WALK_H
#define EJG_UTIL_WALK_H

#include <stdbool.h>
#include <sys/stat.h>

#include "libejguard/util/arena.h"
#include "libejguard/util/cleanup.h"

enum { WALK_MAX_LINKS = 40 }; /* same limit as the kernel, path_resolution(7) */

/* The current entry of a walk: first the root, then each name that it looks up. Texts are in the arena. */
struct walk_entry {
	int fd;		       /* O_PATH; -1: the entry does not exist */
	const struct stat *st; /* NULL if it does not exist */
	const char *path;      /* without links, "." and ".."; "/" for the root */
	const char *name;      /* the name that was looked up; NULL for the root */
	const char *rest;      /* the rest of the path behind it; "" at the end */
	bool slash;	       /* more components follow: it has to be a folder */
	const char *link;      /* the first link whose target is not fully walked yet, or NULL */
};

/*
 * Checks an entry before the walk continues: into a folder, through a link (also one at the end of the path), to the
 * end.
 * Return: WALK_ON, WALK_HERE to end the walk at this entry, or a negative errno to fail with.
 */
enum walk_next { WALK_ON, WALK_HERE };
typedef int (*walk_fn)(void *data, const struct walk_entry *entry);

/* The end of a walk. */
struct walk_end {
	int fd;		  /* O_PATH; -1: it does not exist */
	int folder;	  /* O_PATH, the folder that contains it; -1 for the root */
	const char *path; /* as in walk_entry; with all remaining components if it does not exist */
	const char *name; /* in the folder; NULL for the root */
};
#define WALK_END_NULL ((struct walk_end){ .fd = -1, .folder = -1 })

/*
 * Walks an absolute path from the root down. A path that does not exist is no error: ret->fd is then -1.
 * @root: another root, NULL or "" for the system's: links are followed as if it were /, ".." stays in it
 * @visit: called for each entry; NULL: no checks
 *
 * Return: 0; what visit returned; -EINVAL for a path that is not absolute, -ELOOP, -ENOTDIR, -ENAMETOOLONG, -ENOMEM,
 * any errno of open(2). On failure *ret is untouched, and *ret_failed is the path at which it failed, or NULL when
 * visit did.
 */
int walk_path(struct arena *arena, const char *root, const char *path, walk_fn visit, void *data, struct walk_end *ret,
	      const char **ret_failed);

static inline void walk_end_close(const struct walk_end *end)
{
	ejg_close_fd(&end->fd);
	ejg_close_fd(&end->folder);
}
#define cleanup_walk_end __attribute__((cleanup(walk_end_close)))

#endif
