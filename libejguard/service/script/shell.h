/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Words of the shell, expanded without running anything. */
#ifndef EJG_SERVICE_SCRIPT_SHELL_H
#define EJG_SERVICE_SCRIPT_SHELL_H

#include "libejguard/service/settings-build.h"

/* The value of a word of the shell: text, or why it cannot be told. */
struct word_value {
	const char *text;
	const char *why;
};

struct shell {
	struct settings *settings;
	const char *path; /* of the script, as it is called */
	enum ejg_origin_kind kind;
	uint32_t line;
};

/* Where the shell is. */
struct ejg_origin shell_origin(const struct shell *shell);

/*
 * Expands one word at *at, up to an unquoted blank, newline or one of ;&|<>() and moves *at behind it. ${NAME:=word}
 * assigns. Return: false when it is not a word that is understood; *at is then somewhere inside.
 */
bool shell_word(struct shell *shell, const char **at, const char *end, struct word_value *ret);

#endif
