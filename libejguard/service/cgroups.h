/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Assigns cgroups to units and to the service: by path for processes, by id for sockets. */
#ifndef EJG_SERVICE_CGROUPS_H
#define EJG_SERVICE_CGROUPS_H

#include <ejguard/facts.h>

#include "libejguard/util/cgroup.h"

struct survey_cgroups;

/* Return: 0, -ENOMEM. Without cgroup2 all cgroups are unknown. Memory comes from the arena. */
int survey_cgroups_new(struct arena *arena, const struct ejg_facts *facts, const struct cgroup_source *source,
		       struct survey_cgroups **ret);

/*
 * Converts a path from /proc/PID/cgroup to the path below the mount; it points into path. NULL when the mount does not
 * show the cgroup.
 */
const char *survey_cgroups_below(const struct survey_cgroups *cgroups, const char *path);

/* The path below the mount of a cgroup by its id; NULL when it was removed or is not found. Return: 0, -ENOMEM. */
int survey_cgroups_find(struct survey_cgroups *cgroups, uint64_t id, const char **ret_below);

/* True for a cgroup of the service or one below it. id is 0 and below is NULL when not known. */
bool survey_cgroups_in_service(const struct survey_cgroups *cgroups, uint64_t id, const char *below);

/*
 * The system's unit that a cgroup belongs to, as systemd reads it (cg_path_get_unit() in src/basic/cgroup-util.c): the
 * first component that is not a slice. Everything that a user's own service manager runs belongs to user@UID.service,
 * whatever the names below it. *ret is NULL when the cgroup is in no unit. Return: 0, -ENOMEM.
 */
int survey_cgroups_unit(const struct survey_cgroups *cgroups, const char *below, const char **ret);

#endif
