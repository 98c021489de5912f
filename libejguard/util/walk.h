/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The way to a file, component by component: no name of more than one component is ever handed to the kernel, so that
 * what was looked at is what is judged, and what was judged is what is opened. Nothing here opens a file's content: a
 * FIFO, a device or a lease does no harm.
 */
#ifndef EJG_UTIL_WALK_H
#define EJG_UTIL_WALK_H

#include <stdbool.h>
#include <sys/stat.h>

#include "libejguard/util/arena.h"
#include "libejguard/util/cleanup.h"

enum { WALK_MAX_LINKS = 40 }; /* as in the kernel's own walk, path_resolution(7) */

/* What a walk has come to: the root, and then each name that it looks up. Texts live in the arena. */
struct walk_entry {
	int fd;		      /* O_PATH; -1: there is no such entry */
	const struct stat *st; /* NULL where there is none */
	const char *path;     /* without links, "." and ".."; "/" for the root */
	const char *name;     /* that was looked up; NULL for the root */
	const char *rest;     /* of the path, behind it; "" at the end */
	bool slash;	      /* one follows: it has to be a folder */
	const char *link;     /* the first link whose target the walk is still on the way through, or NULL */
};

/*
 * Looks at an entry before the walk goes on: into a folder, through a link (one at the end of the path too), to the end.
 * Return: WALK_ON, WALK_HERE to end the walk at this entry, or a negative errno to fail with.
 */
enum walk_next { WALK_ON, WALK_HERE };
typedef int (*walk_fn)(void *data, const struct walk_entry *entry);

/* Where a walk has ended. */
struct walk_end {
	int fd;		  /* O_PATH; -1: it does not exist */
	int folder;	  /* O_PATH, the folder that it is in; -1 for the root */
	const char *path; /* as in walk_entry, with all that was still to be walked where it does not exist */
	const char *name; /* in the folder; NULL for the root */
};
#define WALK_END_NULL ((struct walk_end){ .fd = -1, .folder = -1 })

/*
 * Walks an absolute path from the root down. That it does not exist is no error: ret->fd is then -1.
 * @root: another root, NULL or "" for the system's: links are followed as if it were /, ".." stays in it
 * @visit: called for each entry; NULL: nobody looks
 *
 * Return: 0; what visit returned; -EINVAL for a path that is not absolute, -ELOOP, -ENOTDIR, -ENAMETOOLONG, -ENOMEM, any
 * errno of open(2). On failure *ret is untouched, and *ret_failed is the path at which it failed, or NULL when visit did.
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
