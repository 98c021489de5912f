/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Is a cookie the output of Erlang's own generator? Recovers the generator's state from the 20 letters: whoever finds
 * one has the proof, because random letters have one with a chance of 2^36 / 26^20, about 2^-58.
 */
#ifndef EJG_LIB_COOKIE_SEED_H
#define EJG_LIB_COOKIE_SEED_H

#include <stdbool.h>
#include <stdint.h>

enum {
	SEED_LETTERS = 20,
	SEED_RELATIONS = 14,
};

/* What the recovery writes down. As good as the cookie itself: clear it. */
struct seed_work {
	uint64_t state; /* the state behind the first letter that was drawn */
	int64_t low[SEED_RELATIONS];
	int64_t high[SEED_RELATIONS];
	int64_t sum[SEED_RELATIONS];
};

/*
 * Whether the generator can have made these 20 capital letters. Exact: no cookie of the generator is missed, whatever
 * its seed, and none is accepted that it cannot make. Takes less than a microsecond.
 * @letters: 20 of A-Z
 * @work:    scratch; the caller clears it
 */
bool seed_recover(const char *letters, struct seed_work *work);

#endif
