/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Erlang's generator of cookies: random_cookie/3 and next_random/1 of OTP's lib/kernel/src/auth.erl. */
#ifndef EJG_TEST_COOKIE_GENERATOR_H
#define EJG_TEST_COOKIE_GENERATOR_H

#include <stdint.h>

/* Writes 20 letters and NUL. */
static inline void generate_cookie(uint64_t seed, char *ret)
{
	for (int i = 19; i >= 0; i--) {
		seed = (seed * 17059465 + 1) & UINT64_C(0xfffffffff);
		ret[i] = (char)('A' + (seed * 26 >> 36));
	}
	ret[20] = '\0';
}

#endif
