/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text for a screen: makes foreign text printable, wraps lines, draws tables. */
#ifndef EJG_TEXT_H
#define EJG_TEXT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { TEXT_WIDTH = 100 };

/* From here on a pager shows standard output on this terminal, which decides about width and colour; -1: no longer. */
void text_screen(int fd);

/* Columns of the screen, at most TEXT_WIDTH. */
unsigned int text_width(FILE *out);

/* True if output should be coloured: a terminal, unless NO_COLOR is set or TERM is dumb. */
bool text_colour(FILE *out);

/* Writes n bytes; every byte that is not part of a printable character becomes \xNN. */
void text_put(FILE *out, const char *text, size_t n);
/* The same in at most `width` columns: longer text ends in "...". */
void text_put_cut(FILE *out, const char *text, unsigned int width);
/* The same as new strings; NULL without memory. */
char *text_printable(const char *text);
char *text_cut(const char *text, unsigned int width);
/* The end of the text, with "..." before it if it is cut: the end of a path is the more important part. */
char *text_cut_head(const char *text, unsigned int width);
/* The width of the printable text on the screen. */
unsigned int text_columns(const char *text);

/* Lines that are wrapped at words. */
struct paragraph {
	FILE *out;
	unsigned int width;
	unsigned int indent; /* of the second line and later ones */
	unsigned int column;
	bool filled; /* the line contains a word */
	bool blank;  /* a blank is needed before the next word */
};

/* Adds the words of a text. Words without a blank between them are kept together only within one call. */
void paragraph_add(struct paragraph *paragraph, const char *text);
/* Ends the line. */
void paragraph_end(struct paragraph *paragraph);

/* A table. table_row() and table_print() accept NULL (out of memory). */
struct table;
#define TABLE_NO_NUMBER SIZE_MAX
/* The last column has sentences; the one with index `number` has numbers. */
struct table *table_new(FILE *out, const char *const *headings, size_t n, size_t number);
/* more, if not NULL, starts a new line in the last cell. */
void table_row(struct table *table, const char *const *cells, const char *more);
/* Prints the title (unless NULL) and the table, or nothing if it has no rows, and frees it. Return: 0, -ENOMEM. */
int table_print(struct table *table, const char *title);

#endif
