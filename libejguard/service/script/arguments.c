/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/service/script/arguments.h"

#include <errno.h>
#include <string.h>

#include "libejguard/util/cleanup.h"

enum { MAX_FILES = 16 }; /* files that include each other or follow each other, and files of -config */

struct expansion {
	struct arena *arena;
	const struct settings_source *source;
	struct erl_words *words;
	unsigned int n_files;
};

static int expand(struct expansion *e, const char *text, size_t size, enum erl_text kind,
		  const struct ejg_origin *origin);

static int append(struct expansion *e, const struct erl_word *word)
{
	struct erl_word *items;

	if (e->words->n == ERL_WORDS_MAX) {
		e->words->more = true;
		return 0;
	}
	items = arena_grow(e->arena, e->words->items, e->words->n, sizeof(*items));
	if (!items)
		return -ENOMEM;
	e->words->items = items;
	items[e->words->n++] = *word;
	return 0;
}

/* Return: 1 when the file's words were inserted, 0 when it cannot be read, -ENOMEM. */
static int expand_file(struct expansion *e, const struct erl_word *path)
{
	cleanup_source_text struct source_text source = { 0 };
	struct ejg_origin origin = { .kind = EJG_ORIGIN_DISCOVERED };
	int r;

	if (path->text[0] != '/' || e->n_files++ >= MAX_FILES)
		return 0;
	r = settings_read(e->arena, e->source, path->text, &source);
	if (r < 0)
		return r;
	if (source.problem || source.missing || !source.text || memchr(source.text, '\0', source.size))
		return 0;
	origin.file = source.path;
	r = expand(e, source.text, source.size, ERL_TEXT_FILE, &origin);
	return r < 0 ? r : 1;
}

/*
 * True if the outermost list of a configuration has a text in it: the name of a further file, which may lack its suffix
 * (application_controller.erl). Brackets in quotes and behind % are none.
 */
static bool includes_file(const char *text, size_t size)
{
	const char *end = text + size;
	int depth = 0;

	for (; text < end; text++) {
		if (*text == '%') {
			text = memchr(text, '\n', (size_t)(end - text));
			if (!text)
				return false;
		} else if (*text == '"' || *text == '\'') {
			const char quote = *text;

			if (quote == '"' && depth == 1)
				return true;
			for (text++; text < end && *text != quote; text++)
				text += *text == '\\';
		} else if (*text == '$') {
			text++; /* $[ is a character */
		} else if (*text == '[' || *text == '{' || *text == '<') {
			depth++;
		} else if (*text == ']' || *text == '}' || *text == '>') {
			depth--;
		}
	}
	return false;
}

/*
 * sys.config and similar files: their settings for the kernel count if no flag sets them. Return: 1 when it sets
 * nothing relevant, 0 when it may, -ENOMEM.
 */
static int is_harmless(struct expansion *e, const char *path)
{
	static const char *const telling[] = { "inet_dist_", "epmd_module", ".config", "erl_epmd" };
	cleanup_source_text struct source_text source = { 0 };
	const size_t length = strlen(path);
	int r;

	if (path[0] != '/' || e->n_files++ >= MAX_FILES)
		return 0;
	/* erl adds a missing suffix */
	if (length < 7 || strcmp(path + length - 7, ".config") != 0)
		path = arena_printf(e->arena, "%s.config", path);
	r = path ? settings_read(e->arena, e->source, path, &source) : -ENOMEM;
	if (r < 0)
		return r;
	if (source.problem || !source.text)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(telling); i++)
		if (memmem(source.text, source.size, telling[i], strlen(telling[i])))
			return 0;
	return !includes_file(source.text, source.size);
}

static int expand(struct expansion *e, const char *text, size_t size, enum erl_text kind,
		  const struct ejg_origin *origin)
{
	struct erl_words own = { 0 };
	int r = erl_words_add(e->arena, &own, text, size, kind, origin);

	e->words->more |= own.more;
	for (size_t i = 0; i < own.n && r >= 0; i++) {
		const bool followed = i + 1 < own.n;

		r = 0;
		if (followed && strcmp(own.items[i].text, "-args_file") == 0)
			r = expand_file(e, &own.items[i + 1]);
		else if (followed && strcmp(own.items[i].text, "-config") == 0)
			r = is_harmless(e, own.items[i + 1].text);
		if (r == 0)
			r = append(e, &own.items[i]);
		else if (r > 0)
			i++;
	}
	return r < 0 ? r : 0;
}

int arguments_read(struct arena *arena, const struct settings_source *source, struct erl_words *words, const char *text,
		   size_t size, enum erl_text kind, const struct ejg_origin *origin)
{
	struct expansion e = { .arena = arena, .source = source, .words = words };

	return expand(&e, text, size, kind, origin);
}
