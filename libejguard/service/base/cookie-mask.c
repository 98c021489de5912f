/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/service/base/cookie-mask.h"

#include <errno.h>
#include <string.h>

#include "libejguard/util/cleanup.h"

/* The names of Erlang's and Elixir's functions end in it: erlang:set_cookie(), Node.set_cookie(). */
#define CALL "set_cookie"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* erl treats a word with such a beginning as the next flag (erl_prim init: the values of a flag end there). */
static bool is_flag(const char *text)
{
	return *text == '-' || *text == '+';
}

/* True if the word "cookie" at `at` ends the name of a flag or variable that is followed by a cookie. */
static bool is_name_of_cookie(const char *text, const char *at)
{
	const char *end = at + strlen("cookie");

	if (at - text >= 1 && at[-1] == '-') /* -cookie, --cookie */
		return true;
	if (at - text >= 3 && memcmp(at - 3, "set", 3) == 0) /* -setcookie */
		return true;
	return at - text >= 1 && at[-1] == '_' && *end && strchr("= \t\n\r\"'", *end); /* RELEASE_COOKIE */
}

/*
 * The end of the first name of a cookie in a text, or NULL. One pass: an attacker chooses the length of the text and
 * may put thousands of such names into it.
 */
static const char *find_flag(const char *text)
{
	for (const char *at = text; (at = strcasestr(at, "cookie")); at++)
		if (is_name_of_cookie(text, at))
			return at + strlen("cookie");
	return NULL;
}

/* The number of names of cookies, and of calls that set a cookie, in a text. */
static size_t count_names(const char *text)
{
	size_t n = 0;

	for (const char *at = text; (at = find_flag(at)); n++)
		;
	for (const char *at = text; (at = strstr(at, CALL)); at++)
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
static const char *skip_values(const char *at)
{
	const char *end;

	if ((*at == '\'' || *at == '"') && (is_blank(at[1]) || !at[1])) /* it ends the flag's own word */
		at++;
	if (*at && !is_blank(*at)) /* --cookie=VALUE */
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

	for (; flag; flag = find_flag(at)) {
		to = mempcpy(to, at, flag - at);
		end = skip_values(flag);
		if (*skip_blanks(flag)) {
			*found = true;
			to = stpcpy(to, " " COOKIE_MASK);
		}
		at = end;
	}
	return stpcpy(to, at);
}

const char *cookie_mask_text(struct arena *arena, const char *text, bool *ret_found)
{
	const char *flag = find_flag(text);
	bool found = false;
	char *copy;

	/* Each flag is longer than " ***", so the copy is at most twice as long. */
	copy = arena_alloc(arena, 2 * strlen(text) + sizeof(COOKIE_MASK) + 1);
	if (!copy)
		return NULL;
	if (strstr(text, CALL) || hides_name(text, copy)) {
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

static bool is_cookie_flag(const char *argument, bool erl_call)
{
	static const char *const flags[] = { "-setcookie", "--setcookie", "-cookie", "--cookie", CALL };
	static const char variable[] = "_COOKIE"; /* -env RELEASE_COOKIE S3 */
	const size_t length = strlen(argument), n = sizeof(variable) - 1;

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		if (strcmp(argument, flags[i]) == 0)
			return true;
	if (length >= n && strcmp(argument + length - n, variable) == 0)
		return true;
	return erl_call && strcmp(argument, "-c") == 0;
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
		if (first || (later && !is_flag(at))) {
			arguments[n] = COOKIE_MASK;
			found = true;
			later = true;
			first = false;
		} else {
			arguments[n] = cookie_mask_text(arena, at, &found);
			first = is_cookie_flag(at, erl_call);
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
