/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/core/stack-names.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "libejguard/util/cleanup.h"

#define MAX_NAME 63

bool stack_name_valid(const char *name)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-");

	return n > 0 && n <= MAX_NAME && name[n] == '\0';
}

static int is_stack(const struct dirent *entry)
{
	return stack_name_valid(entry->d_name) && (entry->d_type == DT_REG || entry->d_type == DT_LNK);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* Merges two sorted lists; a stack of the administrator replaces a shipped one of the same name. */
static const char *merge(struct arena *arena, struct dirent **const lists[2], const int n[2])
{
	const char *text = "";
	int i = 0, j = 0;

	while (text && (i < n[0] || j < n[1])) {
		int order = i == n[0] ? 1 : j == n[1] ? -1 : strcmp(lists[0][i]->d_name, lists[1][j]->d_name);
		const char *name = order <= 0 ? lists[0][i]->d_name : lists[1][j]->d_name;

		text = arena_printf(arena, "%s%s%s", text, *text ? ", " : "", name);
		i += order <= 0;
		j += order >= 0;
	}
	return text;
}

const char *stack_names(struct arena *arena, const struct stack_source *source)
{
	const char *const folders[2] = { source->confdir, source->vendordir };
	struct dirent **lists[2] = {};
	int n[2] = {};
	const char *names;

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		n[i] = folders[i] ? scandir(folders[i], &lists[i], is_stack, by_name) : 0;
		if (n[i] < 0)
			n[i] = 0;
	}
	names = merge(arena, lists, n);
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		for (int j = 0; j < n[i]; j++)
			free(lists[i][j]);
		free(lists[i]);
	}
	return names;
}
