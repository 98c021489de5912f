/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/service/relation.h"

#include <string.h>

#include "libejguard/service/base/kind.h"

/* True if both node names have the same part before the @. The host part may depend on name resolution at the start. */
static bool same_head(const char *a, const char *draft)
{
	const size_t length = strcspn(a, "@");

	return length > 0 && length == strcspn(draft, "@") && strncmp(a, draft, length) == 0;
}

/* The module that -s starts in a node of the service. */
static const char *boot_of(const struct survey_draft *draft)
{
	const struct service_kind *kind = kind_of(draft->facts->kind);

	return kind && kind->boot ? kind->boot : draft->facts->service;
}

/* True if a node claims to be the service's: by its name, or by the module that it starts (`-s ejabberd`). */
static bool says_service(const struct survey_draft *draft, const struct ejg_process *process)
{
	const char *name = ejg_survey_value(draft->survey, "ERLANG_NODE"), *service = draft->facts->service,
		   *boot = boot_of(draft);

	for (size_t i = 0; i + 1 < process->n_arguments; i++)
		if (strcmp(process->arguments[i], "-s") == 0 && strcmp(process->arguments[i + 1], boot) == 0)
			return true;
	return process->node && same_head(process->node, name ? name : service);
}

static enum ejg_relation relation_of(const struct survey_draft *draft, const struct ejg_process *process)
{
	const bool known = draft->survey->user_known, own = known && process->uid == draft->survey->user;

	/* only root can move a process there */
	if (process->in_service)
		return process->role == EJG_PROCESS_CONTROL ? EJG_RELATION_TOOL : EJG_RELATION_OURS;
	if (!own && (process->uid != 0 || process->other_network))
		return known ? EJG_RELATION_STRANGER : EJG_RELATION_UNKNOWN;
	/* a container's node may have the same name and uid, and be another node */
	if (process->role == EJG_PROCESS_NODE && !process->other_network && says_service(draft, process))
		return EJG_RELATION_OURS;
	if (process->role == EJG_PROCESS_CONTROL && !process->other_network && own)
		return EJG_RELATION_TOOL;
	return own ? EJG_RELATION_SAME_USER : EJG_RELATION_UNKNOWN;
}

int relations_find(struct survey_draft *draft)
{
	struct ejg_process *processes = (struct ejg_process *)draft->survey->processes;

	for (size_t i = 0; i < draft->survey->n_processes; i++)
		processes[i].relation = relation_of(draft, &processes[i]);
	return 0;
}
