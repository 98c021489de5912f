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

enum {
	MAX_FILES = 8,
	MAX_NAMES = 64, /* of variables that the script sets */
};

/* A variable that the script sets to what is written there, or to others of these. */
struct script_variable {
	const char *name;
	const char *value;
};

struct script_variables {
	struct script_variable items[MAX_NAMES];
	size_t n;
};

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
static int each_line(struct settings *s, const char *path, struct script_variables *known,
		     int (*fn)(struct settings *s, struct script_variables *known, const char *line, const char *end,
			       const struct ejg_origin *origin))
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
			r = fn(s, known, line, newline ? newline : end, &origin);
		line = newline ? newline + 1 : end;
	}
	return r;
}

static int take_assignments(struct settings *s, struct script_variables *known, const char *line, const char *end,
			    const struct ejg_origin *origin)
{
	(void)known;
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

/* The value of a variable: as the script has set it, else of the unit's environment; NULL if it is not known. */
static const char *value_of(struct settings *s, const struct script_variables *known, const char *name)
{
	const struct occurrence *now;

	for (size_t i = known->n; i-- > 0;)
		if (strcmp(known->items[i].name, name) == 0)
			return known->items[i].value;
	now = variable_filled(&s->variables, name);
	return now ? now->text : NULL;
}

/* $NAME, ${NAME} and ${NAME:-word} at *at, which is moved behind it. NULL: not known, or another form. */
static const char *read_parameter(struct settings *s, const struct script_variables *known, const char **at,
				  const char *end)
{
	const bool braces = *at + 1 < end && (*at)[1] == '{';
	const char *begin = *at + 1 + braces, *stop = begin, *close, *name, *value;

	while (stop < end && is_name(*stop))
		stop++;
	name = arena_strndup(s->arena, begin, (size_t)(stop - begin));
	if (!name || stop == begin)
		return NULL;
	value = value_of(s, known, name);
	*at = stop;
	if (!braces)
		return value;
	close = memchr(stop, '}', (size_t)(end - stop));
	if (!close)
		return NULL;
	*at = close + 1;
	if (close == stop)
		return value;
	if (close - stop < 2 || stop[0] != ':' || (stop[1] != '-' && stop[1] != '=') ||
	    memchr(stop, '$', (size_t)(close - stop)))
		return NULL;
	return value ? value : arena_strndup(s->arena, stop + 2, (size_t)(close - stop - 2));
}

/* The word without quotes, its variables replaced; NULL if something in it is not known. */
static const char *expand(struct settings *s, const struct script_variables *known, const char *at, const char *end)
{
	const char *text = "";

	while (text && at < end && !strchr(" \t;&|)", *at)) {
		const char *value;
		size_t n = 1;

		if (*at == '"' || *at == '\'') {
			at++;
			continue;
		}
		if (*at == '`' || *at == '\\')
			return NULL;
		if (*at == '$') {
			value = read_parameter(s, known, &at, end);
			text = value ? arena_printf(s->arena, "%s%s", text, value) : NULL;
			continue;
		}
		while (at + n < end && !strchr("\"'$`\\ \t;&|)", at[n]))
			n++;
		text = arena_printf(s->arena, "%s%.*s", text, (int)n, at);
		at += n;
	}
	return text;
}

/* NAME=word at the start of a line of the script. */
static void remember(struct settings *s, struct script_variables *known, const char *line, const char *end)
{
	static const char export[] = "export ";
	const char *name, *value;

	if ((size_t)(end - line) > strlen(export) && strncmp(line, export, strlen(export)) == 0)
		line += strlen(export);
	name = assigned_name(s, line, end);
	value = name ? expand(s, known, line + strlen(name) + 1, end) : NULL;
	if (name && known->n < MAX_NAMES)
		known->items[known->n++] = (struct script_variable){ name, value };
}

/*
 * The path of a file that is read. Of one that begins with variables that are not known, what is behind them, in the
 * folder of the release.
 */
static const char *source_path(struct settings *s, const struct script_variables *known, const char *word,
			       const char *end)
{
	const char *text = expand(s, known, word, end), *dollar = NULL, *rest;

	if (text)
		return *text == '/' ? text : NULL;
	for (const char *at = word; at < end && !strchr(" \t;&|)", *at); at++)
		if (*at == '$')
			dollar = at;
	rest = dollar ? memchr(dollar, '/', (size_t)(end - dollar)) : NULL;
	if (!rest)
		return NULL;
	return arena_printf(s->arena, "%s%.*s", s->root, (int)strcspn(rest, " \t\n;&|)\"'"), rest);
}

static int take_source(struct settings *s, struct script_variables *known, const char *line, const char *end,
		       const struct ejg_origin *origin)
{
	const char *word = find_source(line, end), *path = word ? source_path(s, known, word, end) : NULL;

	(void)origin;
	if (!word)
		remember(s, known, line, end);
	if (!path || s->n_sourced == MAX_FILES || !settings_exists(s->source, path))
		return 0;
	s->n_sourced++;
	return each_line(s, path, known, take_assignments);
}

int sourced_read(struct settings *s)
{
	const char *path = s->root && s->root_name ? arena_printf(s->arena, "%s/bin/%s", s->root, s->root_name) : NULL;
	struct script_variables known = { .n = 0 };

	return path ? each_line(s, path, &known, take_source) : 0;
}
