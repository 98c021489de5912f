/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bin/emqx reads releases/emqx_vars, bin/vernemq lib/env.sh, and an administrator's change may read any file. These are
 * programs: what they set is not computed here, but known to be set.
 */
#include "libejguard/service/kind/sourced.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "libejguard/service/base/kind.h"
#include "libejguard/util/cleanup.h"

enum { MAX_FILES = 8 };

static const char why[] = "the start script reads this file, whose commands are not followed";

/* What erl reads itself. */
static const char *const of_erl[] = { "ERL_FLAGS",     "ERL_AFLAGS",	   "ERL_ZFLAGS",   "ERL_OPTIONS",
				      "ERL_EPMD_PORT", "ERL_EPMD_ADDRESS", "ERL_DIST_PORT" };

static bool is_name(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* "NAME" at the start of NAME=..., or NULL. */
static const char *assigned_name(struct settings *s, const char *at, const char *end)
{
	const char *stop = at;

	while (stop < end && is_name(*stop))
		stop++;
	return stop > at && stop < end && *stop == '=' ? arena_strndup(s->arena, at, (size_t)(stop - at)) : NULL;
}

static bool is_telling(const struct settings *s, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(of_erl); i++)
		if (strcmp(of_erl[i], name) == 0)
			return true;
	for (size_t i = 0; i < s->kind->n_settings; i++) {
		const char *words = s->kind->settings[i].variables, *word;
		size_t n;

		while ((word = kind_next_word(&words, &n)))
			if (strlen(name) == n && strncmp(word, name, n) == 0)
				return true;
	}
	return false;
}

/* Takes each word NAME=value of a line, anywhere in it: behind export, a test, or another assignment. */
static void take_line(struct settings *s, const char *line, const char *end, const struct ejg_origin *origin)
{
	for (const char *at = line; at < end && *at != '#'; at++) {
		const char *name = at == line || !(is_name(at[-1]) || at[-1] == '$') ? assigned_name(s, at, end) : NULL;

		if (!name || !is_telling(s, name))
			continue;
		variable_set(&s->variables, name, NULL, why, origin);
		variable_export(&s->variables, name);
	}
}

/* Calls fn for each line of a file. Return: 0, -ENOMEM. */
static int each_line(struct settings *s, const char *path,
		     int (*fn)(struct settings *s, const char *line, const char *end, const struct ejg_origin *origin))
{
	cleanup_source_text struct source_text data = { 0 };
	struct ejg_origin origin = { .kind = EJG_ORIGIN_DISCOVERED };
	int r = settings_read(s->arena, s->source, path, &data);

	if (r < 0 || !data.text)
		return r;
	origin.file = data.path;
	for (const char *line = data.text, *end = data.text + data.size; line < end && r == 0;) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));

		origin.line++;
		line += strspn(line, " \t");
		if (*line != '#')
			r = fn(s, line, newline ? newline : end, &origin);
		line = newline ? newline + 1 : end;
	}
	return r;
}

static int take_assignments(struct settings *s, const char *line, const char *end, const struct ejg_origin *origin)
{
	take_line(s, line, end, origin);
	return 0;
}

/* The word behind `.` or `source` where a command may begin; NULL: the line has none. */
static const char *find_source(const char *line, const char *end)
{
	for (const char *at = line; at < end; at++) {
		const char *before = at;
		size_t n = at[0] == '.' ? 1 : end - at > 6 && strncmp(at, "source", 6) == 0 ? 6 : 0;

		while (before > line && strchr(" \t", before[-1]))
			before--;
		if (n && at + n < end && strchr(" \t", at[n]) &&
		    (before == line || strchr(";&|{(", before[-1]) ||
		     (before - line >= 4 && strncmp(before - 4, "then", 4) == 0)))
			return at + n + strspn(at + n, " \t");
	}
	return NULL;
}

/* The path without quotes; of one that begins with variables, what is behind them, in the folder of the release. */
static const char *source_path(struct settings *s, const char *word, const char *end)
{
	char *text = arena_alloc(s->arena, (size_t)(end - word) + 1), *to = text, *dollar;
	const char *rest;

	if (!text)
		return NULL;
	for (; word < end && !strchr(" \t;&|)", *word); word++)
		if (*word != '"' && *word != '\'')
			*to++ = *word;
	*to = '\0';
	dollar = strrchr(text, '$');
	if (!dollar)
		return *text == '/' ? text : NULL;
	rest = strchr(dollar, '/');
	return rest ? arena_printf(s->arena, "%s%s", s->root, rest) : NULL;
}

static int take_source(struct settings *s, const char *line, const char *end, const struct ejg_origin *origin)
{
	const char *word = find_source(line, end), *path = word ? source_path(s, word, end) : NULL;

	(void)origin;
	if (!path || s->n_sourced == MAX_FILES || !settings_exists(s->source, path))
		return 0;
	s->n_sourced++;
	return each_line(s, path, take_assignments);
}

int sourced_read(struct settings *s)
{
	const char *path = s->root && s->root_name ? arena_printf(s->arena, "%s/bin/%s", s->root, s->root_name) : NULL;

	return path ? each_line(s, path, take_source) : 0;
}
