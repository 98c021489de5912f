/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/core/trust.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "libejguard/util/cleanup.h"
#include "libejguard/util/walk.h"

/* A walk from / down: each entry is checked before the next one is looked up in it. */
struct visit {
	struct arena *arena;
	const char **problem;
	bool want_folder;
};

static int problem(struct visit *visit, int error, const char *format, ...) __attribute__((format(printf, 3, 4)));

static int problem(struct visit *visit, int error, const char *format, ...)
{
	char *text;
	va_list ap;

	va_start(ap, format);
	text = arena_vprintf(visit->arena, format, ap);
	va_end(ap);
	if (!text)
		return -ENOMEM;
	*visit->problem = text;
	return error;
}

/* Converts the errno of a failed system call on `path` to one of the errors in trust.h. */
static int failed(struct visit *visit, const char *path, int error)
{
	switch (error) {
	case ENOENT:
		return problem(visit, -ENOENT, "'%s' does not exist", path);
	case EACCES:
	case EPERM:
		return problem(visit, -EPERM, "no permission to open '%s'", path);
	case ELOOP:
		return problem(visit, -EBADMSG, "more than %d symbolic links on the way, the last one '%s'",
			       WALK_MAX_LINKS, path);
	case ENOTDIR:
	case ENAMETOOLONG:
		return problem(visit, -EBADMSG, "cannot open '%s': %s", path, strerror(error));
	case ENOMEM:
		return -ENOMEM;
	default:
		return problem(visit, -EIO, "cannot open '%s': %s", path, strerror(error));
	}
}

static int check_owner(struct visit *visit, const char *path, const struct stat *st)
{
	uid_t caller = geteuid();

	if (st->st_uid == 0 || st->st_uid == caller)
		return 0;
	if (caller == 0)
		return problem(visit, -EBADMSG, "'%s' belongs to user %u, not to root", path, st->st_uid);
	return problem(visit, -EBADMSG, "'%s' belongs to user %u, neither to root nor to user %u", path, st->st_uid,
		       caller);
}

/*
 * The mode bits are sufficient: if a POSIX ACL lets another user or group write, stat() shows the ACL's mask as the
 * group bits (acl(5)). In a sticky folder of root others can add files of their own, which the check of the owner
 * refuses, but they cannot rename or remove files of others.
 */
static int check_trust(struct visit *visit, const char *path, const struct stat *st)
{
	int r;

	r = check_owner(visit, path, st);
	if (r < 0)
		return r;
	if (!(st->st_mode & (S_IWGRP | S_IWOTH)))
		return 0;
	if (S_ISDIR(st->st_mode) && (st->st_mode & S_ISVTX) && st->st_uid == 0)
		return 0;
	return problem(visit, -EBADMSG, "'%s' may be written by other users than its owner (mode %04o)", path,
		       (unsigned int)st->st_mode & 07777);
}

/* A dangling link is an error, not a missing file: callers with a fallback must not use it then. */
static int say_absent(struct visit *visit, const struct walk_entry *entry)
{
	if (entry->link)
		return problem(visit, -EBADMSG, "'%s' is a symbolic link whose target does not exist", entry->link);
	return failed(visit, entry->path, ENOENT);
}

static int look(void *data, const struct walk_entry *entry)
{
	struct visit *visit = data;
	const mode_t mode = entry->st ? entry->st->st_mode : 0;
	int r;

	if (entry->fd < 0)
		return say_absent(visit, entry);
	if (S_ISLNK(mode)) {
		if (!*entry->rest)
			return problem(visit, -EBADMSG, "'%s' is a symbolic link", entry->path);
		return check_owner(visit, entry->path, entry->st);
	}
	if (!S_ISDIR(mode) && (visit->want_folder || entry->slash))
		return problem(visit, -EBADMSG, "'%s' is not a folder", entry->path);
	if (!S_ISDIR(mode) && !S_ISREG(mode))
		return problem(visit, -EBADMSG, "'%s' is not a regular file", entry->path);
	r = check_trust(visit, entry->path, entry->st);
	return r < 0 ? r : WALK_ON;
}

/* Checks the whole path. */
static int look_all(struct visit *visit, const char *path, struct walk_end *ret)
{
	const char *place;
	struct stat st;
	int r;

	if (path[0] != '/')
		return problem(visit, -EBADMSG, "'%s' is not an absolute path", path);
	r = walk_path(visit->arena, NULL, path, look, visit, ret, &place);
	if (r < 0)
		return place ? failed(visit, place, -r) : r;
	if (!visit->want_folder && (fstat(ret->fd, &st) < 0 || S_ISDIR(st.st_mode)))
		return problem(visit, -EBADMSG, "'%s' is a folder", path);
	return 0;
}

int trusted_open(struct arena *arena, const char *path, int *ret_fd, const char **ret_problem)
{
	struct visit visit = { .arena = arena, .problem = ret_problem };
	cleanup_walk_end struct walk_end end = WALK_END_NULL;
	struct stat before, after;
	cleanup_fd int fd = -1;
	int r = look_all(&visit, path, &end);

	if (r < 0)
		return r;
	/* Opens regular files only: opening a device may have effects, opening a FIFO may block. */
	fd = openat(end.folder, end.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || fstat(end.fd, &before) < 0 || fstat(fd, &after) < 0)
		return failed(&visit, path, errno);
	if (before.st_dev != after.st_dev || before.st_ino != after.st_ino)
		return problem(&visit, -EBADMSG, "'%s' was replaced while it was being opened", path);
	*ret_fd = take_fd(fd);
	return 0;
}

int trusted_open_folder(struct arena *arena, const char *path, int *ret_fd, const char **ret_problem)
{
	struct visit visit = { .arena = arena, .problem = ret_problem, .want_folder = true };
	cleanup_walk_end struct walk_end end = WALK_END_NULL;
	int fd, r = look_all(&visit, path, &end);

	if (r < 0)
		return r;
	fd = openat(end.fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return failed(&visit, path, errno);
	*ret_fd = fd;
	return 0;
}
