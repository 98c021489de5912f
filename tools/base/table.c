/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Tables, drawn by libsmartcols. The last column has sentences: it gets the remaining width and is wrapped at words
 * (libsmartcols would break words). Other columns are broken only if the table is still too wide.
 */
#include <errno.h>
#include <libsmartcols.h>
#include <string.h>

#include "libejguard/util/cleanup.h"
#include "tools/base/text.h"

enum { MAX_COLUMNS = 6, SEPARATOR = 2, MIN_LAST = 24 };

struct row {
	struct libscols_line *line;
	char *last;
	char *more;
};

struct table {
	struct libscols_table *columns;
	FILE *out;
	size_t n;
	unsigned int widths[MAX_COLUMNS];
	struct row *rows;
	size_t n_rows;
	bool failed; /* a row is missing: the table must not be printed without it */
};

static void table_free(struct table *table)
{
	for (size_t i = 0; i < table->n_rows; i++) {
		free(table->rows[i].last);
		free(table->rows[i].more);
	}
	free(table->rows);
	scols_unref_table(table->columns);
	free(table);
}

static int add_columns(struct table *table, const char *const *headings, size_t number)
{
	struct libscols_column *column;

	for (size_t i = 0; i < table->n; i++) {
		column = scols_table_new_column(table->columns, headings[i], 0,
						i == number ? SCOLS_FL_RIGHT : SCOLS_FL_WRAP);
		if (!column)
			return -ENOMEM;
		table->widths[i] = text_columns(headings[i]);
		if (i + 1 == table->n &&
		    scols_column_set_wrapfunc(column, scols_wrapnl_chunksize, scols_wrapnl_nextchunk, NULL) < 0)
			return -ENOMEM;
	}
	return 0;
}

struct table *table_new(FILE *out, const char *const *headings, size_t n, size_t number)
{
	struct table *table;

	if (n > MAX_COLUMNS)
		return NULL;
	table = calloc(1, sizeof(*table));
	if (!table)
		return NULL;
	table->out = out;
	table->n = n;
	table->columns = scols_new_table();
	if (!table->columns || add_columns(table, headings, number) < 0) {
		table_free(table);
		return NULL;
	}
	scols_table_set_stream(table->columns, out);
	/* The same output on a screen, in a file and in a pipe. */
	scols_table_set_termforce(table->columns, SCOLS_TERMFORCE_ALWAYS);
	scols_table_set_termwidth(table->columns, text_width(out));
	scols_table_enable_noencoding(table->columns, 1); /* the cells are made printable here */
	scols_table_set_column_separator(table->columns, "  ");
	return table;
}

static int add_row(struct table *table, const char *const *cells, const char *more)
{
	struct row *grown;

	grown = reallocarray(table->rows, table->n_rows + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	table->rows = grown;
	grown += table->n_rows++;
	*grown = (struct row){ .line = scols_table_new_line(table->columns, NULL) };
	if (!grown->line)
		return -ENOMEM;
	for (size_t i = 0; i + 1 < table->n; i++) {
		char *cell = text_printable(cells[i]);

		if (!cell || scols_line_refer_data(grown->line, i, cell) < 0) { /* the line owns it from here on */
			free(cell);
			return -ENOMEM;
		}
		if (text_columns(cells[i]) > table->widths[i])
			table->widths[i] = text_columns(cells[i]);
	}
	grown->last = strdup(cells[table->n - 1]);
	grown->more = more ? strdup(more) : NULL;
	return grown->last && (grown->more || !more) ? 0 : -ENOMEM;
}

void table_row(struct table *table, const char *const *cells, const char *more)
{
	if (table && add_row(table, cells, more) < 0)
		table->failed = true;
}

static int fill_last(const struct table *table, const struct row *row, unsigned int width)
{
	struct paragraph paragraph = { .width = width };
	char *text = NULL;
	size_t size;

	paragraph.out = open_memstream(&text, &size);
	if (!paragraph.out)
		return -ENOMEM;
	paragraph_add(&paragraph, row->last);
	if (row->more && *row->more) {
		if (*row->last)
			paragraph_end(&paragraph);
		paragraph_add(&paragraph, row->more);
	}
	if (fclose(paragraph.out) == 0 && scols_line_refer_data(row->line, table->n - 1, text) == 0)
		return 0;
	free(text);
	return -ENOMEM;
}

static int print(struct table *table, const char *title)
{
	unsigned int room = text_width(table->out), taken = 0;

	for (size_t i = 0; i + 1 < table->n; i++)
		taken += table->widths[i] + SEPARATOR;
	room = taken + MIN_LAST > room ? MIN_LAST : room - taken;
	for (size_t i = 0; i < table->n_rows; i++)
		if (fill_last(table, &table->rows[i], room) < 0)
			return -ENOMEM;
	if (title && table->n_rows > 0)
		fprintf(table->out, "%s\n", title);
	return table->n_rows > 0 && scols_print_table(table->columns) < 0 ? -ENOMEM : 0;
}

int table_print(struct table *table, const char *title)
{
	int r;

	if (!table)
		return -ENOMEM;
	r = table->failed ? -ENOMEM : print(table, title);
	table_free(table);
	return r;
}
