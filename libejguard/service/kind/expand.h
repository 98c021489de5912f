/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The % of kind_setting.otherwise. */
#ifndef EJG_SERVICE_KIND_EXPAND_H
#define EJG_SERVICE_KIND_EXPAND_H

#include "libejguard/service/settings-struct.h"

/*
 * The first of the words that leads to something that exists; of words that are no paths, or where none exists, the last
 * one. NULL when nothing is left: they use what is not known.
 */
const char *kind_expand(struct settings *s, const char *words);

#endif
