/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/util/utf8.h"

#include "libejguard/util/cleanup.h"
#include "tests/unit/scratch.h"

static const struct {
	const char *text;
	size_t length;
	uint32_t code;
} cases[] = {
	{ "a", 1, 'a' },
	{ "\x7f", 1, 0x7f },
	{ "\xc2\x80", 2, 0x80 },
	{ "\xdf\xbf", 2, 0x7ff },
	{ "\xe0\xa0\x80", 3, 0x800 },
	{ "\xed\x9f\xbf", 3, 0xd7ff },
	{ "\xef\xbf\xbf", 3, 0xffff },
	{ "\xf0\x90\x80\x80", 4, 0x10000 },
	{ "\xf4\x8f\xbf\xbf", 4, 0x10ffff },
	/* a byte that begins nothing */
	{ "\x80", 0, 0 },
	{ "\xbf\x80", 0, 0 },
	{ "\xf5\x80\x80\x80", 0, 0 },
	{ "\xff", 0, 0 },
	/* longer than needed */
	{ "\xc1\xbf", 0, 0 },
	{ "\xe0\x9f\xbf", 0, 0 },
	{ "\xf0\x8f\xbf\xbf", 0, 0 },
	/* surrogates, past the end */
	{ "\xed\xa0\x80", 0, 0 },
	{ "\xed\xbf\xbf", 0, 0 },
	{ "\xf4\x90\x80\x80", 0, 0 },
	/* cut off */
	{ "\xc3", 0, 0 },
	{ "\xe2\x82", 0, 0 },
	{ "\xe2\x82x", 0, 0 },
	{ "\xf0\x9f\x92", 0, 0 },
};

static void test_decode(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint32_t code = 0;

		assert_int_equal(utf8_decode(cases[i].text, 4, &code), cases[i].length);
		assert_int_equal(code, cases[i].code);
		assert_int_equal(utf8_decode(cases[i].text, 4, NULL), cases[i].length);
	}
}

static void test_bounds(void **state)
{
	uint32_t code = 7;

	(void)state;
	assert_int_equal(utf8_decode("", 1, &code), 1); /* NUL is a character */
	assert_int_equal(code, 0);
	assert_int_equal(utf8_decode("a", 0, &code), 0);
	assert_int_equal(utf8_decode("\xe2\x82\xac", 2, &code), 0);
	assert_int_equal(utf8_decode("\xe2\x82\xac", 3, &code), 3);
	assert_int_equal(code, 0x20ac);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decode),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
