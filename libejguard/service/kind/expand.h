/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Expands the % in kind_setting.otherwise. */
#ifndef EJG_SERVICE_KIND_EXPAND_H
#define EJG_SERVICE_KIND_EXPAND_H

#include "libejguard/service/base/settings-struct.h"

/*
 * The first of the words that is an existing path; the last one if none exists, or if the words are not paths. NULL if
 * all of them use unknown values.
 */
const char *kind_expand(struct settings *s, const char *words);

#endif
