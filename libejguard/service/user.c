/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/service/user.h"

#include <errno.h>

#include "libejguard/util/passwd.h"

/* Return: 1 when it is a user's name, 0 when not, -ENOMEM. */
static int take_name(struct survey_build *b, const char *name)
{
	cleanup_passwd_user struct passwd_user user = { 0 };
	int r = name ? passwd_user_by_name(b->facts->root, name, &user) : -ENOENT;

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	b->survey->user_known = true;
	b->survey->user = user.uid;
	return 1;
}

/* Only root puts a process into the service's cgroups. */
static bool take_node(struct survey_build *b)
{
	for (size_t i = 0; i < b->survey->n_processes; i++) {
		const struct ejg_process *process = &b->survey->processes[i];

		if (process->role != EJG_PROCESS_NODE || !process->in_service)
			continue;
		b->survey->user_known = true;
		b->survey->user = process->uid;
		return true;
	}
	return false;
}

/* As it is configured; else as its node runs; else the one of the service's name, which packages make; else of the stack. */
int user_find(struct survey_build *b)
{
	int r = take_name(b, ejg_survey_value(b->survey, "user"));

	if (r == 0 && !take_node(b))
		r = take_name(b, b->facts->service);
	if (r < 0)
		return r;
	for (size_t i = 0; !b->survey->user_known && i < b->facts->n_users; i++) {
		b->survey->user_known = b->facts->users[i] != 0;
		b->survey->user = b->facts->users[i];
	}
	return 0;
}
