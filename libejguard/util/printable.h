/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text of others, before a person or a log gets to see it. */
#ifndef EJG_UTIL_PRINTABLE_H
#define EJG_UTIL_PRINTABLE_H

#include "libejguard/util/arena.h"

/*
 * A copy of a text in which everything is replaced by \xNN that is no printable UTF-8, or that reorders what a person
 * reads. Return: from the arena, NULL without memory.
 */
char *printable_text(struct arena *arena, const char *text);

/* The same, but line breaks stay. */
char *printable_lines(struct arena *arena, const char *text);

#endif
