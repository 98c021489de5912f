/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/util/walk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>

struct walk {
	struct arena *arena;
	walk_fn visit;
	void *data;
	int root;	   /* O_PATH */
	bool elsewhere;	   /* the root is not the system's */
	int folder;	   /* O_PATH, the current folder */
	const char *place; /* its path; "" for the root */
	const char *rest;  /* the rest of the path, without leading slashes and "." */
	const char *link;
	size_t link_rest; /* length of `rest` when the target of `link` has been walked */
	unsigned int n_links;
	const char *failed;
};

static void walk_close(const struct walk *walk)
{
	ejg_close_fd(&walk->root);
	ejg_close_fd(&walk->folder);
}
#define cleanup_walk __attribute__((cleanup(walk_close)))

/* The next component, without "." and empty ones; ".." of the root is the root. */
static const char *skip(const char *rest, bool at_root)
{
	for (;;) {
		size_t dots = 0;

		rest += strspn(rest, "/");
		if (rest[0] == '.')
			dots = rest[1] == '.' && at_root ? 2 : 1;
		if (!dots || (rest[dots] && rest[dots] != '/'))
			return rest;
		rest += dots;
	}
}

/* The path of an entry of the folder; "" for the root. */
static const char *place_of(struct walk *walk, const char *name)
{
	const char *slash = strrchr(walk->place, '/');

	if (strcmp(name, "..") != 0)
		return arena_printf(walk->arena, "%s/%s", walk->place, name);
	return arena_strndup(walk->arena, walk->place, slash ? (size_t)(slash - walk->place) : 0);
}

static const char *for_people(const char *place)
{
	return *place ? place : "/";
}

static int fail(struct walk *walk, const char *place, int error)
{
	walk->failed = for_people(place);
	return -error;
}

static int open_name(int folder, const char *name)
{
	int fd;

	/* O_DIRECTORY first: it makes the kernel mount a file system of autofs(5). */
	fd = openat(folder, name, O_PATH | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && errno == ENOTDIR)
		fd = openat(folder, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/*
 * Opens the parent folder, for another root than the system's. It walks down from the root: if a folder is moved out of
 * the root during the walk, its ".." would lead outside.
 */
static int open_above(struct walk *walk, const char *place)
{
	cleanup_fd int fd = fcntl(walk->root, F_DUPFD_CLOEXEC, 0);
	char name[NAME_MAX + 1];

	while (fd >= 0 && *place) {
		const size_t length = strcspn(++place, "/");
		int below;

		memcpy(name, place, length);
		name[length] = '\0';
		place += length;
		below = openat(fd, name, O_PATH | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC);
		ejg_close_fd(&fd);
		fd = below;
	}
	return fd < 0 ? -errno : take_fd(fd);
}

/* Opens an entry without following a link. Return: 0, with -1 as *ret_fd if it does not exist; or a negative errno. */
static int open_entry(struct walk *walk, const char *name, const char *place, int *ret_fd, struct stat *ret_st)
{
	const bool above = walk->elsewhere && strcmp(name, "..") == 0;
	cleanup_fd int fd = above ? open_above(walk, place) : open_name(walk->folder, name);

	if (fd == -ENOENT) {
		*ret_fd = -1;
		return 0;
	}
	if (fd < 0)
		return fail(walk, place, -fd);
	if (fstat(fd, ret_st) < 0)
		return fail(walk, place, errno);
	*ret_fd = take_fd(fd);
	return 0;
}

static int enter(struct walk *walk, int *fd, const char *place, const char *after)
{
	ejg_close_fd(&walk->folder);
	walk->folder = take_fd(*fd);
	walk->place = place;
	walk->rest = skip(after, !*place);
	return WALK_ON;
}

static int finish(struct walk *walk, int *fd, const struct walk_entry *entry, struct walk_end *ret)
{
	const bool whole = entry->fd >= 0 || !*entry->rest;
	const char *path = whole ? entry->path : arena_printf(walk->arena, "%s/%s", entry->path, entry->rest);

	if (!path)
		return -ENOMEM;
	*ret = (struct walk_end){ .fd = take_fd(*fd), .folder = -1, .path = path, .name = entry->name };
	if (entry->name)
		ret->folder = take_fd(walk->folder);
	return WALK_HERE;
}

/* Puts the target of a link before the rest of the path. */
static int follow(struct walk *walk, const struct walk_entry *entry)
{
	char target[PATH_MAX];
	ssize_t length;

	if (++walk->n_links > WALK_MAX_LINKS)
		return fail(walk, entry->path, ELOOP);
	length = readlinkat(entry->fd, "", target, sizeof(target));
	if (length < 0)
		return fail(walk, entry->path, errno);
	if (length == 0 || (size_t)length == sizeof(target))
		return fail(walk, entry->path, ENAMETOOLONG);
	if (!entry->link) {
		walk->link = entry->path;
		walk->link_rest = strlen(entry->rest);
	}
	walk->rest = arena_printf(walk->arena, "%.*s%s%s", (int)length, target, entry->slash ? "/" : "", entry->rest);
	if (!walk->rest)
		return -ENOMEM;
	if (target[0] == '/')
		return 1;
	walk->rest = skip(walk->rest, !*walk->place);
	return 0;
}

static int show(struct walk *walk, const struct walk_entry *entry)
{
	return walk->visit ? walk->visit(walk->data, entry) : WALK_ON;
}

static int enter_root(struct walk *walk, struct walk_end *ret)
{
	cleanup_fd int fd = fcntl(walk->root, F_DUPFD_CLOEXEC, 0);
	const char *after = walk->rest, *rest = skip(after, true);
	struct stat st;
	const struct walk_entry entry = {
		.fd = fd, .st = &st, .path = "/", .rest = rest, .slash = true, .link = walk->link
	};
	int r;

	if (fd < 0 || fstat(fd, &st) < 0)
		return fail(walk, "", errno);
	r = show(walk, &entry);
	if (r != WALK_ON || !*rest)
		return r < 0 ? r : finish(walk, &fd, &entry, ret);
	return enter(walk, &fd, "", after);
}

/* Walks one component. Return: WALK_ON, WALK_HERE when *ret is the end, or a negative errno. */
static int step(struct walk *walk, struct walk_end *ret)
{
	const size_t length = strcspn(walk->rest, "/");
	const char *after = walk->rest + length;
	const char *name = arena_strndup(walk->arena, walk->rest, length);
	const char *place = name ? place_of(walk, name) : NULL;
	cleanup_fd int fd = -1;
	struct stat st = { 0 };
	struct walk_entry entry = { .name = name, .slash = *after };
	int r;

	if (!place)
		return -ENOMEM;
	if (walk->link && strlen(walk->rest) <= walk->link_rest)
		walk->link = NULL;
	r = open_entry(walk, name, place, &fd, &st);
	if (r < 0)
		return r;
	entry.fd = fd;
	entry.st = fd < 0 ? NULL : &st;
	entry.path = for_people(place);
	entry.rest = skip(after, !*place);
	entry.link = walk->link;
	r = show(walk, &entry);
	if (r != WALK_ON || fd < 0)
		return r < 0 ? r : finish(walk, &fd, &entry, ret);
	if (S_ISLNK(st.st_mode)) {
		r = follow(walk, &entry);
		return r == 1 ? enter_root(walk, ret) : r;
	}
	if (!S_ISDIR(st.st_mode) && entry.slash)
		return fail(walk, place, ENOTDIR);
	return *entry.rest ? enter(walk, &fd, place, after) : finish(walk, &fd, &entry, ret);
}

/* A link may lead to the current folder: "." or, at the root, "..". */
static int finish_here(struct walk *walk, struct walk_end *ret)
{
	*ret = (struct walk_end){ .fd = take_fd(walk->folder), .folder = -1, .path = for_people(walk->place) };
	return WALK_HERE;
}

int walk_path(struct arena *arena, const char *root, const char *path, walk_fn visit, void *data, struct walk_end *ret,
	      const char **ret_failed)
{
	const bool elsewhere = root && *root;
	cleanup_walk struct walk walk = { .arena = arena,
					  .visit = visit,
					  .data = data,
					  .root = open(elsewhere ? root : "/", O_PATH | O_DIRECTORY | O_CLOEXEC),
					  .elsewhere = elsewhere,
					  .folder = -1,
					  .rest = path };
	int r;

	if (path[0] != '/')
		r = fail(&walk, path, EINVAL);
	else if (walk.root < 0)
		r = fail(&walk, elsewhere ? root : "", errno);
	else
		r = enter_root(&walk, ret);
	while (r == WALK_ON)
		r = *walk.rest ? step(&walk, ret) : finish_here(&walk, ret);
	*ret_failed = r < 0 ? walk.failed : NULL;
	return r < 0 ? r : 0;
}
