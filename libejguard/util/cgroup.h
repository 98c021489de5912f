/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Cgroups of cgroup2: the mount point, the cgroup of a unit, the caller's own cgroup.
 *
 * A cgroup is guarded only when every folder from the mount down to it belongs to root and is not writable by others:
 * otherwise somebody could move the service's processes out of the guarded cgroup, or make a folder with the unit's
 * name.
 */
#ifndef EJG_UTIL_CGROUP_H
#define EJG_UTIL_CGROUP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "libejguard/util/arena.h"

/* The files that this is read from. Tests use files of their own, and the file system and owner of their folders. */
struct cgroup_source {
	const char *mountinfo;	 /* /proc/self/mountinfo */
	const char *self_cgroup; /* /proc/self/cgroup */
	const char *init_cgroup; /* /proc/1/cgroup: shows the cgroup of systemd's units */
	unsigned long magic;	 /* of statfs(2) */
	uid_t owner;
};
extern const struct cgroup_source cgroup_source_system;

struct cgroup_mount {
	const char *path;
	const char *root; /* the cgroup at the mount point, as in /proc/PID/cgroup: "/" for the whole tree */
};

struct cgroup_place {
	const char *path; /* absolute, including the mount */
	uint64_t id;
};

/*
 * Finds the mount of cgroup2. Of several mounts it takes the one that shows the most cgroups, and the first of equal
 * ones.
 * Return: 0, -EOPNOTSUPP when cgroup2 is not mounted, -EIO, -ENOMEM.
 */
int cgroup_find_mount(struct arena *arena, const struct cgroup_source *source, struct cgroup_mount *ret);

/*
 * The cgroup in which systemd keeps its units, below the mount: "", or in a container without a cgroup namespace the
 * container's own cgroup, as "docker/0123".
 * Return: 0, -ENOMEM.
 */
int cgroup_system_base(struct arena *arena, const struct cgroup_source *source, const struct cgroup_mount *mount,
		       const char **ret);

/*
 * The cgroup of a unit, among the slices of the system: system.slice, or what Slice= of the unit names, but not
 * user.slice.
 * Return: 0; -ENOENT when the unit has no cgroup now; -EBADMSG, with *ret_problem, when its cgroup cannot be guarded;
 * -EIO, -ENOMEM.
 */
int cgroup_find_unit(struct arena *arena, const struct cgroup_source *source, const struct cgroup_mount *mount,
		     const char *unit, struct cgroup_place *ret, const char **ret_problem);

/*
 * The cgroup of an absolute path, which may or may not begin with the mount.
 * Return: as above; -EBADMSG also for a path that must not be guarded, even if it does not exist.
 */
int cgroup_find_path(struct arena *arena, const struct cgroup_source *source, const struct cgroup_mount *mount,
		     const char *path, struct cgroup_place *ret, const char **ret_problem);

/*
 * The caller's own cgroup, including the mount: only its name is checked.
 * Return: 0; -EBADMSG, with *ret_problem, when it must not be guarded; -EIO, -ENOMEM.
 */
int cgroup_find_own(struct arena *arena, const struct cgroup_source *source, const struct cgroup_mount *mount,
		    const char **ret_path, const char **ret_problem);

#endif
