/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Words as systemd.service(5) wants them quoted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "libejguard/util/cleanup.h"
#include "tools/systemd/dropin.h"

int report_fail(struct report *report, int error, const char *format, ...)
{
	return error;
}

static void test_quote(void **state)
{
	static const struct {
		const char *word, *quoted;
	} cases[] = {
		{ "/etc/ejguard", "/etc/ejguard" },
		{ "", "\"\"" },
		{ "/a b", "\"/a b\"" },
		{ "/a%b", "/a%%b" },
		{ "/$HOME", "/$$HOME" },
		{ "/a\"b", "\"/a\\\"b\"" },
		{ "/a\\x20b", "\"/a\\\\x20b\"" },
		{ "/a'b", "\"/a'b\"" },
		{ "/a;b", "\"/a;b\"" },
		{ "/gr\xc3\xbc", "\"/gr\xc3\xbc\"" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		cleanup_free char *quoted = dropin_quote(cases[i].word);

		assert_string_equal(quoted, cases[i].quoted);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_quote),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
