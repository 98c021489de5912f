/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads ejabberdctl.cfg without running it. ejabberdctl sources the file, so it is shell code. These are followed:
 *
 *     NAME=word, export NAME=word NAME..., unset NAME, ${NAME:=word}, set -a
 *     [ TEST ] && ..., if ...; then ... fi: their settings are uncertain, unless the result of the test is known
 *     case ... esac: the settings of its branches are uncertain
 *     . FILE, where the path is known: the statements of the file; nothing, where it does not exist and a test is
 * before it functions, as long as nothing calls them commands that set nothing: separate programs, and builtins such as
 * ulimit, umask, echo
 *
 * Any other statement (eval, the call of a function, a here-document, an unclosed quote) could set any name:
 * the whole file is then opaque.
 */
#ifndef EJG_SERVICE_SCRIPT_CFG_H
#define EJG_SERVICE_SCRIPT_CFG_H

#include "libejguard/service/base/settings-struct.h"

/*
 * Reads size bytes of s->cfg_path into the variables; the first statement that could set anything becomes
 * s->cfg_opaque_line. The arena records if memory runs out.
 * @script: how the script that sources it was called
 */
void cfg_read(struct settings *s, const char *script, const char *text, size_t size);

#endif
