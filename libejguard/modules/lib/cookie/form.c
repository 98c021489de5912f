/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/lib/cookie/form.h"

#include <string.h>

static bool printable(char c)
{
	return c >= ' ' && c <= '~';
}

static size_t length(const char *bytes, size_t n)
{
	size_t i = 0;

	while (i < n && printable(bytes[i]))
		i++;
	return i;
}

static enum cookie_form take(const char *bytes, size_t n, struct cookie *ret)
{
	if (n == 0)
		return COOKIE_FORM_EMPTY;
	if (n > COOKIE_MAX)
		return COOKIE_FORM_LONG;
	memcpy(ret->text, bytes, n);
	ret->text[n] = '\0';
	ret->n = n;
	return COOKIE_FORM_GOOD;
}

enum cookie_form cookie_read(const char *bytes, size_t n, struct cookie *ret)
{
	size_t end = length(bytes, n);

	for (size_t i = end; i < n; i++)
		if (bytes[i] != '\n' && bytes[i] != '\r' && bytes[i] != ' ')
			return COOKIE_FORM_CHARACTERS;
	return take(bytes, end, ret);
}

enum cookie_form cookie_argument(const char *bytes, size_t n, struct cookie *ret)
{
	return length(bytes, n) < n ? COOKIE_FORM_CHARACTERS : take(bytes, n, ret);
}

bool cookie_equal(const struct cookie *a, const struct cookie *b)
{
	return a->n == b->n && memcmp(a->text, b->text, a->n) == 0;
}

bool cookie_is_capitals(const struct cookie *cookie)
{
	if (cookie->n != 20)
		return false;
	for (size_t i = 0; i < cookie->n; i++)
		if (cookie->text[i] < 'A' || cookie->text[i] > 'Z')
			return false;
	return true;
}

bool cookie_has_edge_blank(const struct cookie *cookie)
{
	return cookie->text[0] == ' ' || cookie->text[cookie->n - 1] == ' ';
}

bool cookie_has_sign(const struct cookie *cookie)
{
	return cookie->text[0] == '+' || cookie->text[0] == '-';
}
