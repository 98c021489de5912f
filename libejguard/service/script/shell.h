/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Expands words of the shell without running anything. */
#ifndef EJG_SERVICE_SCRIPT_SHELL_H
#define EJG_SERVICE_SCRIPT_SHELL_H

#include "libejguard/service/base/settings-struct.h"

/* The value of a word of the shell: its text, or why it is unknown. */
struct word_value {
	const char *text;
	const char *why;
};

/* Says whether the statements that are read would be executed. */
enum shell_mode { SHELL_DONE, SHELL_PERHAPS, SHELL_NEVER };

struct shell {
	struct settings *settings;
	const char *path; /* of the script, as it is called: $0 */
	const char *file; /* the file that is read, if it is not the script; or NULL */
	enum ejg_origin_kind kind;
	uint32_t line;
	enum shell_mode mode;
	/*
	 * The text is written by people, not a start script: a variable that was not set is unknown and not empty, and
	 * forms that sh and bash read differently are unknown too.
	 */
	bool strict;
	bool all_exported; /* set -a */
	bool assigned;	   /* a variable was set */
	bool assigning;	   /* the expanded text becomes the value of a variable */
	size_t expanded;   /* characters of variables that were expanded so far */
};

/* The current file and line. */
struct ejg_origin shell_origin(const struct shell *shell);

/*
 * Expands one word at *at, up to an unquoted blank, newline or one of ;&|<>() and moves *at behind it. ${NAME:=word}
 * assigns. A line break inside of quotes belongs to the word. Return: false when the word is not understood; *at is
 * then somewhere inside.
 */
bool shell_word(struct shell *shell, const char **at, const char *end, struct word_value *ret);

#endif
