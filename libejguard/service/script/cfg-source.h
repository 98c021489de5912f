/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ejabberdctl.cfg, as the start script sources it, and its effect on the variables. */
#ifndef EJG_SERVICE_SCRIPT_CFG_SOURCE_H
#define EJG_SERVICE_SCRIPT_CFG_SOURCE_H

#include "libejguard/service/base/settings-struct.h"

/*
 * Adds the settings of ejabberdctl.cfg.
 * @script: how the script that sources it was called
 *
 * Return: 0, -ENOMEM.
 */
int cfg_source(struct settings *s, const char *script, const char *path);

#endif
