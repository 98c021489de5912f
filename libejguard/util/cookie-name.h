/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The names under which a cookie of Erlang is set. The lists are those that are known to set one; what hides cookies
 * also takes names that only look like it (cookie_name_find()).
 */
#ifndef EJG_UTIL_COOKIE_NAME_H
#define EJG_UTIL_COOKIE_NAME_H

#include <stdbool.h>
#include <stddef.h>

/* The names of Erlang's and Elixir's functions end in it: erlang:set_cookie(), Node.set_cookie(). */
#define COOKIE_CALL "set_cookie"

enum cookie_name_kind {
	COOKIE_NAME_FLAG,	     /* an argument of erl, or of Elixir's releases */
	COOKIE_NAME_RELEASE,	     /* a variable that a release's script adds to the arguments */
	COOKIE_NAME_SETTING,	     /* a variable that the start script of a service adds to the arguments */
	COOKIE_NAME_ENVIRONMENT,     /* a variable that the node reads itself */
	COOKIE_NAME_KEY,	     /* of a configuration file, for the start script */
	COOKIE_NAME_KEY_ENVIRONMENT, /* of a configuration file, for the node's environment */
};

struct cookie_name {
	const char *name;
	enum cookie_name_kind kind;
};

/* All of them; ends with a NULL name. */
extern const struct cookie_name cookie_names[];

/* True if the word is an argument whose values are a cookie: -setcookie. */
bool cookie_name_is_flag(const char *word);

/* The end of the first name in a text, known or similar, that a cookie may follow; or NULL. Takes one pass. */
const char *cookie_name_find(const char *text);

/* True if the argument ends with such a name: the next arguments may be a cookie. */
bool cookie_name_ends(const char *argument);

/* Skips what may stand between a name and its value: a closing quote, blanks, signs such as = and :. */
const char *cookie_name_skip(const char *end);

#endif
