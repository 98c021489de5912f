/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/core/remedy.h"

#include <stdbool.h>
#include <string.h>

#include "libejguard/util/quote.h"

#define RUN "run: "

static bool starts_with(const char *text, const char *word)
{
	return strncmp(text, word, strlen(word)) == 0;
}

static bool stays(const char *command)
{
	return starts_with(command, "ejguard ") || starts_with(command, "systemctl ") || starts_with(command, "chroot ");
}

/* One line of a remedy. NULL without memory. */
static const char *step_in_root(struct arena *arena, const char *root, const char *step)
{
	const char *command, *quoted_root, *quoted;

	if (!starts_with(step, RUN) || stays(step + strlen(RUN)))
		return step;
	command = step + strlen(RUN);
	quoted_root = quote_shell(arena, root);
	quoted = quote_shell(arena, command);
	/* Several commands, or a redirection, need a shell there. */
	if (quoted_root && quoted && strpbrk(command, "&|;<>$`*?[~"))
		return arena_printf(arena, RUN "chroot %s sh -c %s", quoted_root, quoted);
	return quoted_root && quoted ? arena_printf(arena, RUN "chroot %s %s", quoted_root, command) : NULL;
}

const char *remedy_in_root(struct arena *arena, const char *root, const char *remedy)
{
	const char *text = "";
	char *steps, *step;

	if (!root || !*root || !remedy || !strstr(remedy, RUN))
		return remedy;
	steps = arena_strdup(arena, remedy);
	while (text && steps && (step = strsep(&steps, "\n"))) {
		const char *there = step_in_root(arena, root, step);

		text = there ? arena_printf(arena, "%s%s%s", text, *text ? "\n" : "", there) : NULL;
	}
	return text;
}
