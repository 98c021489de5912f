/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/util/ephemeral.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "libejguard/util/address.h"
#include "libejguard/util/cleanup.h"

static const struct {
	struct ejg_port_range range;
	const char *reserved;
	struct ejg_port_range given; /* first is 0: none */
} given_table[] = {
	{ { 4370, 4375 }, "", { 0, 0 } },
	{ { 32760, 32770 }, "", { 32768, 32770 } },
	{ { 32760, 32767 }, "", { 0, 0 } },
	{ { 60999, 61010 }, "", { 60999, 60999 } },
	{ { 61000, 61010 }, "", { 0, 0 } },
	{ { 40000, 40005 }, "\n", { 40000, 40005 } },
	{ { 40000, 40005 }, "40000-40005\n", { 0, 0 } },
	{ { 40000, 40005 }, "8080,40000-40003\n", { 40004, 40005 } },
	{ { 40000, 40005 }, "40001,40003", { 40000, 40005 } },
	{ { 40000, 40001 }, "40000,40001", { 0, 0 } },
	{ { 40000, 40001 }, "garbage", { 40000, 40001 } },
};

static void test_given_away(void **state)
{
	struct ephemeral_ports ports = { .range = { 32768, 60999 } };

	for (size_t i = 0; i < ARRAY_SIZE(given_table); i++) {
		struct ejg_port_range given = { 0, 0 };
		bool r;

		ephemeral_reserve(&ports, given_table[i].reserved);
		r = ephemeral_find_in(&ports, &given_table[i].range, &given);

		assert_int_equal(r, given_table[i].given.first != 0);
		assert_memory_equal(&given, &given_table[i].given, sizeof(given));
	}
}

static void test_overlap(void **state)
{
	const struct ejg_port_range a = { 10, 20 }, b = { 20, 30 }, c = { 21, 30 };

	assert_true(port_ranges_overlap(&a, &b));
	assert_true(port_ranges_overlap(&b, &a));
	assert_false(port_ranges_overlap(&a, &c));
}

static void test_remedy(void **state)
{
	const struct ejg_port_range given = { 40000, 40005 };
	struct ephemeral_ports ports = { .range = { 32768, 60999 } };
	char step[EPHEMERAL_REMEDY_SIZE], many[1000] = "";

	ephemeral_remedy(&ports, &given, "do this", step);
	assert_non_null(strstr(step, "reserved_ports=40000-40005\n"));
	ephemeral_reserve(&ports, "8080,9000-9010\n");
	ephemeral_remedy(&ports, &given, "do this", step);
	assert_non_null(strstr(step, "reserved_ports=8080,9000-9010,40000-40005\n"));
	memset(many, ',', sizeof(many) - 1);
	for (size_t i = 0; i + 5 < sizeof(many); i += 5)
		memcpy(many + i, "4000", 4);
	ephemeral_reserve(&ports, many);
	ephemeral_remedy(&ports, &given, "do this", step);
	assert_null(strstr(step, "run:"));
}

static void test_read(void **state)
{
	struct ephemeral_ports ports;
	uint8_t bits[EPHEMERAL_PORT_BYTES];

	assert_true(ephemeral_read(&ports));
	assert_true(ports.range.first > 0 && ports.range.first <= ports.range.last);
	ephemeral_find(&ports, bits);
	assert_int_equal(bits[0], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_given_away),
		cmocka_unit_test(test_overlap),
		cmocka_unit_test(test_remedy),
		cmocka_unit_test(test_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
