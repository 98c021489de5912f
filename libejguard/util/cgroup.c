/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/util/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "libejguard/util/cleanup.h"

enum {
	MAX_SLICE_DEPTH = 32,
};

const struct cgroup_source cgroup_source_system = {
	.mountinfo = "/proc/self/mountinfo",
	.self_cgroup = "/proc/self/cgroup",
	.init_cgroup = "/proc/1/cgroup",
	.magic = CGROUP2_SUPER_MAGIC,
	.owner = 0,
};

/* An open folder of the cgroup tree, and its path. */
struct folder {
	int fd;
	const char *path;
};

static void close_folder(struct folder *folder)
{
	ejg_close_fd(&folder->fd);
}
#define cleanup_folder __attribute__((cleanup(close_folder)))

static bool ends_with(const char *text, const char *end)
{
	const size_t length = strlen(text), end_length = strlen(end);

	return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

/* Opens one folder and checks its owner and mode. Return: 0, -ENOENT, -EBADMSG, -EIO, -ENOMEM. */
static int open_folder(struct arena *arena, const struct cgroup_source *source, const struct folder *parent,
		       const char *name, struct folder *ret, const char **ret_problem)
{
	const char *path = parent ? arena_printf(arena, "%s/%s", parent->path, name) : name;
	cleanup_fd int fd = -1;
	struct statfs fs;
	struct stat st;

	if (!path)
		return -ENOMEM;
	fd = openat(parent ? parent->fd : AT_FDCWD, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return -ENOENT;
	if (fd < 0 && (errno == ENOTDIR || errno == ELOOP || errno == ENAMETOOLONG))
		return arena_problem(arena, ret_problem, "%s is not a cgroup", path);
	if (fd < 0 || fstat(fd, &st) < 0 || fstatfs(fd, &fs) < 0)
		return -EIO;
	if ((unsigned long)fs.f_type != source->magic)
		return arena_problem(arena, ret_problem, "%s is not a cgroup of cgroup2", path);
	if (st.st_uid != source->owner || (st.st_mode & 022))
		return arena_problem(arena, ret_problem,
				     "other users than root may change %s (owner %u, mode %04o): they could move "
				     "processes out of it",
				     path, (unsigned int)st.st_uid, st.st_mode & 07777U);
	*ret = (struct folder){ .fd = take_fd(fd), .path = path };
	return 0;
}

/*
 * The cgroup's id is its inode number: kernfs numbers its nodes by 64 bits and shows that number if the kernel's ino_t
 * has 64 bits. name_to_handle_at(2) would return it on 32-bit kernels too, but containers often forbid that call.
 */
static int place_of(const struct folder *folder, struct cgroup_place *ret)
{
	struct stat st;

	if (fstat(folder->fd, &st) < 0)
		return -EIO;
	*ret = (struct cgroup_place){ .path = folder->path, .id = st.st_ino };
	return 0;
}

/* Opens a path below the mount, one folder after the other. relative is normalized: "a/b", or "" for the mount. */
static int open_below(struct arena *arena, const struct cgroup_source *source, const struct cgroup_mount *mount,
		      const char *relative, struct folder *ret, const char **ret_problem)
{
	cleanup_folder struct folder folder = { .fd = -1 };
	char *rest = arena_strdup(arena, relative), *name;
	int r;

	if (!rest)
		return -ENOMEM;
	r = open_folder(arena, source, NULL, mount->path, &folder, ret_problem);
	while (r == 0 && (name = strsep(&rest, "/")) && *name) {
		struct folder child = { .fd = -1 };

		r = open_folder(arena, source, &folder, name, &child, ret_problem);
		if (r == 0) {
			close_folder(&folder);
			folder = child;
		}
	}
	if (r < 0)
		return r;
	*ret = folder;
	folder.fd = -1;
	return 0;
}

/* A search for one unit. */
struct unit_search {
	struct arena *arena;
	const struct cgroup_source *source;
	const char *unit;
	struct cgroup_place found; /* path is NULL until it is found */
	const char **ret_problem;
};

static int found_unit(struct unit_search *s, const struct folder *parent)
{
	cleanup_folder struct folder folder = { .fd = -1 };
	const char *before = s->found.path;
	int r;

	r = open_folder(s->arena, s->source, parent, s->unit, &folder, s->ret_problem);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	if (before)
		return arena_problem(s->arena, s->ret_problem, "%s is twice in the cgroup tree: %s and %s", s->unit,
				     before, folder.path);
	return place_of(&folder, &s->found);
}

/*
 * Searches one slice and the slices below it. It does not search other folders: inside another unit's cgroup, or inside
 * a slice that was handed to a user, somebody else can make a folder with the unit's name. Folders that disappear
 * during the search are ignored.
 */
static int search_slice(struct unit_search *s, const struct folder *slice, unsigned int depth)
{
	const int fd = fcntl(slice->fd, F_DUPFD_CLOEXEC, 0);
	cleanup_dir DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	int r;

	if (!dir) {
		ejg_close_fd(&fd);
		return -EIO;
	}
	if (depth == MAX_SLICE_DEPTH)
		return arena_problem(s->arena, s->ret_problem, "%s is too deep in the cgroup tree", slice->path);
	for (errno = 0; (entry = readdir(dir)); errno = 0) {
		cleanup_folder struct folder child = { .fd = -1 };
		const char *ignored;

		if (strcmp(entry->d_name, s->unit) == 0) {
			r = found_unit(s, slice);
			if (r < 0)
				return r;
		}
		if (!ends_with(entry->d_name, ".slice") || (depth == 0 && strcmp(entry->d_name, "user.slice") == 0))
			continue;
		r = open_folder(s->arena, s->source, slice, entry->d_name, &child, &ignored);
		if (r == 0)
			r = search_slice(s, &child, depth + 1);
		else if (r == -ENOENT || r == -EBADMSG)
			r = 0;
		if (r < 0)
			return r;
	}
	return errno ? -EIO : 0;
}

int cgroup_find_unit(struct arena *arena, const struct cgroup_source *source, const struct cgroup_mount *mount,
		     const char *unit, struct cgroup_place *ret, const char **ret_problem)
{
	cleanup_folder struct folder slice = { .fd = -1 };
	struct unit_search search = { .arena = arena, .source = source, .unit = unit, .ret_problem = ret_problem };
	const char *base;
	int r;

	r = cgroup_system_base(arena, source, mount, &base);
	if (r < 0)
		return r;
	/*
	 * Not only system.slice, because Slice= of a unit can choose another one. Units in user.slice are no system
	 * services.
	 */
	r = open_below(arena, source, mount, base, &slice, ret_problem);
	if (r == 0)
		r = search_slice(&search, &slice, 0);
	if (r < 0)
		return r;
	if (!search.found.path)
		return -ENOENT;
	*ret = search.found;
	return 0;
}

/* Removes doubled slashes, "." and the slashes at both ends. Return: 0, -EBADMSG for "..", -ENOMEM. */
static int normalize(struct arena *arena, const char *path, const char **ret, const char **ret_problem)
{
	char *rest = arena_strdup(arena, path), *name;
	char *result = arena_alloc(arena, strlen(path) + 1), *to = result;

	if (!rest || !result)
		return -ENOMEM;
	while ((name = strsep(&rest, "/"))) {
		if (*name == '\0' || strcmp(name, ".") == 0)
			continue;
		if (strcmp(name, "..") == 0)
			return arena_problem(arena, ret_problem, "%s contains ..", path);
		if (to != result)
			*to++ = '/';
		to = stpcpy(to, name);
	}
	*ret = result;
	return 0;
}

/* Normalizes a path and removes the mount from its beginning. */
static int below_mount(struct arena *arena, const struct cgroup_mount *mount, const char *path, const char **ret,
		       const char **ret_problem)
{
	const char *relative, *prefix;
	size_t length;
	int r;

	r = normalize(arena, path, &relative, ret_problem);
	if (r == 0)
		r = normalize(arena, mount->path, &prefix, ret_problem);
	if (r < 0)
		return r;
	length = strlen(prefix);
	if (length > 0 && strncmp(relative, prefix, length) == 0 && (relative[length] == '/' || !relative[length]))
		relative += length + (relative[length] == '/');
	*ret = relative;
	return 0;
}

int cgroup_find_path(struct arena *arena, const struct cgroup_source *source, const struct cgroup_mount *mount,
		     const char *path, struct cgroup_place *ret, const char **ret_problem)
{
	cleanup_folder struct folder folder = { .fd = -1 };
	const char *relative;
	int r;

	if (path[0] != '/')
		return arena_problem(arena, ret_problem, "%s is not an absolute path", path);
	r = below_mount(arena, mount, path, &relative, ret_problem);
	if (r < 0)
		return r;
	if (*relative == '\0')
		return arena_problem(arena, ret_problem,
				     "%s is the root of the cgroup tree, not a cgroup of one service", path);
	if (strcmp(relative, ".control") == 0 || ends_with(relative, "/.control"))
		return arena_problem(arena, ret_problem, "%s holds systemd's helpers of a unit, not the unit", path);
	r = open_below(arena, source, mount, relative, &folder, ret_problem);
	if (r < 0)
		return r;
	return place_of(&folder, ret);
}
