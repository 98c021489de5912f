/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* epmd: its port, who serves it, and whose names it knows. */
#include <stdio.h>
#include <string.h>

#include "libejguard/core/survey-compare-parts.h"
#include "libejguard/service/epmd.h"
#include "libejguard/util/address.h"

/* The port of the facts, against ERL_EPMD_PORT of the configuration. */
static void compare_set_epmd(const struct comparison *c)
{
	const struct ejg_setting *setting = ejg_survey_setting(c->survey, "ERL_EPMD_PORT");
	const char *value = ejg_survey_value(c->survey, "ERL_EPMD_PORT");
	char remedy[COMPARE_TEXT_SIZE];
	uint16_t port;

	if (!value || port_parse(value, &port) < 0 || port == c->facts->epmd_port)
		return;
	snprintf(remedy, sizeof(remedy), "edit: the stack file: set epmd %u\nrun: ejguard apply", port);
	report_core(c->report, "discover-set-epmd", "set epmd", &setting->origin, remedy,
		    "the guards hold port %u as epmd's, and ERL_EPMD_PORT is %u", c->facts->epmd_port, port);
}

static const struct ejg_process *find_process(const struct comparison *c, pid_t pid)
{
	for (size_t i = 0; pid != 0 && i < c->survey->n_processes; i++)
		if (c->survey->processes[i].pid == pid)
			return &c->survey->processes[i];
	return NULL;
}

static void compare_listener(const struct comparison *c, const struct ejg_listener *listener)
{
	const struct ejg_process *process = find_process(c, listener->pid);
	char subject[COMPARE_TEXT_SIZE], holder[COMPARE_TEXT_SIZE];

	compare_place(listener, subject);
	compare_holder(listener, holder);
	if (listener->port == c->facts->epmd_port && !listener->in_service)
		report_core(c->report, "discover-epmd-outside", subject, NULL, NULL,
			    "epmd's port is served by %s, which is none of the service's: it says where nodes connect "
			    "to, and no guard of the service holds it",
			    holder);
	else if (listener->port != c->facts->epmd_port && listener->in_service && process &&
		 process->role == EJG_PROCESS_EPMD)
		report_core(c->report, "discover-epmd-port", subject, &c->facts->epmd_origin, NULL,
			    "the service's epmd listens there, and the guards hold port %u as epmd's",
			    c->facts->epmd_port);
}

/* Whether a process may have registered a name: a node of that name, of the service or of whoever administers it. */
static bool may_have_name(const struct comparison *c, const struct ejg_process *process, const char *name)
{
	const size_t length = strlen(name);

	if (process->role == EJG_PROCESS_EPMD || process->other_network || !process->node)
		return false;
	if (strncmp(process->node, name, length) != 0 || (process->node[length] && process->node[length] != '@'))
		return false;
	return process->in_service || process->uid == 0 || (c->user_known && process->uid == c->user);
}

/* A node that does not listen registers, too, with a port on which nobody listens: ejabberdctl's own (-dist_listen
 * false). */
static bool is_explained(const struct comparison *c, const struct ejg_epmd_name *name,
			 const struct ejg_listener *listener)
{
	for (size_t i = 0; i < c->survey->n_processes; i++) {
		const struct ejg_process *process = &c->survey->processes[i];

		if (may_have_name(c, process, name->name) &&
		    (listener ? compare_holds(process, listener) : process->role == EJG_PROCESS_CONTROL))
			return true;
	}
	return false;
}

/* Return: whether it made a finding. */
static bool compare_registered(const struct comparison *c, const struct ejg_epmd_name *name)
{
	const struct ejg_listener *listener = NULL;
	char holder[COMPARE_TEXT_SIZE];

	for (size_t i = 0; i < c->survey->n_listeners; i++) {
		if (c->survey->listeners[i].port != name->port)
			continue;
		listener = &c->survey->listeners[i];
		if (is_explained(c, name, listener))
			return false;
	}
	if (!listener && is_explained(c, name, NULL))
		return false;
	if (listener)
		report_core(c->report, "discover-name-foreign", name->name, NULL, NULL,
			    "epmd knows it at port %u, which is held by %s: no node of the service has that name",
			    name->port, compare_holder(listener, holder));
	else
		report_core(c->report, "discover-name-foreign", name->name, NULL, NULL,
			    "epmd knows it at port %u, where nothing listens: any user of this host may register a "
			    "name that is free, and the node that has it then cannot start",
			    name->port);
	return true;
}

static void compare_names(const struct comparison *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->survey->n_epmd_names && n < COMPARE_MAX_ALIKE; i++)
		n += compare_registered(c, &c->survey->epmd_names[i]);
	if (n == COMPARE_MAX_ALIKE)
		report_core(
			c->report, "discover-name-foreign", NULL, NULL, NULL,
			"epmd knows %zu names: after %zu that belong to no process of the service, the rest was not "
			"compared",
			c->survey->n_epmd_names, n);
}

void compare_epmd(const struct comparison *c)
{
	compare_set_epmd(c);
	for (size_t i = 0; i < c->survey->n_listeners; i++)
		compare_listener(c, &c->survey->listeners[i]);
	if (c->survey->epmd_answered)
		compare_names(c);
	else if (epmd_names_asked(c->facts, c->survey))
		report_core(c->report, "discover-epmd-answer", NULL, NULL, NULL, "%s", c->survey->epmd_note);
}
