/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/util/suggest.h"

#include <stdbool.h>
#include <string.h>

enum { MAX_NAME = 63 }; /* a longer word is no typing error */

static unsigned int least(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/* A letter in the wrong case is a small mistake: it costs nothing here. */
static bool same(char a, char b)
{
	return a == b || ((a ^ b) == 0x20 && (a | 0x20) >= 'a' && (a | 0x20) <= 'z');
}

/* The number of letters to insert, remove, replace or swap with a neighbour to turn a into b. */
static unsigned int distance(const char *a, size_t n_a, const char *b, size_t n_b)
{
	unsigned int rows[3][MAX_NAME + 1], *before = rows[0], *above = rows[1], *row = rows[2], *turn;

	for (size_t j = 0; j <= n_b; j++)
		above[j] = (unsigned int)j;
	for (size_t i = 1; i <= n_a; i++) {
		row[0] = (unsigned int)i;
		for (size_t j = 1; j <= n_b; j++) {
			row[j] = above[j - 1] + !same(a[i - 1], b[j - 1]);
			row[j] = least(row[j], least(above[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]))
				row[j] = least(row[j], before[j - 2] + 1);
		}
		turn = before;
		before = above;
		above = row;
		row = turn;
	}
	return above[n_b];
}

const char *suggest(const char *word, const char *const *names)
{
	size_t length = strnlen(word, MAX_NAME + 1);
	unsigned int best = (unsigned int)(length + 2) / 3 + 1;
	const char *found = NULL;

	if (length == 0 || length > MAX_NAME)
		return NULL;
	if (best > 4)
		best = 4;
	for (; *names; names++) {
		size_t n = strnlen(*names, MAX_NAME + 1);
		unsigned int steps;

		if (n == 0 || n > MAX_NAME)
			continue;
		steps = distance(word, length, *names, n);
		/* If every letter of the name would be replaced, the words are not similar. */
		if (steps < best && steps < n) {
			best = steps;
			found = *names;
		}
	}
	return found;
}
