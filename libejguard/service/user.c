/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/service/user.h"

#include <errno.h>

#include "libejguard/util/passwd.h"

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
		r = take_text(draft, draft->facts->service);
	if (r < 0)
		return r;
	for (size_t i = 0; !draft->survey->user_known && i < draft->facts->n_users; i++) {
		draft->survey->user_known = draft->facts->users[i] != 0;
		draft->survey->user = draft->facts->users[i];
	}
	return 0;
}
