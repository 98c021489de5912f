/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Tests whether a cookie is the output of Erlang's own generator, by recovering the generator's state from the 20
 * letters. A state that is found is a proof: random letters have one with a probability of 2^36 / 26^20, about 2^-58.
 */
#ifndef EJG_LIB_COOKIE_SEED_H
#define EJG_LIB_COOKIE_SEED_H

#include <stdbool.h>
#include <stdint.h>

enum {
	SEED_LETTERS = 20,
	SEED_RELATIONS = 14,
};

/* Intermediate results. They reveal the cookie: clear them. */
struct seed_work {
	uint64_t state; /* the state after the first letter that was drawn */
	int64_t low[SEED_RELATIONS];
	int64_t high[SEED_RELATIONS];
	int64_t sum[SEED_RELATIONS];
};

/*
 * True if the generator can have made these 20 capital letters. Exact: it accepts every cookie of the generator,
 * whatever the seed, and no other. Takes less than a microsecond.
 * @letters: 20 of A-Z
 * @work:    scratch; the caller clears it
 */
bool seed_recover(const char *letters, struct seed_work *work);

#endif
