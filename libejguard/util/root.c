/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/util/root.h"

#include <errno.h>
#include <fcntl.h>

#include "libejguard/util/walk.h"

static int open_below(const char *root, const char *path, int flags)
{
	cleanup_walk_end struct walk_end end = WALK_END_NULL;
	cleanup_arena struct arena *arena = arena_new();
	const char *failed;
	int fd, r;

	if (!arena)
		return -ENOMEM;
	r = walk_path(arena, root, path, NULL, NULL, &end, &failed);
	if (r < 0)
		return r;
	if (end.fd < 0)
		return -ENOENT;
	fd = end.folder < 0 ? openat(end.fd, ".", flags) : openat(end.folder, end.name, flags | O_NOFOLLOW);
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
