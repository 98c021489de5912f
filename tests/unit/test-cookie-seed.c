/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Every cookie of Erlang's generator is recognised, and no other; and the table has the properties that the proof uses.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "libejguard/modules/lib/cookie/seed.c"
#include "libejguard/util/cleanup.h"
#include "tests/unit/cookie-generator.h"

/* xorshift64, George Marsaglia: the same numbers at each run. */
static uint64_t draw(uint64_t *x)
{
	*x ^= *x << 13;
	*x ^= *x >> 7;
	*x ^= *x << 17;
	return *x;
}

/* A relation: the powers of the multiplier cancel, and its sum lies in less than 2^36 numbers. */
static void test_relations(void **state)
{
	(void)state;
	for (int j = 0; j < SEED_RELATIONS; j++) {
		uint64_t power = 1, sum = 0;
		int weight = 0;

		for (int i = 0; i < SEED_RELATIONS; i++) {
			sum += (uint64_t)relations[j][i] * power;
			power *= MULTIPLIER;
			weight += abs(relations[j][i]);
		}
		assert_int_equal(sum & (MODULUS - 1), 0);
		assert_true(weight <= ALPHABET);
		assert_true(weight * ((MODULUS + ALPHABET - 1) / ALPHABET - 1) < MODULUS);
	}
}

/* solution * relations = 2^36 * (1, 0, ..., 0): the sums determine the first state. */
static void test_solution(void **state)
{
	(void)state;
	for (int i = 0; i < SEED_RELATIONS; i++) {
		__int128 sum = 0;

		for (int j = 0; j < SEED_RELATIONS; j++)
			sum += (__int128)solution[j] * relations[j][i];
		assert_true(sum == (i == 0 ? (__int128)MODULUS : 0));
	}
}

static void test_letters(void **state)
{
	(void)state;
	for (int letter = 0; letter < ALPHABET; letter++) {
		assert_int_equal(smallest(letter) * ALPHABET >> BITS, letter);
		assert_int_equal((smallest(letter + 1) - 1) * ALPHABET >> BITS, letter);
	}
	assert_int_equal(smallest(ALPHABET), MODULUS);
}

/* Results of auth's random_cookie(20, Seed, []) in Erlang 25.2.3, computed by its own interpreter (`erl`). */
static void test_erlang(void **state)
{
	static const struct {
		uint64_t seed;
		const char *cookie;
	} cases[] = {
		{ UINT64_C(0), "ITKCTQHLPWKETRXEBZAA" },
		{ UINT64_C(1), "KITKCTQHLPWKETRXEBZA" },
		{ UINT64_C(42), "UPPJFUMOVAJRIDUCJMZA" },
		{ UINT64_C(68719476735), "GDCTKOZPTEYYHOELYXAZ" },
		{ UINT64_C(68719476736), "ITKCTQHLPWKETRXEBZAA" },
		{ UINT64_C(123456789), "RYMAZGUWXSEMEUSIEJRX" },
		{ UINT64_C(83886080), "MNPXUVZITTVJGLIYFYRO" },
		{ UINT64_C(576460752133423488), "GMYOGKQFLFHMQWKNJCAW" },
		{ UINT64_C(576460752303423487), "GDCTKOZPTEYYHOELYXAZ" },
	};
	struct seed_work work;
	char cookie[21];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		generate_cookie(cases[i].seed, cookie);
		assert_string_equal(cookie, cases[i].cookie);
		assert_true(seed_recover(cases[i].cookie, &work));
		assert_int_equal(work.state, next(cases[i].seed));
	}
}

/* The edges of the state space, the clock's window, and everywhere. */
static void test_generated(void **state)
{
	uint64_t x = UINT64_C(88172645463325252);
	struct seed_work work;
	char cookie[21];

	(void)state;
	for (uint64_t i = 0; i < 300000; i++) {
		uint64_t seed = i < 1000 ? i : i < 2000 ? -i : i < 100000 ? (i << 10) + i % 1021 : draw(&x);

		generate_cookie(seed, cookie);
		assert_true(seed_recover(cookie, &work));
		assert_int_equal(work.state, next(seed));
	}
}

static void test_not_generated(void **state)
{
	uint64_t x = UINT64_C(2463534242);
	struct seed_work work;
	char cookie[21] = "";

	(void)state;
	for (int i = 0; i < 100000; i++) {
		for (int j = 0; j < 20; j++)
			cookie[j] = (char)('A' + draw(&x) % 26);
		assert_false(seed_recover(cookie, &work));
	}
	assert_false(seed_recover("AAAAAAAAAAAAAAAAAAAA", &work));
	assert_false(seed_recover("ZZZZZZZZZZZZZZZZZZZZ", &work));
	assert_false(seed_recover("ABCDEFGHIJKLMNOPQRST", &work));
}

/* A generated cookie with one changed letter, any letter to any other, or in reverse order. */
static void test_nearly(void **state)
{
	struct seed_work work;
	char cookie[21], other[21];

	(void)state;
	for (uint64_t seed = 1; seed < 20; seed++) {
		generate_cookie(seed * UINT64_C(3541774863), cookie);
		for (int at = 0; at < 20; at++) {
			for (char letter = 'A'; letter <= 'Z'; letter++) {
				memcpy(other, cookie, sizeof(other));
				other[at] = letter;
				assert_int_equal(seed_recover(other, &work), letter == cookie[at]);
			}
		}
		for (int i = 0; i < 20; i++)
			other[i] = cookie[19 - i];
		assert_false(seed_recover(other, &work));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_relations), cmocka_unit_test(test_solution),
		cmocka_unit_test(test_letters),	  cmocka_unit_test(test_erlang),
		cmocka_unit_test(test_generated), cmocka_unit_test(test_not_generated),
		cmocka_unit_test(test_nearly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
