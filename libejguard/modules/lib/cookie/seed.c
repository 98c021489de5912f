/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The generator (OTP's lib/kernel/src/auth.erl, create_cookie/1, random_cookie/3 and next_random/1, the same from R14
 * to OTP 27): x := (x * 17059465 + 1) mod 2^36 twenty times, each time the letter x * 26 div 2^36 is added at the
 * front. So the last letter of a cookie was drawn first. Only the lowest 36 bits of a seed matter.
 *
 * The attack. Let x[0], x[1], ... be the states. A letter shows which 26th of 0..2^36-1 contains its state. For
 * integers w[i] with sum w[i] * 17059465^i = 0 mod 2^36, sum w[i] * x[i] is known modulo 2^36, because the term of the
 * first state vanishes; and if sum |w[i]| is at most 26, it lies in a known interval shorter than 2^36, so it is known
 * exactly. Fourteen linearly independent relations of this kind are a linear system for the states: nothing has to be
 * guessed. (Frieze, Hastad, Kannan, Lagarias, Shamir: Reconstructing truncated integer variables satisfying linear
 * congruences, SIAM J. Comput. 17, 1988.)
 *
 * The table was found by the LLL algorithm on the lattice of all such w of 14 letters; its determinant is 2^36. The
 * unit test checks every property that is used here.
 */
#include "libejguard/modules/lib/cookie/seed.h"

#define MULTIPLIER 17059465
#define BITS 36
#define MODULUS (INT64_C(1) << BITS)
#define ALPHABET 26

static const int8_t relations[SEED_RELATIONS][SEED_RELATIONS] = {
	{ 2, -2, -1, 0, 0, -1, 5, 1, 2, -1, 1, -1, 2, 1 },     { -1, -1, 0, -1, 1, 2, 1, -1, -2, 1, -1, 4, 3, 3 },
	{ 2, 2, 1, -3, 0, 0, 3, 3, 1, -1, 4, -1, 0, -3 },      { 5, 1, 2, -2, 0, 1, 3, 1, -1, 0, 1, 1, 0, 4 },
	{ -1, -4, -2, -1, 1, 0, -5, 1, 1, 3, -1, 1, 0, -1 },   { 3, -2, 0, -1, 1, -5, -1, 1, 0, 0, -2, -1, 3, 4 },
	{ 2, -5, 2, 0, -2, 2, 2, 0, -1, 3, 3, 0, 1, 1 },       { 2, 0, 5, -1, -2, 1, 0, 3, 1, -4, 2, -1, 1, 1 },
	{ -2, -1, -1, -2, 4, 0, -1, 2, -5, 2, -1, 0, -1, -2 }, { -1, 2, -4, 3, -3, -2, 1, 2, 3, 2, -1, 0, -1, -1 },
	{ 2, -3, 0, 0, -1, -1, -5, -2, -3, -2, -1, 0, 2, -2 }, { -3, 1, 1, 1, 0, 1, -2, 2, 2, -1, 5, 3, -2, 0 },
	{ 1, -2, 1, 2, 0, -2, 0, -1, 4, 1, 0, 1, 0, -5 },      { 0, -3, 2, -2, -3, 1, 2, 0, -4, -1, -2, 3, -2, 1 },
};

/* The first row of 2^36 times the inverse of the table: sum solution[j] * sum[j] = 2^36 * x[0]. */
static const int64_t solution[SEED_RELATIONS] = {
	2707180611, -2800595611, -2549656875, 13900138453, 1920289983, -3958434427, -1741066274,
	26904543,   1726769904,	 2527163677,  6541566173,  -998381202, 3229485647,  -2875464727,
};

static uint64_t next(uint64_t x)
{
	return (x * MULTIPLIER + 1) & (MODULUS - 1);
}

/* The smallest state that gives a letter; for the letter after Z it is 2^36. */
static int64_t smallest(int letter)
{
	return (letter * MODULUS + ALPHABET - 1) / ALPHABET;
}

static void bound(const char *letters, struct seed_work *work)
{
	for (int j = 0; j < SEED_RELATIONS; j++) {
		work->low[j] = work->high[j] = 0;
		for (int i = 0; i < SEED_RELATIONS; i++) {
			int letter = letters[SEED_LETTERS - 1 - i] - 'A';
			int64_t w = relations[j][i];

			work->low[j] += w * (w > 0 ? smallest(letter) : smallest(letter + 1) - 1);
			work->high[j] += w * (w > 0 ? smallest(letter + 1) - 1 : smallest(letter));
		}
	}
}

/* The contribution of the increments: the sum for x[0] = 0, modulo 2^36. */
static int64_t constant(int j)
{
	uint64_t x = 0, sum = 0;

	for (int i = 0; i < SEED_RELATIONS; i++) {
		sum += (uint64_t)relations[j][i] * x;
		x = next(x);
	}
	return (int64_t)(sum & (MODULUS - 1));
}

/* The one number of the interval with the right remainder. Return: false when the interval contains none. */
static bool fix(struct seed_work *work, int j)
{
	int64_t step = (constant(j) - work->low[j]) % MODULUS;

	if (step < 0)
		step += MODULUS;
	work->sum[j] = work->low[j] + step;
	return work->sum[j] <= work->high[j];
}

static bool makes(const char *letters, uint64_t x)
{
	for (int i = SEED_LETTERS - 1; i >= 0; i--) {
		if (letters[i] != 'A' + (int)(x * ALPHABET >> BITS))
			return false;
		x = next(x);
	}
	return true;
}

bool seed_recover(const char *letters, struct seed_work *work)
{
	__int128 state = 0;

	bound(letters, work);
	for (int j = 0; j < SEED_RELATIONS; j++) {
		if (!fix(work, j))
			return false;
		state += (__int128)solution[j] * work->sum[j];
	}
	/* Letters of the generator give a whole number in range; for others, drawing the letters again shows it. */
	work->state = (uint64_t)(state >> BITS) & (MODULUS - 1);
	return makes(letters, work->state);
}
