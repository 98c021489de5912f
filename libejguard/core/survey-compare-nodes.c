/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The nodes that run, against what is configured. */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "libejguard/core/survey-compare-parts.h"
#include "libejguard/util/cleanup.h"

/*
 * Names that are worth a comparison: what the running node took from its environment. ERL_CRASH_DUMP has the time of
 * the start in it, and the options are compared by what they come to.
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

/* The value in a process's environment, or NULL. */
static const char *environment(const struct ejg_process *process, const char *name)
{
	const size_t length = strlen(name);

	for (size_t i = 0; i < process->n_environment; i++)
		if (strncmp(process->environment[i], name, length) == 0 && process->environment[i][length] == '=')
			return process->environment[i] + length + 1;
	return NULL;
}

/* A value as messages have it. */
static const char *quoted(const char *value, char text[static COMPARE_TEXT_SIZE])
{
	const int longest = COMPARE_TEXT_SIZE - 8;

	if (*value)
		snprintf(text, COMPARE_TEXT_SIZE, "'%.*s'%s", longest, value,
			 strlen(value) > (size_t)longest ? "..." : "");
	else
		snprintf(text, COMPARE_TEXT_SIZE, "not set");
	return text;
}

/* real is NULL when the node does not have it. */
static void compare_value(const struct comparison *c, const struct ejg_process *node, const char *name,
			  const char *real)
{
	const struct ejg_setting *setting = ejg_survey_setting(c->survey, name);
	const char *value = setting && setting->state == EJG_SETTING_KNOWN ? setting->value : "";
	char subject[COMPARE_TEXT_SIZE], remedy[COMPARE_TEXT_SIZE], here[COMPARE_TEXT_SIZE], there[COMPARE_TEXT_SIZE];

	if (!setting || setting->state == EJG_SETTING_INDETERMINATE)
		return;
	if (!real && setting->origin.kind == EJG_ORIGIN_DEFAULT) /* nobody hands a default on */
		return;
	real = real ? real : "";
	if (strcmp(real, value) == 0)
		return;
	report_core(c->report, "discover-node-setting", compare_process(node, subject), &setting->origin,
		    compare_restart(node, remedy), "%s is %s where the node runs, and %s in the configuration", name,
		    quoted(real, here), quoted(value, there));
}

/* `-mnesia dir "PATH"`, whose quotes are Erlang's; false when the node has none. */
static bool spool_of(const struct ejg_process *node, char path[static PATH_MAX])
{
	for (size_t i = 1; i + 1 < node->n_arguments; i++) {
		const char *value = node->arguments[i + 1];
		size_t length = strlen(value);

		if (strcmp(node->arguments[i - 1], "-mnesia") != 0 || strcmp(node->arguments[i], "dir") != 0)
			continue;
		if (length < 3 || length >= PATH_MAX || value[0] != '"' || value[length - 1] != '"')
			return false;
		memcpy(path, value + 1, length - 2);
		path[length - 2] = '\0';
		return true;
	}
	return false;
}

static void compare_values(const struct comparison *c, const struct ejg_process *node)
{
	char path[PATH_MAX];

	for (size_t i = 0; node->environment && i < ARRAY_SIZE(compared); i++)
		compare_value(c, node, compared[i], environment(node, compared[i]));
	if (spool_of(node, path))
		compare_value(c, node, "SPOOL_DIR", path);
}

/* To make the running name the configured one, where it can be written as it is. */
static const char *keep_name(const struct ejg_process *node, char text[static COMPARE_TEXT_SIZE])
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@.-";

	if (strlen(node->node) > 64 || node->node[strspn(node->node, plain)])
		return NULL;
	snprintf(text, COMPARE_TEXT_SIZE, "edit: ejabberdctl.cfg: ERLANG_NODE=%s", node->node);
	return text;
}

/*
 * With another name a node does not start: Mnesia's tables belong to the name that they were made under. (Measured
 * with 23.01: "aborted, node_not_running"; `ejabberdctl mnesia_change_nodename` of the manual converts a backup.)
 */
static void compare_name(const struct comparison *c, const struct ejg_process *node)
{
	const struct ejg_setting *setting = ejg_survey_setting(c->survey, "ERLANG_NODE");
	const char *name = ejg_survey_value(c->survey, "ERLANG_NODE"), *kind = ejg_survey_value(c->survey, "name-kind");
	const char *real = node->long_name ? "long" : "short";
	char subject[COMPARE_TEXT_SIZE], remedy[COMPARE_TEXT_SIZE];

	if (!name || !node->node)
		return;
	if (strcmp(name, node->node) != 0)
		report_core(
			c->report, "discover-node-name", compare_process(node, subject), &setting->origin,
			keep_name(node, remedy),
			"it runs as %s, and %s is configured: after a restart it would not find its database, which "
			"belongs to the name",
			node->node, name);
	else if (kind && strcmp(kind, real) != 0)
		report_core(c->report, "discover-node-name", compare_process(node, subject), &setting->origin,
			    compare_restart(node, remedy), "%s runs with a %s name, and would be started with a %s one",
			    node->node, real, kind);
}

static void compare_owner(const struct comparison *c, const struct ejg_process *node)
{
	const struct ejg_setting *setting = ejg_survey_setting(c->survey, "user");
	char subject[COMPARE_TEXT_SIZE];

	if (!c->user_known || node->uid == c->user)
		return;
	report_core(c->report, "discover-node-user", compare_process(node, subject), &setting->origin, NULL,
		    "%s runs as uid %u, and not as %s (uid %u)", node->node ? node->node : "the node", node->uid,
		    setting->value, c->user);
}

static void compare_node(const struct comparison *c, const struct ejg_process *node)
{
	const char *name = node->node ? node->node : "a node of the service";
	char subject[COMPARE_TEXT_SIZE];

	if (!node->in_service)
		report_core(c->report, "discover-node-outside", compare_process(node, subject), NULL, NULL,
			    "%s runs as uid %u in %s%s: no guard of the service holds it there", name, node->uid,
			    node->cgroup ? "the cgroup " : "no cgroup", node->cgroup ? node->cgroup : "");
	if (node->exe && strstr(node->exe, " (deleted)"))
		report_core(c->report, "discover-node-replaced", compare_process(node, subject), NULL, NULL,
			    "it executes %s: restart it to run what is installed", node->exe);
	compare_owner(c, node);
	if (compare_is_strangers(c, node)) /* whatever else it is or says */
		return;
	compare_name(c, node);
	compare_values(c, node);
}

static void note_other(const struct comparison *c, const struct ejg_process *process)
{
	char subject[COMPARE_TEXT_SIZE];

	report_core(c->report, "discover-node-other", compare_process(process, subject), NULL, NULL,
		    "%s runs as uid %u in %s: it may use the same epmd", process->node ? process->node : "a node",
		    process->uid, process->unit ? process->unit : "no unit");
}

void compare_nodes(const struct comparison *c)
{
	size_t n = 0, outside = 0;

	for (size_t i = 0; i < c->survey->n_processes; i++) {
		const struct ejg_process *process = &c->survey->processes[i];
		const bool ours = compare_is_ours(c, process);

		if (!ours && (process->role != EJG_PROCESS_NODE || process->other_network))
			continue;
		n += ours && !compare_is_strangers(c, process);
		if (!process->in_service && outside++ >= COMPARE_MAX_ALIKE)
			continue;
		if (ours)
			compare_node(c, process);
		else
			note_other(c, process);
	}
	if (outside > COMPARE_MAX_ALIKE)
		report_core(c->report, "discover-node-other", NULL, NULL, NULL,
			    "%zu nodes run outside of the service's cgroups in all", outside);
	if (n == 0)
		report_core(c->report, "discover-no-node", NULL, NULL, NULL,
			    "no node of %s was seen here: what is configured was compared with nothing", c->facts->service);
}
