/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Texts that are too long for a column: the cell has a number, and the text is whole, to be copied, below the table. */
#ifndef EJG_TOOL_FOOTNOTES_H
#define EJG_TOOL_FOOTNOTES_H

#include <stddef.h>
#include <stdio.h>

struct footnotes {
	FILE *out;
	char *text;
	size_t size;
	size_t n;
};

/* The text of a cell: the text itself, if it has no more columns than `width`, or "[1]". NULL without memory. */
char *footnotes_cell(struct footnotes *notes, const char *text, unsigned int width);
/* Return: 0, -ENOMEM. */
int footnotes_print(struct footnotes *notes, FILE *out);
void footnotes_free(struct footnotes *notes);

#define cleanup_footnotes __attribute__((cleanup(footnotes_free)))

#endif
