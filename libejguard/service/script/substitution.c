/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A command substitution cannot set a variable here, because it runs in a subshell. The exception is $((NAME=1)), which
 * is no command.
 */
#include "libejguard/service/script/substitution.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum { MAX_DEPTH = 8 };

static const char *close_of(const char *at, const char *end, unsigned int depth);

/* The closing quote of the " just before `at`. */
static const char *close_quote(const char *at, const char *end, unsigned int depth)
{
	for (; at < end && *at != '"'; at++) {
		if (*at == '\n' || *at == '`')
			return NULL;
		if (*at == '\\' && ++at == end)
			return NULL;
		if (*at == '$' && end - at > 1 && at[1] == '(')
			at = close_of(at + 2, end, depth + 1);
		if (!at)
			return NULL;
	}
	return at < end ? at : NULL;
}

/* Too complex to parse: `case` has closing parentheses of its own, and a comment may contain any character. */
static bool is_strange(const char *begin, const char *at, const char *end)
{
	const bool first = at == begin || strchr(" \t;&|(", at[-1]);

	return first && (*at == '#' || (end - at > 4 && memcmp(at, "case", 4) == 0));
}

static const char *close_of(const char *at, const char *end, unsigned int depth)
{
	const char *begin = at;

	for (; at && at < end && depth < MAX_DEPTH; at++) {
		if (*at == ')')
			return at;
		if (*at == '\n' || *at == '`' || is_strange(begin, at, end))
			return NULL;
		if (*at == '\\')
			at++;
		else if (*at == '\'')
			at = memchr(at + 1, '\'', (size_t)(end - at - 1));
		else if (*at == '"')
			at = close_quote(at + 1, end, depth);
		else if (*at == '(')
			at = close_of(at + 1, end, depth + 1);
		if (!at)
			return NULL;
	}
	return NULL;
}

const char *substitution_close(const char *at, const char *end)
{
	const char *close = close_of(at, end, 0);

	if (!close || memchr(at, '\n', (size_t)(close - at)))
		return NULL;
	if (*at != '(')
		return close;
	for (const char *c = at; c < close; c++)
		if (*c == '=' || (c > at && (*c == '+' || *c == '-') && c[-1] == *c))
			return NULL;
	return close;
}

const char *substitution_backquote(const char *at, const char *end)
{
	for (; at < end && *at != '`'; at++)
		if (strchr("\n'\"\\#", *at))
			return NULL;
	return at < end ? at : NULL;
}
