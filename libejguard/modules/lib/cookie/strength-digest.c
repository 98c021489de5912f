/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Cookies that are the MD5 of a word (`echo secret | md5sum`): they look random, and are as easy to guess as the word.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "libejguard/modules/lib/cookie/strength.h"
#include "libejguard/util/cleanup.h"

enum {
	BLOCK = 64,
	SUM = 4,
	LONGEST = BLOCK - 9, /* of a text that fits into one block with its end mark and its length */
};

static uint32_t rotate(uint32_t x, unsigned int n)
{
	return x << n | x >> (32 - n);
}

/* RFC 1321, for a text of at most LONGEST characters. */
static void md5(const char *text, size_t n, uint32_t sum[static SUM])
{
	static const unsigned int turns[4][4] = {
		{ 7, 12, 17, 22 }, { 5, 9, 14, 20 }, { 4, 11, 16, 23 }, { 6, 10, 15, 21 }
	};
	static const unsigned int factor[4] = { 1, 5, 3, 7 }, start[4] = { 0, 1, 5, 0 };
	const uint32_t begin[SUM] = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476 };
	uint32_t x[BLOCK / 4] = { 0 }, a, b, c, d;

	for (size_t i = 0; i < n; i++)
		x[i / 4] |= (uint32_t)(unsigned char)text[i] << 8 * (i % 4);
	x[n / 4] |= (uint32_t)0x80 << 8 * (n % 4);
	x[14] = (uint32_t)n * 8;
	memcpy(sum, begin, sizeof(begin));
	a = sum[0], b = sum[1], c = sum[2], d = sum[3];
	for (unsigned int i = 0; i < BLOCK; i++) {
		const unsigned int round = i / 16;
		const uint32_t mixed = round == 0   ? (b & c) | (~b & d)
				       : round == 1 ? (b & d) | (c & ~d)
				       : round == 2 ? b ^ c ^ d
						    : c ^ (b | ~d);
		const uint32_t constant = (uint32_t)(fabs(sin(i + 1)) * 4294967296.0);
		const uint32_t next = b + rotate(a + mixed + x[(factor[round] * i + start[round]) % 16] + constant,
						 turns[round][i % 4]);

		a = d, d = c, c = b, b = next;
	}
	sum[0] += a, sum[1] += b, sum[2] += c, sum[3] += d;
}

bool strength_is_digest_of(const struct cookie *cookie, const char *word)
{
	const size_t n = strlen(word);
	char text[LONGEST + 1], hex[2 * 4 * SUM + 1];
	uint32_t sum[SUM];

	if (cookie->n != sizeof(hex) - 1 || n == 0 || n >= LONGEST)
		return false;
	/* with a line break, too: as echo writes it */
	for (size_t line = 0; line < 2; line++) {
		memcpy(text, word, n);
		text[n] = '\n';
		md5(text, n + line, sum);
		for (size_t i = 0; i < 4 * SUM; i++)
			snprintf(hex + 2 * i, 3, "%02x", (unsigned int)(sum[i / 4] >> 8 * (i % 4) & 0xff));
		if (strcasecmp(cookie->text, hex) == 0)
			return true;
	}
	return false;
}
