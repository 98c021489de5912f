/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The strength of a cookie: a list of well-known ones, and an estimate for the others. */
#ifndef EJG_LIB_COOKIE_STRENGTH_H
#define EJG_LIB_COOKIE_STRENGTH_H

#include "libejguard/modules/lib/cookie/form.h"

/*
 * True if this is the cookie of a product's default configuration, manual or example, in any case of letters. The
 * product is not reported: its name would reveal the cookie.
 */
bool strength_is_known(const struct cookie *cookie);

/*
 * True if its text asks to be replaced ("change-me", "{{ cookie }}"), or describes itself ("our-cluster-cookie"): such
 * a text was copied from somewhere, whatever its length, and others have copied it too.
 */
bool strength_is_placeholder(const struct cookie *cookie);

/* True if its letters read like text: 12 common pairs among 19 random pairs have a probability of about 2^-18. */
bool strength_is_prose(const struct cookie *cookie);

/*
 * An upper bound of the work to guess a cookie, in bits: the cheapest of several ways in which people make secrets
 * (characters of a set, repetition, rows and counting, words). An attacker who knows more may need less; the estimate
 * for a random cookie is its real strength.
 * @cookie: at least one character
 * @local:  words that an attacker would try first (host, user, service), ended by NULL
 */
unsigned int strength_bits(const struct cookie *cookie, const char *const *local);

/*
 * A handshake shows MD5(cookie, challenge): an attacker who records one can try cookies offline, some ten million a
 * second on one core. 2^64 tries are possible with special hardware; 2^80 are not possible today.
 */
enum strength_limits {
	STRENGTH_WEAK = 64, /* bits; a cookie with fewer can be guessed */
	STRENGTH_SHORT = 80,
};

/*
 * True if it is the Base64 or the hexadecimal digits of a printable text, which ret gets then. strength_is_known(),
 * strength_is_placeholder() and strength_bits() judge that text, too.
 */
bool strength_decode(const struct cookie *cookie, struct cookie *ret);

/* True if it is the MD5 of the word, in hexadecimal digits. */
bool strength_is_digest_of(const struct cookie *cookie, const char *word);

/* True if it is the MD5 of a well-known cookie, or of a common or local word. */
bool strength_is_digest(const struct cookie *cookie, const char *const *local);

/* True if the n characters are this word, in small letters; digits and signs stand for letters as in c00k1e. */
bool strength_is_word(const char *text, size_t n, const char *word);

/* The length of the longest common word at the start of text, or 0. Any case. */
size_t strength_word(const char *text, size_t n, const char *const *local);

#endif
