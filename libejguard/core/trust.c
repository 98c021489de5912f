/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/core/trust.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "libejguard/util/cleanup.h"

enum { MAX_LINKS = 40 }; /* as in the kernel's own walk, path_resolution(7) */

/*
 * A walk from / down. The folder it stands in is open and has been found trusted; whoever is not trusted cannot
 * change what it holds, so that each step can rely on the one before.
 */
struct walk {
	struct arena *arena;
	const char **problem;
	int folder;	   /* O_PATH */
	const char *place; /* the folder's path, "" for the root */
	const char *rest;  /* what is still to be walked */
	const char *link;  /* the last link that was followed, or NULL */
	size_t link_rest;  /* length of `rest` at which that link's target has been walked */
	unsigned int n_links;
};

static void walk_end(const struct walk *walk)
{
	ejg_close_fd(&walk->folder);
}
#define cleanup_walk __attribute__((cleanup(walk_end)))

static int problem(struct walk *walk, int error, const char *format, ...) __attribute__((format(printf, 3, 4)));

static int problem(struct walk *walk, int error, const char *format, ...)
{
	char *text;
	va_list ap;

	va_start(ap, format);
	text = arena_vprintf(walk->arena, format, ap);
	va_end(ap);
	if (!text)
		return -ENOMEM;
	*walk->problem = text;
	return error;
}

/* The errno of a failed system call on `path`, as one of the errors that path.h names. */
static int failed(struct walk *walk, const char *path, int error)
{
	switch (error) {
	case ENOENT:
		return problem(walk, -ENOENT, "'%s' does not exist", path);
	case EACCES:
	case EPERM:
		return problem(walk, -EPERM, "no permission to open '%s'", path);
	case ENOTDIR:
	case ENAMETOOLONG:
	case ELOOP:
		return problem(walk, -EBADMSG, "cannot open '%s': %s", path, strerror(error));
	case ENOMEM:
		return -ENOMEM;
	default:
		return problem(walk, -EIO, "cannot open '%s': %s", path, strerror(error));
	}
}

static int check_owner(struct walk *walk, const char *path, const struct stat *st)
{
	uid_t caller = geteuid();

	if (st->st_uid == 0 || st->st_uid == caller)
		return 0;
	if (caller == 0)
		return problem(walk, -EBADMSG, "'%s' belongs to user %u, not to root", path, st->st_uid);
	return problem(walk, -EBADMSG, "'%s' belongs to user %u, neither to root nor to user %u", path, st->st_uid,
		       caller);
}

/*
 * Mode bits are all there is to ask: where a POSIX ACL lets a further user or group write, its mask is what stat()
 * shows as the group's bits (acl(5)). A sticky folder of root's lets others add files of their own, which then fail by
 * their owner, and neither rename nor remove anybody else's.
 */
static int check_trust(struct walk *walk, const char *path, const struct stat *st)
{
	int r;

	r = check_owner(walk, path, st);
	if (r < 0)
		return r;
	if (!(st->st_mode & (S_IWGRP | S_IWOTH)))
		return 0;
	if (S_ISDIR(st->st_mode) && (st->st_mode & S_ISVTX) && st->st_uid == 0)
		return 0;
	return problem(walk, -EBADMSG, "'%s' may be written by others than its owner (mode %04o)", path,
		       (unsigned int)st->st_mode & 07777);
}

static int enter_root(struct walk *walk)
{
	cleanup_fd int fd = -1;
	struct stat st;
	int r;

	fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return failed(walk, "/", errno);
	r = check_trust(walk, "/", &st);
	if (r < 0)
		return r;
	ejg_close_fd(&walk->folder);
	walk->folder = take_fd(fd);
	walk->place = "";
	return 0;
}

/* The path of an entry of the folder, as the walk has come to it: without links, "." and "..". */
static const char *place_of(struct walk *walk, const char *name)
{
	const char *slash = strrchr(walk->place, '/');

	if (strcmp(name, "..") != 0)
		return arena_printf(walk->arena, "%s/%s", walk->place, name);
	return slash ? arena_strndup(walk->arena, walk->place, (size_t)(slash - walk->place)) : "";
}

/* Goes on at the target of a link in the middle of the path. */
static int follow(struct walk *walk, int link, const char *place, const struct stat *st, const char *after)
{
	char target[PATH_MAX];
	bool inside = walk->link && strlen(walk->rest) > walk->link_rest;
	ssize_t length;
	int r;

	r = check_owner(walk, place, st);
	if (r < 0)
		return r;
	if (++walk->n_links > MAX_LINKS)
		return problem(walk, -EBADMSG, "more than %d symbolic links on the way, the last one '%s'", MAX_LINKS,
			       place);
	length = readlinkat(link, "", target, sizeof(target));
	if (length < 0)
		return failed(walk, place, errno);
	if (length == 0 || (size_t)length == sizeof(target))
		return problem(walk, -EBADMSG, "'%s' is a symbolic link that leads nowhere", place);

	if (!inside) {
		walk->link = place;
		walk->link_rest = strlen(after);
	}
	walk->rest = arena_printf(walk->arena, "%.*s%s", (int)length, target, after);
	if (!walk->rest)
		return -ENOMEM;
	return target[0] == '/' ? enter_root(walk) : 0;
}

/* Opens an entry of the folder, whatever it is, without following it. */
static int open_entry(struct walk *walk, const char *name, const char *place, int *ret_fd, struct stat *ret_st)
{
	cleanup_fd int fd = -1;
	struct stat st;

	/* O_DIRECTORY first: it makes the kernel mount what autofs(5) has in store there. */
	fd = openat(walk->folder, name, O_PATH | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && errno == ENOTDIR)
		fd = openat(walk->folder, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	/* A dangling link is a mistake, not an absent file: whoever falls back to another place must not do so then. */
	if (fd < 0 && errno == ENOENT && walk->link && strlen(walk->rest) > walk->link_rest)
		return problem(walk, -EBADMSG, "'%s' is a symbolic link to what does not exist", walk->link);
	if (fd < 0 || fstat(fd, &st) < 0)
		return failed(walk, place, errno);
	*ret_fd = take_fd(fd);
	*ret_st = st;
	return 0;
}

/*
 * Walks one component. At the last one of a file's path *ret_fd becomes its O_PATH descriptor and *ret_name its name
 * in the folder; everything else is a folder and is entered.
 */
static int step(struct walk *walk, bool want_folder, int *ret_fd, const char **ret_name)
{
	size_t length = strcspn(walk->rest, "/");
	const char *after = walk->rest + length, *name, *place;
	bool last = after[strspn(after, "/")] == '\0';
	cleanup_fd int fd = -1;
	struct stat st;
	int r;

	name = arena_strndup(walk->arena, walk->rest, length);
	place = name ? place_of(walk, name) : NULL;
	if (!place)
		return -ENOMEM;
	r = open_entry(walk, name, place, &fd, &st);
	if (r < 0)
		return r;
	if (S_ISLNK(st.st_mode)) {
		if (last)
			return problem(walk, -EBADMSG, "'%s' is a symbolic link", place);
		return follow(walk, fd, place, &st, after);
	}
	if (!S_ISDIR(st.st_mode)) {
		if (want_folder || !last || *after)
			return problem(walk, -EBADMSG, "'%s' is not a folder", place);
		if (!S_ISREG(st.st_mode))
			return problem(walk, -EBADMSG, "'%s' is not a regular file", place);
	}
	r = check_trust(walk, place, &st);
	if (r < 0)
		return r;
	walk->rest = after;
	if (S_ISDIR(st.st_mode)) {
		ejg_close_fd(&walk->folder);
		walk->folder = take_fd(fd);
		walk->place = place;
	} else {
		*ret_fd = take_fd(fd);
		*ret_name = name;
	}
	return 0;
}

/* Walks the whole path. On success the walk stands in the wanted folder, or in that of the file in *ret_fd. */
static int walk_path(struct walk *walk, const char *path, bool want_folder, int *ret_fd, const char **ret_name)
{
	int r;

	if (path[0] != '/')
		return problem(walk, -EBADMSG, "'%s' is not an absolute path", path);
	r = enter_root(walk);
	for (walk->rest = path; r == 0 && *ret_fd < 0;) {
		walk->rest += strspn(walk->rest, "/");
		if (walk->rest[0] == '.' && (walk->rest[1] == '/' || walk->rest[1] == '\0')) {
			walk->rest++;
			continue;
		}
		if (*walk->rest == '\0')
			break;
		r = step(walk, want_folder, ret_fd, ret_name);
	}
	if (r == 0 && *ret_fd < 0 && !want_folder)
		return problem(walk, -EBADMSG, "'%s' is a folder", path);
	return r;
}

int trusted_open(struct arena *arena, const char *path, int *ret_fd, const char **ret_problem)
{
	cleanup_walk struct walk walk = { .arena = arena, .problem = ret_problem, .folder = -1 };
	cleanup_fd int seen = -1, fd = -1;
	struct stat before, after;
	const char *name;
	int r;

	r = walk_path(&walk, path, false, &seen, &name);
	if (r < 0)
		return r;
	/* Only what was seen to be a regular file is opened: opening a device may act, opening a FIFO may block. */
	fd = openat(walk.folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || fstat(seen, &before) < 0 || fstat(fd, &after) < 0)
		return failed(&walk, path, errno);
	if (before.st_dev != after.st_dev || before.st_ino != after.st_ino)
		return problem(&walk, -EBADMSG, "'%s' was replaced while it was being opened", path);
	*ret_fd = take_fd(fd);
	return 0;
}

int trusted_open_folder(struct arena *arena, const char *path, int *ret_fd, const char **ret_problem)
{
	cleanup_walk struct walk walk = { .arena = arena, .problem = ret_problem, .folder = -1 };
	const char *name;
	int none = -1, fd, r;

	r = walk_path(&walk, path, true, &none, &name);
	if (r < 0)
		return r;
	fd = openat(walk.folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return failed(&walk, path, errno);
	*ret_fd = fd;
	return 0;
}
