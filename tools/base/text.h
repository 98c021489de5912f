/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text on a screen: what comes from outside is made printable, lines are wrapped, tables are drawn. */
#ifndef EJG_TEXT_H
#define EJG_TEXT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { TEXT_WIDTH = 100 };

/* Columns of the screen, at most TEXT_WIDTH. */
unsigned int text_width(FILE *out);

/* Whether to colour: a terminal, unless NO_COLOR is set or TERM is dumb. */
bool text_colour(FILE *out);

/* Writes n bytes; every byte that is not part of a printable character becomes \xNN. */
void text_put(FILE *out, const char *text, size_t n);
/* The same, in no more than so many columns: what is too long ends in "...". */
void text_put_cut(FILE *out, const char *text, unsigned int width);
/* The same as new strings; NULL without memory. */
char *text_printable(const char *text);
char *text_cut(const char *text, unsigned int width);
/* The end of it, which begins with "..." when it is too long: of a path, the end says more. */
char *text_cut_head(const char *text, unsigned int width);
/* The columns that it then takes on the screen. */
unsigned int text_columns(const char *text);

/* Lines that are filled word by word. */
struct paragraph {
	FILE *out;
	unsigned int width;
	unsigned int indent; /* of the lines that follow the first */
	unsigned int column;
	bool filled; /* the line has a word */
	bool blank;  /* a blank is due before the next word */
};

/* Adds the words of the text. Words without a blank between them stay together only within one call. */
void paragraph_add(struct paragraph *paragraph, const char *text);
/* Ends the line. */
void paragraph_end(struct paragraph *paragraph);

/* A table. table_row() and table_print() accept NULL: no memory. */
struct table;
#define TABLE_NO_NUMBER SIZE_MAX
/* The last column is one of sentences; the one whose index is number is of numbers. */
struct table *table_new(FILE *out, const char *const *headings, size_t n, size_t number);
/* more, when not NULL, starts a new line in the last cell. */
void table_row(struct table *table, const char *const *cells, const char *more);
/* Prints the title, unless NULL, and the table, nothing when it has no rows, and frees it. Return: 0, -ENOMEM. */
int table_print(struct table *table, const char *title);

#endif
