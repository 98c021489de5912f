/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The steps of a remedy on the page, below what they mend. */
#ifndef EJG_TOOL_REMEDY_H
#define EJG_TOOL_REMEDY_H

#include <stdio.h>

#include "tools/print/steps.h"

/* Where the text stands: its first column, and the columns of the screen. */
struct margins {
	FILE *out;
	unsigned int width;
	unsigned int indent;
};

/* One paragraph that begins in the line as it is; its other lines are indented by hang more. */
void print_paragraph(const struct margins *margins, const char *prefix, unsigned int hang, const char *text);
/* One step in a line of its own; a command is there to be pasted, and is not broken. Return: 0, -ENOMEM. */
int print_step(const struct margins *margins, const struct step *step);
int print_steps(const struct margins *margins, const char *remedy);

#endif
