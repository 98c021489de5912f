/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Builtins of ejabberdctl.cfg that read other files, or that set nothing in the forms that are known here. */
#include <ctype.h>
#include <string.h>

#include "libejguard/service/script/cfg-reader.h"
#include "libejguard/service/script/command.h"
#include "libejguard/service/script/doubt.h"
#include "libejguard/service/script/line.h"
#include "libejguard/util/cleanup.h"

static const char unknown[] = "it is not a simple assignment";

/* readonly NAME=word: a later assignment by the script fails. */
static const char *read_readonly(struct cfg *c)
{
	for (cfg_skip_blanks(c); !cfg_at_end(c); cfg_skip_blanks(c)) {
		const size_t length = statement_assigned(c->at, c->end);
		const char *name = arena_strndup(c->shell.settings->arena, c->at, length);
		struct word_value value;

		if (!length || !name || doubt_is_setting(name) ||
		    !statement_value(&c->shell, &c->at, c->end, length, &value))
			return unknown;
		statement_set(&c->shell, name, &value, false);
	}
	return NULL;
}

/* trap CODE SIGNAL...: what runs at the end of the script, or at a signal, comes too late. */
static const char *read_trap(struct cfg *c)
{
	static const char *const sooner[] = { "DEBUG", "ERR", "RETURN" };
	struct word_value word;

	for (size_t n = 0; cfg_skip_blanks(c), !cfg_at_end(c); n++) {
		const char *before = c->at;

		if (!shell_word(&c->shell, &c->at, c->end, &word) || c->at == before || (n > 0 && !word.text))
			return unknown;
		for (size_t i = 0; n > 0 && i < ARRAY_SIZE(sooner); i++)
			if (strcmp(word.text, sooner[i]) == 0)
				return unknown;
	}
	return NULL;
}

/* exec 2>>FILE: without a command it redirects only. */
static const char *read_exec(struct cfg *c)
{
	for (cfg_skip_blanks(c); !cfg_at_end(c); cfg_skip_blanks(c)) {
		while (c->at < c->end && isdigit((unsigned char)*c->at))
			c->at++;
		if (c->at == c->end || !strchr("<>", *c->at) || !command_redirection(&c->shell, &c->at, c->end))
			return unknown;
	}
	return NULL;
}

static const char *read_file(struct cfg *c, const char *path)
{
	struct settings *s = c->shell.settings;
	cleanup_source_text struct source_text source = { 0 };
	struct cfg inner = { .shell = c->shell, .read = c->read, .n_files = c->n_files, .floor = c->shell.mode };
	const char *problem;
	uint32_t line = 0;

	if (++*c->n_files > CFG_FILES)
		return "it reads too many files";
	if (settings_read(s->arena, s->source, path, &source) < 0)
		return "there is not enough memory";
	if (source.problem || !source.text || memchr(source.text, '\0', source.size))
		return arena_printf(s->arena, "it reads %.200s, which cannot be read here", path);
	if (!s->epmd_line && memmem(source.text, source.size, "ERL_EPMD_PORT", strlen("ERL_EPMD_PORT")))
		s->epmd_line = c->shell.line;
	if (s->n_cfg_files < ARRAY_SIZE(s->cfg_files))
		s->cfg_files[s->n_cfg_files++] = (struct cfg_file){ source.path, shell_origin(&c->shell) };
	inner.shell.file = source.path;
	inner.shell.line = 1;
	inner.at = inner.counted = source.text;
	inner.end = source.text + source.size;
	memcpy(inner.functions, c->functions, sizeof(inner.functions));
	inner.n_functions = c->n_functions;
	problem = c->read(&inner, &line);
	memcpy(c->functions, inner.functions, sizeof(inner.functions));
	c->n_functions = inner.n_functions;
	c->shell.all_exported = inner.shell.all_exported;
	c->shell.expanded = inner.shell.expanded;
	c->shell.assigned |= inner.shell.assigned;
	return problem ? arena_printf(s->arena,
				      "it reads %.200s, whose line %u has an effect that cannot be determined", path,
				      (unsigned int)line)
		       : NULL;
}

/* `. FILE` */
static const char *read_source(struct cfg *c)
{
	struct word_value path;

	cfg_skip_blanks(c);
	if (!shell_word(&c->shell, &c->at, c->end, &path))
		return unknown;
	cfg_skip_blanks(c);
	if (!path.text || path.text[0] != '/' || !cfg_at_end(c))
		return "the file that it reads is not known";
	if (c->shell.mode == SHELL_NEVER)
		return NULL;
	if (settings_exists(c->shell.settings->source, path.text))
		return read_file(c, path.text);
	/* Behind a test it does not run now; else sh ends there, and bash goes on. */
	return c->shell.mode == SHELL_PERHAPS ? NULL : "it reads a file that does not exist";
}

/* The length of a function's name, where its head begins: NAME() {, with *ret behind the brace. */
static size_t function_head(const struct cfg *c, const char **ret)
{
	const char *at = c->at;
	size_t n;

	while (at < c->end && (script_is_name(*at) || *at == '-'))
		at++;
	n = (size_t)(at - c->at);
	at = script_blanks(at, c->end);
	if (n == 0 || isdigit((unsigned char)*c->at) || c->end - at < 2 || *at != '(')
		return 0;
	at = script_blanks(at + 1, c->end);
	if (at == c->end || *at != ')')
		return 0;
	for (at++; at < c->end && strchr(" \t\n", *at);)
		at++;
	if (at == c->end || *at != '{' || at + 1 == c->end || !strchr(" \t\n", at[1]))
		return 0;
	*ret = at + 1;
	return n;
}

/* A body ends at the } of its own line, or at one that begins a line. Return: behind it, or NULL. */
static const char *body_end(const char *at, const char *end)
{
	const char *newline = memchr(at, '\n', (size_t)(end - at)), *stop = newline ? newline : end;
	const char *first = script_blanks(at, end);

	if (first < stop && *first != '#') {
		while (stop > first && strchr(" \t;", stop[-1]))
			stop--;
		return stop > first && stop[-1] == '}' ? stop : NULL;
	}
	for (const char *line = stop; line && line < end; line = memchr(line + 1, '\n', (size_t)(end - line - 1)))
		if (line + 1 < end && line[1] == '}')
			return line + 2;
	return NULL;
}

/* The start script would call it in place of the program. */
static bool is_program(struct settings *s, const char *name)
{
	static const char *const folders[] = { "/usr/bin", "/bin", "/usr/sbin", "/sbin" };
	const char *path;

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		path = arena_printf(s->arena, "%s/%s", folders[i], name);
		if (!path || settings_exists(s->source, path))
			return true;
	}
	return false;
}

/* A function sets nothing until it is called. */
static const char *read_function(struct cfg *c, size_t length, const char *body)
{
	const char *name = arena_strndup(c->shell.settings->arena, c->at, length), *end = body_end(body, c->end);

	if (!name || !end || c->n_functions == CFG_FUNCTIONS || command_is_builtin(name) ||
	    is_program(c->shell.settings, name))
		return "it makes a function";
	c->functions[c->n_functions++] = name;
	c->at = end;
	return NULL;
}

bool cfg_is_function(const struct cfg *c)
{
	for (size_t i = 0; i < c->n_functions; i++)
		if (script_word(c->at, c->end, c->functions[i]))
			return true;
	return false;
}

const char *cfg_builtin(struct cfg *c, bool *ret_taken)
{
	static const struct {
		const char *word;
		const char *(*read)(struct cfg *c);
	} builtins[] = { { "readonly", read_readonly },
			 { "trap", read_trap },
			 { "exec", read_exec },
			 { ".", read_source },
			 { "source", read_source } };
	const char *body;
	const size_t function = function_head(c, &body);

	*ret_taken = true;
	if (function)
		return read_function(c, function, body);
	for (size_t i = 0; i < ARRAY_SIZE(builtins); i++) {
		if (!script_word(c->at, c->end, builtins[i].word))
			continue;
		c->at += strlen(builtins[i].word);
		return builtins[i].read(c);
	}
	*ret_taken = false;
	return NULL;
}
