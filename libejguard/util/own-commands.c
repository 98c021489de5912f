/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/util/own-commands.h"

#include <string.h>

#include "libejguard/util/cleanup.h"

#define COMMAND "ejguard "

/* What can follow a command: the end of a step, or of a clause. */
static const char ends[] = "\n`,;)&|";

static const char *const verbs[] = { "apply", "check", "disable", "enable", "release", "revert", "status" };

static bool is_service_verb(const char *word, size_t n)
{
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
		if (strlen(verbs[i]) == n && strncmp(word, verbs[i], n) == 0)
			return true;
	}
	return false;
}

/* The length of a verb and its flags, or 0 if an operand follows, or no command at all. */
static size_t length_without_operand(const char *text)
{
	static const char lower[] = "abcdefghijklmnopqrstuvwxyz-";
	size_t n = strspn(text, lower);

	if (!is_service_verb(text, n))
		return 0;
	while (strncmp(text + n, " --", 3) == 0)
		n += 1 + strspn(text + n + 1, lower);
	return text[n] == '\0' || strchr(ends, text[n]) || strncmp(text + n, " &&", 3) == 0 ? n : 0;
}

const char *own_commands_name(struct arena *arena, const char *text, const char *service)
{
	const char *done = "", *found;
	size_t n;

	while (text && done && (found = strstr(text, COMMAND))) {
		found += strlen(COMMAND);
		n = length_without_operand(found);
		found += n;
		done = arena_printf(arena, "%s%.*s%s%s", done, (int)(found - text), text, n ? " " : "",
				    n ? service : "");
		text = found;
	}
	return !text || !done || !*done ? text : arena_printf(arena, "%s%s", done, text);
}
