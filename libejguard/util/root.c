/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/util/root.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MAX_LINKS = 40 }; /* as the kernel's MAXSYMLINKS */

/* A path below the root in the making: links are followed as if the root were /. */
struct walk {
	const char *root;
	char done[PATH_MAX]; /* without links; "" is the root */
	char rest[PATH_MAX];
	unsigned int n_links;
};

/* Puts the target of a link in front of the rest. */
static int follow_link(struct walk *w, const char *target)
{
	char rest[PATH_MAX];

	if (++w->n_links > MAX_LINKS)
		return -ELOOP;
	if (snprintf(rest, sizeof(rest), "%s/%s", target, w->rest) >= (int)sizeof(rest))
		return -ENAMETOOLONG;
	strcpy(w->rest, rest);
	if (target[0] == '/')
		w->done[0] = '\0';
	return 0;
}

static int walk_into(struct walk *w, const char *name)
{
	const size_t length = strlen(w->done);
	char path[2 * PATH_MAX], target[PATH_MAX];
	ssize_t n;

	if (strcmp(name, "..") == 0) {
		*(length > 0 ? strrchr(w->done, '/') : w->done) = '\0';
		return 0;
	}
	if (length + strlen(name) + 2 > sizeof(w->done))
		return -ENAMETOOLONG;
	snprintf(path, sizeof(path), "%s%s/%s", w->root, w->done, name);
	n = readlink(path, target, sizeof(target) - 1);
	if (n >= 0) {
		target[n] = '\0';
		return follow_link(w, target);
	}
	w->done[length] = '/';
	strcpy(w->done + length + 1, name);
	return 0;
}

static int open_below(const char *root, const char *path, int flags)
{
	struct walk w = { .root = root };
	char whole[2 * PATH_MAX], name[PATH_MAX];
	int fd, r = strlen(path) + strlen(root) < PATH_MAX ? 0 : -ENAMETOOLONG;

	if (r == 0)
		strcpy(w.rest, path);
	while (r == 0 && *w.rest) {
		const size_t length = strcspn(w.rest, "/");
		const char *rest;

		memcpy(name, w.rest, length);
		name[length] = '\0';
		rest = w.rest + length + strspn(w.rest + length, "/");
		memmove(w.rest, rest, strlen(rest) + 1);
		if (length > 0 && strcmp(name, ".") != 0)
			r = walk_into(&w, name);
	}
	if (r < 0)
		return r;
	snprintf(whole, sizeof(whole), "%s%s", root, *w.done ? w.done : "/");
	fd = open(whole, flags | O_NOFOLLOW);
	return fd < 0 ? -errno : fd;
}

int root_open(const char *root, const char *path, int flags)
{
	const int all = flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
	int fd;

	if (root && *root)
		return open_below(root, path, all);
	fd = open(path, all);
	return fd < 0 ? -errno : fd;
}
