/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The running nodes: whose they are, and whether they run with the current configuration. */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "libejguard/modules/node/node.h"
#include "libejguard/util/address.h"
#include "libejguard/util/cleanup.h"

/* Any user can start any number of nodes. */
#define MAX_OTHERS 16

#define TEXT_SIZE 128

/*
 * Variables to compare: the node read them from its environment. ERL_CRASH_DUMP contains the time of the start, and
 * options are compared by their effect.
 */
static const char *const compared[] = {
	"HOME",
	"XDG_CONFIG_HOME",
	"EJABBERD_CONFIG_PATH",
	"EJABBERD_LOG_PATH",
	"EJABBERD_PID_PATH",
	"CONTRIB_MODULES_PATH",
	"CONTRIB_MODULES_CONF_DIR",
	"ERL_INETRC",
	"ERL_EPMD_ADDRESS",
	"ERL_EPMD_PORT",
	"ERL_DIST_PORT",
};

/* "process 4711" */
static const char *subject_of(const struct ejg_process *process, char text[static TEXT_SIZE])
{
	snprintf(text, TEXT_SIZE, "process %d", (int)process->pid);
	return text;
}

/* The value in a process's environment, or NULL. */
static const char *environment(const struct ejg_process *process, const char *name)
{
	const size_t length = strlen(name);

	for (size_t i = 0; i < process->n_environment; i++)
		if (strncmp(process->environment[i], name, length) == 0 && process->environment[i][length] == '=')
			return process->environment[i] + length + 1;
	return NULL;
}

/* A value, formatted for messages. */
static const char *quoted(const char *value, char text[static TEXT_SIZE])
{
	if (*value)
		snprintf(text, TEXT_SIZE, "'" NODE_TEXT "'%s", value, strlen(value) > 100 ? "..." : "");
	else
		snprintf(text, TEXT_SIZE, "not set");
	return text;
}

/* real is NULL when the node does not have it. */
static void check_value(const struct node *node, const struct ejg_process *process, const char *name, const char *real)
{
	const struct ejg_setting *setting = ejg_survey_setting(node->survey, name);
	const char *value = setting && setting->state == EJG_SETTING_KNOWN ? setting->value : "";
	char subject[TEXT_SIZE], here[TEXT_SIZE], there[TEXT_SIZE];

	if (!setting || setting->state == EJG_SETTING_INDETERMINATE)
		return;
	if (!real && setting->origin.kind == EJG_ORIGIN_DEFAULT) /* defaults are not passed on */
		return;
	real = real ? real : "";
	if (strcmp(real, value) == 0)
		return;
	node_say(node, "node-setting", subject_of(process, subject), setting, NULL,
		 "the node runs with %s %s, but %s is configured", name, quoted(real, here), quoted(value, there));
}

/* `-mnesia dir "PATH"`, with quotes for Erlang; false when the node does not have it. */
static bool spool_of(const struct ejg_process *process, char path[static PATH_MAX])
{
	for (size_t i = 1; i + 1 < process->n_arguments; i++) {
		const char *value = process->arguments[i + 1];
		size_t length = strlen(value);

		if (strcmp(process->arguments[i - 1], "-mnesia") != 0 || strcmp(process->arguments[i], "dir") != 0)
			continue;
		if (length < 3 || length >= PATH_MAX || value[0] != '"' || value[length - 1] != '"')
			return false;
		memcpy(path, value + 1, length - 2);
		path[length - 2] = '\0';
		return true;
	}
	return false;
}

static void check_values(const struct node *node, const struct ejg_process *process)
{
	char path[PATH_MAX];

	/* an environment without any of the names was not readable */
	for (size_t i = 0; process->n_environment && i < ARRAY_SIZE(compared); i++)
		check_value(node, process, compared[i], environment(process, compared[i]));
	if (spool_of(process, path))
		check_value(node, process, "SPOOL_DIR", path);
}

static const char *range_text(const struct ejg_port_range *range, char text[static TEXT_SIZE])
{
	if (range->first == 0)
		return "none";
	snprintf(text, TEXT_SIZE, "%u-%u", range->first, range->last);
	return text;
}

/*
 * Compares the range in the node's arguments with the configured one. For a node without a range the listener is
 * compared instead.
 */
static void check_range(const struct node *node, const struct ejg_process *process)
{
	const struct ejg_setting *setting = ejg_survey_setting(node->survey, "dist-range");
	char subject[TEXT_SIZE], here[TEXT_SIZE], there[TEXT_SIZE];
	struct ejg_port_range started = { 0 };

	if (!node_started_range(process, &started) || !setting ||
	    (setting->state == EJG_SETTING_KNOWN) != (node->range.first != 0) ||
	    (setting->state != EJG_SETTING_KNOWN && setting->state != EJG_SETTING_UNSET))
		return;
	if (node->range.first == started.first && node->range.last == started.last)
		return;
	node_say(node, "node-range", subject_of(process, subject), setting, NULL,
		 "the node was started with the distribution range %s, but %s is configured",
		 range_text(&started, here), range_text(&node->range, there));
}

static void check_own(const struct node *node, const struct ejg_process *process)
{
	const struct ejg_setting *user = ejg_survey_setting(node->survey, "user");
	const char *name = process->node ? process->node : "a node of the service";
	char subject[TEXT_SIZE];

	subject_of(process, subject);
	if (!process->in_service)
		node_say(node, "node-outside", subject, NULL, NULL,
			 NODE_TEXT "  runs as uid %u in %s%.150s, where it is not guarded", name,
			 (unsigned int)process->uid, process->cgroup ? "the cgroup " : "no cgroup",
			 process->cgroup ? process->cgroup : "");
	if (process->exe && strstr(process->exe, " (deleted)"))
		node_say(node, "node-replaced", subject, NULL, NULL, "the node still executes the old file %.200s",
			 process->exe);
	if (node->survey->user_known && process->uid != node->survey->user)
		node_say(node, "node-user", subject, user, NULL,
			 NODE_TEXT "  runs as uid %u, but the configured user has uid %u", name,
			 (unsigned int)process->uid, (unsigned int)node->survey->user);
	check_values(node, process);
	check_range(node, process);
}

/* A node of another user: if it has our node's name, our node cannot start; and it must not get access. */
static void check_other(const struct node *node, const struct ejg_process *process)
{
	const char *own = node_own_head(node), *name = process->node ? process->node : "";
	const bool same = node_head(name) == strlen(own) && strncmp(name, own, strlen(own)) == 0;
	char subject[TEXT_SIZE];

	subject_of(process, subject);
	if (same && *own)
		node_say(node, "node-stranger", subject, NULL, NULL,
			 "a node that is not the service's uses the service's node name, " NODE_TEXT
			 " (uid %u, in %.100s)",
			 name, (unsigned int)process->uid, process->unit ? process->unit : "no unit");
	else
		node_say(node, "node-other", subject, NULL, NULL,
			 NODE_TEXT "  runs as uid %u in %.100s; it may use the same epmd", *name ? name : "a node",
			 (unsigned int)process->uid, process->unit ? process->unit : "no unit");
}

void node_check_processes(const struct node *node)
{
	size_t n_own = 0, n_others = 0;

	for (size_t i = 0; i < node->survey->n_processes; i++) {
		const struct ejg_process *process = ejg_process_get(node->survey, i);

		if (process->role != EJG_PROCESS_NODE)
			continue;
		if (node_is_service(process)) {
			n_own++;
			check_own(node, process);
		} else if (!process->other_network && n_others++ < MAX_OTHERS) {
			check_other(node, process);
		}
	}
	if (n_others > MAX_OTHERS)
		node_say(node, "node-other", "nodes", NULL, NULL, "%zu nodes of others run in total", n_others);
	if (n_own == 0)
		node_say(node, "node-absent", node->facts->service, NULL, NULL,
			 "no running node of the service was seen, so the configuration could not be compared with it");
}
