/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/core/remedy.h"

#include <stdbool.h>
#include <string.h>

#define RUN "run: "

static bool copies_stack(const char *step)
{
	return strstr(step, " " EJG_CONFDIR "/") && !strpbrk(step, "&;|");
}

/* One line of a remedy. NULL without memory. */
static const char *step_in_root(struct arena *arena, const char *step)
{
	if (strncmp(step, RUN, strlen(RUN)) != 0 || copies_stack(step))
		return step;
	return arena_printf(arena, REMEDY_IN_IMAGE "%s", step + strlen(RUN));
}

const char *remedy_in_root(struct arena *arena, const char *root, const char *remedy)
{
	const char *text = "";
	char *steps, *step;

	if (!root || !*root || !remedy || !strstr(remedy, RUN))
		return remedy;
	steps = arena_strdup(arena, remedy);
	while (text && steps && (step = strsep(&steps, "\n"))) {
		const char *there = step_in_root(arena, step);

		text = there ? arena_printf(arena, "%s%s%s", text, *text ? "\n" : "", there) : NULL;
	}
	return text;
}
