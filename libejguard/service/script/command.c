/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A command that is no builtin, keyword or function of the shell is a separate program, and cannot set variables in the
 * shell that calls it; nor can a command that is not found.
 */
#include "libejguard/service/script/command.h"

#include <ctype.h>
#include <string.h>

#include "libejguard/service/script/line.h"
#include "libejguard/util/cleanup.h"

/* Builtins that set nothing relevant. printf has one option (-v) that does. */
static const char *const harmless[] = {
	":",   "[",    "cd",	"echo", "false", "hash",   "kill",  "printf",
	"pwd", "test", "times", "true", "type",	 "ulimit", "umask",
};

/* All other builtins and keywords of bash, dash, busybox and ksh. */
static const char *const others[] = {
	".",	   "alias",   "autoload", "bg",	      "bind",	 "break",    "builtin",	  "caller",   "case",
	"chdir",   "command", "compgen",  "complete", "compopt", "continue", "coproc",	  "declare",  "dirs",
	"disown",  "do",      "done",	  "elif",     "else",	 "enable",   "esac",	  "eval",     "exec",
	"exit",	   "export",  "fc",	  "fg",	      "fi",	 "float",    "for",	  "function", "getopts",
	"help",	   "history", "if",	  "in",	      "integer", "jobs",     "let",	  "local",    "logout",
	"mapfile", "nameref", "popd",	  "print",    "pushd",	 "read",     "readarray", "readonly", "return",
	"select",  "set",     "shift",	  "shopt",    "source",	 "suspend",  "then",	  "time",     "trap",
	"typeset", "unalias", "unset",	  "until",    "vared",	 "wait",     "whence",	  "while",    "zmodload",
};

static bool is_among(const char *const *names, size_t n, const char *word, size_t length)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(names[i]) == length && memcmp(names[i], word, length) == 0)
			return true;
	return false;
}

/* True for digits only. The text of a script does not end in a NUL byte. */
static bool is_number(const char *at, const char *end)
{
	while (at < end && isdigit((unsigned char)*at))
		at++;
	return at == end;
}

/* The length of a plain word, which the shell does not expand; 0 if it is not plain. */
static size_t plain_word(const char *at, const char *end)
{
	const char *c = at;

	for (; c < end && !strchr(" \t\n;&|<>", *c); c++)
		if (!isalnum((unsigned char)*c) && !strchr("_./-+:@%,\r", *c) && isascii(*c) &&
		    !(c == at && *c == '[' && script_word(c, end, "[")))
			return 0;
	/* the number of a descriptor: an assignment may follow */
	if (c < end && strchr("<>", *c) && is_number(at, c))
		return 0;
	return (size_t)(c - at);
}

bool command_redirection(struct shell *shell, const char **at, const char *end)
{
	const char op = **at;
	const char *before;
	struct word_value file;

	++*at;
	if (*at < end && (**at == '&' || (op == '>' && (**at == '>' || **at == '|'))))
		++*at;
	else if (*at < end && (**at == '<' || **at == '(' || **at == '>'))
		return false;
	before = *at = script_blanks(*at, end);
	return shell_word(shell, at, end, &file) && *at > before;
}

/* True for printf -v NAME; if words are unknown, the first may be -v. */
static bool sets(const struct word_value *argument)
{
	return !argument->text || strncmp(argument->text, "-v", 2) == 0;
}

bool command_is_builtin(const char *name)
{
	return is_among(harmless, ARRAY_SIZE(harmless), name, strlen(name)) ||
	       is_among(others, ARRAY_SIZE(others), name, strlen(name));
}

bool command_sets_nothing(struct shell *shell, const char **at, const char *end)
{
	const char *word = *at;
	const size_t length = plain_word(word, end);
	const bool prints = length == 6 && memcmp(word, "printf", 6) == 0;
	struct word_value argument;
	size_t n = 0;

	if (length == 0 || is_among(others, ARRAY_SIZE(others), word, length))
		return false;
	if (shell->settings->has_functions && !is_among(harmless, ARRAY_SIZE(harmless), word, length))
		return false;
	for (*at += length; *at < end;) {
		const char *before = *at = script_blanks(*at, end);

		if (*at == end || strchr("\n;&|#", **at))
			return true;
		if (**at == '<' || **at == '>') {
			if (!command_redirection(shell, at, end))
				return false;
			continue;
		}
		if (!shell_word(shell, at, end, &argument) || *at == before || (prints && n == 0 && sets(&argument)))
			return false;
		/* a word before < or > is a descriptor, no argument: 2>/dev/null */
		n += *at == end || !strchr("<>", **at);
	}
	return true;
}
