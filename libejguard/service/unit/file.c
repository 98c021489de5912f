/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A file of EnvironmentFile=. It looks like shell, but systemd reads it by rules of its own (parse_env_file(), and
 * systemd.exec(5)): nothing is expanded, `export` has no meaning, blanks around = are ignored.
 */
#include "libejguard/service/unit/file.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "libejguard/util/cleanup.h"

struct file_reader {
	const char *at;
	const char *end;
	uint32_t line;
	char *value; /* buffer for all of the file */
	size_t length;
	size_t kept; /* length without unquoted blanks at the end */
};

static void add(struct file_reader *r, char c, bool keep)
{
	r->value[r->length++] = c;
	if (keep)
		r->kept = r->length;
}

static char take(struct file_reader *r)
{
	const char c = *r->at++;

	r->line += c == '\n';
	return c;
}

static bool read_quoted(struct file_reader *r)
{
	const char quote = take(r);

	while (r->at < r->end && *r->at != quote) {
		const char c = take(r);

		if (c != '\\' || quote == '\'') {
			add(r, c, true);
			continue;
		}
		if (r->at == r->end)
			return false;
		if (!strchr("\"\\`$\n", *r->at))
			add(r, '\\', true);
		if (*r->at != '\n')
			add(r, *r->at, true);
		take(r);
	}
	if (r->at == r->end)
		return false;
	take(r);
	return true;
}

/* The value up to the end of the line. Quotes only count at its beginning, and behind another quoted part. */
static bool read_value(struct file_reader *r)
{
	bool bare = false;

	r->length = r->kept = 0;
	while (r->at < r->end && *r->at != '\n') {
		if (!bare && (*r->at == ' ' || *r->at == '\t' || *r->at == '\r')) {
			take(r);
		} else if (!bare && (*r->at == '"' || *r->at == '\'')) {
			if (!read_quoted(r))
				return false;
		} else if (*r->at == '\\') {
			bare = true;
			take(r);
			if (r->at == r->end)
				return false;
			if (*r->at != '\n')
				add(r, *r->at, true);
			take(r);
		} else {
			bare = true;
			add(r, *r->at, !isspace((unsigned char)*r->at));
			take(r);
		}
	}
	return true;
}

/* Before systemd 254 a backslash at the end of a comment continued it; since then it does not. */
static bool skip_comment(struct file_reader *r)
{
	const char *newline = memchr(r->at, '\n', r->end - r->at);
	const char *stop = newline ? newline : r->end;
	const bool continued = newline && stop[-1] == '\\';

	r->at = stop;
	return !continued;
}

static void set(struct variables *v, struct file_reader *r, const char *key, size_t length,
		const struct ejg_origin *origin)
{
	char *name = arena_strndup(v->arena, key, length);

	if (!name)
		return;
	r->value[r->kept] = '\0';
	variable_set(v, name, r->value, NULL, origin);
	variable_export(v, name);
}

static bool is_key(const char *key, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!isascii(key[i]) || !(isalnum(key[i]) || key[i] == '_'))
			return false;
	return length > 0 && !isdigit((unsigned char)key[0]);
}

/* Reads a line that does not begin with a blank, newline or comment sign. */
static bool read_assignment(struct variables *v, struct file_reader *r, const char *path)
{
	const struct ejg_origin origin = { EJG_ORIGIN_UNIT, path, r->line };
	const char *key = r->at;
	size_t length;

	while (r->at < r->end && *r->at != '=' && *r->at != '\n')
		r->at++;
	if (r->at == r->end || *r->at == '\n')
		return true;
	length = r->at - key;
	while (length > 0 && isspace((unsigned char)key[length - 1]))
		length--;
	r->at++;
	if (!read_value(r))
		return false;
	/* systemd ignores others too, for example `export NAME` */
	if (is_key(key, length))
		set(v, r, key, length, &origin);
	return true;
}

bool unit_environment_text(struct variables *v, const struct source_text *source)
{
	cleanup_free char *value = malloc(source->size + 1);
	struct file_reader r = { .at = source->text, .end = source->text + source->size, .line = 1, .value = value };

	if (!value || memchr(source->text, '\0', source->size))
		return false;
	while (r.at < r.end) {
		if (isspace((unsigned char)*r.at)) {
			take(&r);
		} else if (*r.at == '#' || *r.at == ';') {
			if (!skip_comment(&r))
				return false;
		} else if (!read_assignment(v, &r, source->path)) {
			return false;
		}
	}
	return true;
}
