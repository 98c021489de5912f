/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lines of the start script: their words, and what a line that is not followed may do. */
#ifndef EJG_SERVICE_SCRIPT_LINE_H
#define EJG_SERVICE_SCRIPT_LINE_H

#include "libejguard/service/script/shell.h"

struct script {
	struct shell shell;
	struct settings *s;
	const char *end;    /* of the line */
	unsigned int level; /* of if, case, loops */
	bool in_function;
	unsigned int n_statements; /* of the line */
	const char *next;
};

/* Behind the blanks at `at`. */
const char *script_blanks(const char *at, const char *end);
/* Whether a line begins with the text, with the whole word, or ends with the word. */
bool script_starts(const char *at, const char *end, const char *text);
bool script_word(const char *at, const char *end, const char *word);
bool script_ends(const char *at, const char *end, const char *word);
/* Whether it is a character of a variable's name. */
bool script_is_name(char c);

/* Every setting that may be assigned somewhere in this line can no longer be told. */
void script_doubt(struct script *script, const char *at);
/* Takes note of what the line does with arguments of erl. */
void script_check_arguments(struct script *script, const char *at);

#endif
