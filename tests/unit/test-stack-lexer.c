/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/core/stack-lexer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "libejguard/util/cleanup.h"
#include "tests/unit/scratch.h"

/*
 * Reads a text from a block of exactly its size and writes its contents: words as LINE:COLUMN=TEXT, each logical line
 * ended by ';', errors as !LINE:COLUMN.
 */
static const char *read_all(struct scratch *scratch, const char *text, size_t size, const char **ret_problem)
{
	cleanup_free char *bytes = malloc(size + 1);
	const char *all = "";
	const struct word *words;
	struct lexer lexer;
	size_t n;
	int r;

	assert_non_null(bytes);
	bytes = realloc(bytes, size ? size : 1);
	memcpy(bytes, text, size);
	assert_int_equal(lexer_open(&lexer, scratch->arena, "FILE", bytes, size), 0);
	while ((r = lexer_next(&lexer, &words, &n)) != 0) {
		if (r < 0) {
			assert_int_equal(r, -EBADMSG);
			assert_string_equal(lexer.position.file, "FILE");
			all = arena_printf(scratch->arena, "%s!%u:%u;", all, lexer.position.line,
					   lexer.position.column);
			*ret_problem = lexer.problem;
			continue;
		}
		assert_true(n > 0);
		for (size_t i = 0; i < n; i++)
			all = arena_printf(scratch->arena, "%s%s%u:%u=%s", all, i ? " " : "", words[i].position.line,
					   words[i].position.column, words[i].text);
		all = arena_printf(scratch->arena, "%s;", all);
	}
	return all;
}

#define TEXT(text) text, sizeof(text) - 1

static const struct {
	const char *text;
	size_t size;
	const char *words;
	const char *problem;
} cases[] = {
	{ TEXT(""), "", NULL },
	{ TEXT("\n"), "", NULL },
	{ TEXT("\r\n"), "", NULL },
	{ TEXT(" \t \n\t"), "", NULL },
	{ TEXT("a"), "1:1=a;", NULL },
	{ TEXT("a\n"), "1:1=a;", NULL },
	{ TEXT("a\r\n"), "1:1=a;", NULL },
	{ TEXT("\ta \tb c\n"), "1:2=a 1:5=b 1:7=c;", NULL },
	{ TEXT("a\n\n  b\n"), "1:1=a;3:3=b;", NULL },
	{ TEXT("a\r\n\r\nb\r\n"), "1:1=a;3:1=b;", NULL },
	/* comments */
	{ TEXT("# a\nb # c\n#"), "2:1=b;", NULL },
	{ TEXT("a#b c# #d\n"), "1:1=a#b 1:5=c#;", NULL },
	{ TEXT("\"#a\" \"\"#b\n"), "1:1=#a 1:6=#b;", NULL },
	{ TEXT("# a \\\nb\n"), "2:1=b;", NULL },
	{ TEXT("a \\\n# b \\\nc\n"), "1:1=a;3:1=c;", NULL },
	{ TEXT("# \" \\x\n"), "", NULL },
	/* continuation */
	{ TEXT("a \\\nb\n"), "1:1=a 2:1=b;", NULL },
	{ TEXT("a \\\r\n  b \\\r\n  c"), "1:1=a 2:3=b 3:3=c;", NULL },
	{ TEXT("a\\\n b\n"), "1:1=a 2:2=b;", NULL },
	{ TEXT("a\\\n\nb\n"), "1:1=a;3:1=b;", NULL },
	{ TEXT("a \\\n\\\nb\n"), "1:1=a 3:1=b;", NULL },
	{ TEXT("\\\na\n"), "2:1=a;", NULL },
	{ TEXT("a \\\n   \nb\n"), "1:1=a;3:1=b;", NULL },
	{ TEXT("a\\\nb\n"), "!1:2;", "put a blank before" },
	{ TEXT("\"a\"\\\r\nb\n"), "!1:4;", "put a blank before" },
	{ TEXT("a \\"), "!1:3;", "the last line ends" },
	{ TEXT("a \\\n"), "!1:3;", "the last line ends" },
	{ TEXT("a \\\r\n"), "!1:3;", "the last line ends" },
	{ TEXT("\\"), "!1:1;", "the last line ends" },
	{ TEXT("a \\ \nb\n"), "!1:3;2:1=b;", "very end of a line" },
	{ TEXT("a \\# c\nb\n"), "!1:3;2:1=b;", "very end of a line" },
	{ TEXT("a\\x2db\n"), "!1:2;", "very end of a line" },
	{ TEXT("a \\\\\nb\n"), "!1:3;", "very end of a line" },
	/* quotes */
	{ TEXT("\"a b\" c=\"d e\"f\n"), "1:1=a b 1:7=c=d ef;", NULL },
	{ TEXT("\"\" a\"\"\n"), "1:1= 1:4=a;", NULL },
	{ TEXT("\"a\\\"b\\\\c\"\n"), "1:1=a\"b\\c;", NULL },
	{ TEXT("\"a\"\"b\"\n"), "1:1=ab;", NULL },
	{ TEXT("\"a\tb\"\n"), "1:1=a\tb;", NULL },
	{ TEXT("\"a\\\\\"\n"), "1:1=a\\;", NULL },
	{ TEXT("x \"a\nb\"\n"), "!1:3;!2:2;", "not closed" },
	{ TEXT("x y=\"a"), "!1:5;", "not closed" },
	{ TEXT("\""), "!1:1;", "not closed" },
	{ TEXT("x \"a\\\nb\"\nc\n"), "!1:3;3:1=c;", "not closed" },
	{ TEXT("x \"a\\\r\nb\"\nc\n"), "!1:3;3:1=c;", "not closed" },
	{ TEXT("x \"a\\"), "!1:3;", "not closed" },
	{ TEXT("x \"a\\nb\"\nc\n"), "!1:5;2:1=c;", "backslash is only allowed before" },
	{ TEXT("x \"a\\ \"\n"), "!1:5;", "backslash is only allowed before" },
	/* bytes */
	{ TEXT("\xef\xbb\xbf"
	       "a\nb\n"),
	  "!1:1;2:1=b;", "byte order mark" },
	{ TEXT("\xef\xbb\xbf"), "!1:1;", "byte order mark" },
	{ TEXT("\xff\xfe"
	       "a\0\n\0"),
	  "!1:1;!2:1;", "0x00 is a control" },
	{ TEXT("a\0b\nc\n"), "!1:2;2:1=c;", "0x00 is a control" },
	{ TEXT("\0"), "!1:1;", "0x00 is a control" },
	{ TEXT("a\rb\n"), "!1:2;", "0x0d is a control" },
	{ TEXT("a\r"), "!1:2;", "0x0d is a control" },
	{ TEXT("a\r\r\n"), "!1:2;", "0x0d is a control" },
	{ TEXT("# \x1b[2J\n"), "!1:3;", "0x1b is a control" },
	{ TEXT("a\vb\n"), "!1:2;", "0x0b is a control" },
	{ TEXT("a\x7f\n"), "!1:2;", "0x7f is a control" },
	{ TEXT("a \xc2\x85\n"), "!1:3;", "U+0085 is a control" },
	{ TEXT("a \xc2\xa0 \xc3\xa4 \xe2\x82\xac \xf0\x9f\x92\xa9 z\n"),
	  "1:1=a 1:3=\xc2\xa0 1:6=\xc3\xa4 1:9=\xe2\x82\xac 1:13=\xf0\x9f\x92\xa9 1:18=z;", NULL },
	{ TEXT("a \x80\n"), "!1:3;", "0x80 is not valid UTF-8" },
	{ TEXT("a \xc3\n"), "!1:3;", "0xc3 is not valid UTF-8" },
	{ TEXT("a \xc3"), "!1:3;", "0xc3 is not valid UTF-8" },
	{ TEXT("a \xc0\xaf\n"), "!1:3;", "0xc0 is not valid UTF-8" },
	{ TEXT("a \xe0\x80\xaf\n"), "!1:3;", "0xe0 is not valid UTF-8" },
	{ TEXT("a \xed\xa0\x80\n"), "!1:3;", "0xed is not valid UTF-8" },
	{ TEXT("a \xf0\x8f\xbf\xbf\n"), "!1:3;", "0xf0 is not valid UTF-8" },
	{ TEXT("a \xf4\x90\x80\x80\n"), "!1:3;", "0xf4 is not valid UTF-8" },
	{ TEXT("a \xf8\x88\x80\x80\x80\n"), "!1:3;", "0xf8 is not valid UTF-8" },
	{ TEXT("a \xe2\x82"), "!1:3;", "0xe2 is not valid UTF-8" },
	/* a malformed line ends with what continues it */
	{ TEXT("a \x01 \\\nb \\\nc\nd\n"), "!1:3;4:1=d;", "0x01" },
	{ TEXT("a \\\n\x01 b\nc\n"), "!2:1;3:1=c;", "0x01" },
};

static void texts_become_words(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *problem = "none", *words;

		words = read_all(*state, cases[i].text, cases[i].size, &problem);
		if (strcmp(words, cases[i].words) != 0)
			fail_msg("case %zu: '%s': read '%s', not '%s'", i, cases[i].text, words, cases[i].words);
		if (cases[i].problem && !strstr(problem, cases[i].problem))
			fail_msg("case %zu: '%s': '%s', not '%s'", i, cases[i].text, problem, cases[i].problem);
	}
}

/* A line of n bytes, all of one character but the last, then a line with the word z. */
static const char *read_long_line(struct scratch *scratch, size_t n, char filler, const char **ret_problem)
{
	char *text = arena_alloc(scratch->arena, n + 3);

	memset(text, filler, n);
	memcpy(text + n, "\nz", 2);
	return read_all(scratch, text, n + 2, ret_problem);
}

static void long_lines_are_limited(void **state)
{
	const char *problem = "", *words;

	words = read_long_line(*state, STACK_MAX_LINE, 'a', &problem);
	assert_int_equal(strlen(words), strlen("1:1=;2:1=z;") + STACK_MAX_LINE);
	words = read_long_line(*state, STACK_MAX_LINE + 1, 'a', &problem);
	assert_string_equal(words, "!1:1;2:1=z;");
	assert_non_null(strstr(problem, "65536 bytes"));
	words = read_long_line(*state, STACK_MAX_LINE + 1, '#', &problem);
	assert_string_equal(words, "!1:1;2:1=z;");
}

static void continued_lines_are_limited_together(void **state)
{
	struct scratch *scratch = *state;
	size_t half = STACK_MAX_LINE / 2;
	char *text = arena_alloc(scratch->arena, STACK_MAX_LINE + 8);
	const char *problem = "", *words;

	memset(text, ' ', STACK_MAX_LINE + 8);
	text[half - 1] = '\\';
	text[half] = '\n';
	text[half + half] = 'a';
	words = read_all(scratch, text, half + half + 1, &problem);
	assert_string_equal(words, "2:32768=a;");
	words = read_all(scratch, text, half + half + 2, &problem);
	assert_string_equal(words, "!2:1;");
}

static void words_of_a_line_are_limited(void **state)
{
	struct scratch *scratch = *state;
	char *text = arena_alloc(scratch->arena, 2 * STACK_MAX_WORDS + 2);
	const char *problem = "", *words;

	for (size_t i = 0; i <= STACK_MAX_WORDS; i++)
		memcpy(text + 2 * i, "a ", 2);
	words = read_all(scratch, text, 2 * STACK_MAX_WORDS, &problem);
	assert_string_equal(words + strlen(words) - 9, "1:8191=a;");
	assert_string_equal(problem, "");
	words = read_all(scratch, text, 2 * STACK_MAX_WORDS + 2, &problem);
	assert_string_equal(words, "!1:8193;");
	assert_non_null(strstr(problem, "4096 words"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(texts_become_words),
		scratch_test(long_lines_are_limited),
		scratch_test(continued_lines_are_limited_together),
		scratch_test(words_of_a_line_are_limited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
