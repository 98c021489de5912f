/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Makes text from other programs and users safe to show or to log. */
#ifndef EJG_UTIL_PRINTABLE_H
#define EJG_UTIL_PRINTABLE_H

#include "libejguard/util/arena.h"

/*
 * A copy of a text with everything that is not printable UTF-8, or that reorders the displayed text, replaced by \xNN.
 * Return: text from the arena, or NULL without memory.
 */
char *printable_text(struct arena *arena, const char *text);

/* The same, but line breaks are kept. */
char *printable_lines(struct arena *arena, const char *text);

#endif
