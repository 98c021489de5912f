/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Searches the text of a file for a cookie, and for options that set one. */
#ifndef EJG_LIB_COOKIE_SEARCH_H
#define EJG_LIB_COOKIE_SEARCH_H

#include <stdint.h>

#include "libejguard/modules/lib/cookie/form.h"

enum search_kind {
	SEARCH_VALUE,	  /* the cookie itself */
	SEARCH_SETCOOKIE, /* -setcookie, --cookie of Elixir's releases, RELEASE_COOKIE= or similar, with a value */
	SEARCH_NOCOOKIE,  /* -nocookie */
};

/* The form of a SETCOOKIE hit. */
enum search_form {
	SEARCH_OPTION,	    /* -setcookie */
	SEARCH_RELEASE,	    /* RELEASE_COOKIE, which a release's script adds to the arguments */
	SEARCH_SETTING,	    /* node.cookie or similar, or a variable for it: the service adds it to the arguments */
	SEARCH_CALL,	    /* a call of set_cookie, by -eval, -run or -s */
	SEARCH_TOOL,	    /* -setcookie for rabbitmqctl alone: RABBITMQ_CTL_ERL_ARGS */
	SEARCH_ENVIRONMENT, /* RABBITMQ_ERLANG_COOKIE: the node reads it from its environment */
};

struct search_hit {
	enum search_kind kind;
	enum search_form form; /* SETCOOKIE */
	uint32_t line;
	bool same;	   /* SETCOOKIE: its value is the cookie */
	bool computed;	   /* SETCOOKIE: its value comes from a variable or a command and is not in the text */
	const char *value; /* SETCOOKIE: in the text */
	size_t n_value;
	const char *node; /* SETCOOKIE: the only node for which it counts, `-setcookie NODE COOKIE`; NULL: all */
	size_t n_node;
};

typedef void (*search_fn)(void *data, const struct search_hit *hit);

/*
 * @text:    bytes, of any kind
 * @cookie:  the cookie to find as a whole word, comments included; NULL: none
 * @options: also find options and variables that set a cookie, outside of comments
 * @keys:    also find keys of a configuration: node.cookie = "..."
 * @fn:      called in the order of the lines, at most once a line: an option takes precedence over a value
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
 * Return: the position behind it, or NULL when there is no further value
 */
const char *search_option(const char *text, const char *end, const char *name, struct search_word *ret_value);

/* The next file that `include` names: HOCON's, also inside file() or required(), or cuttlefish's. Returns as above. */
const char *search_include(const char *text, const char *end, struct search_word *ret_path);

#endif
