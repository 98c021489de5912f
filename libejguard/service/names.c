/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/service/names.h"

#include <errno.h>
#include <string.h>

static bool listens(const struct survey_draft *draft, pid_t pid, uint16_t port)
{
	for (size_t i = 0; i < draft->survey->n_listeners; i++)
		if (draft->survey->listeners[i].pid == pid && draft->survey->listeners[i].port == port)
			return true;
	return false;
}

/* The name in epmd for a port of the process; NULL: none. */
static const char *registered(const struct survey_draft *draft, pid_t pid)
{
	for (size_t i = 0; i < draft->survey->n_epmd_names; i++)
		if (listens(draft, pid, draft->survey->epmd_names[i].port))
			return draft->survey->epmd_names[i].name;
	return NULL;
}

/* epmd has no host part: if the rest is as configured, the configured host part is used too. */
static void take_name(const struct survey_draft *draft, struct ejg_process *process, const char *name)
{
	const char *configured = ejg_survey_value(draft->survey, "ERLANG_NODE");
	const char *kind = ejg_survey_value(draft->survey, "name-kind");
	const size_t length = strlen(name);
	const bool same = configured && strncmp(configured, name, length) == 0 &&
			  (configured[length] == '@' || configured[length] == '\0');

	process->node = same ? configured : name;
	process->long_name = same && kind && strcmp(kind, "long") == 0;
}

int nodes_name(struct survey_draft *draft)
{
	struct ejg_process *processes = (struct ejg_process *)draft->survey->processes;

	if (!draft->facts->kind || !draft->facts->kind->joins_late)
		return 0;
	for (size_t i = 0; i < draft->survey->n_processes; i++) {
		struct ejg_process *process = &processes[i];
		const char *name = process->role == EJG_PROCESS_NODE && process->in_service && !process->node
					   ? registered(draft, process->pid)
					   : NULL;

		if (name)
			take_name(draft, process, name);
	}
	return 0;
}
