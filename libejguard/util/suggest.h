/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Suggestions for a mistyped word. */
#ifndef EJG_UTIL_SUGGEST_H
#define EJG_UTIL_SUGGEST_H

/* The element of names (ended by NULL) that is most similar to the word, or NULL when none is similar. */
const char *suggest(const char *word, const char *const *names);

#endif
