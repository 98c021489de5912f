/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which unit a cgroup belongs to, and whether it is the service's: by path for processes, by id for sockets. */
#ifndef EJG_SERVICE_CGROUPS_H
#define EJG_SERVICE_CGROUPS_H

#include <ejguard/facts.h>

#include "libejguard/util/cgroup.h"

struct survey_cgroups;

/* Return: 0, -ENOMEM. Without cgroup2 nothing is known of any cgroup. Memory comes from the arena. */
int survey_cgroups_new(struct arena *arena, const struct ejg_facts *facts, const struct cgroup_source *source,
		       struct survey_cgroups **ret);

/*
 * The path below the mount of a cgroup that /proc/PID/cgroup names; it points into path. NULL when the mount does not
 * show it.
 */
const char *survey_cgroups_below(const struct survey_cgroups *cgroups, const char *path);

/* The path below the mount of a cgroup by its id; NULL when it is gone, or not to be found. Return: 0, -ENOMEM. */
int survey_cgroups_find(struct survey_cgroups *cgroups, uint64_t id, const char **ret_below);

/* Whether a cgroup is one of the service's or below one. id is 0 when it is not known, below NULL. */
bool survey_cgroups_in_service(const struct survey_cgroups *cgroups, uint64_t id, const char *below);

/*
 * The system's unit that a cgroup belongs to, as systemd reads it (cg_path_get_unit() in src/basic/cgroup-util.c): the
 * first component that is no slice. What a user's own service manager runs belongs to user@UID.service, whatever the
 * folders below that are called. *ret is NULL when there is none. Return: 0, -ENOMEM.
 */
int survey_cgroups_unit(const struct survey_cgroups *cgroups, const char *below, const char **ret);

#endif
