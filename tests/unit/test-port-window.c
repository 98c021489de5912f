/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/util/port-window.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "libejguard/util/cleanup.h"

/* ejabberdctl's expansions, and a real node started with each. */
static const struct {
	const char *text;
	enum port_window result;
	unsigned int first, last;
} window_table[] = {
	{ "4370-4375", PORT_WINDOW_RANGE, 4370, 4375 },
	{ "4370", PORT_WINDOW_RANGE, 4370, 4370 },
	{ "4370-", PORT_WINDOW_RANGE, 4370, 4370 },
	{ " 4370 - 4375 ", PORT_WINDOW_RANGE, 4370, 4375 },
	{ "04370-04375", PORT_WINDOW_RANGE, 4370, 4375 },
	{ "1-65535", PORT_WINDOW_RANGE, 1, 65535 },
	{ "4370-70000", PORT_WINDOW_RANGE, 4370, 65535 },
	{ "4375-4370", PORT_WINDOW_EMPTY, 4375, 4370 },
	{ "4370-0", PORT_WINDOW_EMPTY, 4370, 0 },
	{ "-4375", PORT_WINDOW_RANDOM, 0, 0 },
	{ "-", PORT_WINDOW_RANDOM, 0, 0 },
	{ "0-4375", PORT_WINDOW_RANDOM, 0, 0 },
	{ "0", PORT_WINDOW_RANDOM, 0, 0 },
	{ "4370-4371-4375", PORT_WINDOW_INVALID, 0, 0 },
	{ "4370--4375", PORT_WINDOW_INVALID, 0, 0 },
	{ "4370:4375", PORT_WINDOW_INVALID, 0, 0 },
	{ "4370,4375", PORT_WINDOW_INVALID, 0, 0 },
	{ "4370-4375;", PORT_WINDOW_INVALID, 0, 0 },
	{ "+4370-4375", PORT_WINDOW_INVALID, 0, 0 },
	{ "70000-70001", PORT_WINDOW_INVALID, 0, 0 },
	{ "99999999999999999999", PORT_WINDOW_INVALID, 0, 0 },
	{ "X", PORT_WINDOW_INVALID, 0, 0 },
	{ "abc-def", PORT_WINDOW_RANDOM, 0, 0 }, /* atoms are no integers */
	{ "4370-x", PORT_WINDOW_RANGE, 4370, 4370 },
	{ "4370-4375\r", PORT_WINDOW_RANGE, 4370, 4375 },
	{ "16#1112-16#1113", PORT_WINDOW_UNCLEAR, 0, 0 },
	{ "4370.0-4375", PORT_WINDOW_UNCLEAR, 0, 0 },
	{ "0000000000000000000000000000000000000000000000000000000000000000004370-4375", PORT_WINDOW_INVALID, 0, 0 },
};

static void test_windows(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(window_table); i++) {
		struct ejg_port_range range = { 0, 0 };
		enum port_window result = port_window_read(window_table[i].text, &range);

		if (result != window_table[i].result || range.first != window_table[i].first ||
		    range.last != window_table[i].last)
			fail_msg("%s: %d, %u-%u", window_table[i].text, result, range.first, range.last);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_windows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
