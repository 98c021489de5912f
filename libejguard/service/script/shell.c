/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Expands words of the shell without running anything. Only the forms that ejabberd's start scripts use are understood;
 * any other form makes the value unknown.
 */
#include "libejguard/service/script/shell.h"

#include <ctype.h>
#include <limits.h>
#include <string.h>
#include <sys/utsname.h>

#include "libejguard/service/script/buffer.h"
#include "libejguard/service/script/substitution.h"
#include "libejguard/util/cleanup.h"

enum {
	MAX_EXPANDED = 4 * 1024 * 1024, /* total characters of variables that are expanded in a file */
	MAX_DEPTH = 8,			/* of words inside ${...} */
};

static const char unseen[] = "it depends on a variable that is not set here";

struct shell_reader {
	struct shell *shell;
	const char *begin; /* of the word */
	const char *at;
	const char *end;
	unsigned int depth;
};

static bool read_piece(struct shell_reader *r, struct buffer *b, bool quoted);

struct ejg_origin shell_origin(const struct shell *shell)
{
	/* a default has no place */
	if (shell->kind == EJG_ORIGIN_DEFAULT)
		return (struct ejg_origin){ .kind = shell->kind };
	return (struct ejg_origin){ shell->kind, shell->file ? shell->file : shell->path, shell->line };
}

static bool take(struct shell_reader *r, const char *text)
{
	const size_t length = strlen(text);

	if ((size_t)(r->end - r->at) < length || memcmp(r->at, text, length) != 0)
		return false;
	r->at += length;
	return true;
}

static size_t name_length(const struct shell_reader *r)
{
	size_t n = 0;

	while (r->at + n < r->end && isascii(r->at[n]) && (isalnum(r->at[n]) || r->at[n] == '_'))
		n++;
	return n > 0 && isdigit(r->at[0]) ? 0 : n;
}

/* Reads up to the closing brace of ${NAME OPERATOR word}, and removes quotes. */
static bool read_operand(struct shell_reader *r, struct buffer *b)
{
	if (++r->depth > MAX_DEPTH)
		return false;
	while (r->at < r->end && *r->at != '}')
		if (!read_piece(r, b, false))
			return false;
	r->depth--;
	return take(r, "}");
}

/* Counts the cost of a value; ${NAME%word} tries each tail. Return: true if it is below the limit. */
static bool may_expand(struct shell *shell, struct buffer *b, const char *text, bool tails)
{
	if (shell->expanded <= MAX_EXPANDED) {
		const size_t length = strlen(text);

		shell->expanded += tails && length <= PATH_MAX ? length * (length + 1) / 2 : length;
	}
	if (shell->expanded > MAX_EXPANDED)
		buffer_unknown(b, "its value is too long");
	return shell->expanded <= MAX_EXPANDED;
}

static void add_parameter(struct shell_reader *r, struct buffer *b, const struct occurrence *value)
{
	struct shell *shell = r->shell;

	if (!value) {
		if (shell->strict)
			buffer_unknown(b, unseen);
		return;
	}
	if (shell->assigning)
		variable_use(value);
	if (!value->text) {
		buffer_unknown(b, "it depends on another value that cannot be determined");
		return;
	}
	if (may_expand(shell, b, value->text, false))
		buffer_append(b, value->text, strlen(value->text));
}

/* ${NAME=word} */
static void assign_default(struct shell_reader *r, const char *name, const struct buffer *word)
{
	struct variables *v = &r->shell->settings->variables;
	const struct ejg_origin origin = shell_origin(r->shell);

	r->shell->assigned = true;
	if (r->shell->mode == SHELL_DONE)
		variable_set(v, name, word->why ? NULL : buffer_text(word), word->why, &origin);
	if (r->shell->mode == SHELL_DONE && r->shell->all_exported)
		variable_export(v, name);
	if (r->shell->mode == SHELL_PERHAPS)
		variable_doubt(v, name, "it may be set there, or not", &origin);
}

/* ${NAME:=word} and similar forms; the operator is at r->at. */
static bool read_default(struct shell_reader *r, struct buffer *b, const char *name, const struct occurrence *value)
{
	const bool colon = take(r, ":");
	const char op = r->at < r->end ? *r->at++ : '\0';
	const bool given = value && (!colon || !value->text || *value->text);
	const bool told = value ? value->text != NULL : !r->shell->strict;
	const bool assigning = r->shell->assigning;
	cleanup_buffer struct buffer word = { 0 };
	bool understood;

	r->shell->assigning |= op == '=';
	understood = (op == '=' || op == '-' || op == '+') && read_operand(r, &word);
	r->shell->assigning = assigning;
	if (!understood)
		return false;
	if (r->shell->strict && !told) {
		buffer_unknown(b, value ? "it depends on another value that cannot be determined" : unseen);
		word.why = b->why;
		if (op == '=')
			assign_default(r, name, &word);
	} else if (given == (op == '+')) {
		buffer_unknown(b, word.why);
		buffer_append(b, buffer_text(&word), word.length);
		if (op == '=')
			assign_default(r, name, &word);
	} else if (given) {
		add_parameter(r, b, value);
	}
	return true;
}

static bool read_braces(struct shell_reader *r, struct buffer *b)
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
		add_parameter(r, b, value);
		return true;
	}
	if (!take(r, "%")) {
		if (take(r, "#")) {
			buffer_unknown(b, "it is a part of another value");
			return read_operand(r, &word);
		}
		return read_default(r, b, name, value);
	}
	longest = take(r, "%");
	if (!read_operand(r, &word))
		return false;
	if (value && value->text && !word.why && may_expand(r->shell, b, value->text, true))
		buffer_remove_suffix(b, value->text, buffer_text(&word), longest);
	else if (value)
		buffer_unknown(b, "it depends on another value that cannot be determined");
	else if (r->shell->strict)
		buffer_unknown(b, unseen);
	return true;
}

static bool starts_with(const char *text, const char *end, const char *word)
{
	const size_t length = strlen(word);

	return (size_t)(end - text) >= length && memcmp(text, word, length) == 0;
}

/* The folder of the script, as $(cd "$(dirname "$SCRIPT")" && pwd -P) prints it. */
static void add_script_folder(struct shell_reader *r, struct buffer *b)
{
	struct settings *s = r->shell->settings;
	char *folder = arena_strdup(s->arena, r->shell->path);
	char *slash = folder ? strrchr(folder, '/') : NULL;
	const char *real;

	if (!slash) {
		buffer_unknown(b, "the folder of the script is not known");
		return;
	}
	slash[slash == folder] = '\0';
	real = settings_resolve(s->arena, s->source, folder);
	buffer_append(b, real ? real : folder, strlen(real ? real : folder));
}

static void add_host_name(struct shell_reader *r, struct buffer *b)
{
	const char *name = r->shell->settings->source->hostname;
	struct utsname host;

	if (!name)
		name = uname(&host) == 0 ? host.nodename : "localhost";
	buffer_append(b, name, strcspn(name, "."));
}

static bool read_command(struct shell_reader *r, struct buffer *b)
{
	const char *close = substitution_close(r->at, r->end);

	if (!close)
		return false;
	if (starts_with(r->at, close, "cd \"$(dirname \"$SCRIPT\")\""))
		add_script_folder(r, b);
	else if (starts_with(r->at, close, "hostname -s") && close == r->at + strlen("hostname -s"))
		add_host_name(r, b);
	else if (!r->shell->strict && starts_with(r->at, close, "date "))
		buffer_append(b, "*", 1);
	else
		buffer_unknown(b, r->shell->strict ? "its value is computed by the shell"
						   : "its value is the output of a command");
	r->at = close + 1;
	return true;
}

static bool read_backquoted(struct shell_reader *r, struct buffer *b)
{
	const char *close = substitution_backquote(r->at + 1, r->end);

	if (!close)
		return false;
	buffer_unknown(b, "its value is computed by the shell");
	r->at = close + 1;
	return true;
}

/* Forms that sh and bash read differently: $'...', $"...", $[...]. */
static bool is_bash_form(const struct shell_reader *r, bool quoted)
{
	return r->at < r->end && (*r->at == '[' || (!quoted && (*r->at == '\'' || *r->at == '"')));
}

static bool read_dollar(struct shell_reader *r, struct buffer *b, bool quoted)
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
		buffer_append(b, r->shell->path, strlen(r->shell->path));
		return true;
	}
	if (is_bash_form(r, quoted))
		return false;
	length = name_length(r);
	if (length == 0) {
		buffer_unknown(b, "it depends on the arguments of the script");
		r->at += r->at < r->end && strchr("123456789@*#?$!-", *r->at);
		return true;
	}
	name = arena_strndup(s->arena, r->at, length);
	r->at += length;
	if (name)
		add_parameter(r, b, variable_get(&s->variables, name));
	return name != NULL;
}

static bool read_double_quoted(struct shell_reader *r, struct buffer *b)
{
	r->at++;
	while (r->at < r->end && *r->at != '"')
		if (!read_piece(r, b, true))
			return false;
	return take(r, "\"");
}

static bool read_single_quoted(struct shell_reader *r, struct buffer *b)
{
	const char *close = memchr(r->at + 1, '\'', r->end - r->at - 1);

	if (!close)
		return false;
	buffer_append(b, r->at + 1, close - r->at - 1);
	r->at = close + 1;
	return true;
}

/* Reads a character behind a backslash: a line break is removed. */
static bool read_escaped(struct shell_reader *r, struct buffer *b, bool quoted)
{
	if (r->end - r->at < 2)
		return false;
	if (r->at[1] != '\n') {
		if (quoted && !strchr("$`\"\\", r->at[1]))
			buffer_append(b, r->at, 1);
		buffer_append(b, r->at + 1, 1);
	}
	r->at += 2;
	return true;
}

/* True where an unquoted ~ means a home folder. */
static bool is_home(const struct shell_reader *r)
{
	return r->at == r->begin || r->at[-1] == ':' || r->at[-1] == '=';
}

/* One character, quoted string or substitution. */
static bool read_piece(struct shell_reader *r, struct buffer *b, bool quoted)
{
	switch (*r->at) {
	case '`':
		return read_backquoted(r, b);
	case '\\':
		return read_escaped(r, b, quoted);
	case '$':
		return read_dollar(r, b, quoted);
	case '"':
		return !quoted && read_double_quoted(r, b);
	case '\'':
		if (!quoted)
			return read_single_quoted(r, b);
		break;
	case '~':
		if (!quoted && is_home(r))
			buffer_unknown(b, "its value contains a character that the shell expands");
		break;
	case '\n':
		if (!quoted)
			return false;
		break;
	default:
		break;
	}
	buffer_append(b, r->at++, 1);
	return true;
}

bool shell_word(struct shell *shell, const char **at, const char *end, struct word_value *ret)
{
	struct shell_reader r = { .shell = shell, .begin = *at, .at = *at, .end = end };
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
