/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The values that the module node reads: names, ranges and addresses, each as ejabberdctl and OTP 25.2.3 read it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "libejguard/util/erl-address.h"
#include "libejguard/modules/node/name.h"
#include "libejguard/modules/node/version.h"
#include "libejguard/util/cleanup.h"

static const struct {
	const char *text;
	const char *problem; /* a part of it; NULL: none */
	bool is_long;
	const char *head, *host; /* host NULL: none */
} name_table[] = {
	{ "ejabberd@localhost", NULL, false, "ejabberd", "localhost" },
	{ "ejabberd", NULL, false, "ejabberd", NULL },
	{ "ejabberd@node1.example", NULL, true, "ejabberd", "node1.example" },
	{ "ejabberd@localhost.", NULL, true, "ejabberd", "localhost." },
	{ "ejabberd@127.0.0.1", NULL, true, "ejabberd", "127.0.0.1" },
	{ "a-b_C1@x", NULL, false, "a-b_C1", "x" },
	{ "a@::1", NULL, false, "a", "::1" },
	{ "1a@b_c.d", NULL, true, "1a", "b_c.d" },
	{ "", "empty", false, "", NULL },
	{ "first.last@localhost", "a dot before the @", true, "", NULL },
	{ "first.last", "a dot before the @", true, "", NULL },
	{ "@localhost", "there is nothing before", false, "", NULL },
	{ "ejabberd@", "there is nothing after", false, "", NULL },
	{ "a@b@c", "more than one @", false, "", NULL },
	{ "a@b@c.d", "more than one @", true, "", NULL },
	{ "a@@b", "more than one @", false, "", NULL },
	{ "a b@c", "letters, digits", false, "", NULL },
	{ "a+b@c", "letters, digits", false, "", NULL },
	{ "a\x01@c", "letters, digits", false, "", NULL },
	{ "a@c\x1b[2J", "no host name has", false, "", NULL },
	{ "a@b c", "no host name has", false, "", NULL },
	{ "a@b'c", "no host name has", false, "", NULL },
	{ "a@\xc3\xbc", "no host name has", false, "", NULL },
	{ "a@[::1]", "no host name has", false, "", NULL },
	{ "a@b\n", "no host name has", false, "", NULL },
};

static void test_names(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(name_table); i++) {
		struct node_name name;

		node_name_read(name_table[i].text, &name);
		if (!name_table[i].problem != !name.problem ||
		    (name.problem && !strstr(name.problem, name_table[i].problem)))
			fail_msg("%s: %s", name_table[i].text, name.problem ? name.problem : "no problem");
		assert_int_equal(name.is_long, name_table[i].is_long);
		assert_string_equal(name.head, name_table[i].head);
		assert_string_equal(name.host, name_table[i].host ? name_table[i].host : "");
	}
}

static void test_long_names(void **state)
{
	char text[100000];
	struct node_name name;

	memset(text, 'x', sizeof(text));
	text[NODE_NAME_MAX] = '\0';
	memcpy(text, "ejabberd@", 9);
	node_name_read(text, &name);
	assert_null(name.problem);
	assert_int_equal(strlen(name.host), NODE_NAME_MAX - 9);
	text[NODE_NAME_MAX] = 'x';
	text[sizeof(text) - 1] = '\0';
	node_name_read(text, &name);
	assert_non_null(strstr(name.problem, "255"));
}

static void test_versions(void **state)
{
	assert_true(node_version_before_2406("23.01"));
	assert_true(node_version_before_2406("24.02-3"));
	assert_true(node_version_before_2406("2.1.13"));
	assert_false(node_version_before_2406("24.06"));
	assert_false(node_version_before_2406("24.10.1"));
	assert_false(node_version_before_2406("26.01"));
	assert_false(node_version_before_2406(NULL));
	assert_false(node_version_before_2406("unknown"));
}

/* Each with inet:parse_address/1 of OTP 25.2.3. */
static const struct {
	const char *text;
	const char *address; /* the bytes in hexadecimal; NULL: refused */
} inet_table[] = {
	{ "127.0.0.1", "7f000001" },
	{ "127.1", "7f000001" },
	{ "127.0.1", "7f000001" },
	{ "2130706433", "7f000001" },
	{ "0x7f000001", "7f000001" },
	{ "0X7F.1", "7f000001" },
	{ "017700000001", "7f000001" },
	{ "0177.0.0.1", "7f000001" },
	{ "127.256", "7f000100" },
	{ "4294967295", "ffffffff" },
	{ "0", "00000000" },
	{ "00", "00000000" },
	{ "+1", "00000001" },
	{ "1.+2", "01000002" },
	{ "0x+1", "00000001" },
	{ "0.0.0.0", "00000000" },
	{ "1.2.65535", "0102ffff" },
	{ "010.010.010.010", "08080808" },
	{ "0000000000000000001", "00000001" },
	{ "1.16777215", "01ffffff" },
	{ "", NULL },
	{ "4294967296", NULL },
	{ "0x", NULL },
	{ "0x0", NULL },
	{ "08", NULL },
	{ "-1", NULL },
	{ "127.0.0.256", NULL },
	{ "256.1", NULL },
	{ "127.0.0.1.", NULL },
	{ ".1", NULL },
	{ "1..2", NULL },
	{ "127.0.0.1.1", NULL },
	{ "+2130706433", NULL },
	{ "0x1ffffffff", NULL },
	{ "1.2.65536", NULL },
	{ " 127.0.0.1", NULL },
	{ "127.0.0.1 ", NULL },
	{ "localhost", NULL },
	{ "lo", NULL },
	{ "*", NULL },
	{ "127.0.0.1/8", NULL },
	{ "1.2.3.4:5", NULL },
	{ "::1", "00000000000000000000000000000001" },
	{ "::ffff:127.0.0.1", "00000000000000000000ffff7f000001" },
	{ "fe80::1%eth0", "fe800000000000000000000000000001" },
	{ "1:2:3:4:5:6:7:8", "00010002000300040005000600070008" },
	{ "[::1]", NULL },
	{ "::1%lo", NULL },
	{ ":1", NULL },
	{ "1:::2", NULL },
	{ "00001::1", NULL },
	{ "fe80:1::1%2", NULL },
	{ "fe80::1.2.3.4%3", NULL },
	{ "::ffff:127.1", NULL },
};

static void test_inet(void **state)
{
	static const char hex[] = "0123456789abcdef";

	for (size_t i = 0; i < ARRAY_SIZE(inet_table); i++) {
		struct erl_address inet;
		char text[33] = "";

		if (erl_address_read(inet_table[i].text, &inet))
			for (size_t j = 0; j < (inet.is_ipv6 ? 16 : 4); j++) {
				text[2 * j] = hex[inet.bytes[j] >> 4];
				text[2 * j + 1] = hex[inet.bytes[j] & 15];
			}
		if (strcmp(text, inet_table[i].address ? inet_table[i].address : "") != 0)
			fail_msg("%s: %s", inet_table[i].text, text);
	}
}

static void test_long_inet(void **state)
{
	char text[100000];
	struct erl_address inet;

	memset(text, '1', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	assert_false(erl_address_read(text, &inet));
	memset(text, ':', sizeof(text) - 1);
	assert_false(erl_address_read(text, &inet));
	text[3] = '%';
	assert_false(erl_address_read(text, &inet));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names), cmocka_unit_test(test_long_names), cmocka_unit_test(test_versions),
		cmocka_unit_test(test_inet),  cmocka_unit_test(test_long_inet),
	};

	return cmocka_run_group_tests_name("node-read", tests, NULL, NULL);
}
