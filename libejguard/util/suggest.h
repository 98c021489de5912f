/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was probably meant. */
#ifndef EJG_UTIL_SUGGEST_H
#define EJG_UTIL_SUGGEST_H

/* The element of names (ended by NULL) that the word was probably meant to be, or NULL. */
const char *suggest(const char *word, const char *const *names);

#endif
