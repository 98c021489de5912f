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

/* How SETCOOKIE is written there. */
enum search_form {
	SEARCH_OPTION,	    /* -setcookie */
	SEARCH_RELEASE,	    /* RELEASE_COOKIE, which a release's script puts among the arguments */
	SEARCH_SETTING,	    /* node.cookie and its like, or a variable for it: the service puts it among the arguments */
	SEARCH_ENVIRONMENT, /* RABBITMQ_ERLANG_COOKIE: the node takes it from its environment */
};

struct search_hit {
	enum search_kind kind;
	enum search_form form; /* SETCOOKIE */
	uint32_t line;
	bool same;	   /* SETCOOKIE: its value is the cookie */
	bool computed;	   /* SETCOOKIE: its value is not written there but comes from a variable or a command */
	const char *value; /* SETCOOKIE: in the text */
	size_t n_value;
	const char *node; /* SETCOOKIE: the node for which alone it counts, `-setcookie NODE COOKIE`; NULL: all */
	size_t n_node;
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

/* A word in a text. */
struct search_word {
	const char *text;
	size_t n;
};

/*
 * The next value of an option of erl, outside of comments.
 * Return: where to go on behind it, or NULL when there is none
 */
const char *search_option(const char *text, const char *end, const char *name, struct search_word *ret_value);

/* The next file that HOCON's `include "FILE"` names, whatever stands around it: file(), required(). Returns as above. */
const char *search_include(const char *text, const char *end, struct search_word *ret_path);

#endif
