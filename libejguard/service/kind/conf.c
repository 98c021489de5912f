/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/service/kind/conf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "libejguard/service/base/kind.h"
#include "libejguard/service/kind/expand.h"
#include "libejguard/service/kind/keys.h"
#include "libejguard/util/cleanup.h"

static int add(struct settings *s, struct conf_list *list, const struct conf_value *value)
{
	struct conf_value *grown = arena_grow(s->arena, list->items, list->n, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	list->items = grown;
	grown[list->n++] = *value;
	return 0;
}

/* A file, and how its values count. */
struct conf_file {
	const char *path;
	const char *doubt; /* its values may be in effect: why that is not certain; NULL: they are */
};

static int read_file(struct settings *s, struct conf_list *list, const struct conf_file *file);

/* Reads the files of a folder that match, in the order of lists:sort/1. */
static int read_folder(struct settings *s, struct conf_list *list, const char *folder, const char *pattern,
		       const char *doubt)
{
	struct source_names paths = { 0 };
	struct conf_value unread = { .origin = { .kind = EJG_ORIGIN_DISCOVERED, .file = folder } };
	int r = settings_match(s->arena, s->source, folder, pattern, &paths);

	for (size_t i = 0; r == 0 && i < paths.n; i++)
		r = read_file(s, list, &(struct conf_file){ paths.items[i], doubt });
	unread.why = paths.problem;
	return r == 0 && paths.problem ? add(s, list, &unread) : r;
}

/*
 * An include of all files of conf.d, which VerneMQ's packages have at the end of vernemq.conf: its releases up to now
 * accept the line and do not read the files (vernemq issue 1970), but cuttlefish can.
 */
static int read_included(struct settings *s, struct conf_list *list, const char *from, const char *pattern)
{
	static const char doubt[] = "this file is included, and not every release of the service reads such a file";
	const char *path = *pattern == '/'
				   ? pattern
				   : arena_printf(s->arena, "%.*s/%s", (int)(strrchr(from, '/') - from), from, pattern);
	const char *slash = path ? strrchr(path, '/') : NULL;
	const char *folder = slash ? arena_strndup(s->arena, path, (size_t)(slash - path)) : NULL;

	return folder ? read_folder(s, list, folder, slash + 1, doubt) : -ENOMEM;
}

static int add_keys(struct settings *s, struct conf_list *list, const struct conf_file *file,
		    const struct source_text *source)
{
	struct conf_value value = { .origin = { .kind = EJG_ORIGIN_DISCOVERED, .file = source->path } };
	const char *problem = NULL;
	struct key_value *keys = NULL;
	size_t n = 0;
	/* EMQX has HOCON, the others cuttlefish */
	const bool flat = strcmp(s->kind->known.name, "emqx") != 0;
	int r = keys_read(s->arena, source->text, source->size, flat, &keys, &n, &problem);

	for (size_t i = 0; i < n && r == 0; i++) {
		value.key = keys[i].key;
		value.text = file->doubt ? NULL : keys[i].text;
		value.why = file->doubt ? file->doubt : keys[i].why;
		value.doubtful = file->doubt;
		value.origin.line = keys[i].line;
		if (!keys[i].include)
			r = add(s, list, &value);
		else if (!file->doubt)
			r = read_included(s, list, source->path, keys[i].include);
	}
	value = (struct conf_value){ .why = problem, .origin = { value.origin.kind, source->path, 0 } };
	return r == 0 && problem ? add(s, list, &value) : r;
}

static int read_file(struct settings *s, struct conf_list *list, const struct conf_file *file)
{
	cleanup_source_text struct source_text source = { 0 };
	struct conf_value unread = { .origin = { .kind = EJG_ORIGIN_DISCOVERED } };
	int r = settings_read(s->arena, s->source, file->path, &source);

	if (r < 0)
		return r;
	unread.origin.file = source.path;
	unread.why = source.problem;
	if (source.problem)
		return add(s, list, &unread);
	if (!source.text)
		return 0;
	if (!source.missing && !s->cfg_path)
		s->cfg_path = source.path;
	return add_keys(s, list, file, &source);
}

/* A line of Erlang terms that sets something of the distribution: what it means is not read. */
static int read_terms(struct settings *s, struct conf_list *list, const char *path)
{
	cleanup_source_text struct source_text source = { 0 };
	struct conf_value value = { .why = "this line sets the distribution in Erlang terms, which are not read",
				    .origin = { .kind = EJG_ORIGIN_DISCOVERED } };
	const char *at, *end;
	int r = settings_read(s->arena, s->source, path, &source);

	if (r < 0 || source.missing)
		return r;
	value.origin.file = source.path;
	if (source.problem) {
		value.why = source.problem;
		return add(s, list, &value);
	}
	end = source.text + source.size;
	for (at = source.text; at < end; at++) {
		const char *newline = memchr(at, '\n', (size_t)(end - at)), *comment;
		const size_t length = (size_t)((newline ? newline : end) - at);

		value.origin.line++;
		comment = memchr(at, '%', length);
		if (memmem(at, comment ? (size_t)(comment - at) : length, "inet_dist_", 10))
			return add(s, list, &value);
		at += length;
	}
	return 0;
}

/* True if a variable names the file that is read without it, with or without its ending. */
static bool is_usual(struct settings *s, const char *path)
{
	const char *keys = kind_expand(s, s->kind->keys), *folder = kind_expand(s, s->kind->keys_folder);
	const size_t length = strlen(path);

	if (keys && strncmp(path, keys, length) == 0 && (keys[length] == '\0' || strcmp(keys + length, ".conf") == 0))
		return true;
	return folder && strncmp(path, folder, strlen(folder)) == 0 &&
	       (strcmp(path + strlen(folder), "/*.conf") == 0 || path[strlen(folder)] == '\0');
}

static int doubt_elsewhere(struct settings *s, struct conf_list *list)
{
	const char *names = s->kind->elsewhere, *word;
	size_t n;
	int r = 0;

	while (r == 0 && (word = kind_next_word(&names, &n))) {
		const char *name = arena_strndup(s->arena, word, n);
		const struct occurrence *now = name ? variable_filled(&s->variables, name) : NULL;
		struct conf_value value = { .why = "it names another configuration file, which is not read" };

		if (now && !(now->text && is_usual(s, now->text))) {
			value.origin = now->origin;
			r = add(s, list, &value);
		}
	}
	return r;
}

int conf_read(struct settings *s, struct conf_list *ret)
{
	const char *instead = kind_expand(s, s->kind->instead), *folder = kind_expand(s, s->kind->keys_folder);
	const struct conf_file keys = { kind_expand(s, s->kind->keys), NULL };
	const char *terms = s->kind->terms, *word;
	struct conf_list list = { 0 };
	size_t n;
	int r = 0;

	if (keys.path && !(instead && settings_exists(s->source, instead)))
		r = read_file(s, &list, &keys);
	if (r == 0 && folder)
		r = read_folder(s, &list, folder, "*.conf", NULL);
	while (r == 0 && (word = kind_next_word(&terms, &n))) {
		const char *path = kind_expand(s, arena_strndup(s->arena, word, n));

		if (path)
			r = read_terms(s, &list, path);
	}
	if (r == 0)
		r = doubt_elsewhere(s, &list);
	if (r == 0)
		*ret = list;
	return r;
}
