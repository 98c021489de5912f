/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The mount point of cgroup2, and paths from /proc/PID/cgroup relative to that mount. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/vfs.h>

#include "libejguard/util/cgroup-path.h"
#include "libejguard/util/cgroup.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/mountinfo.h"

static bool has_parent_component(const char *path)
{
	for (const char *at = path; (at = strstr(at, "..")); at += 2)
		if ((at == path || at[-1] == '/') && (at[2] == '/' || at[2] == '\0'))
			return true;
	return false;
}

/* False if another mount hides it. */
static bool is_reachable(const struct cgroup_source *source, const char *path)
{
	cleanup_fd int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct statfs fs;

	return fd >= 0 && fstatfs(fd, &fs) == 0 && (unsigned long)fs.f_type == source->magic;
}

/* A root outside of this process's cgroup namespace ("/..") comes last: the caller's own cgroup has no path in it. */
static size_t root_rank(const char *root)
{
	return has_parent_component(root) ? SIZE_MAX : strlen(root);
}

int cgroup_find_mount(struct arena *arena, const struct cgroup_source *source, struct cgroup_mount *ret)
{
	cleanup_file FILE *file = fopen(source->mountinfo, "re");
	cleanup_free char *line = NULL;
	struct cgroup_mount best = { 0 };
	size_t size = 0;

	if (!file)
		return -EIO;
	while (getline(&line, &size, file) > 0) {
		struct mountinfo mount;

		if (!mountinfo_parse(line, &mount) || strcmp(mount.type, "cgroup2") != 0 ||
		    !is_reachable(source, mount.mount_point))
			continue;
		if (best.path && root_rank(mount.root) >= root_rank(best.root))
			continue;
		best = (struct cgroup_mount){
			.path = arena_strdup(arena, mount.mount_point),
			.root = arena_strdup(arena, mount.root),
		};
		if (!best.path || !best.root)
			return -ENOMEM;
	}
	if (!feof(file))
		return -EIO;
	if (!best.path)
		return -EOPNOTSUPP;
	*ret = best;
	return 0;
}

/* As cgroup_path_read(), into the arena. Return: 0, -ENODATA, -EIO, -ENOMEM. */
static int read_path(struct arena *arena, const char *cgroup_file, const char **ret)
{
	cleanup_free char *path = NULL;
	const int r = cgroup_path_read(cgroup_file, &path);

	if (r < 0)
		return r == -ENODATA || r == -ENOMEM ? r : -EIO;
	*ret = arena_strdup(arena, path);
	return *ret ? 0 : -ENOMEM;
}

/* The part of a cgroup's path below the mount's root: "" or "/a/b"; NULL when the mount does not show the cgroup. */
static const char *below_root(const struct cgroup_mount *mount, const char *path)
{
	const size_t length = strlen(mount->root);

	if (strcmp(mount->root, "/") == 0)
		return strcmp(path, "/") == 0 ? "" : path;
	if (strncmp(path, mount->root, length) != 0 || (path[length] != '/' && path[length] != '\0'))
		return NULL;
	return path + length;
}

int cgroup_system_base(struct arena *arena, const struct cgroup_source *source, const struct cgroup_mount *mount,
		       const char **ret)
{
	static const char scope[] = "/init.scope";
	const char *path, *below, *base;
	size_t length;
	int r;

	*ret = "";
	r = read_path(arena, source->init_cgroup, &path);
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	below = has_parent_component(path) ? NULL : below_root(mount, path);
	length = below ? strlen(below) : 0;
	if (length < sizeof(scope) || strcmp(below + length - (sizeof(scope) - 1), scope) != 0)
		return 0;
	base = arena_strndup(arena, below + 1, length - sizeof(scope));
	if (!base)
		return -ENOMEM;
	*ret = base;
	return 0;
}

int cgroup_find_own(struct arena *arena, const struct cgroup_source *source, const struct cgroup_mount *mount,
		    const char **ret_path, const char **ret_problem)
{
	const char *path, *below, *last, *result;
	int r;

	r = read_path(arena, source->self_cgroup, &path);
	if (r < 0 && r != -ENODATA)
		return r;
	if (r == -ENODATA) {
		*ret_problem = "this process is in no cgroup of cgroup2";
		return -EBADMSG;
	}
	below = has_parent_component(mount->root) ? NULL : below_root(mount, path);
	last = strrchr(path, '/');
	if (has_parent_component(path))
		*ret_problem = arena_printf(arena, "this process's cgroup %s is outside of its cgroup namespace", path);
	else if (!below)
		*ret_problem =
			arena_printf(arena, "this process's cgroup %s cannot be seen below %s", path, mount->path);
	else if (*below == '\0')
		*ret_problem = "this process is in the root of the cgroup tree, not in a unit";
	else if (strcmp(last, "/.control") == 0)
		*ret_problem = arena_printf(
			arena, "this process's cgroup %s holds systemd's helpers of a unit, not the unit", path);
	else
		*ret_problem = NULL;
	if (arena_failed(arena))
		return -ENOMEM;
	if (*ret_problem)
		return -EBADMSG;
	result = arena_printf(arena, "%s%s", mount->path, below);
	if (!result)
		return -ENOMEM;
	*ret_path = result;
	return 0;
}
