/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Words of command lines that people are told to run. */
#ifndef EJG_UTIL_QUOTE_H
#define EJG_UTIL_QUOTE_H

#include "libejguard/util/arena.h"

/*
 * A word as a shell takes it: as it is, or quoted where it holds anything odd ($'...' for control bytes).
 * Return: text from the arena, or NULL without memory.
 */
const char *quote_shell(struct arena *arena, const char *word);

#endif
