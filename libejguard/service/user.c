/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/service/user.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "libejguard/util/cleanup.h"
#include "libejguard/util/passwd.h"
#include "libejguard/util/root.h"

/* Return: 1 when it is the name or the number of a user, 0 when not, -ENOMEM. */
static int take_text(struct survey_draft *draft, const char *text)
{
	uid_t uid;
	int r = text ? passwd_uid(draft->facts->root, text, &uid) : -ENOENT;

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	draft->survey->user_known = true;
	draft->survey->user = uid;
	return 1;
}

/*
 * DynamicUser=: systemd makes the user at each start. Between these its folder, where only root gets at, has the last
 * number, and the next start gives it to the new one. Return: 1 when it was found so, 0, -ENOMEM.
 */
static int take_dynamic(struct survey_draft *draft)
{
	static const char folder[] = "/var/lib/private/";
	const char *home = ejg_survey_value(draft->survey, "HOME"), *real;
	cleanup_fd int fd = -1;
	struct stat st;

	if (!ejg_survey_value(draft->survey, "user") || !home || home[0] != '/')
		return 0;
	real = root_resolve(draft->arena, draft->facts->root, home);
	if (!real)
		return arena_failed(draft->arena) ? -ENOMEM : 0;
	fd = root_open(draft->facts->root, real, O_PATH | O_DIRECTORY);
	if (strncmp(real, folder, strlen(folder)) != 0 || fd < 0 || fstat(fd, &st) < 0 || !passwd_is_dynamic(st.st_uid))
		return 0;
	draft->survey->user_known = true;
	draft->survey->user = st.st_uid;
	return 1;
}

/* Only root can move a process into the service's cgroups. */
static bool take_node(struct survey_draft *draft)
{
	for (size_t i = 0; i < draft->survey->n_processes; i++) {
		const struct ejg_process *process = &draft->survey->processes[i];

		if (process->role != EJG_PROCESS_NODE || !process->in_service)
			continue;
		draft->survey->user_known = true;
		draft->survey->user = process->uid;
		return true;
	}
	return false;
}

/* The configured user; else the user of the running node; else a user with the service's name; else the stack's. */
int user_find(struct survey_draft *draft)
{
	int r = take_text(draft, ejg_survey_value(draft->survey, "user"));

	if (r == 0 && !take_node(draft))
		r = take_dynamic(draft);
	if (r == 0 && !draft->survey->user_known)
		r = take_text(draft, draft->facts->service);
	if (r < 0)
		return r;
	for (size_t i = 0; !draft->survey->user_known && i < draft->facts->n_users; i++) {
		draft->survey->user_known = draft->facts->users[i] != 0;
		draft->survey->user = draft->facts->users[i];
	}
	return 0;
}
