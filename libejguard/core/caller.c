/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/core/caller.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "libejguard/util/cgroup-path.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/passwd.h"

/* What /proc/self/loginuid has for a process of no login (proc_pid_loginuid(5)), as one that systemd started. */
#define NO_LOGIN UINT32_MAX

static uid_t login_user(void)
{
	cleanup_file FILE *file = fopen("/proc/self/loginuid", "re");
	unsigned int uid = NO_LOGIN;

	return file && fscanf(file, "%u", &uid) == 1 && uid != NO_LOGIN ? uid : getuid();
}

static const char *user_name(struct arena *arena)
{
	const uid_t uid = login_user();
	cleanup_passwd_user struct passwd_user user = {};

	return passwd_user_by_id(NULL, uid, &user) == 0 ? arena_strdup(arena, user.name)
							: arena_printf(arena, "uid %u", uid);
}

const char *caller_describe(struct arena *arena)
{
	const char *user = user_name(arena);
	cleanup_free char *path = NULL;
	const char *unit = cgroup_path_read("/proc/self/cgroup", &path) == 0 ? strrchr(path, '/') : NULL;

	return user && unit && unit[1] ? arena_printf(arena, "%s in %s", user, unit + 1) : user;
}
