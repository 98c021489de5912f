/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ejabberdctl.cfg, read without being run. ejabberdctl sources the file, so that it is shell. What is followed:
 *
 *     NAME=word, export NAME=word NAME..., unset NAME, ${NAME:=word}, set -a
 *     [ TEST ] && ..., if ...; then ... fi: what they set is set perhaps, unless the test can be decided
 *     commands that set nothing: what is no builtin of a shell, and ulimit, umask, echo and their like
 *
 * Any other statement (`.`, eval, a function, `case`, a here-document, an unclosed quote) could set any name: the whole
 * file is then opaque.
 */
#ifndef EJG_SERVICE_SCRIPT_CFG_H
#define EJG_SERVICE_SCRIPT_CFG_H

#include "libejguard/service/settings-struct.h"

/*
 * Reads size bytes of s->cfg_path into the variables; the first statement that could set anything becomes
 * s->cfg_opaque_line. Without memory the arena remembers it.
 * @script: how the script that sources it was called
 */
void cfg_read(struct settings *s, const char *script, const char *text, size_t size);

#endif
