/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Prints the steps of a remedy, below the findings that they correct. */
#ifndef EJG_TOOL_REMEDY_H
#define EJG_TOOL_REMEDY_H

#include <stdio.h>

#include "tools/print/steps.h"

/* The position of the text: its first column, and the columns of the screen. */
struct margins {
	FILE *out;
	unsigned int width;
	unsigned int indent;
};

/* Prints a paragraph from the current position; its other lines are indented by `hang` more. */
void print_paragraph(const struct margins *margins, const char *prefix, unsigned int hang, const char *text);
/* Prints one step on its own line; a command is not broken, so that it can be pasted. Return: 0, -ENOMEM. */
int print_step(const struct margins *margins, const struct step *step);
int print_steps(const struct margins *margins, const char *remedy);

#endif
