/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Words of the shell, expanded without running anything. Only the forms that the start scripts of ejabberd use are
 * understood; whatever else a word holds makes its value one that cannot be told.
 */
#include "libejguard/service/script/shell.h"

#include <ctype.h>
#include <fnmatch.h>
#include <limits.h>
#include <string.h>
#include <sys/utsname.h>

#include "libejguard/util/cleanup.h"

enum {
	MAX_VALUE = 64 * 1024, /* of an expanded word */
	MAX_DEPTH = 8,	       /* of words inside of ${...} */
};

struct reader {
	struct shell *shell;
	const char *at;
	const char *end;
	unsigned int depth;
};

struct buffer {
	char *text;
	size_t length;
	const char *why;
};

static bool read_piece(struct reader *r, struct buffer *b, bool quoted);

struct ejg_origin shell_origin(const struct shell *shell)
{
	/* a default has no place */
	if (shell->kind == EJG_ORIGIN_DEFAULT)
		return (struct ejg_origin){ .kind = shell->kind };
	return (struct ejg_origin){ shell->kind, shell->path, shell->line };
}

static void unknown(struct buffer *b, const char *why)
{
	if (!b->why)
		b->why = why;
}

static void append(struct buffer *b, const char *text, size_t length)
{
	char *larger;

	if (b->why)
		return;
	larger = b->length + length > MAX_VALUE ? NULL : realloc(b->text, b->length + length + 1);
	if (!larger) {
		unknown(b, "its value is too long");
		return;
	}
	b->text = larger;
	memcpy(b->text + b->length, text, length);
	b->length += length;
	b->text[b->length] = '\0';
}

static const char *buffer_text(const struct buffer *b)
{
	return b->text ? b->text : "";
}

static void buffer_done(struct buffer *b)
{
	free(b->text);
}
#define cleanup_buffer __attribute__((cleanup(buffer_done)))

static bool take(struct reader *r, const char *text)
{
	const size_t length = strlen(text);

	if ((size_t)(r->end - r->at) < length || memcmp(r->at, text, length) != 0)
		return false;
	r->at += length;
	return true;
}

static size_t name_length(const struct reader *r)
{
	size_t n = 0;

	while (r->at + n < r->end && isascii(r->at[n]) && (isalnum(r->at[n]) || r->at[n] == '_'))
		n++;
	return n > 0 && isdigit(r->at[0]) ? 0 : n;
}

/* Reads up to the closing brace of ${NAME OPERATOR word}, quotes removed. */
static bool read_operand(struct reader *r, struct buffer *b)
{
	if (++r->depth > MAX_DEPTH)
		return false;
	while (r->at < r->end && *r->at != '}')
		if (!read_piece(r, b, false))
			return false;
	r->depth--;
	return take(r, "}");
}

/* Removes the shortest (longest) tail that matches, as ${NAME%pattern} (%%) does. */
static void remove_suffix(struct buffer *b, const char *text, const char *pattern, bool longest)
{
	const size_t length = strlen(text);
	size_t cut = length;

	/* fnmatch(3) takes its time over many of them */
	if (length > PATH_MAX || strlen(pattern) > NAME_MAX || strchr(pattern, '*') != strrchr(pattern, '*')) {
		unknown(b, "it is a part of another value");
		return;
	}
	for (size_t i = 0; i <= length; i++) {
		const size_t at = longest ? i : length - i;

		if (fnmatch(pattern, text + at, 0) == 0) {
			cut = at;
			break;
		}
	}
	append(b, text, cut);
}

static void add_parameter(struct buffer *b, const struct occurrence *value)
{
	if (!value)
		return;
	if (value->text)
		append(b, value->text, strlen(value->text));
	else
		unknown(b, "it depends on another value that cannot be told");
}

/* ${NAME:=word} and its like; the operator is at r->at. */
static bool read_default(struct reader *r, struct buffer *b, const char *name, const struct occurrence *value)
{
	const bool colon = take(r, ":");
	const char op = r->at < r->end ? *r->at++ : '\0';
	const bool given = value && (!colon || !value->text || *value->text);
	const struct ejg_origin origin = shell_origin(r->shell);
	cleanup_buffer struct buffer word = { 0 };

	if ((op != '=' && op != '-' && op != '+') || !read_operand(r, &word))
		return false;
	if (given == (op == '+')) {
		unknown(b, word.why);
		append(b, buffer_text(&word), word.length);
		if (op == '=')
			variable_set(&r->shell->settings->variables, name, word.why ? NULL : buffer_text(&word),
				     word.why, &origin);
	} else if (given) {
		add_parameter(b, value);
	}
	return true;
}

static bool read_braces(struct reader *r, struct buffer *b)
{
	const size_t length = name_length(r);
	cleanup_buffer struct buffer word = { 0 };
	const struct occurrence *value;
	const char *name;
	bool longest;

	if (length == 0)
		return false;
	name = arena_strndup(r->shell->settings->arena, r->at, length);
	if (!name)
		return false;
	r->at += length;
	value = variable_get(&r->shell->settings->variables, name);
	if (take(r, "}")) {
		add_parameter(b, value);
		return true;
	}
	if (!take(r, "%")) {
		if (*r->at == '#') {
			r->at++;
			unknown(b, "it is a part of another value");
			return read_operand(r, &word);
		}
		return read_default(r, b, name, value);
	}
	longest = take(r, "%");
	if (!read_operand(r, &word))
		return false;
	if (value && value->text && !word.why)
		remove_suffix(b, value->text, buffer_text(&word), longest);
	else if (value)
		unknown(b, "it depends on another value that cannot be told");
	return true;
}

/* The closing parenthesis of a $( whose inside is at r->at; NULL without one. */
static const char *find_close(const struct reader *r)
{
	unsigned int depth = 1;
	bool quoted = false;

	for (const char *c = r->at; c < r->end && *c != '\n'; c++) {
		if (*c == '\'')
			quoted = !quoted;
		if (quoted)
			continue;
		depth += *c == '(';
		if (*c == ')' && --depth == 0)
			return c;
	}
	return NULL;
}

static bool starts_with(const char *text, const char *end, const char *word)
{
	const size_t length = strlen(word);

	return (size_t)(end - text) >= length && memcmp(text, word, length) == 0;
}

/* The folder of the script, as $(cd "$(dirname "$SCRIPT")" && pwd -P) tells it. */
static void add_script_folder(struct reader *r, struct buffer *b)
{
	struct settings *s = r->shell->settings;
	char *folder = arena_strdup(s->arena, r->shell->path);
	char *slash = folder ? strrchr(folder, '/') : NULL;
	const char *real;

	if (!slash) {
		unknown(b, "the folder of the script is not known");
		return;
	}
	slash[slash == folder] = '\0';
	real = settings_resolve(s->arena, s->source, folder);
	append(b, real ? real : folder, strlen(real ? real : folder));
}

static void add_host_name(struct reader *r, struct buffer *b)
{
	const char *name = r->shell->settings->source->hostname;
	struct utsname host;

	if (!name)
		name = uname(&host) == 0 ? host.nodename : "localhost";
	append(b, name, strcspn(name, "."));
}

static bool read_command(struct reader *r, struct buffer *b)
{
	const char *close = find_close(r);

	if (!close)
		return false;
	if (starts_with(r->at, close, "cd \"$(dirname \"$SCRIPT\")\""))
		add_script_folder(r, b);
	else if (starts_with(r->at, close, "hostname -s") && close == r->at + strlen("hostname -s"))
		add_host_name(r, b);
	else if (starts_with(r->at, close, "date "))
		append(b, "*", 1);
	else
		unknown(b, "its value is the output of a command");
	r->at = close + 1;
	return true;
}

static bool read_dollar(struct reader *r, struct buffer *b)
{
	struct settings *s = r->shell->settings;
	size_t length;
	const char *name;

	r->at++;
	if (take(r, "{"))
		return read_braces(r, b);
	if (take(r, "("))
		return read_command(r, b);
	if (take(r, "0")) {
		append(b, r->shell->path, strlen(r->shell->path));
		return true;
	}
	length = name_length(r);
	if (length == 0) {
		unknown(b, "it depends on the arguments of the script");
		r->at += r->at < r->end && strchr("123456789@*#?$!-", *r->at);
		return true;
	}
	name = arena_strndup(s->arena, r->at, length);
	r->at += length;
	if (name)
		add_parameter(b, variable_get(&s->variables, name));
	return name != NULL;
}

static bool read_double_quoted(struct reader *r, struct buffer *b)
{
	r->at++;
	while (r->at < r->end && *r->at != '"')
		if (!read_piece(r, b, true))
			return false;
	return take(r, "\"");
}

static bool read_single_quoted(struct reader *r, struct buffer *b)
{
	const char *close = memchr(r->at + 1, '\'', r->end - r->at - 1);

	if (!close)
		return false;
	append(b, r->at + 1, close - r->at - 1);
	r->at = close + 1;
	return true;
}

/* One character, quoted string or substitution. A newline ends what can be understood. */
static bool read_piece(struct reader *r, struct buffer *b, bool quoted)
{
	switch (*r->at) {
	case '\n':
	case '`':
		return false;
	case '\\':
		if (r->end - r->at < 2 || r->at[1] == '\n')
			return false;
		if (quoted && !strchr("$`\"\\", r->at[1]))
			append(b, r->at, 1);
		append(b, r->at + 1, 1);
		r->at += 2;
		return true;
	case '$':
		return read_dollar(r, b);
	case '"':
		return !quoted && read_double_quoted(r, b);
	case '\'':
		if (!quoted)
			return read_single_quoted(r, b);
		break;
	default:
		break;
	}
	append(b, r->at++, 1);
	return true;
}

bool shell_word(struct shell *shell, const char **at, const char *end, struct word_value *ret)
{
	struct reader r = { .shell = shell, .at = *at, .end = end };
	cleanup_buffer struct buffer b = { 0 };
	bool understood = true;

	while (understood && r.at < end && !strchr(" \t\n;&|<>()", *r.at))
		understood = read_piece(&r, &b, false);
	*at = r.at;
	if (!understood)
		return false;
	ret->text = b.why ? NULL : arena_strdup(shell->settings->arena, buffer_text(&b));
	ret->why = b.why;
	return ret->text || ret->why;
}
