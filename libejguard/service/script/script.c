/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads the start script line by line without running it. ejabberdctl sets its variables, sets defaults for others and
 * sources ejabberdctl.cfg, all at the top level with one statement a line; these are followed. Statements inside of if,
 * case, loops and functions are not: a variable that may be set there becomes unknown.
 */
#include "libejguard/service/script/script.h"

#include <errno.h>
#include <string.h>

#include "libejguard/service/script/cfg-source.h"
#include "libejguard/service/script/doubt.h"
#include "libejguard/service/script/line.h"
#include "libejguard/service/script/statement.h"
#include "libejguard/util/cleanup.h"

enum {
	MAX_STATEMENTS = 32, /* of a line; statement() calls itself for each */
};

static bool statement(struct script *script, const char *at);

static bool read_word(struct script *script, const char **at, struct word_value *ret)
{
	return shell_word(&script->shell, at, script->end, ret);
}

/* True if the statement ends here: the rest is a comment, or *at is behind a semicolon. */
static bool at_end(const char **at, const char *end)
{
	*at = script_blanks(*at, end);
	if (*at == end || **at == '#') {
		*at = end;
		return true;
	}
	if (**at != ';')
		return false;
	++*at;
	return true;
}

/* True if the word uses the variable itself. */
static bool uses(const char *word, const char *end, const char *name)
{
	const size_t length = strlen(name);

	for (const char *c = word; c + length < end; c++) {
		const char *at = c + 1;

		if (*c != '$')
			continue;
		at += *at == '{';
		if (script_starts(at, end, name) && (at + length == end || !script_is_name(at[length])))
			return true;
	}
	return false;
}

/* The variable of a word that is only "$NAME"; NULL for any other word. */
static const struct occurrence *alias(struct script *script, const char *word, const char *end)
{
	const bool quoted = word < end && *word == '"';
	const struct variable *variable;
	const char *stop;

	word += quoted;
	if (word == end || *word++ != '$')
		return NULL;
	for (stop = word; stop < end && script_is_name(*stop);)
		stop++;
	if (stop == word || (quoted && (stop == end || *stop != '"')))
		return NULL;
	if (stop + quoted < end && !strchr(" \t;", stop[quoted]))
		return NULL;
	variable = variable_find(&script->s->variables, word, stop - word);
	return variable ? variable->now : NULL;
}

/*
 * Reads NAME=word. A value that is built from the old value keeps its origin. EJABBERD_OPTS is the configuration's
 * until it was read; afterwards the script adds options from ejabberd.yml to it, over several lines.
 */
static bool assign(struct script *script, const char **at, size_t length, bool exported)
{
	struct variables *v = &script->s->variables;
	struct ejg_origin origin = shell_origin(&script->shell);
	const char *name = arena_strndup(script->s->arena, *at, length);
	const char *word = *at + length + 1;
	const struct occurrence *old;
	struct word_value value;
	bool understood;

	if (!name)
		return false;
	if (script->s->sourced && strcmp(name, "EJABBERD_OPTS") == 0) {
		*at = script->end;
		return true;
	}
	*at = word;
	old = alias(script, word, script->end);
	if (old && old->origin.file)
		origin = old->origin;
	script->shell.assigning = true;
	understood = read_word(script, at, &value) && at_end(at, script->end);
	script->shell.assigning = false;
	if (!understood)
		return false;
	if (uses(word, *at, name) && variable_filled(v, name))
		variable_extend(v, name, value.text, value.why);
	else
		variable_set(v, name, value.text, value.why, &origin);
	if (exported)
		variable_export(v, name);
	return true;
}

static bool read_export(struct script *script, const char *at)
{
	const size_t assigned = statement_assigned(at, script->end);

	if (assigned > 0)
		return assign(script, &at, assigned, true) && (at == script->end || statement(script, at));
	return statement_export(&script->shell, &at, script->end) && at_end(&at, script->end) &&
	       (at == script->end || statement(script, at));
}

/* `. FILE` */
static bool source_file(struct script *script, const char *at)
{
	struct word_value path;
	const struct ejg_origin origin = shell_origin(&script->shell);

	at = script_blanks(at, script->end);
	if (!read_word(script, &at, &path))
		return false;
	if (path.text && path.text[0] == '/' && !script->s->sourced)
		return cfg_source(script->s, script->shell.path, path.text) == 0;
	script->s->sourced = true;
	doubt_all(script->s, &origin, "the script reads another file here");
	return true;
}

/* [ TEST ] && [ TEST ] && STATEMENT */
static bool read_condition(struct script *script, const char *at)
{
	enum truth all = TRUE, one;

	while (script_word(at, script->end, "[")) {
		at++;
		one = statement_test(&script->shell, &at, script->end);
		at = script_blanks(at, script->end);
		if (!script_starts(at, script->end, "&&"))
			return false;
		at = script_blanks(at + 2, script->end);
		if (one == FALSE || all == FALSE)
			all = FALSE;
		else if (one == UNKNOWN)
			all = UNKNOWN;
	}
	if (script_starts(at, script->end, ". "))
		return source_file(script, at + 1);
	if (all == TRUE)
		return statement(script, at);
	if (all == UNKNOWN)
		script_doubt(script, at);
	return true;
}

static bool read_colon(struct script *script, const char *at)
{
	struct word_value value;

	for (at = script_blanks(at, script->end); at < script->end; at = script_blanks(at, script->end)) {
		const char *before = at;

		if (!read_word(script, &at, &value) || at == before)
			return false;
	}
	return true;
}

/* Return: false when the statement is not understood. */
static bool statement(struct script *script, const char *at)
{
	struct word_value value;
	size_t assigned;

	if (++script->n_statements > MAX_STATEMENTS)
		return false;
	at = script_blanks(at, script->end);
	if (at == script->end || *at == '#')
		return true;
	assigned = statement_assigned(at, script->end);
	if (assigned > 0)
		return assign(script, &at, assigned, false) && (at == script->end || statement(script, at));
	if (script_word(at, script->end, ":"))
		return read_colon(script, at + 1);
	if (script_word(at, script->end, "export"))
		return read_export(script, script_blanks(at + strlen("export"), script->end));
	if (script_word(at, script->end, "["))
		return read_condition(script, at);
	if (script_word(at, script->end, "."))
		return source_file(script, at + 1);
	if (script_word(at, script->end, "exec")) {
		at = script_blanks(at + strlen("exec"), script->end);
		if (!read_word(script, &at, &value) || !value.text || value.text[0] != '/')
			return false;
		script->next = value.text;
		return true;
	}
	return false;
}

/* Follows the structure of the script. Return: true if the line is a statement of the top level. */
static bool enter_line(struct script *script, const char *start, const char *at)
{
	static const struct {
		const char *open, *close;
	} blocks[] = {
		{ "if", "fi" }, { "case", "esac" }, { "while", "done" }, { "until", "done" }, { "for", "done" }
	};
	const char *end = script->end;
	const char *name_end = at;

	while (name_end < end && !strchr(" \t(=\n", *name_end))
		name_end++;
	if (script->in_function) {
		if (start < end && *start == '}')
			script->in_function = false;
		return false;
	}
	if (name_end < end && script_is_name(*at) && script_starts(script_blanks(name_end, end), end, "()")) {
		script->in_function = !script_ends(at, end, "}");
		script->s->has_functions |= !script->s->sourced;
		return false;
	}
	for (size_t i = 0; i < ARRAY_SIZE(blocks); i++) {
		if (script_word(at, end, blocks[i].open)) {
			script->level += !script_ends(at, end, blocks[i].close);
			return false;
		}
		if (i < 3 && (script_word(at, end, blocks[i].close))) {
			script->level -= script->level > 0;
			return false;
		}
	}
	if (script_ends(at, end, "{")) {
		script->level++;
		return false;
	}
	if (*at == '}') {
		script->level -= script->level > 0;
		return false;
	}
	return script->level == 0;
}

int script_read(struct settings *s, const char *path, const char *text, size_t size, enum ejg_origin_kind kind,
		const char **ret_next)
{
	struct script script = { .s = s, .shell = { .settings = s, .path = path, .kind = kind } };
	const char *end = text + size;

	for (const char *line = text; line < end && !script.next && !arena_failed(s->arena); line = script.end + 1) {
		const char *newline = memchr(line, '\n', end - line);
		const char *at;

		script.end = newline ? newline : end;
		script.shell.line++;
		script.n_statements = 0;
		at = script_blanks(line, script.end);
		if (at == script.end || *at == '#')
			continue;
		script_check_arguments(&script, at);
		if (!enter_line(&script, line, at) || !statement(&script, at))
			script_doubt(&script, at);
	}
	if (arena_failed(s->arena))
		return -ENOMEM;
	*ret_next = script.next;
	return 0;
}
