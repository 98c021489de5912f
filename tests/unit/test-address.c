/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "libejguard/util/address.h"
#include "libejguard/util/cleanup.h"
#include "tests/unit/scratch.h"

/* Texts and the results of ejg_prefix_format(); lo exists on every Linux host, with index 1. */
static const struct {
	const char *text;
	const char *written;
	unsigned int length;
} good[] = {
	{ "127.0.0.1", "127.0.0.1", 128 },
	{ "0.0.0.0", "0.0.0.0", 128 },
	{ "0.0.0.0/0", "0.0.0.0/0", 96 },
	{ "255.255.255.255", "255.255.255.255", 128 },
	{ "198.51.100.0/24", "198.51.100.0/24", 120 },
	{ "198.51.100.7/32", "198.51.100.7", 128 },
	{ "128.0.0.0/1", "128.0.0.0/1", 97 },
	{ "198.51.100.6/31", "198.51.100.6/31", 127 },
	{ "::ffff:198.51.100.7", "198.51.100.7", 128 },
	{ "::ffff:198.51.100.0/120", "198.51.100.0/24", 120 },
	{ "::FFFF:c633:6407", "198.51.100.7", 128 },
	{ "::ffff:0:0/96", "0.0.0.0/0", 96 },
	{ "::", "::", 128 },
	{ "::/0", "::/0", 0 },
	{ "::/80", "::/80", 80 },
	{ "::1", "::1", 128 },
	{ "::1/128", "::1", 128 },
	{ "2001:db8::7", "2001:db8::7", 128 },
	{ "2001:DB8:0:0::/32", "2001:db8::/32", 32 },
	{ "2001:db8::fffe/127", "2001:db8::fffe/127", 127 },
	{ "64:ff9b::198.51.100.7", "64:ff9b::c633:6407", 128 },
	{ "fe80::1", "fe80::1", 128 },
	{ "fe80::1%lo", "fe80::1%lo", 128 },
	{ "fe80::1%1", "fe80::1%lo", 128 },
	{ "fe80::%lo/10", "fe80::%lo/10", 10 },
	{ "febf::1%lo/128", "febf::1%lo", 128 },
};

static const struct {
	const char *text;
	int error;
	const char *problem;
	const char *guess;
} bad[] = {
	{ "", -EINVAL, "not an address", NULL },
	{ " ", -EINVAL, "not an address", NULL },
	{ " 127.0.0.1", -EINVAL, "not an address", NULL },
	{ "127.0.0.1 ", -EINVAL, "not an address", NULL },
	{ "127.0.0", -EINVAL, "not an address", NULL },
	{ "127.1", -EINVAL, "not an address", NULL },
	{ "2130706433", -EINVAL, "not an address", NULL },
	{ "0x7f.0.0.1", -EINVAL, "not an address", NULL },
	{ "127.0.0.01", -EINVAL, "not an address", NULL },
	{ "127.0.0.00", -EINVAL, "not an address", NULL },
	{ "127.0.0.256", -EINVAL, "not an address", NULL },
	{ "127.0.0.1.", -EINVAL, "not an address", NULL },
	{ "127.0.0.1.1", -EINVAL, "not an address", NULL },
	{ "localhost", -EINVAL, "not an address", NULL },
	{ ":::", -EINVAL, "not an address", NULL },
	{ "1:2:3:4:5:6:7", -EINVAL, "not an address", NULL },
	{ "1:2:3:4:5:6:7:8:9", -EINVAL, "not an address", NULL },
	{ "::1::", -EINVAL, "not an address", NULL },
	{ "::12345", -EINVAL, "not an address", NULL },
	{ "[::1]", -EINVAL, "not an address", NULL },
	{ "::ffff:127.0.0.01", -EINVAL, "not an address", NULL },
	{ "0000:0000:0000:0000:0000:0000:255.255.255.2555555555", -EINVAL, "not an address", NULL },
	{ "/24", -EINVAL, "not an address", NULL },
	{ "%lo", -EINVAL, "not an address", NULL },
	{ "127.0.0.1/", -EINVAL, "number from 0 to 32", NULL },
	{ "127.0.0.1/33", -EINVAL, "number from 0 to 32", NULL },
	{ "127.0.0.0/08", -EINVAL, "number from 0 to 32", NULL },
	{ "127.0.0.0/+8", -EINVAL, "number from 0 to 32", NULL },
	{ "127.0.0.0/ 8", -EINVAL, "number from 0 to 32", NULL },
	{ "127.0.0.0/8/8", -EINVAL, "number from 0 to 32", NULL },
	{ "127.0.0.0/255.0.0.0", -EINVAL, "number from 0 to 32", NULL },
	{ "127.0.0.0/18446744073709551616", -EINVAL, "number from 0 to 32", NULL },
	{ "127.0.0.0/4294967304", -EINVAL, "number from 0 to 32", NULL },
	{ "::/129", -EINVAL, "number from 0 to 128", NULL },
	{ "::/-1", -EINVAL, "number from 0 to 128", NULL },
	{ "::/256", -EINVAL, "number from 0 to 128", NULL },
	{ "198.51.100.1/24", -EINVAL, "the address has bits set", "198.51.100.0/24" },
	{ "1.0.0.0/0", -EINVAL, "the address has bits set", "0.0.0.0/0" },
	{ "198.51.100.7/31", -EINVAL, "the address has bits set", "198.51.100.6/31" },
	{ "2001:db8::7/64", -EINVAL, "the address has bits set", "2001:db8::/64" },
	{ "::1/0", -EINVAL, "the address has bits set", "::/0" },
	{ "::ffff:0:0/95", -EINVAL, "the address has bits set", "::fffe:0:0/95" },
	{ "::ffff:198.51.100.0/24", -EINVAL, "the address has bits set", "::/24" },
	{ "::ffff:198.51.100.1/120", -EINVAL, "the address has bits set", "198.51.100.0/24" },
	{ "fe80::1%lo/64", -EINVAL, "the address has bits set", "fe80::%lo/64" },
	{ "fe80::1%", -ENODEV, "no such interface", NULL },
	{ "fe80::1%0", -ENODEV, "no such interface", NULL },
	{ "fe80::1%01", -ENODEV, "no such interface", NULL },
	{ "fe80::1%4294967297", -ENODEV, "no such interface", NULL },
	{ "fe80::1%4294967295", -ENODEV, "no such interface", NULL },
	{ "fe80::1%no-such-interface-here", -ENODEV, "no such interface", NULL },
	{ "fe80::1%nosuch0", -ENODEV, "no such interface", NULL },
	{ "fe80::1%lo%lo", -ENODEV, "no such interface", NULL },
	{ "fe80::/64%lo", -EINVAL, "number from 0 to 128", NULL },
	{ "2001:db8::1%lo", -EINVAL, "link-local", NULL },
	{ "127.0.0.1%lo", -EINVAL, "link-local", NULL },
	{ "::ffff:169.254.0.1%lo", -EINVAL, "link-local", NULL },
	{ "fec0::1%lo", -EINVAL, "link-local", NULL },
	{ "fe80::%lo/9", -EINVAL, "link-local", NULL },
};

static void addresses_are_read_and_written(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		char text[EJG_PREFIX_TEXT_SIZE];
		struct ejg_prefix prefix, again;
		const char *problem = "";

		if (prefix_parse(good[i].text, &prefix, &problem) != 0)
			fail_msg("'%s' refused: %s", good[i].text, problem);
		assert_int_equal(prefix.length, good[i].length);
		assert_string_equal(ejg_prefix_format(&prefix, text), good[i].written);
		assert_int_equal(prefix_parse(text, &again, &problem), 0);
		assert_memory_equal(prefix.bytes, again.bytes, sizeof(prefix.bytes));
		assert_int_equal(prefix.length, again.length);
		assert_int_equal(prefix.scope, again.scope);
	}
}

static void what_is_no_address_is_refused(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct ejg_prefix prefix, untouched, guess;
		char text[EJG_PREFIX_TEXT_SIZE];
		const char *problem = "";

		memset(&prefix, 0xa5, sizeof(prefix));
		memcpy(&untouched, &prefix, sizeof(prefix));
		if (prefix_parse(bad[i].text, &prefix, &problem) != bad[i].error || !strstr(problem, bad[i].problem))
			fail_msg("'%s': '%s', not '%s'", bad[i].text, problem, bad[i].problem);
		assert_memory_equal(&prefix, &untouched, sizeof(prefix));
		assert_int_equal(prefix_guess(bad[i].text, &guess), bad[i].guess != NULL);
		if (bad[i].guess)
			assert_string_equal(ejg_prefix_format(&guess, text), bad[i].guess);
	}
}

static void an_interface_that_has_gone_keeps_its_number(void **state)
{
	struct ejg_prefix prefix = { .bytes = { 0xfe, 0x80, [15] = 1 }, .length = 128, .scope = 4294967295 };
	char text[EJG_PREFIX_TEXT_SIZE];

	assert_string_equal(ejg_prefix_format(&prefix, text), "fe80::1%4294967295");
}

static struct ejg_prefix read_prefix(const char *text)
{
	struct ejg_prefix prefix = { 0 };
	const char *problem = "";

	if (prefix_parse(text, &prefix, &problem) != 0)
		fail_msg("'%s' refused: %s", text, problem);
	return prefix;
}

static void kinds_are_told_apart(void **state)
{
	enum { IPV4 = 1, SINGLE = 2, LOOPBACK = 4, LINK_LOCAL = 8, WILDCARD = 16 };
	static const struct {
		const char *text;
		unsigned int kinds;
	} cases[] = {
		{ "127.0.0.1", IPV4 | SINGLE | LOOPBACK },
		{ "127.255.0.0/16", IPV4 | LOOPBACK },
		{ "127.0.0.0/8", IPV4 | LOOPBACK },
		{ "126.0.0.0/7", IPV4 },
		{ "128.0.0.1", IPV4 | SINGLE },
		{ "0.0.0.0", IPV4 | SINGLE | WILDCARD },
		{ "0.0.0.0/0", IPV4 },
		{ "0.0.0.0/31", IPV4 },
		{ "::", SINGLE | WILDCARD },
		{ "::/0", 0 },
		{ "::/127", 0 },
		{ "::1", SINGLE | LOOPBACK },
		{ "::7f00:1", SINGLE },
		{ "::ffff:0:0", IPV4 | SINGLE | WILDCARD },
		{ "fe80::1", SINGLE | LINK_LOCAL },
		{ "fe80::/10", LINK_LOCAL },
		{ "fe80::/9", 0 },
		{ "fec0::1", SINGLE },
		{ "169.254.1.1", IPV4 | SINGLE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct ejg_prefix prefix = read_prefix(cases[i].text);
		unsigned int kinds = prefix_is_ipv4(&prefix) * IPV4 | prefix_is_single(&prefix) * SINGLE |
				     prefix_is_loopback(&prefix) * LOOPBACK |
				     prefix_is_link_local(&prefix) * LINK_LOCAL |
				     prefix_is_wildcard(&prefix) * WILDCARD;

		if (kinds != cases[i].kinds)
			fail_msg("'%s': kinds 0x%x, not 0x%x", cases[i].text, kinds, cases[i].kinds);
	}
}

static void prefixes_contain_what_they_cover(void **state)
{
	static const struct {
		const char *outer;
		const char *inner;
		bool contains;
	} cases[] = {
		{ "198.51.100.0/24", "198.51.100.7", true },
		{ "198.51.100.0/24", "198.51.100.0/24", true },
		{ "198.51.100.0/24", "198.51.100.128/25", true },
		{ "198.51.100.0/24", "198.51.101.7", false },
		{ "198.51.100.0/25", "198.51.100.0/24", false },
		{ "0.0.0.0/0", "198.51.100.7", true },
		{ "0.0.0.0/0", "2001:db8::7", false },
		{ "::/0", "198.51.100.7", false },
		{ "::/0", "2001:db8::7", true },
		{ "::/0", "::/0", true },
		{ "2001:db8::/33", "2001:db8:8000::1", false },
		{ "2001:db8::/33", "2001:db8:7fff::1", true },
		{ "::1", "::1", true },
		{ "fe80::%lo/10", "fe80::1%lo", true },
		{ "fe80::/10", "fe80::1%lo", false },
		{ "fe80::%lo/10", "fe80::1", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct ejg_prefix outer = read_prefix(cases[i].outer), inner = read_prefix(cases[i].inner);

		if (prefix_contains(&outer, &inner) != cases[i].contains)
			fail_msg("'%s' and '%s'", cases[i].outer, cases[i].inner);
	}
}

static void ports_are_exact(void **state)
{
	static const char *const wrong[] = { "",    "0",    "65536", "65537",	   "70000", "-1",
					     "+1",  " 1",   "1 ",    "0x50",	   "080",   "1.0",
					     "1e3", "http", "4369-", "4294967297", "1\n",   "18446744073709551617" };
	uint16_t port = 7;

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_int_equal(port_parse(wrong[i], &port), -EINVAL);
	assert_int_equal(port, 7);
	assert_int_equal(port_parse("1", &port), 0);
	assert_int_equal(port, 1);
	assert_int_equal(port_parse("65535", &port), 0);
	assert_int_equal(port, 65535);
}

static void port_ranges_are_exact(void **state)
{
	static const char *const wrong[] = {
		"",	   "-",	    "1-",  "-1",  "2-1",      "1--2", "1-2-3", "0-1",
		"1-65536", "1 - 2", "1:2", "1,2", "000001-2", "1-2 ", " 1-2",  "655350-1"
	};
	struct ejg_port_range range = { 7, 8 };

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_int_equal(port_range_parse(wrong[i], &range), -EINVAL);
	assert_int_equal(range.first, 7);
	assert_int_equal(range.last, 8);
	assert_int_equal(port_range_parse("4370-4375", &range), 0);
	assert_int_equal(range.first, 4370);
	assert_int_equal(range.last, 4375);
	assert_int_equal(port_range_parse("1-65535", &range), 0);
	assert_int_equal(range.last, 65535);
	assert_int_equal(port_range_parse("4370", &range), 0);
	assert_int_equal(range.first, 4370);
	assert_int_equal(range.last, 4370);
}

static void numbers_are_exact(void **state)
{
	static const char *const wrong[] = { "", "-1", "+1", " 1", "1 ", "00", "01", "0x1", "1a", "\xd9\xa1" };
	uint64_t value = 7;

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_int_equal(unsigned_parse(wrong[i], &value), -EINVAL);
	assert_int_equal(unsigned_parse("18446744073709551616", &value), -ERANGE);
	assert_int_equal(unsigned_parse("99999999999999999999999999", &value), -ERANGE);
	assert_int_equal(value, 7);
	assert_int_equal(unsigned_parse("0", &value), 0);
	assert_int_equal(value, 0);
	assert_int_equal(unsigned_parse("18446744073709551615", &value), 0);
	assert_true(value == UINT64_MAX);
}

static void test_address_port(void **state)
{
	static const char *const wrong[] = {
		"",	      "4369",	   ":4369",	    "[]:4369",	    "[::1]",	      "[::1:4369",
		"1.2.3:4369", "1.2.3.4:0", "1.2.3.4:70000", "1.2.3.0/24:1", "localhost:4369", "/run/x:1"
	};
	struct ejg_prefix address;
	uint16_t port;

	assert_true(address_port_read("198.51.100.1:4369", &address, &port));
	assert_int_equal(port, 4369);
	assert_true(prefix_is_ipv4(&address));
	assert_true(address_port_read("[::1]:80", &address, NULL));
	assert_true(prefix_is_loopback(&address));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(address_port_read(wrong[i], &address, &port));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_address_port),
		cmocka_unit_test(addresses_are_read_and_written),
		cmocka_unit_test(what_is_no_address_is_refused),
		cmocka_unit_test(an_interface_that_has_gone_keeps_its_number),
		cmocka_unit_test(kinds_are_told_apart),
		cmocka_unit_test(prefixes_contain_what_they_cover),
		cmocka_unit_test(ports_are_exact),
		cmocka_unit_test(port_ranges_are_exact),
		cmocka_unit_test(numbers_are_exact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
