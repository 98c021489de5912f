/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Looks for a cookie, and for options that set one, in the text of a file. */
#ifndef EJG_LIB_COOKIE_SEARCH_H
#define EJG_LIB_COOKIE_SEARCH_H

#include <stdint.h>

#include "libejguard/modules/lib/cookie/form.h"

enum search_kind {
	SEARCH_VALUE,	  /* the cookie stands there */
	SEARCH_SETCOOKIE, /* -setcookie, --cookie of Elixir's releases, RELEASE_COOKIE= and its like, with a value */
	SEARCH_NOCOOKIE,  /* -nocookie */
};

struct search_hit {
	enum search_kind kind;
	uint32_t line;
	bool same;	   /* SETCOOKIE: its value is the cookie */
	bool computed;	   /* SETCOOKIE: its value is not written there but comes from a variable or a command */
	const char *value; /* SETCOOKIE: in the text */
	size_t n_value;
};

typedef void (*search_fn)(void *data, const struct search_hit *hit);

/*
 * @text:    bytes, of any kind
 * @cookie:  what to look for as a word of its own, comments included; NULL: nothing
 * @options: look for options and variables that set one, outside of comments
 * @keys:    and for keys of a configuration: node.cookie = "..."
 * @fn:      called in the order of the lines, at most once a line: an option counts more than a value
 */
void search_text(const char *text, size_t n, const struct cookie *cookie, bool options, bool keys, search_fn fn,
		 void *data);

#endif
