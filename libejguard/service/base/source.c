/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of the system, or of another root directory. */
#include "libejguard/service/base/source.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "libejguard/util/address.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/file.h"
#include "libejguard/util/passwd.h"
#include "libejguard/util/root.h"

const struct settings_source settings_source_system = { .root = "" };

int settings_open(const struct settings_source *source, const char *path, int flags)
{
	return root_open(source->root, path, flags);
}

bool settings_exists(const struct settings_source *source, const char *path)
{
	cleanup_fd int fd = settings_open(source, path, O_PATH);

	return fd >= 0;
}

/* The path of an open descriptor, without the root. */
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

void source_text_done(struct source_text *source)
{
	free(source->text);
}

int settings_read(struct arena *arena, const struct settings_source *source, const char *path, struct source_text *ret)
{
	/* Never opens a device, which the service's files can name: opening one may have effects. */
	cleanup_fd int fd = root_open_regular(source->root, path);
	int r = fd == -EINVAL ? -ENOENT : fd < 0 ? fd : 0;
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
		r = file_read_all(fd, SOURCE_MAX_FILE, &ret->text, &ret->size);
	if (r == -ENOMEM)
		return r;
	/* errors of open(2) for a socket or a similar file */
	ret->missing = r == -ENOENT || r == -ENOTDIR || r == -ELOOP || r == -ENXIO;
	if (r == -EFBIG)
		ret->problem = "it is larger than 1 MiB";
	else if (r < 0 && !ret->missing)
		ret->problem = arena_printf(arena, "it cannot be read (%s)", strerrordesc_np(-r));
	return 0;
}

static int compare_paths(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int settings_match(struct arena *arena, const struct settings_source *source, const char *folder, const char *pattern,
		   struct source_names *ret)
{
	struct source_names names = { 0 };
	const char **paths;
	size_t n = 0;
	int r = settings_list(arena, source, folder, "", "", &names);

	paths = r == 0 ? arena_array(arena, names.n + 1, sizeof(*paths)) : NULL;
	if (!paths)
		return -ENOMEM;
	for (size_t i = 0; i < names.n; i++) {
		if (fnmatch(pattern, names.items[i], 0) != 0)
			continue;
		paths[n] = arena_printf(arena, "%s/%s", folder, names.items[i]);
		if (!paths[n++])
			return -ENOMEM;
	}
	qsort(paths, n, sizeof(*paths), compare_paths);
	*ret = (struct source_names){ paths, n, names.problem };
	return 0;
}

int settings_source_at(struct arena *arena, const char *root, struct settings_source *ret)
{
	struct settings_source source = { .root = root ? root : "" };
	cleanup_source_text struct source_text name = { 0 };
	int r;

	if (*source.root) {
		r = settings_read(arena, &source, "/etc/hostname", &name);
		if (r < 0)
			return r;
		/* systemd's fallback, hostname(5) */
		source.hostname =
			name.size > 0 ? arena_strndup(arena, name.text, strcspn(name.text, "\n")) : "localhost";
		if (!source.hostname)
			return -ENOMEM;
	}
	*ret = source;
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
		  const char *suffix, struct source_names *ret)
{
	cleanup_fd int fd = settings_open(source, folder, O_RDONLY | O_DIRECTORY);
	cleanup_dir DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *entry;
	const char **names = NULL, *problem = NULL;
	size_t n = 0, seen = 0;

	if (dir)
		take_fd(fd);
	while (dir && !problem && (entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
		    ++seen > SOURCE_MAX_ENTRIES) {
			problem = arena_printf(arena, "%s has more than %d entries, and the others are not read",
					       folder, SOURCE_MAX_ENTRIES);
			if (!problem)
				return -ENOMEM;
			continue;
		}
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
	*ret = (struct source_names){ names, n, problem };
	return 0;
}

int settings_home(struct arena *arena, const struct settings_source *source, const char *user, const char **ret_home)
{
	cleanup_passwd_user struct passwd_user entry = { 0 };
	int r = passwd_user_by_name(source->root, user, &entry);

	*ret_home = NULL;
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	*ret_home = arena_strdup(arena, entry.home);
	return *ret_home ? 0 : -ENOMEM;
}

const char *settings_user_name(struct arena *arena, const struct settings_source *source, const char *user)
{
	cleanup_passwd_user struct passwd_user entry = { 0 };
	uint64_t number;

	if (unsigned_parse(user, &number) < 0 || number >= UINT32_MAX ||
	    passwd_user_by_id(source->root, (uid_t)number, &entry) < 0)
		return arena_strdup(arena, user);
	return arena_strdup(arena, entry.name);
}
