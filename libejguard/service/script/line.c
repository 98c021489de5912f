/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lines of the start script: their words, and the possible effects of lines that are not followed. */
#include "libejguard/service/script/line.h"

#include <ctype.h>
#include <string.h>

#include "libejguard/service/script/doubt.h"
#include "libejguard/util/cleanup.h"

const char *script_blanks(const char *at, const char *end)
{
	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	return at;
}

bool script_starts(const char *at, const char *end, const char *word)
{
	const size_t length = strlen(word);

	return (size_t)(end - at) >= length && memcmp(at, word, length) == 0;
}

/* The same for a whole word. */
bool script_word(const char *at, const char *end, const char *word)
{
	const size_t length = strlen(word);

	return script_starts(at, end, word) && (at + length == end || strchr(" \t;\n", at[length]));
}

bool script_is_name(char c)
{
	return isascii(c) && (isalnum(c) || c == '_');
}

bool script_ends(const char *at, const char *end, const char *word)
{
	const size_t length = strlen(word);

	while (end > at && (end[-1] == ' ' || end[-1] == '\t' || end[-1] == ';'))
		end--;
	return (size_t)(end - at) >= length && memcmp(end - length, word, length) == 0 &&
	       (end - length == at || !script_is_name(*(end - length - 1)));
}

/* True if a command may begin at c: at the start of the line, behind an operator or behind one of these words. */
static bool is_command(const char *line, const char *c)
{
	static const char *const before[] = { "then", "do", "else", "export", "readonly", "!" };
	const char *end = c;

	while (end > line && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	if (end == line || strchr(";&|({)`", end[-1]))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(before); i++)
		if (end < c && script_ends(line, end, before[i]))
			return true;
	return false;
}

/* True for `. FILE` and similar commands. */
static bool reads_commands(const char *line, const char *end)
{
	static const char *const commands[] = { ".", "source", "eval" };

	/* texts that are shown to people contain full stops */
	if (script_word(line, end, "echo"))
		return false;
	for (const char *c = line; c < end; c++)
		for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
			if (script_word(c, end, commands[i]) && c + strlen(commands[i]) < end && is_command(line, c))
				return true;
	return false;
}

/* Marks all settings that this line may assign as unknown. */
void script_doubt(struct script *script, const char *at)
{
	const struct ejg_origin origin = shell_origin(&script->shell);

	if (reads_commands(at, script->end))
		doubt_all(script->s, &origin, "the start script reads commands there");
	for (const char *c = at; c < script->end; c++) {
		const char *const *name = settings_names;

		if (c > at && script_is_name(c[-1]))
			continue;
		while (*name && !(script_starts(c, script->end, *name) && c[strlen(*name)] == '='))
			name++;
		if (!*name || (script->in_function && !is_command(at, c)))
			continue;
		c += strlen(*name) + 1;
		/* ejabberdctl's options are read from the unit's command, and a user's home from passwd(5) */
		if (script_starts(c, script->end, "$2;") || script_starts(c, script->end, "$(su "))
			continue;
		variable_doubt(&script->s->variables, *name, "the start script may set it there, or not", &origin);
	}
}

static bool contains(const char *at, const char *end, const char *text)
{
	return end > at && memmem(at, end - at, text, strlen(text)) != NULL;
}

/* Checks the line's arguments of erl against the known forms of all ejabberd releases. */
void script_check_arguments(struct script *script, const char *at)
{
	static const char *const telling[] = { "inet_dist_", "erl_epmd_port", "-args_file",
					       "-setcookie", "-proto_dist",   "epmd_port" };
	static const char *const known[] = {
		"-kernel inet_dist_listen_min ${FIREWALL_WINDOW%-*} inet_dist_listen_max ${FIREWALL_WINDOW#*-}\"",
		"-kernel inet_dist_use_interface $INET_DIST_INTERFACE2\"",
		"-erl_epmd_port $ERL_DIST_PORT -start_epmd false\"",
		"-args_file $VMARGS\"",
		"-proto_dist inet6_tcp\"",
	};
	const struct ejg_origin origin = shell_origin(&script->shell);
	const char *end = script->end;

	script->s->uses_dist_port |= contains(at, end, "$ERL_DIST_PORT");
	script->s->uses_etc_dir |= contains(at, end, "$ETC_DIR");
	script->s->uses_inet6 |= contains(at, end, "-proto_dist inet6_tcp");
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (contains(at, end, known[i]))
			return;
	for (size_t i = 0; i < ARRAY_SIZE(telling) && !script->s->strange_line; i++)
		if (contains(at, end, telling[i]))
			script->s->strange_line = origin_place(script->s->arena, &origin);
}
