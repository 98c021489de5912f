/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ejabberdctl.cfg, as the start script sources it: what it does to the variables. */
#ifndef EJG_SERVICE_SCRIPT_CFG_SOURCE_H
#define EJG_SERVICE_SCRIPT_CFG_SOURCE_H

#include "libejguard/service/settings-struct.h"

/*
 * Takes over what ejabberdctl.cfg sets.
 * @script: how the script that sources it was called
 *
 * Return: 0, -ENOMEM.
 */
int cfg_source(struct settings *s, const char *script, const char *path);

#endif
