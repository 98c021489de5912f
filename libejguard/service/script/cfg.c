/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/service/script/cfg.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "libejguard/util/cleanup.h"

struct cursor {
	const char *at;
	const char *end;
	uint32_t line;
	char *value; /* room for the longest possible word */
	size_t length;
	const char *why; /* why the word is dynamic, or NULL */
};

/* A statement that is under way. Its strings point into the text. */
struct statement {
	const char *name;
	size_t name_length;
	uint32_t line;
	bool exported;
	bool assigned;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_name_start(char c)
{
	return isascii(c) && (isalpha(c) || c == '_');
}

static bool is_name(char c)
{
	return isascii(c) && (isalnum(c) || c == '_');
}

static void skip_blanks(struct cursor *c)
{
	while (c->at < c->end && is_blank(*c->at))
		c->at++;
}

static void skip_line(struct cursor *c)
{
	const char *newline = memchr(c->at, '\n', c->end - c->at);

	c->at = newline ? newline : c->end;
}

static void add_char(struct cursor *c, char ch)
{
	if (ch == '\n')
		c->line++;
	c->value[c->length++] = ch;
}

/* The functions below read one piece of a word; they return NULL, or why the statement is opaque. */

static const char *read_single_quoted(struct cursor *c)
{
	const char *close = memchr(c->at + 1, '\'', c->end - c->at - 1);

	if (!close)
		return "a quote is not closed";
	for (c->at++; c->at < close; c->at++)
		add_char(c, *c->at);
	c->at++;
	return NULL;
}

static const char *read_backslash(struct cursor *c)
{
	c->why = "its value holds a backslash";
	if (c->end - c->at < 2 || c->at[1] == '\n')
		return "a line is continued by a backslash";
	c->at += 2;
	return NULL;
}

/*
 * Skips a substitution up to its end. What stands inside cannot set anything here (it runs in a shell of its own, or
 * only reads a variable) as long as it holds nothing of `forbidden`, with which its end would be a guess.
 */
static const char *skip_substitution(struct cursor *c, char close, const char *forbidden)
{
	for (; c->at < c->end && *c->at != close; c->at++)
		if (*c->at == '\n' || strchr(forbidden, *c->at))
			return "a substitution is more than can be read without running it";
	if (c->at == c->end)
		return "a substitution is not closed";
	c->at++;
	return NULL;
}

static const char *read_substitution(struct cursor *c, bool quoted)
{
	const char open = *c->at++;
	const char next = c->at < c->end ? *c->at : '\n';

	c->why = "its value is computed by the shell";
	if (open == '`')
		return skip_substitution(c, '`', "'\"\\#");
	if (next == '(') {
		c->at++;
		return skip_substitution(c, ')', "'\"\\`(#");
	}
	if (next == '{') {
		c->at++;
		/* '=' is among these: ${NAME:=word} assigns */
		return skip_substitution(c, '}', "'\"\\`({$=;");
	}
	if (next == '[' || (!quoted && (next == '\'' || next == '"')))
		return "it uses a form of $ that is more than can be read without running it";
	return NULL;
}

static const char *read_double_quoted(struct cursor *c)
{
	const char *problem = NULL;

	for (c->at++; c->at < c->end && *c->at != '"' && !problem;) {
		if (*c->at == '\\')
			problem = read_backslash(c);
		else if (*c->at == '$' || *c->at == '`')
			problem = read_substitution(c, true);
		else
			add_char(c, *c->at++);
	}
	if (problem)
		return problem;
	if (c->at == c->end)
		return "a quote is not closed";
	c->at++;
	return NULL;
}

static const char *read_bare(struct cursor *c)
{
	const char ch = *c->at;

	if (strchr(";&|<>()", ch))
		return "it is more than an assignment";
	if (ch == '\r')
		c->why = "its value holds a carriage return, as files from Windows do";
	else if (strchr("~*?[]{}", ch))
		c->why = "its value holds a character that the shell may expand";
	add_char(c, ch);
	c->at++;
	return NULL;
}

static const char *read_word(struct cursor *c)
{
	const char *problem = NULL;

	c->length = 0;
	c->why = NULL;
	while (c->at < c->end && !is_blank(*c->at) && *c->at != '\n' && !problem) {
		if (*c->at == '\'')
			problem = read_single_quoted(c);
		else if (*c->at == '"')
			problem = read_double_quoted(c);
		else if (*c->at == '\\')
			problem = read_backslash(c);
		else if (*c->at == '$' || *c->at == '`')
			problem = read_substitution(c, false);
		else
			problem = read_bare(c);
	}
	return problem;
}

/* Whether nothing follows but a comment. A '#' right behind a word would belong to the word. */
static bool at_end_of_statement(struct cursor *c)
{
	skip_blanks(c);
	return c->at == c->end || *c->at == '\n' || (*c->at == '#' && is_blank(c->at[-1]));
}

static void read_export(struct cursor *c, struct statement *statement)
{
	static const char word[] = "export";
	const size_t length = sizeof(word) - 1;

	if ((size_t)(c->end - c->at) <= length || memcmp(c->at, word, length) != 0 || !is_blank(c->at[length]))
		return;
	statement->exported = true;
	c->at += length;
	skip_blanks(c);
}

/* Reads one statement. Return: NULL, or why it is opaque. */
static const char *read_statement(struct cursor *c, struct statement *statement)
{
	bool append = false;
	const char *problem;

	*statement = (struct statement){ .line = c->line };
	read_export(c, statement);
	statement->name = c->at;
	if (c->at < c->end && is_name_start(*c->at))
		while (c->at < c->end && is_name(*c->at))
			c->at++;
	statement->name_length = c->at - statement->name;
	if (statement->name_length == 0)
		return c->at < c->end && *c->at == '\r' ? "the line ends in a carriage return"
							: "it is no plain assignment";
	if (statement->exported && at_end_of_statement(c)) {
		skip_line(c);
		return NULL;
	}
	if (c->end - c->at >= 2 && c->at[0] == '+' && c->at[1] == '=') {
		append = true;
		c->at++;
	}
	if (c->at == c->end || *c->at != '=')
		return "it is no plain assignment";
	c->at++;
	statement->assigned = true;
	problem = read_word(c);
	if (problem)
		return problem;
	if (append)
		c->why = "it is appended to";
	if (!at_end_of_statement(c))
		return "something follows the assignment on its line";
	skip_line(c);
	return NULL;
}

static struct ctl_value *find(struct ctl_value *values, size_t n, const char *name, size_t length)
{
	for (size_t i = 0; i < n; i++)
		if (strncmp(values[i].name, name, length) == 0 && values[i].name[length] == '\0')
			return &values[i];
	return NULL;
}

/* Keeps the present assignment, which is about to be replaced. */
static int keep_earlier(struct arena *arena, struct ctl_value *value)
{
	struct ctl_value *earlier;

	if (value->n_earlier == CTL_MAX_EARLIER)
		return 0;
	earlier = arena_alloc(arena, sizeof(*earlier));
	if (!earlier)
		return -ENOMEM;
	*earlier = *value;
	value->earlier = earlier;
	value->n_earlier++;
	return 0;
}

/* Return: 0, -E2BIG when there are too many names, -ENOMEM. */
static int record(struct arena *arena, struct ctl_cfg *cfg, const struct cursor *c, const struct statement *statement)
{
	struct ctl_value *values = (struct ctl_value *)cfg->values;
	struct ctl_value *value = find(values, cfg->n_values, statement->name, statement->name_length);

	if (!value) {
		if (cfg->n_values == CTL_MAX_NAMES)
			return -E2BIG;
		values = arena_grow(arena, values, cfg->n_values, sizeof(*values));
		if (!values)
			return -ENOMEM;
		cfg->values = values;
		value = &values[cfg->n_values];
		*value = (struct ctl_value){ .name = arena_strndup(arena, statement->name, statement->name_length) };
		if (!value->name)
			return -ENOMEM;
		cfg->n_values++;
	}
	value->exported |= statement->exported;
	if (!statement->assigned) {
		value->line = value->line ? value->line : statement->line;
		return 0;
	}
	if (value->assigned && keep_earlier(arena, value) < 0)
		return -ENOMEM;
	value->assigned = true;
	value->line = statement->line;
	value->why = c->why;
	value->text = c->why ? NULL : arena_strndup(arena, c->value, c->length);
	return value->text || c->why ? 0 : -ENOMEM;
}

static void set_opaque(struct ctl_cfg *cfg, uint32_t line, const char *why)
{
	if (cfg->opaque_line)
		return;
	cfg->opaque_line = line;
	cfg->opaque_why = why;
}

static int parse_line(struct arena *arena, struct cursor *c, struct ctl_cfg *cfg)
{
	struct statement statement;
	const char *problem;
	int r;

	problem = read_statement(c, &statement);
	if (problem) {
		set_opaque(cfg, statement.line, problem);
		skip_line(c);
		return 0;
	}
	r = record(arena, cfg, c, &statement);
	if (r == -E2BIG) {
		set_opaque(cfg, statement.line, "the file sets too many names");
		return 0;
	}
	return r;
}

int ctl_cfg_parse(struct arena *arena, const char *text, size_t size, struct ctl_cfg *ret)
{
	cleanup_free char *value = malloc(size + 1);
	struct cursor c = { .at = text, .end = text + size, .line = 1, .value = value };
	struct ctl_cfg cfg = { 0 };
	int r;

	if (!value)
		return -ENOMEM;
	if (memchr(text, '\0', size))
		set_opaque(&cfg, 1, "the file holds a NUL byte");
	while (c.at < c.end) {
		skip_blanks(&c);
		if (c.at == c.end)
			break;
		if (*c.at == '\n') {
			c.line++;
			c.at++;
		} else if (*c.at == '#') {
			skip_line(&c);
		} else {
			r = parse_line(arena, &c, &cfg);
			if (r < 0)
				return r;
		}
	}
	*ret = cfg;
	return 0;
}

const struct ctl_value *ctl_cfg_get(const struct ctl_cfg *cfg, const char *name)
{
	return find((struct ctl_value *)cfg->values, cfg->n_values, name, strlen(name));
}
