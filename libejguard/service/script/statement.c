/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/service/script/statement.h"

#include <ctype.h>
#include <string.h>

#include "libejguard/service/script/line.h"
#include "libejguard/util/cleanup.h"

size_t statement_assigned(const char *at, const char *end)
{
	size_t n = 0;

	while (at + n < end && script_is_name(at[n]))
		n++;
	return n > 0 && !isdigit((unsigned char)*at) && at + n < end && at[n] == '=' ? n : 0;
}

bool statement_value(struct shell *shell, const char **at, const char *end, size_t length, struct word_value *ret)
{
	bool understood;

	*at += length + 1;
	shell->assigning = true;
	understood = shell_word(shell, at, end, ret);
	shell->assigning = false;
	return understood;
}

void statement_set(struct shell *shell, const char *name, const struct word_value *value, bool exported)
{
	struct variables *v = &shell->settings->variables;
	const struct ejg_origin origin = shell_origin(shell);

	shell->assigned = true;
	if (shell->mode == SHELL_DONE)
		variable_set(v, name, value->text, value->why, &origin);
	else if (shell->mode == SHELL_PERHAPS)
		variable_doubt(v, name, "it may be set there, or not", &origin);
	if ((exported || shell->all_exported) && shell->mode == SHELL_DONE)
		variable_export(v, name);
}

static bool export_value(struct shell *shell, const char **at, const char *end, size_t length)
{
	const char *name = arena_strndup(shell->settings->arena, *at, length);
	struct word_value value;

	if (!name || !statement_value(shell, at, end, length, &value))
		return false;
	statement_set(shell, name, &value, true);
	return true;
}

static bool export_name(struct shell *shell, const char **at, const char *end)
{
	struct variables *v = &shell->settings->variables;
	const struct ejg_origin origin = shell_origin(shell);
	const char *begin = *at, *name;

	while (*at < end && script_is_name(**at))
		++*at;
	name = arena_strndup(shell->settings->arena, begin, (size_t)(*at - begin));
	if (!name || *at == begin || isdigit((unsigned char)*begin))
		return false;
	shell->assigned = true;
	if (shell->mode == SHELL_DONE)
		variable_export(v, name);
	else if (shell->mode == SHELL_PERHAPS)
		variable_doubt(v, name, "it may be exported there, or not", &origin);
	return true;
}

bool statement_export(struct shell *shell, const char **at, const char *end)
{
	size_t n = 0;

	for (*at = script_blanks(*at, end); *at < end && !strchr("\n;&|#", **at); *at = script_blanks(*at, end), n++) {
		const size_t assigned = statement_assigned(*at, end);

		if (assigned ? !export_value(shell, at, end, assigned) : !export_name(shell, at, end))
			return false;
		if (*at < end && !strchr(" \t\n;&|", **at))
			return false;
	}
	return n > 0;
}

static enum truth truth_of(bool value)
{
	return value ? TRUE : FALSE;
}

/* [ -n WORD ], [ -f FILE ] and so on. */
static enum truth test_unary(struct shell *shell, char operator, const char * text)
{
	if (!text)
		return UNKNOWN;
	if (operator== 'z' || operator== 'n')
		return truth_of((*text == '\0') == (operator== 'z'));
	/* a file that is tested may exist at the start although it does not now */
	if (!strchr("frwxeds", operator) || text[0] != '/' || (shell->strict && strncmp(text, "/etc/", 5) != 0))
		return UNKNOWN;
	return truth_of(settings_exists(shell->settings->source, text));
}

enum truth statement_test(struct shell *shell, const char **at, const char *end)
{
	struct word_value words[5] = { 0 };
	enum truth result = UNKNOWN;
	bool negated;
	size_t n = 0, first = 0;

	for (;; n++) {
		*at = script_blanks(*at, end);
		if (*at == end || n == ARRAY_SIZE(words) || !shell_word(shell, at, end, &words[n]))
			return UNKNOWN;
		if (words[n].text && strcmp(words[n].text, "]") == 0)
			break;
		if (*at < end && !strchr(" \t;\n", **at))
			return UNKNOWN;
	}
	negated = n > 1 && words[0].text && strcmp(words[0].text, "!") == 0;
	first = negated ? 1 : 0;
	n -= first;
	if (n == 1 && words[first].text)
		result = truth_of(*words[first].text != '\0');
	else if (n == 2 && words[first].text && words[first].text[0] == '-' && words[first].text[1])
		result = test_unary(shell, words[first].text[1], words[first + 1].text);
	else if (n == 3 && words[first].text && words[first + 1].text && words[first + 2].text &&
		 (strcmp(words[first + 1].text, "=") == 0 || strcmp(words[first + 1].text, "!=") == 0))
		result = truth_of((strcmp(words[first].text, words[first + 2].text) == 0) ==
				  (words[first + 1].text[0] == '='));
	if (negated && result != UNKNOWN)
		result = truth_of(result == FALSE);
	return result;
}
