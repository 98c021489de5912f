/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The value of a word while it grows. */
#ifndef EJG_SERVICE_SCRIPT_BUFFER_H
#define EJG_SERVICE_SCRIPT_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

struct buffer {
	char *text;
	size_t length;
	const char *why; /* the value cannot be told; else NULL */
};

void buffer_done(struct buffer *b);
#define cleanup_buffer __attribute__((cleanup(buffer_done)))

/* The value cannot be told. The first reason counts. */
void buffer_unknown(struct buffer *b, const char *why);
/* Appends, up to 1 MiB: then, or without memory, the value cannot be told. */
void buffer_append(struct buffer *b, const char *text, size_t length);
/* The text, never NULL. */
const char *buffer_text(const struct buffer *b);
/* Appends text without the shortest (longest) tail that matches, as ${NAME%pattern} (%%) is. */
void buffer_remove_suffix(struct buffer *b, const char *text, const char *pattern, bool longest);

#endif
