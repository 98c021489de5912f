/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Cookies that are the MD5 of a word (`echo secret | md5sum`): they look random, and are as easy to guess as the word.
 */
#include <md5.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "libejguard/modules/lib/cookie/strength.h"

enum { LONGEST = 64 }; /* of a word, with its line break */

bool strength_is_digest_of(const struct cookie *cookie, const char *word)
{
	const size_t n = strlen(word);
	char hex[MD5_DIGEST_STRING_LENGTH];
	uint8_t text[LONGEST];

	if (cookie->n != sizeof(hex) - 1 || n == 0 || n >= sizeof(text))
		return false;
	memcpy(text, word, n);
	text[n] = '\n'; /* as echo writes it */
	return strcasecmp(cookie->text, MD5Data(text, n, hex)) == 0 ||
	       strcasecmp(cookie->text, MD5Data(text, n + 1, hex)) == 0;
}
