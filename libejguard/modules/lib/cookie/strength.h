/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How hard a cookie is to guess: well-known ones, and an estimate of the others. */
#ifndef EJG_LIB_COOKIE_STRENGTH_H
#define EJG_LIB_COOKIE_STRENGTH_H

#include "libejguard/modules/lib/cookie/form.h"

/*
 * Whether a product's default configuration, manual or example has this cookie, whatever the case of its letters. Whose
 * it is is not told: that would be the cookie itself, in a report.
 */
bool strength_is_known(const struct cookie *cookie);

/*
 * Whether its text asks to be replaced ("change-me", "{{ cookie }}"), or says in words what it is
 * ("our-cluster-cookie"): however long it is, it was copied from somewhere, and others have copied it, too.
 */
bool strength_is_placeholder(const struct cookie *cookie);

/* Whether its letters read like text: of 19 random pairs 12 are usual ones with a chance of about 2^-18. */
bool strength_is_prose(const struct cookie *cookie);

/*
 * An upper bound of the work to guess a cookie, in bits: the cheapest of several ways in which people make secrets
 * (characters of a set, repetition, rows and counting, words). Somebody who knows more may need less; a random cookie
 * is estimated at what it is worth.
 * @cookie: at least one character
 * @local:  words that an attacker would try first (host, user, service), ended by NULL
 */
unsigned int strength_bits(const struct cookie *cookie, const char *const *local);

/*
 * A handshake shows MD5(cookie, challenge): whoever sees one can try cookies at home, some ten millions a second on one
 * core. 2^64 tries are then within reach of those who own hardware for it; 2^80 are not today.
 */
enum strength_limits {
	STRENGTH_WEAK = 64, /* bits; fewer can be guessed */
	STRENGTH_SHORT = 80,
};

/* Whether text begins with one of the words that people use; the length of the longest, or 0. Any case. */
size_t strength_word(const char *text, size_t n, const char *const *local);

#endif
