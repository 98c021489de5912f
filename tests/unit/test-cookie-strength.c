/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Random cookies are estimated at their real strength, those made by people far below it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "libejguard/modules/lib/cookie/strength.h"
#include "libejguard/util/cleanup.h"

static const char *const local[] = { "ejabberd", "chatserver7", NULL };

static unsigned int bits(const char *text)
{
	struct cookie cookie;

	assert_int_equal(cookie_argument(text, strlen(text), &cookie), COOKIE_FORM_GOOD);
	return strength_bits(&cookie, local);
}

static void test_weak(void **state)
{
	static const char *const cases[] = {
		"a",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		"abcabcabcabcabcabcabcabcabcabc",
		"abcdefghijklmnopqrstuvwxyz",
		"zyxwvutsrqponmlkjihgfedcba",
		"12345678901234567890",
		"qwertyuiopasdfghjklzxcvbnm",
		"0123456789abcdef",
		"correcthorsebatterystaple",
		"MySecretCookie2023",
		"P@ssw0rd!P@ssw0rd!P@ssw0rd!",
		"ejabberd-cluster-2024",
		"SuperSecretPassword",
		"chatserver7chatserver7chatserver7",
		"thequickbrownfoxjumps",
		"ABABABABABABABABABAB",
		"1111111111111111111111111111112",
		"xK9#mQ2$",
		"deadbeefdeadbeefdeadbeef",
		"--------------------",
		"my-erlang-cookie-for-production",
		"MySecretEjabberdCookie2024",
		"5ebe2294ecd0e0f08eab7690d2a6ee69", /* the MD5 of secret */
		"DD02C7C2232759874E1C205587017BED", /* the same, with a line break, in capitals */
		"e10adc3949ba59abbe56e057f20f883e", /* of 123456 */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		if (bits(cases[i]) >= 64)
			print_message("%s: %u bits\n", cases[i], bits(cases[i]));
		assert_true(bits(cases[i]) < 64);
	}
}

static void test_strong(void **state)
{
	static const struct {
		const char *text;
		unsigned int least, most;
	} cases[] = {
		{ "vN3tKq8ZrXw2LmYp7BdGs5HcJf9TaQeU4RnVzWk6xDbC", 200, 262 },
		{ "4934a04b7c1af219e06842b85f7b4429ed129e8a75f9addf1132bbf983a94cfa", 240, 256 },
		{ "DNj3/Rkvsr03Ffo99fAyNfZIr3FWFUq10d/jrOzJM+U=", 240, 266 },
		{ "VGRAAYKFTJVKGQJQZDHH", 85, 94 },
		{ "6325db1be3a7a269", 60, 64 },
		{ "5ebe2294ecd0e0f08eab7690d2a6ee68", 105, 128 }, /* nearly the MD5 of a word */
		{ "ckI2hF1VERAmfDmJ", 90, 96 },
		{ "MZXW6YTBOI3DQ5LNEB2GQZJAMNQXI43BOQQG63RAORUGKIDN", 200, 250 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_in_range(bits(cases[i].text), cases[i].least, cases[i].most);
}

/* Random cookies are rarely estimated far below their strength: 20 small letters are 94 bits. */
static void test_random(void **state)
{
	uint64_t x = UINT64_C(88172645463325252);
	unsigned int n_low = 0;
	char text[21] = "";

	(void)state;
	for (int i = 0; i < 20000; i++) {
		for (int j = 0; j < 20; j++) {
			x ^= x << 13;
			x ^= x >> 7;
			x ^= x << 17;
			text[j] = (char)('a' + x % 26);
		}
		n_low += bits(text) < 80;
		assert_true(bits(text) >= 40);
	}
	assert_true(n_low < 60);
}

static void test_known(void **state)
{
	static const char *const known[] = { "monster", "MONSTER",	  "ejabberd", "emqxsecretcookie",
					     "vmq",	"dummycookie123", "COOKIE",   "nocookie" };
	static const char *const unknown[] = { "monsters", "ejabberd2", "vmqq", "cooki", "" };
	struct cookie cookie = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		(void)cookie_argument(known[i], strlen(known[i]), &cookie);
		assert_true(strength_is_known(&cookie));
	}
	for (size_t i = 0; i < ARRAY_SIZE(unknown); i++) {
		memset(&cookie, 0, sizeof(cookie));
		(void)cookie_argument(unknown[i], strlen(unknown[i]), &cookie);
		assert_false(strength_is_known(&cookie));
	}
}

/* Any bytes, any length. */
static void test_all(void **state)
{
	struct cookie cookie;

	(void)state;
	for (size_t n = 1; n <= COOKIE_MAX; n++) {
		cookie.n = n;
		for (size_t i = 0; i < n; i++)
			cookie.text[i] = (char)(' ' + (i * n) % 95);
		cookie.text[n] = '\0';
		assert_true(strength_bits(&cookie, local) <= n * 7);
		assert_true(strength_bits(&cookie, NULL) <= n * 7);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_weak),  cmocka_unit_test(test_strong), cmocka_unit_test(test_random),
		cmocka_unit_test(test_known), cmocka_unit_test(test_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
