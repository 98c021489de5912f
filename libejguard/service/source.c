/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of the system, or of a tree that stands for it. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "libejguard/service/settings-build.h"
#include "libejguard/util/cleanup.h"

enum {
	MAX_LINKS = 40,			 /* as the kernel's MAXSYMLINKS */
	MAX_ENTRIES = 65536,		 /* of a folder; the rest is not looked at */
	MAX_NAMES = 256,		 /* that match in a folder */
	MAX_PASSWD_BUFFER = 1024 * 1024, /* of getpwnam_r(3) */
};

const struct settings_source settings_source_system = { .root = "" };

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

int settings_open(const struct settings_source *source, const char *path, int flags)
{
	const int all = flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
	int fd;

	if (*source->root)
		return open_below(source->root, path, all);
	fd = open(path, all);
	return fd < 0 ? -errno : fd;
}

bool settings_exists(const struct settings_source *source, const char *path)
{
	cleanup_fd int fd = settings_open(source, path, O_PATH);

	return fd >= 0;
}

/* What a descriptor leads to, without the root in front. */
static const char *descriptor_path(struct arena *arena, const struct settings_source *source, int fd)
{
	const size_t root = strlen(source->root);
	char link[32], path[4096];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	if (n <= 0 || path[0] != '/')
		return NULL;
	path[n] = '\0';
	if (strncmp(path, source->root, root) != 0 || (path[root] != '/' && path[root] != '\0'))
		return NULL;
	return arena_strdup(arena, path[root] ? path + root : "/");
}

const char *settings_resolve(struct arena *arena, const struct settings_source *source, const char *path)
{
	cleanup_fd int fd = settings_open(source, path, O_PATH);

	return fd < 0 ? NULL : descriptor_path(arena, source, fd);
}

int settings_read(struct arena *arena, const struct settings_source *source, const char *path, struct source_text *ret)
{
	cleanup_fd int fd = settings_open(source, path, O_RDONLY);
	int r = fd < 0 ? fd : 0;
	struct stat st;

	*ret = (struct source_text){ 0 };
	if (fd >= 0)
		ret->path = descriptor_path(arena, source, fd);
	if (!ret->path)
		ret->path = arena_strdup(arena, path);
	if (!ret->path)
		return -ENOMEM;
	if (r == 0)
		r = fstat(fd, &st) < 0 ? -errno : S_ISREG(st.st_mode) ? 0 : -ENOENT;
	if (r == 0)
		r = facts_read_all(fd, CTL_MAX_FILE, &ret->text, &ret->size);
	if (r == -ENOMEM)
		return r;
	/* what open(2) says of a socket, or of a FIFO's like */
	ret->missing = r == -ENOENT || r == -ENOTDIR || r == -ELOOP || r == -ENXIO;
	if (r == -EFBIG)
		ret->problem = "it is larger than 1 MiB";
	else if (r < 0 && !ret->missing)
		ret->problem = arena_printf(arena, "it cannot be read (%s)", strerrordesc_np(-r));
	return 0;
}

static int compare_versions(const void *a, const void *b)
{
	return strverscmp(*(const char *const *)a, *(const char *const *)b);
}

static bool matches(const char *name, const char *prefix, const char *suffix)
{
	const size_t length = strlen(name), n = strlen(suffix);

	return strncmp(name, prefix, strlen(prefix)) == 0 && length >= strlen(prefix) + n &&
	       strcmp(name + length - n, suffix) == 0;
}

int settings_list(struct arena *arena, const struct settings_source *source, const char *folder, const char *prefix,
		  const char *suffix, const char *const **ret, size_t *ret_n)
{
	cleanup_fd int fd = settings_open(source, folder, O_RDONLY | O_DIRECTORY);
	cleanup_dir DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *entry;
	const char **names = NULL;
	size_t n = 0;

	if (dir)
		take_fd(fd);
	for (size_t i = 0; dir && i < MAX_ENTRIES && n < MAX_NAMES && (entry = readdir(dir)); i++) {
		if (entry->d_name[0] == '.' || !matches(entry->d_name, prefix, suffix))
			continue;
		names = arena_grow(arena, names, n, sizeof(*names));
		if (!names)
			return -ENOMEM;
		names[n] = arena_strdup(arena, entry->d_name);
		if (!names[n])
			return -ENOMEM;
		n++;
	}
	if (n > 1)
		qsort(names, n, sizeof(*names), compare_versions);
	*ret = names;
	*ret_n = n;
	return 0;
}

/* By NSS, as systemd and su do. */
static int system_home(struct arena *arena, const char *user, const char **ret)
{
	struct passwd entry, *found = NULL;
	int r = ERANGE;

	for (size_t size = 4096; r == ERANGE && size <= MAX_PASSWD_BUFFER; size *= 4) {
		cleanup_free char *buffer = malloc(size);

		if (!buffer)
			return -ENOMEM;
		r = getpwnam_r(user, &entry, buffer, size, &found);
		if (r != 0 || !found)
			continue;
		*ret = arena_strdup(arena, found->pw_dir);
		return *ret ? 0 : -ENOMEM;
	}
	return r == ENOMEM ? -ENOMEM : 0;
}

static int file_home(struct arena *arena, const struct settings_source *source, const char *user, const char **ret)
{
	cleanup_source_text struct source_text text = { 0 };
	cleanup_free char *buffer = malloc(MAX_PASSWD_BUFFER);
	cleanup_file FILE *file = NULL;
	struct passwd entry, *found;
	int r;

	r = buffer ? settings_read(arena, source, "/etc/passwd", &text) : -ENOMEM;
	if (r < 0 || text.size == 0)
		return r;
	file = fmemopen(text.text, text.size, "r");
	if (!file)
		return -ENOMEM;
	while (fgetpwent_r(file, &entry, buffer, MAX_PASSWD_BUFFER, &found) == 0) {
		if (strcmp(found->pw_name, user) != 0)
			continue;
		*ret = arena_strdup(arena, found->pw_dir);
		return *ret ? 0 : -ENOMEM;
	}
	return 0;
}

int settings_home(struct arena *arena, const struct settings_source *source, const char *user, const char **ret_home)
{
	*ret_home = NULL;
	return *source->root ? file_home(arena, source, user, ret_home) : system_home(arena, user, ret_home);
}
