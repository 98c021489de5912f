/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lines of the start script: their words, and the possible effects of lines that are not followed. */
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

/* The position behind blanks at `at`. */
const char *script_blanks(const char *at, const char *end);
/* True if a line begins with the text, begins with the whole word, or ends with the word. */
bool script_starts(const char *at, const char *end, const char *text);
bool script_word(const char *at, const char *end, const char *word);
bool script_ends(const char *at, const char *end, const char *word);
/* True for a character that a variable's name may contain. */
bool script_is_name(char c);

/* Marks all settings that this line may assign as unknown. */
void script_doubt(struct script *script, const char *at);
/* Checks the line's arguments of erl. */
void script_check_arguments(struct script *script, const char *at);

#endif
