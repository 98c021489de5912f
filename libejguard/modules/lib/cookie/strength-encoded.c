/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Cookies that are the Base64 or the hexadecimal digits of a text, as a Kubernetes secret has them: they look random,
 * and are as easy to guess as the text.
 */
#include <ctype.h>
#include <string.h>

#include "libejguard/modules/lib/cookie/strength.h"
#include "libejguard/util/cleanup.h"

enum {
	SHORTEST = 12 /* characters: fewer decode to printable ones by chance */
};

static int digit_64(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at;

	c = (char)(c == '-' ? '+' : c == '_' ? '/' : c);
	at = c ? strchr(digits, c) : NULL;
	return at ? (int)(at - digits) : -1;
}

static int digit_16(char c)
{
	return !isxdigit((unsigned char)c) ? -1
	       : isdigit((unsigned char)c) ? c - '0'
					   : (tolower((unsigned char)c) - 'a') + 10;
}

/* Puts digits of so many bits together; false where one is none, or a byte is not printable. */
static bool decode(const struct cookie *cookie, size_t n, int (*digit)(char c), unsigned int width, struct cookie *ret)
{
	unsigned int bits = 0, have = 0;

	ret->n = 0;
	for (size_t i = 0; i < n; i++) {
		const int value = digit(cookie->text[i]);

		if (value < 0)
			return false;
		bits = (bits << width | (unsigned int)value) & 0xffff;
		have += width;
		if (have < 8)
			continue;
		have -= 8;
		ret->text[ret->n++] = (char)(bits >> have & 0xff);
	}
	/* As echo has written it. */
	if (ret->n && ret->text[ret->n - 1] == '\n')
		ret->n--;
	ret->text[ret->n] = '\0';
	for (size_t i = 0; i < ret->n; i++)
		if (ret->text[i] < ' ' || ret->text[i] > '~')
			return false;
	return ret->n > 0;
}

bool strength_decode(const struct cookie *cookie, struct cookie *ret)
{
	size_t n = cookie->n;

	if (n < SHORTEST)
		return false;
	if (n % 2 == 0 && decode(cookie, n, digit_16, 4, ret))
		return true;
	while (cookie->n - n < 2 && cookie->text[n - 1] == '=')
		n--;
	return n % 4 != 1 && decode(cookie, n, digit_64, 6, ret);
}
