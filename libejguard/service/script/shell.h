/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Words of the shell, expanded without running anything. */
#ifndef EJG_SERVICE_SCRIPT_SHELL_H
#define EJG_SERVICE_SCRIPT_SHELL_H

#include "libejguard/service/settings-struct.h"

/* The value of a word of the shell: text, or why it cannot be told. */
struct word_value {
	const char *text;
	const char *why;
};

/* Whether what is read is done. */
enum shell_mode { SHELL_DONE, SHELL_PERHAPS, SHELL_NEVER };

struct shell {
	struct settings *settings;
	const char *path; /* of the script, as it is called: $0 */
	const char *file; /* that is read, where it is another one; or NULL */
	enum ejg_origin_kind kind;
	uint32_t line;
	enum shell_mode mode;
	/*
	 * What is read is no start script but what people write: a variable that nothing was seen to set is not empty
	 * but unknown, and so is what sh and bash make different things of.
	 */
	bool strict;
	bool all_exported; /* set -a */
	bool assigned;	   /* a variable was set */
	bool assigning;	   /* what is expanded is put into a variable */
	size_t expanded;   /* characters of variables that were looked at so far */
};

/* Where the shell is. */
struct ejg_origin shell_origin(const struct shell *shell);

/*
 * Expands one word at *at, up to an unquoted blank, newline or one of ;&|<>() and moves *at behind it. ${NAME:=word}
 * assigns. A line break inside of quotes belongs to the word. Return: false when it is not a word that is understood;
 * *at is then somewhere inside.
 */
bool shell_word(struct shell *shell, const char **at, const char *end, struct word_value *ret);

#endif
