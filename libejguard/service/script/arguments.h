/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads texts of arguments for erl, and the files that they name. */
#ifndef EJG_SERVICE_SCRIPT_ARGUMENTS_H
#define EJG_SERVICE_SCRIPT_ARGUMENTS_H

#include "libejguard/service/base/erl-words.h"
#include "libejguard/service/base/source.h"

/*
 * Appends the words of a text. -args_file FILE is replaced by the words of the file if it can be read. A -config whose
 * file has no distribution settings is left out. Arguments that cannot be resolved stay.
 * Return: 0, -ENOMEM.
 */
int arguments_read(struct arena *arena, const struct settings_source *source, struct erl_words *words, const char *text,
		   size_t size, enum erl_text kind, const struct ejg_origin *origin);

#endif
