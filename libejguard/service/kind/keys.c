/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/service/kind/keys.h"

#include <errno.h>
#include <string.h>

#include "libejguard/util/cleanup.h"

enum {
	MAX_DEPTH = 32,
	MAX_PREFIX = 512, /* it is copied for each key of its block */
};

struct key_reader {
	struct arena *arena;
	const char *at;
	const char *end;
	bool flat; /* cuttlefish: a line is a key and a value, and braces mean nothing */
	uint32_t line;
	const char *prefix[MAX_DEPTH]; /* "", "node.", "node.x." */
	size_t depth;
	size_t n_blocks;
	struct key_value *items;
	size_t n;
	const char *problem; /* why the rest is not read */
};

static bool at_comment(const struct key_reader *r)
{
	return *r->at == '#' || (!r->flat && r->end - r->at > 1 && r->at[0] == '/' && r->at[1] == '/');
}

static void skip_line(struct key_reader *r)
{
	while (r->at < r->end && *r->at != '\n')
		r->at++;
}

static void skip_blanks(struct key_reader *r)
{
	while (r->at < r->end && strchr(" \t\r", *r->at))
		r->at++;
}

/* Skips blanks, separators and comments between entries. */
static void skip_between(struct key_reader *r)
{
	for (; r->at < r->end; r->at++) {
		if (at_comment(r))
			skip_line(r);
		if (r->at == r->end || !strchr(" \t\r\n,;", *r->at))
			return;
		r->line += *r->at == '\n';
	}
}

/* Reads up to one of the ends, and strips blanks on both sides. */
static const char *take_until(struct key_reader *r, const char *ends)
{
	const char *start = r->at, *stop;

	while (r->at < r->end && !strchr(ends, *r->at))
		r->at++;
	for (stop = r->at; stop > start && strchr(" \t\r", stop[-1]);)
		stop--;
	if (stop - start > 1 && *start == '"' && stop[-1] == '"') {
		start++;
		stop--;
	}
	return arena_strndup(r->arena, start, (size_t)(stop - start));
}

/* Skips a list, or a text of several lines, to its end. */
static void skip_to(struct key_reader *r, const char *close)
{
	const size_t length = strlen(close);

	while (r->at < r->end && ((size_t)(r->end - r->at) < length || strncmp(r->at, close, length) != 0))
		r->line += *r->at++ == '\n';
	r->at += (size_t)(r->end - r->at) < length ? (size_t)(r->end - r->at) : length;
}

static const char *take_quoted(struct key_reader *r, const char **ret_why)
{
	const char *start = ++r->at;
	const char *text;

	while (r->at < r->end && *r->at != '"' && *r->at != '\n') {
		if (*r->at == '\\')
			*ret_why = "its value contains a backslash";
		r->at++;
	}
	text = arena_strndup(r->arena, start, (size_t)(r->at - start));
	r->at += r->at < r->end && *r->at == '"';
	skip_blanks(r);
	/* HOCON joins values on the same line */
	if (r->at < r->end && !at_comment(r) && !strchr("\n,}", *r->at))
		*ret_why = "its value has several parts";
	return text;
}

static void take_value(struct key_reader *r, struct key_value *item)
{
	skip_blanks(r);
	if (r->at == r->end) {
		item->text = "";
	} else if (r->flat) {
		item->text = take_until(r, "\n#");
		if (item->text && strchr(item->text, '$'))
			item->why = "its value contains other settings";
	} else if (r->end - r->at > 2 && strncmp(r->at, "\"\"\"", 3) == 0) {
		r->at += 3;
		item->why = "its value has several lines";
		skip_to(r, "\"\"\"");
	} else if (*r->at == '"') {
		item->text = take_quoted(r, &item->why);
	} else if (*r->at == '[') {
		item->why = "its value is a list";
		skip_to(r, "]");
	} else {
		item->text = take_until(r, "\n,}#");
		if (item->text && strchr(item->text, '$'))
			item->why = "its value contains other settings";
	}
	if (item->why)
		item->text = NULL;
}

/* Return: false, so that the reading ends. */
static bool stop(struct key_reader *r, const char *problem)
{
	r->problem = problem;
	return false;
}

static bool enter(struct key_reader *r, const char *key)
{
	const char *prefix;

	if (r->depth + 1 == MAX_DEPTH || strlen(r->prefix[r->depth]) + strlen(key) >= MAX_PREFIX)
		return stop(r, "its blocks are nested too deeply");
	if (r->n_blocks++ == KEYS_MAX)
		return stop(r, "it has too many blocks");
	prefix = arena_printf(r->arena, "%s%s.", r->prefix[r->depth], key);
	if (!prefix)
		return false;
	r->prefix[++r->depth] = prefix;
	r->at++;
	return true;
}

static bool add(struct key_reader *r, const struct key_value *item)
{
	struct key_value *grown;

	if (r->n == KEYS_MAX)
		return stop(r, "it has too many keys");
	grown = arena_grow(r->arena, r->items, r->n, sizeof(*grown));
	if (!grown)
		return false;
	r->items = grown;
	grown[r->n++] = *item;
	return true;
}

/* `include "FILE"`, `include required(file("FILE"))`: of HOCON. */
static bool is_include(const char *entry)
{
	return strncmp(entry, "include", 7) == 0 && strchr(" \t\"", entry[7]) && strchr(entry, '"');
}

/* `include conf.d/a.conf`: of cuttlefish. NULL: it is none. */
static const char *included_pattern(const char *entry)
{
	const char *pattern = entry + strcspn(entry, " \t");

	pattern += strspn(pattern, " \t");
	return strncmp(entry, "include", 7) == 0 && entry[7] && strchr(" \t", entry[7]) && *pattern ? pattern : NULL;
}

/* `key = value`, `key: value`, `key { ... }`, `key = { ... }`. Return: true to continue. */
static bool entry(struct key_reader *r)
{
	struct key_value item = { .line = r->line };
	const char *key = take_until(r, r->flat ? "=\n#" : "=:{}\n#");

	if (!key)
		return false;
	if (is_include(key)) {
		item.why = "this line includes a file that is not read";
		return add(r, &item);
	}
	item.include = included_pattern(key);
	if (item.include && (r->at == r->end || !strchr("=:{", *r->at)))
		return add(r, &item);
	item.include = NULL;
	if (r->at < r->end && strchr("=:", *r->at)) {
		r->at++;
		skip_blanks(r);
	} else if (r->at == r->end || *r->at != '{') {
		/* no entry: a word alone; a brace ends the block */
		return true;
	}
	if (r->at < r->end && *r->at == '{' && !r->flat)
		return enter(r, key);
	item.key = arena_printf(r->arena, "%s%s", r->prefix[r->depth], key);
	take_value(r, &item);
	return item.key && add(r, &item);
}

int keys_read(struct arena *arena, const char *text, size_t size, bool flat, struct key_value **ret, size_t *ret_n,
	      const char **ret_problem)
{
	struct key_reader r = {
		.arena = arena, .at = text, .end = text + size, .flat = flat, .line = 1, .prefix = { "" }
	};
	bool on = true;

	for (skip_between(&r); on && r.at < r.end; skip_between(&r)) {
		if (*r.at == '}' && !flat) {
			r.depth -= r.depth > 0;
			r.at++;
		} else {
			on = entry(&r);
		}
	}
	if (arena_failed(arena))
		return -ENOMEM;
	*ret = r.items;
	*ret_n = r.n;
	*ret_problem = r.problem;
	return 0;
}
