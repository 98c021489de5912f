/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/service/script/buffer.h"

#include <fnmatch.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_VALUE = 1024 * 1024 }; /* also the limit of a file's size */

void buffer_unknown(struct buffer *b, const char *why)
{
	if (!b->why)
		b->why = why;
}

void buffer_append(struct buffer *b, const char *text, size_t length)
{
	char *larger;

	if (b->why)
		return;
	larger = b->length + length > MAX_VALUE ? NULL : realloc(b->text, b->length + length + 1);
	if (!larger) {
		buffer_unknown(b, "its value is too long");
		return;
	}
	b->text = larger;
	memcpy(b->text + b->length, text, length);
	b->length += length;
	b->text[b->length] = '\0';
}

const char *buffer_text(const struct buffer *b)
{
	return b->text ? b->text : "";
}

void buffer_done(struct buffer *b)
{
	free(b->text);
}

void buffer_remove_suffix(struct buffer *b, const char *text, const char *pattern, bool longest)
{
	const size_t length = strlen(text);
	size_t cut = length;

	/* fnmatch(3) is slow with many of them */
	if (length > PATH_MAX || strlen(pattern) > NAME_MAX || strchr(pattern, '*') != strrchr(pattern, '*')) {
		buffer_unknown(b, "it is a part of another value");
		return;
	}
	for (size_t i = 0; i <= length; i++) {
		const size_t at = longest ? i : length - i;

		if (fnmatch(pattern, text + at, 0) == 0) {
			cut = at;
			break;
		}
	}
	buffer_append(b, text, cut);
}
