/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The steps of a remedy, one a line: "run: COMMAND" is a command for a shell, "edit: FILE:LINE: WHAT" a change of a
 * file, and anything else is plain text. See ejguard-module(7).
 */
#ifndef EJG_TOOL_STEPS_H
#define EJG_TOOL_STEPS_H

#include <stdbool.h>
#include <stddef.h>

enum step_kind {
	STEP_WORDS,
	STEP_EDIT,
	STEP_RUN,
};

struct step {
	enum step_kind kind;
	const char *text; /* in the remedy, without the prefix */
	size_t n;
};

/* Removes the next step from *remedy. Return: true if there was one. */
bool step_next(const char **remedy, struct step *ret);

/* "remedy", "edit", "run". */
const char *step_name(enum step_kind kind);

/* All steps in one line: "run: ejguard apply; edit: ...". A new string, NULL without memory. */
char *steps_join(const char *remedy);

#endif
