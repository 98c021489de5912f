/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/core/survey-compare.h"

#include <stdio.h>
#include <string.h>

#include "libejguard/core/survey-compare-parts.h"
#include "libejguard/util/address.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/passwd.h"
#include "libejguard/util/sockets.h"

const char *compare_process(const struct ejg_process *process, char text[static COMPARE_TEXT_SIZE])
{
	snprintf(text, COMPARE_TEXT_SIZE, "process %d", process->pid);
	return text;
}

const char *compare_holder(const struct ejg_listener *listener, char text[static COMPARE_TEXT_SIZE])
{
	int n = 0;

	if (listener->pid != 0)
		n = snprintf(text, COMPARE_TEXT_SIZE, "process %d, ", listener->pid);
	snprintf(text + n, (size_t)(COMPARE_TEXT_SIZE - n), "uid %u, in %.80s", listener->uid,
		 listener->unit ? listener->unit : "no unit");
	return text;
}

const char *compare_place(const struct ejg_listener *listener, char text[static COMPARE_TEXT_SIZE])
{
	_Static_assert(SOCKET_TEXT_SIZE <= COMPARE_TEXT_SIZE, "an address and a port fit");

	return socket_format(&listener->address, listener->port, text);
}

const char *compare_range(struct ejg_port_range range, char text[static COMPARE_TEXT_SIZE])
{
	if (range.first == range.last)
		snprintf(text, COMPARE_TEXT_SIZE, "%u", range.first);
	else
		snprintf(text, COMPARE_TEXT_SIZE, "%u-%u", range.first, range.last);
	return text;
}

const char *compare_restart(const struct ejg_process *process, char text[static COMPARE_TEXT_SIZE])
{
	if (!process->in_service || !process->unit)
		return NULL;
	snprintf(text, COMPARE_TEXT_SIZE, "run: systemctl restart %.100s", process->unit);
	return text;
}

bool compare_holds(const struct ejg_process *process, const struct ejg_listener *listener)
{
	if (listener->pid != 0)
		return listener->pid == process->pid;
	return listener->uid == process->uid && listener->in_service == process->in_service;
}

static bool has_argument(const struct ejg_process *process, const char *flag, const char *value)
{
	for (size_t i = 0; i + 1 < process->n_arguments; i++)
		if (strcmp(process->arguments[i], flag) == 0 && strcmp(process->arguments[i + 1], value) == 0)
			return true;
	return false;
}

bool compare_is_ours(const struct comparison *c, const struct ejg_process *process)
{
	const char *name = ejg_survey_value(c->survey, "ERLANG_NODE");

	if (process->role != EJG_PROCESS_NODE)
		return false;
	if (process->in_service)
		return true;
	if (process->other_network)
		return false;
	return has_argument(process, "-s", c->facts->service) ||
	       (name && process->node && strcmp(name, process->node) == 0);
}

bool compare_is_strangers(const struct comparison *c, const struct ejg_process *process)
{
	return !process->in_service && process->uid != 0 && c->user_known && process->uid != c->user;
}

bool compare_started_range(const struct ejg_process *node, struct ejg_port_range *ret)
{
	struct ejg_port_range range = { 0 };
	uint16_t port;

	for (size_t i = 0; i + 1 < node->n_arguments; i++) {
		const char *name = node->arguments[i];

		if (port_parse(node->arguments[i + 1], &port) < 0)
			continue;
		/* Of several the first counts. */
		if (range.first == 0 && strcmp(name, "inet_dist_listen_min") == 0)
			range.first = port;
		else if (range.last == 0 && strcmp(name, "inet_dist_listen_max") == 0)
			range.last = port;
		else if (strcmp(name, "-erl_epmd_port") == 0)
			range = (struct ejg_port_range){ port, port };
	}
	if (range.first == 0 || range.last < range.first)
		return false;
	*ret = range;
	return true;
}

/* The port that epmd has for a node: names come without the host. */
static uint16_t registered_port(const struct comparison *c, const struct ejg_process *node)
{
	const size_t length = node->node ? strcspn(node->node, "@") : 0;

	for (size_t i = 0; length > 0 && i < c->survey->n_epmd_names; i++) {
		const struct ejg_epmd_name *name = &c->survey->epmd_names[i];

		if (strncmp(name->name, node->node, length) == 0 && name->name[length] == '\0')
			return name->port;
	}
	return 0;
}

const struct ejg_listener *compare_dist_listener(const struct comparison *c, const struct ejg_process *node)
{
	const uint16_t port = registered_port(c, node);
	struct ejg_port_range range = { 0 };
	const bool started = compare_started_range(node, &range);
	const struct ejg_listener *found = NULL;

	for (size_t i = 0; i < c->survey->n_listeners; i++) {
		const struct ejg_listener *listener = &c->survey->listeners[i];

		if (!compare_holds(node, listener))
			continue;
		if (listener->port == port)
			return listener;
		/* Not in the range of the facts: whether it is there is the question. */
		if (!found && started && port_in_ranges(&range, 1, listener->port))
			found = listener;
	}
	return found;
}

static void compare_settings(const struct comparison *c)
{
	for (size_t i = 0; i < c->survey->n_settings; i++) {
		const struct ejg_setting *setting = &c->survey->settings[i];
		const char *note = setting->note ? setting->note : "";

		if (setting->state == EJG_SETTING_OVERRIDDEN)
			report_core(c->report, "discover-overridden", setting->name, &setting->origin, NULL,
				    "%s=%s has no effect%s%s", setting->name, setting->value ? setting->value : "",
				    *note ? ": " : "", note);
		else if (setting->state == EJG_SETTING_INDETERMINATE)
			report_core(c->report, "discover-indeterminate", setting->name, &setting->origin, NULL,
				    "%s cannot be told%s%s", setting->name, *note ? ": " : "", note);
	}
}

static void find_user(struct comparison *c)
{
	const char *name = ejg_survey_value(c->survey, "user");
	cleanup_passwd_user struct passwd_user user = { 0 };

	if (!name || passwd_user_by_name(NULL, name, &user) < 0)
		return;
	c->user_known = true;
	c->user = user.uid;
}

void survey_compare(struct report *report, const struct ejg_facts *facts, const struct ejg_survey *survey)
{
	struct comparison c = { .report = report, .facts = facts, .survey = survey };

	find_user(&c);
	compare_nodes(&c);
	compare_ports(&c);
	compare_epmd(&c);
	compare_settings(&c);
	for (size_t i = 0; i < survey->n_unseen; i++)
		report_core(report, "discover-unseen", NULL, NULL, NULL, "%s", survey->unseen[i]);
}
