/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Quoting of words in commands that a remedy shows. */
#ifndef EJG_UTIL_QUOTE_H
#define EJG_UTIL_QUOTE_H

#include "libejguard/util/arena.h"

/*
 * A word for a shell command: unchanged, or quoted if it contains special characters ($'...' for control bytes).
 * Return: text from the arena, or NULL without memory.
 */
const char *quote_shell(struct arena *arena, const char *word);

#endif
