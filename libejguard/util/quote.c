/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/util/quote.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static bool is_plain(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || strchr("/._-+,:@%=", c);
}

const char *quote_shell(struct arena *arena, const char *word)
{
	size_t length = strlen(word), n = 0;
	bool plain = length > 0, odd = false;
	char *text;

	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)word[i];

		plain = plain && is_plain(c);
		odd = odd || c < ' ' || c >= 0x7f || c == '\'' || c == '\\';
	}
	if (plain)
		return arena_strdup(arena, word);
	if (!odd)
		return arena_printf(arena, "'%s'", word);
	text = arena_alloc(arena, 4 * length + sizeof("$''"));
	if (!text)
		return NULL;
	n += (size_t)sprintf(text, "$'");
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)word[i];

		n += (size_t)sprintf(text + n, c < ' ' || c >= 0x7f || c == '\'' || c == '\\' ? "\\%03o" : "%c", c);
	}
	sprintf(text + n, "'");
	return text;
}
