/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/service/cgroups.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "libejguard/util/cgroup-name.h"
#include "libejguard/util/cleanup.h"

enum {
	MAX_UNIT_NAME = 255, /* systemd's own limit */
	MAX_DEPTH = 32,
	MAX_KNOWN = 16384, /* limit of the fallback for a caller who may not ask the kernel by id */
};

struct known_cgroup {
	uint64_t id;
	const char *below;
};

struct survey_cgroups {
	struct arena *arena;
	const struct ejg_facts *facts;
	struct cgroup_mount mount; /* path is NULL without cgroup2 */
	const char *base;	   /* the cgroup of the system's units: "" or "docker/0123" */
	struct known_cgroup *known;
	size_t n_known;
	bool walked;
};

int survey_cgroups_new(struct arena *arena, const struct ejg_facts *facts, const struct cgroup_source *source,
		       struct survey_cgroups **ret)
{
	struct survey_cgroups *cgroups = arena_alloc(arena, sizeof(*cgroups));
	int r;

	if (!cgroups)
		return -ENOMEM;
	*cgroups = (struct survey_cgroups){ .arena = arena, .facts = facts, .base = "" };
	r = cgroup_find_mount(arena, source, &cgroups->mount);
	if (r == 0)
		r = cgroup_system_base(arena, source, &cgroups->mount, &cgroups->base);
	if (r == -ENOMEM)
		return r;
	*ret = cgroups;
	return 0;
}

/* True if path is the folder or below it. */
static bool is_below(const char *path, const char *folder, size_t length)
{
	return strncmp(path, folder, length) == 0 && (path[length] == '\0' || path[length] == '/');
}

const char *survey_cgroups_below(const struct survey_cgroups *cgroups, const char *path)
{
	const char *root = cgroups->mount.root;

	if (!root || strcmp(root, "/") == 0)
		return root ? path : NULL;
	return is_below(path, root, strlen(root)) ? path + strlen(root) : NULL;
}

/* Records the cgroups below an open folder. A folder that cannot be opened holds none of the service's cgroups. */
static int walk(struct survey_cgroups *cgroups, int folder, const char *below, unsigned int depth)
{
	const int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cleanup_dir DIR *dir = copy < 0 ? NULL : fdopendir(copy);
	const struct dirent *entry;
	int r = 0;

	if (!dir)
		ejg_close_fd(&copy);
	while (dir && r == 0 && (entry = readdir(dir)) && cgroups->n_known < MAX_KNOWN) {
		cleanup_fd int fd = -1;
		struct known_cgroup *known;
		struct stat st;

		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		fd = openat(folder, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0 || fstat(fd, &st) < 0)
			continue;
		known = arena_grow(cgroups->arena, cgroups->known, cgroups->n_known, sizeof(*known));
		if (!known)
			return -ENOMEM;
		cgroups->known = known;
		known += cgroups->n_known++;
		*known =
			(struct known_cgroup){ st.st_ino, arena_printf(cgroups->arena, "%s/%s", below, entry->d_name) };
		if (!known->below)
			return -ENOMEM;
		if (depth < MAX_DEPTH)
			r = walk(cgroups, fd, known->below, depth + 1);
	}
	return r;
}

static int walk_once(struct survey_cgroups *cgroups)
{
	cleanup_fd int fd = -1;

	if (cgroups->walked)
		return 0;
	cgroups->walked = true;
	fd = open(cgroups->mount.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? 0 : walk(cgroups, fd, "", 0);
}

int survey_cgroups_find(struct survey_cgroups *cgroups, uint64_t id, const char **ret_below)
{
	char path[PATH_MAX];
	int r;

	*ret_below = NULL;
	if (!cgroups->mount.path || id == 0)
		return 0;
	cgroup_name(cgroups->mount.path, id, path);
	if (*path) {
		*ret_below = strcmp(path, cgroups->mount.path) == 0 ? "" : arena_strdup(cgroups->arena, path);
		return *ret_below ? 0 : -ENOMEM;
	}
	r = walk_once(cgroups);
	for (size_t i = 0; r == 0 && i < cgroups->n_known; i++)
		if (cgroups->known[i].id == id)
			*ret_below = cgroups->known[i].below;
	return r;
}

bool survey_cgroups_in_service(const struct survey_cgroups *cgroups, uint64_t id, const char *below)
{
	const struct ejg_facts *facts = cgroups->facts;
	const size_t prefix = facts->cgroup_mount ? strlen(facts->cgroup_mount) : 0;

	for (size_t i = 0; i < facts->n_cgroups; i++) {
		const char *path = facts->cgroups[i].path;

		if (id != 0 && facts->cgroups[i].id == id)
			return true;
		if (!below || !path || strlen(path) <= prefix)
			continue;
		if (is_below(below, path + prefix, strlen(path + prefix)))
			return true;
	}
	return false;
}

/* True for a name that systemd allows for a unit. */
static bool is_unit(const char *name, size_t length)
{
	static const char *const suffixes[] = { ".service", ".socket", ".scope", ".mount", ".swap" };
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:-_.\\@";

	if (length > MAX_UNIT_NAME || strspn(name, allowed) < length)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		const size_t n = strlen(suffixes[i]);

		if (length > n && memcmp(name + length - n, suffixes[i], n) == 0)
			return true;
	}
	return false;
}

static bool is_slice(const char *name, size_t length)
{
	static const char suffix[] = ".slice";
	const size_t n = sizeof(suffix) - 1;

	return length > n && memcmp(name + length - n, suffix, n) == 0;
}

int survey_cgroups_unit(const struct survey_cgroups *cgroups, const char *below, const char **ret)
{
	const size_t base = strlen(cgroups->base);
	const char *unit;
	size_t length;

	*ret = NULL;
	if (!below)
		return 0;
	below += strspn(below, "/");
	if (base > 0 && is_below(below, cgroups->base, base))
		below += base;
	do {
		below += strspn(below, "/");
		length = strcspn(below, "/");
	} while (is_slice(below, length) && (below += length));
	/* cg_escape(): systemd prefixes names that the kernel's own files could have with an underscore. */
	if (length > 0 && *below == '_') {
		below++;
		length--;
	}
	if (!is_unit(below, length))
		return 0;
	unit = arena_strndup(cgroups->arena, below, length);
	if (!unit)
		return -ENOMEM;
	*ret = unit;
	return 0;
}
