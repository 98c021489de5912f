/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/service/script/cfg.h"

#include <ctype.h>
#include <string.h>

#include "libejguard/service/script/cfg-reader.h"
#include "libejguard/service/script/command.h"
#include "libejguard/service/script/line.h"
#include "libejguard/service/script/statement.h"
#include "libejguard/util/cleanup.h"

/* The functions below read a piece; they return NULL, or why the statement is opaque. */

static const char *const no_assignment = "it is not a simple assignment";
static const char *const more_than_one = "something follows the assignment on the same line";

static void locate(struct cfg *c)
{
	for (; c->counted < c->at; c->counted++)
		c->shell.line += *c->counted == '\n';
}

static void set_mode(struct cfg *c)
{
	c->shell.mode = cfg_mode(c);
	c->shell.assigned = false;
	c->truth = UNKNOWN;
}

/* Records that the variable keeps its value, and that more may have been appended to it. */
static void append_doubt(struct cfg *c, const char *name)
{
	const struct ejg_origin origin = shell_origin(&c->shell);

	c->shell.assigned = true;
	variable_doubt(&c->shell.settings->variables, name, "something is appended to it", &origin);
}

static const char *read_assignment(struct cfg *c, size_t length, bool append)
{
	char *name = arena_strndup(c->shell.settings->arena, c->at, length);
	struct word_value value;

	if (!name || !statement_value(&c->shell, &c->at, c->end, length + append, &value))
		return "a quote is not closed, or the value cannot be read without running it";
	if (append)
		append_doubt(c, name);
	else
		statement_set(&c->shell, name, &value, false);
	if (c->at < c->end && !strchr(" \t\n;&|", *c->at))
		return "it is more than an assignment";
	cfg_skip_blanks(c);
	return NULL;
}

/* NAME+=word: bash appends, other shells look for a command of that name. */
static size_t appended(const struct cfg *c)
{
	const char *at = c->at;

	while (at < c->end && script_is_name(*at))
		at++;
	return at > c->at && c->end - at >= 2 && at[0] == '+' && at[1] == '=' ? (size_t)(at - c->at) : 0;
}

static const char *read_assignments(struct cfg *c)
{
	const size_t append = appended(c);
	const char *problem = NULL;
	size_t length;

	/* with others on its line they are arguments where it is no assignment */
	if (append > 0) {
		problem = read_assignment(c, append, true);
		return problem || cfg_at_end(c) ? problem : more_than_one;
	}
	for (; !problem && !cfg_at_end(c);) {
		length = statement_assigned(c->at, c->end);
		if (length == 0)
			return more_than_one;
		problem = read_assignment(c, length, false);
	}
	return problem;
}

static const char *read_unset(struct cfg *c)
{
	const struct ejg_origin origin = shell_origin(&c->shell);

	for (cfg_skip_blanks(c); !cfg_at_end(c); cfg_skip_blanks(c)) {
		const char *begin = c->at;
		char *name;

		while (c->at < c->end && script_is_name(*c->at))
			c->at++;
		name = arena_strndup(c->shell.settings->arena, begin, (size_t)(c->at - begin));
		if (!name || !*name || (!cfg_at_end(c) && !strchr(" \t", *c->at)))
			return no_assignment;
		c->shell.assigned = true;
		if (c->shell.mode == SHELL_DONE)
			variable_unset(&c->shell.settings->variables, name);
		else if (c->shell.mode == SHELL_PERHAPS)
			variable_doubt(&c->shell.settings->variables, name, "it may be unset there, or not", &origin);
	}
	return NULL;
}

/* set -a, and options that change no variable. */
static const char *read_set(struct cfg *c)
{
	char sign;

	cfg_skip_blanks(c);
	for (sign = '\0'; !cfg_at_end(c); cfg_skip_blanks(c)) {
		const bool first = sign == '\0';

		if (first || *c->at == '-' || *c->at == '+')
			sign = *c->at++;
		if ((sign != '-' && sign != '+') || cfg_at_end(c))
			return no_assignment;
		for (; !cfg_at_end(c) && *c->at != ' ' && *c->at != '\t'; c->at++) {
			if (!strchr("aefuvxC", *c->at) || (*c->at == 'a' && c->shell.mode != SHELL_DONE))
				return no_assignment;
			if (*c->at == 'a')
				c->shell.all_exported = sign == '-';
		}
	}
	return sign ? NULL : no_assignment;
}

/* Reads [ TEST ], and its result if that is known. */
static void read_test(struct cfg *c)
{
	const char *at = c->at + 1;
	const enum truth truth = statement_test(&c->shell, &at, c->end);

	if (truth == UNKNOWN)
		return;
	c->at = at;
	c->truth = c->negated ? (truth == TRUE ? FALSE : TRUE) : truth;
}

/* True if an operator or the end of the file is where a command has to be. A branch of a case may be empty. */
static bool lacks_command(struct cfg *c, bool expected)
{
	if (!expected && c->end - c->at > 1 && c->at[0] == ';' && c->at[1] == ';' && cfg_case(c))
		return false;
	return c->at == c->end || *c->at == '\n' || *c->at == '#' ? expected : true;
}

/*
 * Records NAME = value: the shell looks for a command of that name. No command has a name in capitals and an argument
 * that begins with =.
 */
static void note_command(struct cfg *c)
{
	struct settings *s = c->shell.settings;
	const char *end = c->at, *sign;

	while (end < c->end && script_is_name(*end) && !islower((unsigned char)*end))
		end++;
	sign = script_blanks(end, c->end);
	if (end == c->at || isdigit((unsigned char)*c->at) || sign == end || sign == c->end || *sign != '=' ||
	    c->shell.mode == SHELL_NEVER || s->n_cfg_commands == ARRAY_SIZE(s->cfg_commands))
		return;
	s->cfg_commands[s->n_cfg_commands] = (struct cfg_name){
		.name = arena_strndup(s->arena, c->at, (size_t)(end - c->at)),
		.origin = shell_origin(&c->shell),
	};
	s->n_cfg_commands += s->cfg_commands[s->n_cfg_commands].name != NULL;
}

/* expected: an operator before it requires a command. */
static const char *read_command(struct cfg *c, bool expected)
{
	const char *begin = c->at, *problem;
	bool command, taken = false;

	problem = cfg_words(c, &command);
	set_mode(c);
	if (!problem && c->at == begin && !command && lacks_command(c, expected))
		return no_assignment;
	if (problem || !command)
		return problem;
	if (statement_assigned(c->at, c->end) || appended(c))
		return read_assignments(c);
	problem = cfg_builtin(c, &taken);
	if (problem || taken)
		return problem;
	if (script_word(c->at, c->end, "export")) {
		c->at += strlen("export");
		return statement_export(&c->shell, &c->at, c->end) ? NULL : no_assignment;
	}
	if (script_word(c->at, c->end, "unset")) {
		c->at += strlen("unset");
		return read_unset(c);
	}
	if (script_word(c->at, c->end, "set")) {
		c->at += strlen("set");
		return read_set(c);
	}
	if (cfg_is_function(c))
		return "it calls a function";
	if (script_word(c->at, c->end, "["))
		read_test(c);
	note_command(c);
	return c->truth == UNKNOWN && !command_sets_nothing(&c->shell, &c->at, c->end) ? no_assignment : NULL;
}

/* Applies && or || to the command behind it. */
static void read_condition(struct cfg *c, char op)
{
	const enum truth stops = op == '&' ? FALSE : TRUE;

	if (c->never && c->never != op)
		c->never = '\0';
	else if (!c->never && c->truth == stops && !c->perhaps)
		c->never = op;
	else if (!c->never && c->truth != UNKNOWN && !c->perhaps)
		return;
	if (!c->never)
		c->perhaps = true;
}

/* Skips blank lines and comments up to the next command. */
static void skip_lines(struct cfg *c)
{
	for (cfg_skip_blanks(c); c->at < c->end && (*c->at == '\n' || *c->at == '#'); cfg_skip_blanks(c)) {
		const char *newline = memchr(c->at, '\n', (size_t)(c->end - c->at));

		c->at = newline ? newline + 1 : c->end;
	}
}

/* Reads the operator after a command. *ret_more: another command follows in this list. *ret_expected: one has to. */
static const char *read_operator(struct cfg *c, bool *ret_more, bool *ret_expected)
{
	const char op = c->at < c->end ? *c->at : '\n';
	const bool twice = c->end - c->at > 1 && c->at[1] == op;

	c->condition = c->perhaps || c->never || c->piped || op == '&' || op == '|' ? UNKNOWN : c->truth;
	*ret_more = strchr(";&|", op) != NULL;
	if (op == '#')
		while (c->at < c->end && *c->at != '\n')
			c->at++;
	if (!*ret_more)
		return NULL;
	c->at += twice ? 2 : 1;
	*ret_expected = op == '|' || (op == '&' && twice);
	if (op == ';' && twice && !cfg_case(c))
		return no_assignment;
	if (op == ';' && twice)
		cfg_case(c)->pattern = true;
	if (op == ';' || !twice) {
		/* both sides of a pipe, and background commands, run in subshells */
		if (op != ';' && c->shell.assigned)
			return "it is more than an assignment";
		c->piped = op == '|';
		if (!c->piped) {
			c->perhaps = false;
			c->never = '\0';
		}
	} else {
		c->piped = false;
		read_condition(c, op);
	}
	if (*ret_expected)
		skip_lines(c);
	return NULL;
}

/* Reads commands joined by operators, up to the end of the line. */
static const char *read_list(struct cfg *c)
{
	const char *problem = NULL;
	bool more = true, expected = false;

	c->perhaps = c->piped = false;
	c->never = '\0';
	while (!problem && more) {
		cfg_skip_blanks(c);
		locate(c);
		problem = read_command(c, expected);
		if (!problem && c->piped && c->shell.assigned)
			problem = "it is more than an assignment";
		cfg_skip_blanks(c);
		if (!problem && !cfg_at_end(c))
			problem = no_assignment;
		if (!problem)
			problem = read_operator(c, &more, &expected);
	}
	return problem;
}

static void set_opaque(struct settings *s, uint32_t line, const char *why)
{
	if (s->cfg_opaque_line)
		return;
	s->cfg_opaque_line = line;
	s->cfg_opaque_why = why;
}

static const char *read_text(struct cfg *c, uint32_t *ret_line)
{
	const char *first = NULL;

	while (c->at < c->end && !arena_failed(c->shell.settings->arena)) {
		const char *problem = read_list(c), *newline;

		if (problem && !first) {
			first = problem;
			*ret_line = c->shell.line;
		}
		newline = c->at < c->end ? memchr(c->at, '\n', (size_t)(c->end - c->at)) : NULL;
		c->at = newline ? newline + 1 : c->end;
	}
	if (c->level && !first) {
		first = "it is not closed";
		*ret_line = c->opened;
	}
	return first;
}

void cfg_read(struct settings *s, const char *script, const char *text, size_t size)
{
	unsigned int n_files = 0;
	struct cfg c = {
		.shell = { .settings = s,
			   .path = script,
			   .file = s->cfg_path,
			   .kind = EJG_ORIGIN_DISCOVERED,
			   .line = 1,
			   .strict = true },
		.read = read_text,
		.at = text,
		.end = text + size,
		.counted = text,
		.n_files = &n_files,
	};
	const char *problem;
	uint32_t line = 0;

	if (memchr(text, '\0', size)) {
		set_opaque(s, 1, "the file contains a NUL byte");
		return;
	}
	problem = read_text(&c, &line);
	if (problem)
		set_opaque(s, line, problem);
}
