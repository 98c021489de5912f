/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/util/quote.h"

#include "libejguard/util/cleanup.h"
#include "tests/unit/scratch.h"

static void names_are_quoted_for_a_shell(void **state)
{
	static const struct {
		const char *name, *quoted;
	} rows[] = {
		{ "/var/lib/ejabberd/a-b_c.d", "/var/lib/ejabberd/a-b_c.d" },
		{ "/a b", "'/a b'" },
		{ "/$(reboot)", "'/$(reboot)'" },
		{ "/a'b", "$'/a\\047b'" },
		{ "/a\nb\\", "$'/a\\012b\\134'" },
		{ "/\xff", "$'/\\377'" },
		{ "", "''" },
		{ "/~", "'/~'" },
	};
	struct scratch *scratch = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_string_equal(quote_shell(scratch->arena, rows[i].name), rows[i].quoted);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(names_are_quoted_for_a_shell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
