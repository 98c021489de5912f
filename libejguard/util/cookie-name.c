/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/util/cookie-name.h"

#include <string.h>

#define WORD "cookie"
#define BLANKS " \t\r\n"
/* Between a key and its value: KEY = VALUE, KEY: VALUE, Erlang's {KEY, VALUE} and KEY => VALUE. */
#define SIGNS "=:,>"

const struct cookie_name cookie_names[] = {
	{ "-setcookie", COOKIE_NAME_FLAG },
	{ "--setcookie", COOKIE_NAME_FLAG },
	{ "--cookie", COOKIE_NAME_FLAG },
	{ "RELEASE_COOKIE", COOKIE_NAME_RELEASE },
	{ "EMQX_NODE__COOKIE", COOKIE_NAME_SETTING },
	{ "EMQX_NODE_COOKIE", COOKIE_NAME_SETTING },
	{ "DOCKER_VERNEMQ_DISTRIBUTED_COOKIE", COOKIE_NAME_SETTING },
	{ "VMQ_DISTRIBUTED_COOKIE", COOKIE_NAME_SETTING },
	{ "RABBITMQ_ERLANG_COOKIE", COOKIE_NAME_ENVIRONMENT },
	{ "node.cookie", COOKIE_NAME_KEY },
	{ "cookie", COOKIE_NAME_KEY },
	{ "distributed_cookie", COOKIE_NAME_KEY },
	/* rabbitmq-env.conf has its variables without RABBITMQ_ */
	{ "ERLANG_COOKIE", COOKIE_NAME_KEY_ENVIRONMENT },
	{ NULL, COOKIE_NAME_KEY },
};

bool cookie_name_is_flag(const char *word)
{
	for (const struct cookie_name *at = cookie_names; at->name; at++)
		if (at->kind == COOKIE_NAME_FLAG && strcmp(at->name, word) == 0)
			return true;
	return false;
}

static bool is_one_of(char c, const char *set)
{
	return c && strchr(set, c);
}

const char *cookie_name_skip(const char *end)
{
	const char *at = end + (is_one_of(*end, "'\"") && (!end[1] || is_one_of(end[1], BLANKS SIGNS)));
	const char *sign = at + strspn(at, BLANKS);

	return is_one_of(*sign, SIGNS) ? sign + strspn(sign, SIGNS) : at;
}

/* True if a sign such as = follows. */
static bool has_sign(const char *end)
{
	const char *at = cookie_name_skip(end);

	return at > end && is_one_of(at[-1], SIGNS);
}

static bool ends_with(const char *text, const char *at, const char *word)
{
	const size_t n = strlen(word);

	return (size_t)(at - text) >= n && strncasecmp(at - n, word, n) == 0;
}

static bool is_of_variable(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/*
 * True if a shell's ${NAME-VALUE}, ${NAME+VALUE}, ${NAME?VALUE} or NAME+=VALUE goes on at `end`; the others begin with
 * one of SIGNS. Elsewhere such a character is a part of a name: cookie-jar.
 */
static bool is_closed_by_shell(const char *text, const char *at, const char *end)
{
	while (at > text && is_of_variable(at[-1]))
		at--;
	if (*end == '+' && end[1] == '=')
		return true;
	return is_one_of(*end, "-+?") && at - text >= 2 && at[-1] == '{' && at[-2] == '$';
}

/* True if WORD at `at` ends the name of an argument, a variable or a key that is followed by a cookie. */
static bool is_name(const char *text, const char *at)
{
	const char *end = at + strlen(WORD);
	const bool closed = !*end || is_one_of(*end, BLANKS SIGNS "'\"") || is_closed_by_shell(text, at, end);
	const char before = at > text ? at[-1] : ' ';

	if (before == '-' || ends_with(text, at, "set")) /* --cookie, --erlang-cookie, -setcookie */
		return true;
	if (before == '.') /* node.cookie; but the file .erlang.cookie is no name */
		return closed && (has_sign(end) || !ends_with(text, at, ".erlang."));
	if (before == '_') /* RELEASE_COOKIE */
		return closed;
	return closed && is_one_of(before, BLANKS SIGNS "'\"{[(;|&"); /* -env COOKIE X, node { cookie = X } */
}

const char *cookie_name_find(const char *text)
{
	for (const char *at = text; (at = strcasestr(at, WORD)); at++)
		if (is_name(text, at))
			return at + strlen(WORD);
	return NULL;
}

bool cookie_name_ends(const char *argument)
{
	size_t n = strlen(argument);

	while (n > 0 && is_one_of(argument[n - 1], BLANKS SIGNS "'\""))
		n--;
	if (n < strlen(WORD) || strncasecmp(argument + n - strlen(WORD), WORD, strlen(WORD)) != 0)
		return false;
	return is_name(argument, argument + n - strlen(WORD));
}
