/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/util/root.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "libejguard/util/file.h"
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

int root_open_regular(const char *root, const char *path)
{
	cleanup_fd int handle = root_open(root, path, O_PATH);
	struct stat st;

	if (handle < 0)
		return handle;
	if (fstat(handle, &st) < 0)
		return -errno;
	return S_ISREG(st.st_mode) ? file_reopen(handle) : -EINVAL;
}

DIR *root_opendir(const char *root, const char *path)
{
	cleanup_fd int fd = root_open(root, path, O_RDONLY | O_DIRECTORY);
	DIR *dir;

	if (fd < 0) {
		errno = -fd;
		return NULL;
	}
	dir = fdopendir(fd);
	if (dir)
		(void)take_fd(fd);
	return dir;
}

const char *root_resolve(struct arena *arena, const char *root, const char *path)
{
	cleanup_walk_end struct walk_end end = WALK_END_NULL;
	const char *failed;

	return walk_path(arena, root, path, NULL, NULL, &end, &failed) == 0 && end.fd >= 0 ? end.path : NULL;
}

/* glob(3) passes no data pointer to its callbacks. */
static _Thread_local const char *glob_root;

static void *glob_opendir(const char *path)
{
	return root_opendir(glob_root, path);
}

static struct dirent *glob_readdir(void *dir)
{
	return readdir(dir);
}

static void glob_closedir(void *dir)
{
	closedir(dir);
}

static int glob_look(const char *path, int flags, struct stat *ret)
{
	cleanup_fd int fd = root_open(glob_root, path, O_PATH | flags);

	if (fd < 0) {
		errno = -fd;
		return -1;
	}
	return fstat(fd, ret);
}

static int glob_stat(const char *restrict path, struct stat *restrict ret)
{
	return glob_look(path, 0, ret);
}

static int glob_lstat(const char *restrict path, struct stat *restrict ret)
{
	return glob_look(path, O_NOFOLLOW, ret);
}

int root_glob(const char *root, const char *pattern, glob_t *ret)
{
	const char *before = glob_root;
	int r;

	*ret = (glob_t){
		.gl_opendir = glob_opendir,
		.gl_readdir = glob_readdir,
		.gl_closedir = glob_closedir,
		.gl_stat = glob_stat,
		.gl_lstat = glob_lstat,
	};
	glob_root = root;
	r = glob(pattern, GLOB_NOSORT | GLOB_BRACE | GLOB_ALTDIRFUNC, NULL, ret);
	glob_root = before;
	return r;
}
