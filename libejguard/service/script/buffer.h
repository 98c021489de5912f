/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The value of a word under construction. */
#ifndef EJG_SERVICE_SCRIPT_BUFFER_H
#define EJG_SERVICE_SCRIPT_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

struct buffer {
	char *text;
	size_t length;
	const char *why; /* why the value is unknown; else NULL */
};

void buffer_done(struct buffer *b);
#define cleanup_buffer __attribute__((cleanup(buffer_done)))

/* Marks the value as unknown. The first reason is kept. */
void buffer_unknown(struct buffer *b, const char *why);
/* Appends text. Beyond 1 MiB, or without memory, the value becomes unknown. */
void buffer_append(struct buffer *b, const char *text, size_t length);
/* The text, never NULL. */
const char *buffer_text(const struct buffer *b);
/* Appends text without the shortest (longest) tail that matches the pattern, as ${NAME%pattern} (%%) does. */
void buffer_remove_suffix(struct buffer *b, const char *text, const char *pattern, bool longest);

#endif
