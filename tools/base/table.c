/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Tables, drawn by libsmartcols. The last column has sentences: it gets the remaining width. If that is too little, the
 * widest of the others get narrower. All are wrapped here, at words, which libsmartcols would break.
 */
#include <errno.h>
#include <libsmartcols.h>
#include <string.h>

#include "libejguard/util/cleanup.h"
#include "tools/base/text.h"

enum { MAX_COLUMNS = 6, SEPARATOR = 2, MIN_LAST = 24, MIN_WIDTH = 8 };

struct row {
	struct libscols_line *line;
	char *cells[MAX_COLUMNS];
	char *more; /* of the last one, below it */
};

struct table {
	struct libscols_table *columns;
	FILE *out;
	size_t n;
	size_t number;
	unsigned int widths[MAX_COLUMNS];
	unsigned int words[MAX_COLUMNS]; /* the widest word; headings are not wrapped */
	struct row *rows;
	size_t n_rows;
	bool failed; /* a row is missing: the table must not be printed without it */
};

static void table_free(struct table *table)
{
	for (size_t i = 0; i < table->n_rows; i++) {
		for (size_t j = 0; j < table->n; j++)
			free(table->rows[i].cells[j]);
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
		table->widths[i] = table->words[i] = text_columns(headings[i]);
		if (i != number &&
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
	table->number = number;
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

static unsigned int longest_word(const char *text)
{
	unsigned int longest = 0;

	while (*text) {
		const size_t n = strcspn(text, " ");
		cleanup_free char *word = strndup(text, n);
		const unsigned int columns = word ? text_columns(word) : 0;

		longest = columns > longest ? columns : longest;
		text += n + strspn(text + n, " ");
	}
	return longest;
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
	for (size_t i = 0; i < table->n; i++) {
		const unsigned int columns = text_columns(cells[i]), word = longest_word(cells[i]);

		grown->cells[i] = strdup(cells[i]);
		if (!grown->cells[i])
			return -ENOMEM;
		table->widths[i] = columns > table->widths[i] ? columns : table->widths[i];
		table->words[i] = word > table->words[i] ? word : table->words[i];
	}
	grown->more = more ? strdup(more) : NULL;
	return grown->more || !more ? 0 : -ENOMEM;
}

void table_row(struct table *table, const char *const *cells, const char *more)
{
	if (table && add_row(table, cells, more) < 0)
		table->failed = true;
}

/* Makes the text of a cell; the line owns it from here on. */
static int fill_cell(const struct table *table, const struct row *row, size_t index)
{
	const bool last = index + 1 == table->n;
	const char *more = last && row->more ? row->more : "";
	struct paragraph paragraph = { .width = table->widths[index] };
	char *text = NULL;
	size_t size;

	if (!last && text_columns(row->cells[index]) <= table->widths[index]) {
		text = text_printable(row->cells[index]); /* with its blanks */
	} else {
		paragraph.out = open_memstream(&text, &size);
		if (!paragraph.out)
			return -ENOMEM;
		paragraph_add(&paragraph, row->cells[index]);
		if (*more && *row->cells[index])
			paragraph_end(&paragraph);
		paragraph_add(&paragraph, more);
		if (fclose(paragraph.out) != 0) {
			free(text);
			return -ENOMEM;
		}
	}
	if (text && scols_line_refer_data(row->line, index, text) == 0)
		return 0;
	free(text);
	return -ENOMEM;
}

/* The column from which a place can be taken: the one that has most above its limit, or n. */
static size_t find_widest(const struct table *table, const unsigned int *limits)
{
	size_t widest = table->n;

	for (size_t i = 0; i + 1 < table->n; i++)
		if (i != table->number && table->widths[i] > limits[i] &&
		    (widest == table->n || table->widths[i] - limits[i] > table->widths[widest] - limits[widest]))
			widest = i;
	return widest;
}

/*
 * Gives the last column the rest. The others are narrowed for it to their longest words, and then, if it must be, below
 * them.
 */
static void fit(struct table *table, unsigned int room)
{
	static const unsigned int least[MAX_COLUMNS] = { MIN_WIDTH, MIN_WIDTH, MIN_WIDTH,
							 MIN_WIDTH, MIN_WIDTH, MIN_WIDTH };
	const unsigned int *const limits[] = { table->words, least };
	unsigned int taken = MIN_LAST;

	for (size_t i = 0; i + 1 < table->n; i++)
		taken += table->widths[i] + SEPARATOR;
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++) {
		size_t widest;

		while (taken > room && (widest = find_widest(table, limits[i])) < table->n) {
			table->widths[widest]--;
			taken--;
		}
	}
	table->widths[table->n - 1] = taken > room ? MIN_LAST : MIN_LAST + room - taken;
}

static int print(struct table *table, const char *title)
{
	fit(table, text_width(table->out));
	for (size_t i = 0; i < table->n_rows; i++)
		for (size_t j = 0; j < table->n; j++)
			if (fill_cell(table, &table->rows[i], j) < 0)
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
