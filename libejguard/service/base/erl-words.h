/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Splits erl's arguments into words, like the shell and erlexec.c of Erlang/OTP. */
#ifndef EJG_SERVICE_BASE_ERL_WORDS_H
#define EJG_SERVICE_BASE_ERL_WORDS_H

#include <ejguard/facts.h>

#include "libejguard/util/arena.h"

enum { ERL_WORDS_MAX = 8192 };

/* The source of a text of arguments. */
enum erl_text {
	ERL_TEXT_SPLIT,	   /* a variable that the start script leaves to the shell to split at blanks: ERL_OPTIONS */
	ERL_TEXT_VARIABLE, /* a variable that erlexec reads: ERL_FLAGS; quotes and backslashes are removed */
	ERL_TEXT_FILE,	   /* of -args_file: as above, with comments */
};

/* A word without its quotes. */
struct erl_word {
	const char *text;
	struct ejg_origin origin; /* of a file with the line of the word */
};

struct erl_words {
	struct erl_word *items;
	size_t n;
	bool more; /* more than ERL_WORDS_MAX */
};

/*
 * Appends the words of a text without NUL bytes. origin: of the text; in a file each word gets its line.
 * Return: 0, -ENOMEM.
 */
int erl_words_add(struct arena *arena, struct erl_words *words, const char *text, size_t size, enum erl_text kind,
		  const struct ejg_origin *origin);

#endif
