/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/print/words.h"

#include <string.h>

#include "libejguard/util/cleanup.h"

/* "/etc/default/ejabberd:12", "unit /lib/...", "default": with the kind, if the file does not show it. */
char *words_origin(const struct ejg_origin *origin)
{
	static const char *const words[] = {
		[EJG_ORIGIN_DEFAULT] = "default",     [EJG_ORIGIN_STACK] = "",	       [EJG_ORIGIN_DISCOVERED] = "",
		[EJG_ORIGIN_CALLER] = "caller",	      [EJG_ORIGIN_SCRIPT] = "preset ", [EJG_ORIGIN_UNIT] = "",
		[EJG_ORIGIN_USERS] = "user database",
	};
	const char *word = (size_t)origin->kind < ARRAY_SIZE(words) ? words[origin->kind] : "";
	char *text;
	int n;

	if (!origin->file)
		return strdup(*word && origin->kind != EJG_ORIGIN_SCRIPT ? word : words_origin_kind(origin->kind));
	if (origin->kind != EJG_ORIGIN_SCRIPT)
		word = "";
	if (origin->line)
		n = asprintf(&text, "%s%s:%u", word, origin->file, origin->line);
	else
		n = asprintf(&text, "%s%s", word, origin->file);
	return n < 0 ? NULL : text;
}

const char *words_origin_kind(enum ejg_origin_kind kind)
{
	static const char *const names[] = {
		[EJG_ORIGIN_DEFAULT] = "default",	[EJG_ORIGIN_STACK] = "stack",
		[EJG_ORIGIN_DISCOVERED] = "discovered", [EJG_ORIGIN_CALLER] = "caller",
		[EJG_ORIGIN_SCRIPT] = "script",		[EJG_ORIGIN_UNIT] = "unit",
		[EJG_ORIGIN_USERS] = "users",
	};

	return (size_t)kind < ARRAY_SIZE(names) ? names[kind] : "unknown";
}

const char *words_dist_state(enum ejg_dist_state state)
{
	static const char *const names[] = {
		[EJG_DIST_RANDOM] = "random",
		[EJG_DIST_FIXED] = "fixed",
		[EJG_DIST_INDETERMINATE] = "indeterminate",
	};

	return (size_t)state < ARRAY_SIZE(names) ? names[state] : "unknown";
}

const char *words_setting_state(enum ejg_setting_state state)
{
	static const char *const names[] = {
		[EJG_SETTING_KNOWN] = "known",
		[EJG_SETTING_UNSET] = "unset",
		[EJG_SETTING_INDETERMINATE] = "indeterminate",
		[EJG_SETTING_OVERRIDDEN] = "overridden",
	};

	return (size_t)state < ARRAY_SIZE(names) ? names[state] : "unknown";
}

const char *words_relation(enum ejg_relation relation)
{
	static const char *const names[] = {
		[EJG_RELATION_UNKNOWN] = "unknown",   [EJG_RELATION_OURS] = "ours",
		[EJG_RELATION_TOOL] = "tool",	      [EJG_RELATION_SAME_USER] = "same-user",
		[EJG_RELATION_STRANGER] = "stranger",
	};

	return (size_t)relation < ARRAY_SIZE(names) ? names[relation] : "unknown";
}

const char *words_role(enum ejg_process_role role)
{
	static const char *const names[] = {
		[EJG_PROCESS_NODE] = "node",
		[EJG_PROCESS_CONTROL] = "control",
		[EJG_PROCESS_EPMD] = "epmd",
	};

	return (size_t)role < ARRAY_SIZE(names) ? names[role] : "unknown";
}

char *words_ranges(const struct ejg_port_range *ranges, size_t n)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		fprintf(out, "%s%u", i ? " " : "", ranges[i].first);
		if (ranges[i].last != ranges[i].first)
			fprintf(out, "-%u", ranges[i].last);
	}
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}

char *words_endpoint(const struct ejg_listener *listener)
{
	char address[EJG_PREFIX_TEXT_SIZE], *text;
	bool colons;

	ejg_prefix_format(&listener->address, address);
	colons = strchr(address, ':');
	if (asprintf(&text, "%s%s%s:%u", colons ? "[" : "", address, colons ? "]" : "", listener->port) < 0)
		return NULL;
	return text;
}

const struct ejg_process *survey_process(const struct ejg_survey *survey, pid_t pid)
{
	for (size_t i = 0; pid > 0 && i < survey->n_processes; i++)
		if (ejg_process_get(survey, i)->pid == pid)
			return ejg_process_get(survey, i);
	return NULL;
}
