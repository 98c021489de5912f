/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Printable text, wrapped. */
#include "tools/base/text.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>
#include <wctype.h>

#include "libejguard/util/cleanup.h"

enum { TEXT_MIN_WIDTH = 40, BYTE_COLUMNS = 4 /* of \xNN */ };

/* The terminal that shows standard output in the end, or -1: streams have no place for it. */
static int screen = -1;

void text_screen(int fd)
{
	screen = fd;
}

static int screen_of(FILE *out)
{
	return screen >= 0 && out == stdout ? screen : fileno(out);
}

unsigned int text_width(FILE *out)
{
	struct winsize size;

	if (ioctl(screen_of(out), TIOCGWINSZ, &size) < 0 || size.ws_col == 0 || size.ws_col > TEXT_WIDTH)
		return TEXT_WIDTH;
	return size.ws_col < TEXT_MIN_WIDTH ? TEXT_MIN_WIDTH : size.ws_col;
}

bool text_colour(FILE *out)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if ((no_color && *no_color) || !term || strcmp(term, "dumb") == 0)
		return false;
	return isatty(screen_of(out));
}

/*
 * The next character: its bytes, at least 1, and in *ret_columns its width on the screen, 0 if it is not printable.
 * Characters without a width are not printed: they include those that change the text direction.
 */
static size_t next_character(const char *text, size_t n, unsigned int *ret_columns)
{
	mbstate_t state = {};
	wchar_t character;
	size_t bytes;
	int columns;

	bytes = mbrtowc(&character, text, n, &state);
	if (bytes == 0 || bytes > n) {
		*ret_columns = 0;
		return 1;
	}
	columns = iswprint((wint_t)character) ? wcwidth(character) : 0;
	*ret_columns = columns > 0 ? (unsigned int)columns : 0;
	return bytes;
}

static void put_character(FILE *out, const char *text, size_t bytes, unsigned int columns)
{
	if (columns > 0) {
		fwrite(text, 1, bytes, out);
		return;
	}
	for (size_t i = 0; i < bytes; i++)
		fprintf(out, "\\x%02x", (unsigned char)text[i]);
}

void text_put(FILE *out, const char *text, size_t n)
{
	unsigned int columns;
	size_t bytes;

	for (; n > 0; text += bytes, n -= bytes) {
		bytes = next_character(text, n, &columns);
		put_character(out, text, bytes, columns);
	}
}

char *text_printable(const char *text)
{
	char *result = NULL;
	size_t size;
	FILE *out;

	out = open_memstream(&result, &size);
	if (!out)
		return NULL;
	text_put(out, text, strlen(text));
	if (fclose(out) == 0)
		return result;
	free(result);
	return NULL;
}

static unsigned int columns_of(const char *text, size_t n)
{
	unsigned int columns, sum = 0;
	size_t bytes;

	for (; n > 0; text += bytes, n -= bytes) {
		bytes = next_character(text, n, &columns);
		sum += columns > 0 ? columns : BYTE_COLUMNS * (unsigned int)bytes;
	}
	return sum;
}

unsigned int text_columns(const char *text)
{
	return columns_of(text, strlen(text));
}

void text_put_cut(FILE *out, const char *text, unsigned int width)
{
	static const char mark[] = "...";
	unsigned int room = width > sizeof(mark) - 1 ? width - (unsigned int)(sizeof(mark) - 1) : 0, columns;
	size_t bytes, left = strlen(text);

	if (text_columns(text) <= width) {
		text_put(out, text, left);
		return;
	}
	for (; left > 0; text += bytes, left -= bytes) {
		bytes = next_character(text, left, &columns);
		if (columns_of(text, bytes) > room)
			break;
		room -= columns_of(text, bytes);
		put_character(out, text, bytes, columns);
	}
	fputs(mark, out);
}

char *text_cut(const char *text, unsigned int width)
{
	char *result = NULL;
	size_t size;
	FILE *out;

	out = open_memstream(&result, &size);
	if (!out)
		return NULL;
	text_put_cut(out, text, width);
	if (fclose(out) == 0)
		return result;
	free(result);
	return NULL;
}

char *text_cut_head(const char *text, unsigned int width)
{
	static const char mark[] = "...";
	unsigned int room = width > sizeof(mark) - 1 ? width - (unsigned int)(sizeof(mark) - 1) : 0;
	unsigned int left = text_columns(text), columns;
	cleanup_free char *end = NULL;
	size_t bytes, n = strlen(text);
	char *whole;

	if (left <= width)
		return text_printable(text);
	for (; left > room; text += bytes, n -= bytes) {
		bytes = next_character(text, n, &columns);
		left -= columns_of(text, bytes);
	}
	end = text_printable(text);
	return end && asprintf(&whole, "%s%s", mark, end) >= 0 ? whole : NULL;
}

static void start_line(struct paragraph *paragraph)
{
	fprintf(paragraph->out, "\n%*s", (int)paragraph->indent, "");
	paragraph->column = paragraph->indent;
	paragraph->filled = paragraph->blank = false;
}

/* Adds a word. A word longer than a line is broken at the end of the line. */
static void add_word(struct paragraph *paragraph, const char *word, size_t n)
{
	unsigned int columns = columns_of(word, n);
	size_t bytes;

	if (paragraph->column + paragraph->blank + columns > paragraph->width && paragraph->column > paragraph->indent)
		start_line(paragraph);
	if (paragraph->blank) {
		fputc(' ', paragraph->out);
		paragraph->column++;
		paragraph->blank = false;
	}
	for (; n > 0; word += bytes, n -= bytes) {
		bytes = next_character(word, n, &columns);
		if (columns_of(word, bytes) + paragraph->column > paragraph->width)
			start_line(paragraph);
		put_character(paragraph->out, word, bytes, columns);
		paragraph->column += columns_of(word, bytes);
		paragraph->filled = true;
	}
}

void paragraph_add(struct paragraph *paragraph, const char *text)
{
	size_t n;

	for (; *text; text += n) {
		n = strspn(text, " ");
		if (n > 0)
			paragraph->blank = paragraph->filled || paragraph->column > paragraph->indent;
		text += n;
		n = strcspn(text, " ");
		if (n > 0)
			add_word(paragraph, text, n);
	}
}

void paragraph_end(struct paragraph *paragraph)
{
	fputc('\n', paragraph->out);
	paragraph->column = 0;
	paragraph->filled = paragraph->blank = false;
}
