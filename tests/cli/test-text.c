/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Foreign text on a screen: what is printed unchanged, and where lines end. */
#include <errno.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "libejguard/util/cleanup.h"
#include "tools/base/text.h"

static void test_printable(void **state)
{
	static const struct {
		const char *text, *printable;
		unsigned int columns;
	} cases[] = {
		{ "", "", 0 },
		{ "plain text, 100%", "plain text, 100%", 16 },
		{ "a\nb\tc\r", "a\\x0ab\\x09c\\x0d", 15 },
		{ "\033[31m", "\\x1b[31m", 8 },
		{ "\177", "\\x7f", 4 },
		{ "gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f", 4 },
		{ "\xe6\xbc\xa2", "\xe6\xbc\xa2", 2 },
		{ "\xc2\x9b", "\\xc2\\x9b", 8 },	   /* a control character of C1 */
		{ "\xe2\x80\xae", "\\xe2\\x80\\xae", 12 }, /* turns the direction of the line */
		{ "\xe2\x80\x8b", "\\xe2\\x80\\x8b", 12 }, /* has no width */
		{ "\xff\xfe", "\\xff\\xfe", 8 },
		{ "a\xc3", "a\\xc3", 5 },		   /* cut off */
		{ "\xc0\xaf", "\\xc0\\xaf", 8 },	   /* overlong */
		{ "\xed\xa0\x80", "\\xed\\xa0\\x80", 12 }, /* a surrogate */
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		cleanup_free char *printable = text_printable(cases[i].text);

		assert_string_equal(printable, cases[i].printable);
		assert_int_equal(text_columns(cases[i].text), cases[i].columns);
	}
}

static void test_cut(void **state)
{
	static const struct {
		unsigned int width;
		const char *text, *head, *end;
	} cases[] = {
		{ 0, "", "", "" },
		{ 4, "four", "four", "four" },
		{ 4, "fours", "f...", "...s" },
		{ 3, "four", "...", "..." },
		{ 0, "four", "...", "..." },
		{ 6, "abcde\033fghijk", "abc...", "...ijk" },
		{ 6, "ab\033cd", "ab...", "...cd" }, /* not half of an escape */
		{ 7, "a\033bc", "a\\x1bbc", "a\\x1bbc" },
		{ 5, "\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2", "\xe6\xbc\xa2...", "...\xe6\xbc\xa2" },
		{ 4, "\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2", "...", "..." }, /* nor half of a wide character */
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		cleanup_free char *head = text_cut(cases[i].text, cases[i].width);
		cleanup_free char *end = text_cut_head(cases[i].text, cases[i].width);

		assert_string_equal(head, cases[i].head);
		assert_string_equal(end, cases[i].end);
	}
}

/* The first line begins before the others, and its first word ends where they begin. */
static void test_hanging_paragraph(void **state)
{
	struct paragraph paragraph = { .width = 20, .indent = 2 };
	cleanup_free char *text = NULL;
	size_t size;

	paragraph.out = open_memstream(&text, &size);
	assert_non_null(paragraph.out);
	paragraph_add(&paragraph, "no node runs on this host");
	paragraph_end(&paragraph);
	fclose(paragraph.out);
	assert_string_equal(text, "no node runs on this\n  host\n");
}

static void test_paragraph(void **state)
{
	static const struct {
		unsigned int width, indent;
		const char *text, *filled;
	} cases[] = {
		{ 20, 0, "", "\n" },
		{ 20, 0, "   ", "\n" },
		{ 20, 0, "one two", "one two\n" },
		{ 7, 0, "one two", "one two\n" },
		{ 6, 0, "one two", "one\ntwo\n" },
		{ 8, 2, "one two three", "one\n  two\n  three\n" },
		{ 8, 2, "a-word-that-is-long", "a-word\n  -that-\n  is-lon\n  g\n" },
		{ 8, 2, "x a-word-that x", "x\n  a-word\n  -that\n  x\n" },
		{ 9, 0, "ab\033cd", "ab\\x1bcd\n" },
		{ 5, 0, "ab\033cd", "ab\n\\x1bc\nd\n" },
		{ 3, 0, "\033", "\n\\x1b\n" }, /* wider than the line: one a line */
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		cleanup_free char *text = NULL;
		size_t size;
		struct paragraph paragraph = { .width = cases[i].width,
					       .indent = cases[i].indent,
					       .column = cases[i].indent };

		paragraph.out = open_memstream(&text, &size);
		assert_non_null(paragraph.out);
		paragraph_add(&paragraph, cases[i].text);
		paragraph_end(&paragraph);
		fclose(paragraph.out);
		assert_string_equal(text, cases[i].filled);
	}
}

static void test_table(void **state)
{
	static const char *const headings[] = { "NAME", "N", "MEANING" };
	cleanup_free char *text = NULL;
	struct table *table;
	size_t size;
	FILE *out;

	out = open_memstream(&text, &size);
	assert_non_null(out);
	table = table_new(out, headings, 3, 1);
	table_row(table, (const char *[]){ "a\033", "7", "short" }, "and more");
	table_row(table, (const char *[]){ "b", "12", "" }, NULL);
	assert_int_equal(table_print(table, "Title:"), 0);
	assert_int_equal(table_print(table_new(out, headings, 3, 1), "Title:"), 0);
	fclose(out);
	assert_string_equal(text, "Title:\n"
				  "NAME    N  MEANING\n"
				  "a\\x1b   7  short\n"
				  "           and more\n"
				  "b      12  \n");
	assert_int_equal(table_print(NULL, ""), -ENOMEM);
	table_row(NULL, headings, NULL);
}

/* 100 columns are too few: the widest of the first columns gets narrower, and no word is broken that has room. */
static void test_narrow_table(void **state)
{
	static const char *const headings[] = { "ONE", "TWO", "THREE" };
	cleanup_free char *text = NULL;
	struct table *table;
	size_t size;
	FILE *out;

	out = open_memstream(&text, &size);
	assert_non_null(out);
	table = table_new(out, headings, 3, SIZE_MAX);
	table_row(table,
		  (const char *[]){ "public ports",
				    "every-word of-this-cell is-a-long-one and-not-to-be-broken-at-all here",
				    "the last" },
		  NULL);
	assert_int_equal(table_print(table, NULL), 0);
	fclose(out);
	assert_string_equal(text, "ONE           TWO                                    THREE\n"
				  "public ports  every-word of-this-cell is-a-long-one  the last\n"
				  "              and-not-to-be-broken-at-all here       \n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_printable), cmocka_unit_test(test_cut),
		cmocka_unit_test(test_paragraph), cmocka_unit_test(test_hanging_paragraph),
		cmocka_unit_test(test_table),	  cmocka_unit_test(test_narrow_table),
	};

	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
