/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/util/printable.h"

#include <stdint.h>
#include <string.h>

#include "libejguard/util/utf8.h"

/* The number of bytes of the printable UTF-8 character at the start of text; 0 when there is none. */
static size_t character_length(const char *text)
{
	uint32_t code;
	const size_t n = utf8_decode(text, 4, &code);

	if (n == 0 || code < ' ' || (code >= 0x7f && code < 0xa0))
		return 0;
	/* Line and paragraph separators, and marks that reorder the displayed text. */
	if ((code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069))
		return 0;
	return n;
}

/* `kept` is a control character that is not replaced. */
static char *make_printable(struct arena *arena, const char *text, char kept)
{
	static const char hex[] = "0123456789abcdef";
	size_t size = strlen(text), n;
	char *copy, *to;

	if (size > (SIZE_MAX - 1) / 4)
		return NULL;
	to = copy = arena_alloc(arena, size * 4 + 1);
	if (!copy)
		return NULL;
	while (*text) {
		n = *text == kept ? 1 : character_length(text);
		if (n > 0) {
			to = mempcpy(to, text, n);
			text += n;
			continue;
		}
		*to++ = '\\';
		*to++ = 'x';
		*to++ = hex[(unsigned char)*text >> 4];
		*to++ = hex[(unsigned char)*text++ & 15];
	}
	return copy;
}

char *printable_text(struct arena *arena, const char *text)
{
	return make_printable(arena, text, '\0');
}

char *printable_lines(struct arena *arena, const char *text)
{
	return make_printable(arena, text, '\n');
}
