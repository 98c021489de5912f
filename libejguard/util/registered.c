/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/util/registered.h"

#include "libejguard/util/address.h"

static bool listens(const struct ejg_survey *survey, pid_t pid, uint16_t port)
{
	for (size_t i = 0; i < survey->n_listeners; i++) {
		const struct ejg_listener *listener = ejg_listener_get(survey, i);

		if (listener->pid == pid && listener->port == port && listener->in_service)
			return true;
	}
	return false;
}

/* epmd has names without the host part. */
static bool has_port(const struct ejg_survey *survey, const char *node, uint16_t port)
{
	const size_t length = strcspn(node, "@");

	for (size_t i = 0; i < survey->n_epmd_names; i++) {
		const struct ejg_epmd_name *name = ejg_epmd_name_get(survey, i);

		if (name->port == port && strlen(name->name) == length && strncmp(node, name->name, length) == 0)
			return true;
	}
	return false;
}

/* A node that gets its name after its start has in the survey the name that epmd knows: the configured name counts. */
static const char *name_of(const struct ejg_facts *facts, const struct ejg_survey *survey,
			   const struct ejg_process *process)
{
	return facts->kind && facts->kind->joins_late ? ejg_survey_value(survey, "ERLANG_NODE") : process->node;
}

bool is_registered_by_service(const struct ejg_facts *facts, const struct ejg_survey *survey, uint16_t port)
{
	if (port_in_ranges(facts->public_ports, facts->n_public_ports, port))
		return false;
	for (size_t i = 0; i < survey->n_processes; i++) {
		const struct ejg_process *process = ejg_process_get(survey, i);
		const char *node = name_of(facts, survey, process);

		if (process->role == EJG_PROCESS_NODE && process->relation == EJG_RELATION_OURS && node &&
		    listens(survey, process->pid, port) && has_port(survey, node, port))
			return true;
	}
	return false;
}
