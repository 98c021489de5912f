/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/service/base/cookie-mask.h"

#include <errno.h>
#include <string.h>

#include "libejguard/util/cleanup.h"
#include "libejguard/util/cookie-name.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* erl treats a word with such a beginning as the next flag (erl_prim init: the values of a flag end there). */
static bool is_flag(const char *text)
{
	return *text == '-' || *text == '+';
}

/* The number of names of cookies, and of calls that set a cookie, in a text. */
static size_t count_names(const char *text)
{
	size_t n = 0;

	for (const char *at = text; (at = cookie_name_find(at)); n++)
		;
	for (const char *at = text; (at = strstr(at, COOKIE_CALL)); at++)
		n++;
	return n;
}

/* True if quotes or backslashes in the text hide a name that a shell would read: -set"cookie" S3. */
static bool hides_name(const char *text, char *room)
{
	char *to = room;

	if (!strpbrk(text, "'\"\\"))
		return false;
	for (const char *at = text; *at; at++)
		if (!strchr("'\"\\", *at))
			*to++ = *at;
	*to = '\0';
	return count_names(room) > count_names(text);
}

/* The end of a word for a shell; the end of the text if a quote is not closed. */
static const char *skip_word(const char *at)
{
	char quote = '\0';

	for (; *at && (quote || !is_blank(*at)); at++) {
		if (*at == '\\' && quote != '\'' && at[1])
			at++;
		else if (quote)
			quote = *at == quote ? '\0' : quote;
		else if (*at == '\'' || *at == '"')
			quote = *at;
	}
	return at;
}

static const char *skip_blanks(const char *at)
{
	while (is_blank(*at))
		at++;
	return at;
}

/*
 * The end of a flag's values: at least one word, whatever its first character, then all words up to the next flag
 * (-setcookie can have two values, a node and its cookie).
 */
static const char *skip_values(const char *name_end)
{
	const char *at = cookie_name_skip(name_end), *end;

	if (*at && !is_blank(*at) && !is_blank(*name_end)) /* --cookie=VALUE */
		return skip_word(at);
	end = skip_word(skip_blanks(at));
	for (at = skip_blanks(end); *at && !is_flag(at); at = skip_blanks(end))
		end = skip_word(at);
	return end;
}

/* Masks the values of all flags; `flag` is the end of the first name. Return: the end of the copy. */
static char *mask_values(const char *text, const char *flag, char *to, bool *found)
{
	const char *at = text, *end;

	for (; flag; flag = cookie_name_find(at)) {
		to = mempcpy(to, at, flag - at);
		end = skip_values(flag);
		if (*skip_blanks(cookie_name_skip(flag))) {
			*found = true;
			to = stpcpy(to, " " COOKIE_MASK);
		} else {
			to = mempcpy(to, flag, cookie_name_skip(flag) - flag);
		}
		at = end;
	}
	return stpcpy(to, at);
}

const char *cookie_mask_text(struct arena *arena, const char *text, bool *ret_found)
{
	const char *flag = cookie_name_find(text);
	bool found = false;
	char *copy;

	/* Each flag is longer than " ***", so the copy is at most twice as long. */
	copy = arena_alloc(arena, 2 * strlen(text) + sizeof(COOKIE_MASK) + 1);
	if (!copy)
		return NULL;
	if (strstr(text, COOKIE_CALL) || hides_name(text, copy)) {
		strcpy(copy, COOKIE_MASK);
		found = true;
	} else if (flag) {
		mask_values(text, flag, copy, &found);
	} else {
		strcpy(copy, text);
	}
	if (found && ret_found)
		*ret_found = true;
	return copy;
}

/* True for an argument such as "=" between a name and its value. */
static bool is_sign(const char *argument)
{
	return *argument && !*cookie_name_skip(argument);
}

static size_t count(const char *text, size_t size)
{
	size_t n = 0;

	for (const char *at = text; at < text + size; at += strlen(at) + 1)
		n++;
	return n;
}

int cookie_mask_arguments(struct arena *arena, const char *text, size_t size, bool erl_call, const char ***ret,
			  size_t *ret_n, bool *ret_found)
{
	const char **arguments = arena_array(arena, count(text, size) + 1, sizeof(*arguments));
	bool first = false, later = false, found = false;
	size_t n = 0;

	if (!arguments)
		return -ENOMEM;
	for (const char *at = text; at < text + size; at += strlen(at) + 1) {
		if (first && is_sign(at)) {
			arguments[n] = arena_strdup(arena, at);
		} else if (first || (later && !is_flag(at))) {
			arguments[n] = COOKIE_MASK;
			found = true;
			later = true;
			first = false;
		} else {
			arguments[n] = cookie_mask_text(arena, at, &found);
			first = cookie_name_ends(at) || (erl_call && strcmp(at, "-c") == 0);
			later = false;
		}
		if (!arguments[n++])
			return -ENOMEM;
	}
	*ret = arguments;
	*ret_n = n;
	*ret_found = found;
	return 0;
}
