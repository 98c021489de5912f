/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/files/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

enum { BUFFER = 32768 }; /* bytes of entries for one read, the same as in glibc's fts(3) */

/* A folder that is being read. */
struct level {
	int fd;
	char *buffer; /* reused for the next folder of this depth */
	long n;	      /* bytes in it */
	long at;
	size_t path_n; /* length of its path */
	enum file_group group;
	struct access_reach reach[N_TRUSTS]; /* users that can reach its contents */
	bool root_too;
};

struct tree_walk {
	struct files *files;
	const struct ejg_place *where;
	const char *pattern;
	size_t depth; /* levels in use */
	struct level levels[WALK_DEPTH];
	char path[PATH_MAX + WALK_DEPTH * (NAME_MAX + 2)];
};

static void walk_free(struct tree_walk **walk)
{
	for (size_t i = 0; *walk && i < WALK_DEPTH; i++) {
		if (i < (*walk)->depth)
			ejg_close_fd(&(*walk)->levels[i].fd);
		free((*walk)->levels[i].buffer);
	}
	free(*walk);
}
#define cleanup_walk __attribute__((cleanup(walk_free)))

bool walk_excluded(const struct files *files, const char *path)
{
	const struct ejg_word_list *exclude = &files->config->exclude;
	const char *name = strrchr(path, '/') + 1;

	for (size_t i = 0; i < exclude->n; i++) {
		const char *pattern = exclude->items[i];

		if (fnmatch(pattern, pattern[0] == '/' ? path : name, pattern[0] == '/' ? FNM_PATHNAME : 0) == 0)
			return true;
	}
	return false;
}

static int tell_unseen(struct files *files, const char *path, const struct ejg_place *where, int error)
{
	int r = files_fresh(files);
	const char *id = !files->privileged && (error == EACCES || error == EPERM) ? "unseen" : "unreadable";

	files->place_unseen |= strcmp(id, "unseen") == 0;
	if (r < 0 || !files_count(files, id))
		return r;
	if (strcmp(id, "unseen") == 0)
		files_tell(files, id, path, where, NULL, "the content cannot be read without root's rights");
	else
		files_tell(files, id, path, where, NULL, "cannot be checked: %s", strerror(error));
	return 0;
}

static int tell_progress(struct tree_walk *walk)
{
	struct files *files = walk->files;

	if (ejg_call_cancelled(files->call))
		return -ECANCELED;
	if (progress_due(&files->progress))
		ejg_call_log(files->call, EJG_LOG_INFO, "progress: %llu files and %llu folders in %s",
			     (unsigned long long)files->tally.files, (unsigned long long)files->tally.folders,
			     files->root);
	return 0;
}

/* True if the folder is a place of its own, with its own rules. */
static bool is_place(const struct files *files, const struct statx *st)
{
	const dev_t device = makedev(st->stx_dev_major, st->stx_dev_minor);

	for (size_t i = 0; i < files->n_keys; i++)
		if (files->keys[i].inode == st->stx_ino && files->keys[i].device == device)
			return true;
	return false;
}

/* True if only root can create files there. With an ACL the group bits are its mask, so it may name others. */
static bool is_roots(const struct statx *st, int fd)
{
	return st->stx_uid == 0 && !(st->stx_mode & S_IWOTH) &&
	       (!(st->stx_mode & S_IWGRP) ||
		(st->stx_gid == 0 && fgetxattr(fd, "system.posix_acl_access", NULL, 0) <= 0));
}

/* Enters a folder: checks it, unless only some of its entries are requested. */
static int enter(struct tree_walk *walk, int *fd, struct object *object, size_t path_n, bool judged)
{
	struct level *level = &walk->levels[walk->depth];
	int r = 0;

	if (!level->buffer)
		level->buffer = malloc(BUFFER);
	if (!level->buffer)
		return -ENOMEM;
	if (judged)
		r = judge_folder(walk->files, object, *fd, level->reach);
	else
		memcpy(level->reach, object->reach, sizeof(level->reach));
	if (r < 0)
		return r;
	level->fd = take_fd(*fd);
	level->n = level->at = 0;
	level->path_n = path_n;
	level->group = object->group;
	level->root_too = object->root_too && is_roots(&object->st, level->fd);
	walk->depth++;
	return 0;
}

/* A folder that cannot be read is still checked itself. */
static int tell_closed(struct tree_walk *walk, struct object *object, int error)
{
	struct access_reach inside[N_TRUSTS];
	cleanup_fd int fd = openat(object->dir, object->name, O_PATH | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC);
	int r = 0;

	if (fd >= 0 && statx(fd, "", AT_EMPTY_PATH, JUDGE_STATX, &object->st) == 0)
		r = judge_folder(walk->files, object, fd, inside);
	return r < 0 ? r : tell_unseen(walk->files, object->path, walk->where, error);
}

static int skip_mount(struct tree_walk *walk, const struct object *object)
{
	int r = files_fresh(walk->files);

	if (r == 0 && files_count(walk->files, "mount-skipped"))
		files_tell(walk->files, "mount-skipped", object->path, walk->where, NULL,
			   "another file system is mounted here; it is not checked");
	return r;
}

/* Return: 1 if it is not a folder (any more), 0, or a negative errno. */
static int visit_folder(struct tree_walk *walk, struct object *object, size_t path_n)
{
	cleanup_fd int fd =
		openat(object->dir, object->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	int r;

	if (fd < 0 && (errno == ENOTDIR || errno == ELOOP))
		return 1;
	if (fd < 0)
		return errno == ENOENT ? 0 : tell_closed(walk, object, errno);
	if (statx(fd, "", AT_EMPTY_PATH, JUDGE_STATX, &object->st) < 0)
		return tell_unseen(walk->files, object->path, walk->where, errno);
	if (is_place(walk->files, &object->st))
		return 0;
	if (object->st.stx_attributes & STATX_ATTR_MOUNT_ROOT)
		return skip_mount(walk, object);
	object->group = file_group_of(object->group, object->name, true);
	if (walk->depth < WALK_DEPTH)
		return enter(walk, &fd, object, path_n, true);
	r = files_fresh(walk->files);
	if (r == 0 && files_count(walk->files, "too-deep"))
		files_tell(walk->files, "too-deep", object->path, walk->where, NULL,
			   "is nested %d folders deep; what is below is not checked", WALK_DEPTH);
	return r;
}

static int visit_file(struct tree_walk *walk, struct object *object)
{
	if (statx(object->dir, object->name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, JUDGE_STATX, &object->st) < 0)
		return errno == ENOENT ? 0 : tell_unseen(walk->files, object->path, walk->where, errno);
	/* It became a folder during the walk, or a mount hides it. */
	if (S_ISDIR(object->st.stx_mode))
		return 1;
	if (object->st.stx_attributes & STATX_ATTR_MOUNT_ROOT)
		return skip_mount(walk, object);
	return judge_file(walk->files, object);
}

static int visit(struct tree_walk *walk, const char *name, unsigned char type)
{
	struct level *level = &walk->levels[walk->depth - 1];
	const bool slash = walk->path[level->path_n - 1] != '/';
	const size_t length = strlen(name);
	struct object object = {
		.dir = level->fd,
		.name = name,
		.path = walk->path,
		.group = level->group,
		.reach = level->reach,
		.root_too = level->root_too,
		.where = walk->where,
	};
	size_t path_n = level->path_n + slash + length;
	int r = 1;

	if (path_n >= sizeof(walk->path))
		return 0;
	if (slash)
		walk->path[level->path_n] = '/';
	memcpy(walk->path + level->path_n + slash, name, length + 1);
	if (walk->files->config->exclude.n > 0 && walk_excluded(walk->files, walk->path)) {
		walk->files->tally.excluded++;
		return 0;
	}
	/* If an object changes its type during the walk, it is tried again, but not for ever. */
	for (int i = 0; r == 1 && i < 3; i++)
		r = (type == DT_DIR) == (i % 2 == 0) ? visit_folder(walk, &object, path_n) : visit_file(walk, &object);
	return r < 0 ? r : 0;
}

static bool is_wanted(const struct tree_walk *walk, const char *name)
{
	if (name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2])))
		return false;
	return walk->depth > 1 || !walk->pattern || fnmatch(walk->pattern, name, 0) == 0;
}

/* Takes the next entry of the innermost folder; leaves the folder after its last one. */
static int step(struct tree_walk *walk)
{
	struct level *level = &walk->levels[walk->depth - 1];
	const struct dirent64 *entry;

	if (level->at >= level->n) {
		level->at = 0;
		level->n = syscall(SYS_getdents64, level->fd, level->buffer, BUFFER);
		if (level->n <= 0) {
			int error = errno, r = 0;

			walk->path[level->path_n] = '\0';
			if (level->n < 0 && error != ENOENT)
				r = tell_unseen(walk->files, walk->path, walk->where, error);
			ejg_close_fd(&level->fd);
			walk->depth--;
			return r;
		}
	}
	entry = (const struct dirent64 *)(level->buffer + level->at);
	level->at += entry->d_reclen;
	return is_wanted(walk, entry->d_name) ? visit(walk, entry->d_name, entry->d_type) : 0;
}

int walk_tree(struct files *files, int fd, const struct object *object, const char *pattern)
{
	cleanup_walk struct tree_walk *walk = calloc(1, sizeof(*walk));
	cleanup_fd int owned = fd;
	struct object top = *object;
	unsigned int n = 0;
	int r;

	if (!walk)
		return -ENOMEM;
	walk->files = files;
	walk->where = object->where;
	walk->pattern = pattern;
	snprintf(walk->path, sizeof(walk->path), "%s", object->path);
	r = enter(walk, &owned, &top, strlen(walk->path), !pattern);
	while (r == 0 && walk->depth > 0) {
		r = step(walk);
		if (r == 0 && ++n % 256 == 0)
			r = tell_progress(walk);
	}
	return r;
}
