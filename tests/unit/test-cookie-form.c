/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The forms of cookies by check_cookie/2 of OTP's auth.erl, and the arguments of nodes by init. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "libejguard/modules/lib/cookie/argv.h"
#include "libejguard/modules/lib/cookie/form.h"
#include "libejguard/util/cleanup.h"

#define TEXT(s) s, sizeof(s) - 1

static void test_file(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		enum cookie_form form;
		const char *cookie;
	} cases[] = {
		{ TEXT("abc"), COOKIE_FORM_GOOD, "abc" },
		{ TEXT("abc\n"), COOKIE_FORM_GOOD, "abc" },
		{ TEXT("abc\r\n"), COOKIE_FORM_GOOD, "abc" },
		{ TEXT("abc "), COOKIE_FORM_GOOD, "abc " },
		{ TEXT(" abc \n \r\n"), COOKIE_FORM_GOOD, " abc " },
		{ TEXT(" "), COOKIE_FORM_GOOD, " " },
		{ TEXT("~!\n\n\n"), COOKIE_FORM_GOOD, "~!" },
		{ TEXT(""), COOKIE_FORM_EMPTY, NULL },
		{ TEXT("\n"), COOKIE_FORM_EMPTY, NULL },
		{ TEXT("\nabc"), COOKIE_FORM_CHARACTERS, NULL },
		{ TEXT("abc\ndef"), COOKIE_FORM_CHARACTERS, NULL },
		{ TEXT("abc\t"), COOKIE_FORM_CHARACTERS, NULL },
		{ TEXT("abc\0"), COOKIE_FORM_CHARACTERS, NULL },
		{ TEXT("a\x7f"), COOKIE_FORM_CHARACTERS, NULL },
		{ TEXT("k\xc3\xa4se"), COOKIE_FORM_CHARACTERS, NULL },
		{ TEXT("\xef\xbb\xbf"
		       "abc"),
		  COOKIE_FORM_CHARACTERS, NULL },
	};
	struct cookie cookie;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(cookie_read(cases[i].bytes, cases[i].n, &cookie), cases[i].form);
		if (cases[i].cookie)
			assert_string_equal(cookie.text, cases[i].cookie);
	}
}

static void test_length(void **state)
{
	struct cookie cookie;
	char text[300];

	(void)state;
	memset(text, 'x', sizeof(text));
	assert_int_equal(cookie_read(text, 255, &cookie), COOKIE_FORM_GOOD);
	assert_int_equal(cookie.n, 255);
	assert_int_equal(cookie_read(text, 256, &cookie), COOKIE_FORM_LONG);
	text[255] = '\n';
	assert_int_equal(cookie_read(text, 256, &cookie), COOKIE_FORM_GOOD);
	assert_int_equal(cookie_argument(text, 255, &cookie), COOKIE_FORM_GOOD);
	assert_int_equal(cookie_argument(text, 256, &cookie), COOKIE_FORM_CHARACTERS);
}

static void test_looks(void **state)
{
	static const struct {
		const char *text;
		bool capitals, blank, sign;
	} cases[] = {
		{ "ABCDEFGHIJKLMNOPQRST", true, false, false },
		{ "ABCDEFGHIJKLMNOPQRSt", false, false, false },
		{ "ABCDEFGHIJKLMNOPQRS", false, false, false },
		{ "ABCDEFGHIJKLMNOPQRSTU", false, false, false },
		{ "abc ", false, true, false },
		{ " abc", false, true, false },
		{ "a b", false, false, false },
		{ "-abc", false, false, true },
		{ "+abc", false, false, true },
		{ "a-b+", false, false, false },
	};
	struct cookie cookie;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(cookie_argument(cases[i].text, strlen(cases[i].text), &cookie), COOKIE_FORM_GOOD);
		assert_int_equal(cookie_is_capitals(&cookie), cases[i].capitals);
		assert_int_equal(cookie_has_edge_blank(&cookie), cases[i].blank);
		assert_int_equal(cookie_has_sign(&cookie), cases[i].sign);
	}
}

/* Arguments are written with | for the NUL at the end of each. */
static void test_arguments(void **state)
{
	static const struct {
		const char *arguments;
		unsigned int n_set;
		bool in_effect, nocookie;
		const char *cookie;
	} cases[] = {
		{ "beam.smp|-K|true|--|-root|/usr|--|-home|/var|--|-sname|e|", 0, false, false, NULL },
		{ "beam.smp|--|-setcookie|abc|-sname|e|", 1, true, false, "abc" },
		{ "beam.smp|-setcookie|abc|", 1, true, false, "abc" },
		/* A part of an argument is missing: the survey and other tools may cut a line. */
		{ "beam.smp|-setcookie|abc|-sname|e", 1, true, false, "abc" },
		{ "beam.smp|-setcookie|abc", 0, false, false, NULL },
		/* Two of them have no effect; nor has one together with one without a value. */
		{ "beam.smp|-setcookie|abc|-setcookie|def|", 2, false, false, NULL },
		{ "beam.smp|-setcookie|abc|-setcookie|-x|", 1, false, false, NULL },
		{ "beam.smp|-setcookie|-abc|", 0, false, false, NULL },
		/* For another node; more than two values are ignored. */
		{ "beam.smp|-setcookie|a@b|abc|", 1, false, false, NULL },
		{ "beam.smp|-setcookie|a@b|abc|-setcookie|own|", 2, true, false, "own" },
		{ "beam.smp|-setcookie|a|b|c|-setcookie|own|", 2, true, false, "own" },
		{ "beam.smp|-name|a@b|-setcookie|a@b|abc|", 1, true, false, "abc" },
		{ "beam.smp|-setcookie|a@b|abc|-sname|a|", 1, true, false, "abc" },
		{ "beam.smp|-setcookie|ab@b|abc|-sname|a|", 1, false, false, NULL },
		{ "beam.smp|-nocookie|", 0, false, true, NULL },
		{ "beam.smp|-nocookie|-setcookie|abc|", 1, true, false, "abc" },
		{ "beam.smp|-nocookie|-setcookie|abc|-setcookie|abc|", 2, false, true, NULL },
		{ "beam.smp|-extra|-setcookie|abc|", 0, false, false, NULL },
		{ "beam.smp|-setcookiex|abc|-Setcookie|abc|setcookie|abc|", 0, false, false, NULL },
		{ "beam.smp|-setcookie||", 1, true, false, "" },
		{ "", 0, false, false, NULL },
		{ "|||", 0, false, false, NULL },
	};
	struct cookie cookie;
	struct argv argv;
	char bytes[256];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		size_t n = strlen(cases[i].arguments);

		for (size_t j = 0; j < n; j++)
			bytes[j] = cases[i].arguments[j] == '|' ? '\0' : cases[i].arguments[j];
		memset(&cookie, 0, sizeof(cookie));
		argv = argv_read(bytes, n, NULL, &cookie);
		assert_int_equal(argv.n_set, cases[i].n_set);
		assert_int_equal(argv.in_effect, cases[i].in_effect);
		assert_int_equal(argv.nocookie, cases[i].nocookie);
		assert_string_equal(cookie.text, cases[i].cookie ? cases[i].cookie : "");
	}
}

/* The values of every -setcookie: those for other nodes, and those that are ignored, can be read as well. */
static void test_same(void **state)
{
	static const struct {
		const char *arguments;
		size_t n;
		bool same;
	} cases[] = {
		{ TEXT("erl\0-setcookie\0abc\0"), true },
		{ TEXT("erl\0-setcookie\0a@b\0abc\0"), true },
		{ TEXT("erl\0-setcookie\0abc\0-setcookie\0d\0"), true },
		{ TEXT("erl\0-setcookie\0abcd\0"), false },
		{ TEXT("erl\0-setcookie\0abc\0b\0"), false },
		{ TEXT("erl\0-name\0abc\0"), false },
	};
	struct cookie ours, value;

	(void)state;
	(void)cookie_argument("abc", 3, &ours);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(argv_read(cases[i].arguments, cases[i].n, &ours, &value).same, cases[i].same);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_file),	  cmocka_unit_test(test_length), cmocka_unit_test(test_looks),
		cmocka_unit_test(test_arguments), cmocka_unit_test(test_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
