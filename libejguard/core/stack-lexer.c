/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/core/stack-lexer.h"

#include <errno.h>
#include <string.h>

#include "libejguard/util/utf8.h"

#define BOM "\xef\xbb\xbf"

struct words {
	struct word *items;
	size_t n;
};

int lexer_open(struct lexer *lexer, struct arena *arena, const char *file, const char *text, size_t size)
{
	*lexer = (struct lexer){ .arena = arena, .file = file, .text = text, .size = size };
	lexer->buffer = arena_alloc(arena, STACK_MAX_LINE + 1);
	return lexer->buffer ? 0 : -ENOMEM;
}

static int problem_at(struct lexer *lexer, const char *id, size_t at, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

static int problem_at(struct lexer *lexer, const char *id, size_t at, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	lexer->problem = arena_vprintf(lexer->arena, format, ap);
	va_end(ap);
	if (!lexer->problem)
		return -ENOMEM;
	lexer->id = id;
	lexer->position = (struct position){
		.file = lexer->file,
		.line = lexer->line,
		.column = (uint32_t)(at - lexer->start + 1),
	};
	return -EBADMSG;
}

/* Checks every byte of the line, comments too: a stack file must not contain invisible characters. */
static int check_bytes(struct lexer *lexer)
{
	const unsigned char *text = (const unsigned char *)lexer->text;
	size_t length;

	if (lexer->start == 0 && lexer->end >= strlen(BOM) && memcmp(text, BOM, strlen(BOM)) == 0)
		return problem_at(lexer, "stack-syntax", 0,
				  "the file begins with a byte order mark; save it as UTF-8 without one");
	for (size_t at = lexer->start; at < lexer->end; at += length) {
		length = utf8_decode(lexer->text + at, lexer->end - at, NULL);
		if (length == 0)
			return problem_at(lexer, "stack-syntax", at, "byte 0x%02x is not valid UTF-8", text[at]);
		if ((text[at] < ' ' && text[at] != '\t') || text[at] == 0x7f)
			return problem_at(lexer, "stack-syntax", at, "byte 0x%02x is a control character", text[at]);
		if (text[at] == 0xc2 && text[at + 1] < 0xa0)
			return problem_at(lexer, "stack-syntax", at, "U+%04X is a control character", text[at + 1]);
	}
	return 0;
}

/* Moves to the next physical line, without looking at its bytes. */
static void enter_line(struct lexer *lexer)
{
	const char *feed;

	lexer->start = lexer->at = lexer->next;
	feed = memchr(lexer->text + lexer->start, '\n', lexer->size - lexer->start);
	lexer->end = feed ? (size_t)(feed - lexer->text) : lexer->size;
	lexer->next = feed ? lexer->end + 1 : lexer->size;
	if (feed && lexer->end > lexer->start && lexer->text[lexer->end - 1] == '\r')
		lexer->end--;
	lexer->line++;
}

static int begin_line(struct lexer *lexer)
{
	enter_line(lexer);
	lexer->length += lexer->end - lexer->start;
	if (lexer->length > STACK_MAX_LINE)
		return problem_at(lexer, "stack-limit", lexer->start, "the line has more than %d bytes",
				  STACK_MAX_LINE);
	return check_bytes(lexer);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_continuation(const struct lexer *lexer, size_t at)
{
	return lexer->text[at] == '\\' && at + 1 == lexer->end;
}

/* Reads the text between quotes into the buffer; lexer->at is behind the first quote. */
static int read_quoted(struct lexer *lexer, size_t *n)
{
	size_t quote = lexer->at - 1;

	for (; lexer->at < lexer->end; lexer->at++) {
		char c = lexer->text[lexer->at];

		if (c == '"') {
			lexer->at++;
			return 0;
		}
		if (c == '\\') {
			if (is_continuation(lexer, lexer->at))
				break;
			c = lexer->text[++lexer->at];
			if (c != '"' && c != '\\')
				return problem_at(
					lexer, "stack-syntax", lexer->at - 1,
					"in quotes a backslash is only allowed before '\"' or another backslash");
		}
		lexer->buffer[(*n)++] = c;
	}
	return problem_at(lexer, "stack-syntax", quote, "the quote is not closed on its line");
}

/* Reads the word that begins at lexer->at. */
static int read_word(struct lexer *lexer, struct word *ret)
{
	struct word word = { .position = { lexer->file, lexer->line, (uint32_t)(lexer->at - lexer->start + 1) } };
	size_t n = 0;
	int r;

	while (lexer->at < lexer->end && !is_blank(lexer->text[lexer->at])) {
		char c = lexer->text[lexer->at];

		if (c == '\\') {
			if (is_continuation(lexer, lexer->at))
				break;
			return problem_at(lexer, "stack-syntax", lexer->at,
					  "outside of quotes a backslash is only allowed at the very end of a line; "
					  "write \"\\\\\" for the character");
		}
		lexer->at++;
		if (c != '"') {
			lexer->buffer[n++] = c;
			continue;
		}
		r = read_quoted(lexer, &n);
		if (r < 0)
			return r;
	}
	word.text = arena_strndup(lexer->arena, lexer->buffer, n);
	if (!word.text)
		return -ENOMEM;
	*ret = word;
	return 0;
}

/* Adds the words of the physical line. Return: 1 when the next one continues it, 0 when not, a negative errno. */
static int read_words(struct lexer *lexer, struct words *words)
{
	int r;

	for (;;) {
		while (lexer->at < lexer->end && is_blank(lexer->text[lexer->at]))
			lexer->at++;
		if (lexer->at == lexer->end || lexer->text[lexer->at] == '#')
			return 0;
		if (is_continuation(lexer, lexer->at))
			return 1;
		if (words->n == STACK_MAX_WORDS)
			return problem_at(lexer, "stack-limit", lexer->at, "the line has more than %d words",
					  STACK_MAX_WORDS);
		words->items = arena_grow(lexer->arena, words->items, words->n, sizeof(*words->items));
		if (!words->items)
			return -ENOMEM;
		r = read_word(lexer, &words->items[words->n]);
		if (r < 0)
			return r;
		words->n++;
	}
}

/* After a '\' at the end of a line: the next line must exist and must not continue a word. */
static int continue_line(struct lexer *lexer)
{
	bool in_word = lexer->at > lexer->start && !is_blank(lexer->text[lexer->at - 1]);
	char first;

	if (lexer->next == lexer->size)
		return problem_at(lexer, "stack-syntax", lexer->at,
				  "the last line ends with a backslash, but no line follows");
	first = lexer->text[lexer->next];
	if (in_word && !is_blank(first) && first != '\n' && first != '\r')
		return problem_at(lexer, "stack-syntax", lexer->at,
				  "put a blank before the '\\': a word cannot continue on the next line");
	return begin_line(lexer);
}

static int read_line(struct lexer *lexer, struct words *words)
{
	int r;

	lexer->length = 0;
	r = begin_line(lexer);
	if (r == 0)
		r = read_words(lexer, words);
	while (r > 0) {
		r = continue_line(lexer);
		if (r == 0)
			r = read_words(lexer, words);
	}
	return r;
}

int lexer_next(struct lexer *lexer, const struct word **ret_words, size_t *ret_n)
{
	struct words words = { 0 };
	int r;

	while (lexer->next < lexer->size) {
		r = read_line(lexer, &words);
		if (r < 0) {
			/* Skip the continuation lines too: without their first line they would be misread. */
			while (lexer->end > lexer->start && lexer->text[lexer->end - 1] == '\\' &&
			       lexer->next < lexer->size)
				enter_line(lexer);
			return r;
		}
		if (words.n > 0) {
			*ret_words = words.items;
			*ret_n = words.n;
			return 1;
		}
	}
	return 0;
}
