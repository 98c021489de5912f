/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Splits the bytes of a stack file into lines of words with their positions. Does not interpret the words. */
#ifndef EJG_CORE_STACK_LEXER_H
#define EJG_CORE_STACK_LEXER_H

#include "libejguard/core/stack-file.h"

struct lexer {
	struct arena *arena;
	const char *file;
	const char *text;
	size_t size;

	/* The physical line being read: bytes start to end, the next one at next. */
	size_t start;
	size_t end;
	size_t next;
	size_t at;
	uint32_t line;
	size_t length; /* of the logical line so far */
	char *buffer;  /* for the word being read */

	/* After -EBADMSG: what is wrong, with an id of report-findings.c. */
	const char *id;
	struct position position;
	const char *problem;
};

/* Begins to read a text, which must outlive the lexer; words come from the arena. Return: 0, -ENOMEM. */
int lexer_open(struct lexer *lexer, struct arena *arena, const char *file, const char *text, size_t size);

/*
 * Reads the next logical line that has words.
 *
 * Return: 1; 0 at the end of the text; -EBADMSG for a malformed line, which was skipped (the reason is in
 * lexer->problem); -ENOMEM. *ret_words and *ret_n are untouched unless it is 1.
 */
int lexer_next(struct lexer *lexer, const struct word **ret_words, size_t *ret_n);

#endif
