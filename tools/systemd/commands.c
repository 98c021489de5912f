/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tools/systemd/commands.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "libejguard/util/cleanup.h"

/* "{ path=/bin/x ; argv[]=/bin/x -y ; ignore_errors=no ; ... }", or in the longer lists "flags=..." */
#define OWN_COMMAND "{ path=" EJG_SBINDIR "/ejguard ; argv[]=" EJG_SBINDIR "/ejguard "
#define BETWEEN " ; "

int list_add(char **list, const char *between, const char *text, size_t n)
{
	char *joined;

	if (asprintf(&joined, "%s%s%.*s", *list ? *list : "", *list ? between : "", (int)n, text) < 0)
		return -ENOMEM;
	free(*list);
	*list = joined;
	return 0;
}

static bool is_own(const char *value)
{
	return strncmp(value, OWN_COMMAND, strlen(OWN_COMMAND)) == 0;
}

/* Adds a command by its path: its arguments may have a cookie in them. */
static int add_path(char **list, const char *value)
{
	static const char mark[] = "{ path=";
	const char *path = strncmp(value, mark, strlen(mark)) == 0 ? value + strlen(mark) : "(unknown)";
	const char *end = strstr(path, BETWEEN);

	return list_add(list, ", ", path, end ? (size_t)(end - path) : strlen(path));
}

/* Adds a command of ExecStartPre= to ours, unless it may fail, or to those before ours. */
static int add_start_pre(struct unit *unit, const char *value)
{
	static const char must_succeed[] = BETWEEN "ignore_errors=no" BETWEEN;
	const char *end;

	if (!is_own(value))
		return unit->applies ? 0 : add_path(&unit->earlier, value);
	value += strlen(OWN_COMMAND);
	end = strstr(value, BETWEEN);
	if (!end || strncmp(end, must_succeed, strlen(must_succeed) - 1) != 0)
		return 0;
	return list_add(&unit->applies, "\n", value, (size_t)(end - value));
}

static bool has_flag(const char *value, const char *flag)
{
	static const char mark[] = BETWEEN "flags=";
	const char *flags = strstr(value, mark), *end;

	if (!flags)
		return false;
	flags += strlen(mark);
	end = strstr(flags, BETWEEN);
	return memmem(flags, end ? (size_t)(end - flags) : strlen(flags), flag, strlen(flag));
}

/* Adds a command that the unit's user runs without the guard. Root, who runs the others, is no attacker. */
static int add_early(struct unit *unit, const char *value, bool *guards)
{
	if (is_own(value) && strstr(value, " apply --own") && !has_flag(value, "ignore-failure"))
		*guards = true;
	if (*guards || has_flag(value, "privileged") || has_flag(value, "no-setuid"))
		return 0;
	return add_path(&unit->early, value);
}

int commands_add(struct unit *unit, const char *name, const char *value, bool *guards)
{
	if (strcmp(name, "ExecStart") == 0)
		unit->confined |= is_own(value) && strstr(value, UNIT_CHAIN);
	else if (strcmp(name, "ExecStartPre") == 0)
		return add_start_pre(unit, value);
	else if (strcmp(name, "ExecStartPreEx") == 0)
		return add_early(unit, value, guards);
	else if (strcmp(name, "ExecCondition") == 0)
		return add_path(&unit->earlier, value);
	else if (strcmp(name, "ExecConditionEx") == 0 || strcmp(name, "ExecStopPostEx") == 0) /* also after a failure */
		return add_early(unit, value, &(bool){ false });
	return 0;
}
