/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists of units. */
#include "tools/base/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void unit_list_free(struct unit_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free(list->items[i].name);
		free(list->items[i].folder);
		free(list->items[i].path);
		free(list->items[i].old);
		free(list->items[i].owner);
		free(list->items[i].wanted);
		free(list->items[i].earlier);
		free(list->items[i].early);
		free(list->items[i].successes);
		free(list->items[i].applies);
	}
	free(list->items);
	*list = (struct unit_list){};
}

const char *unit_action_name(enum unit_action action)
{
	switch (action) {
	case UNIT_UNCHANGED:
		return "unchanged";
	case UNIT_WRITTEN:
		return "written";
	case UNIT_REMOVED:
		return "removed";
	case UNIT_FOREIGN:
		return "foreign";
	}
	return "unknown";
}

bool unit_changes(const struct unit *unit)
{
	return unit->action == UNIT_WRITTEN || unit->action == UNIT_REMOVED;
}

bool unit_name_ends(const char *name, const char *end)
{
	size_t n = strlen(name), n_end = strlen(end);

	return n > n_end && strcmp(name + n - n_end, end) == 0;
}

bool unit_can_guard(const char *name)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:_.\\@-";

	if (strlen(name) > 240 || strspn(name, allowed) != strlen(name) || name[0] == '.')
		return false;
	return unit_name_ends(name, ".service") || unit_name_ends(name, ".socket");
}

/* Prints the names of active units, sockets first or last: a socket cannot be changed while its service runs. */
static void put_names(const struct unit_list *list, bool sockets, FILE *out)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->items[i].active && unit_name_ends(list->items[i].name, ".socket") == sockets)
			fprintf(out, " %s", list->items[i].name);
}

char *unit_restart_command(const struct unit_list *list)
{
	char *text = NULL;
	bool due = false;
	size_t size;
	FILE *out;

	for (size_t i = 0; i < list->n; i++)
		due |= list->items[i].restart_due;
	out = due ? open_memstream(&text, &size) : NULL;
	if (!out)
		return NULL;
	fputs("systemctl stop", out);
	put_names(list, false, out);
	put_names(list, true, out);
	fputs(" && systemctl start", out);
	put_names(list, true, out);
	put_names(list, false, out);
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}
