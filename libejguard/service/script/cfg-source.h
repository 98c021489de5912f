/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ejabberdctl.cfg, as the start script sources it: what it does to the variables. */
#ifndef EJG_SERVICE_SCRIPT_CFG_SOURCE_H
#define EJG_SERVICE_SCRIPT_CFG_SOURCE_H

#include "libejguard/service/settings-build.h"

/* The names of struct ejg_setting that are variables of the script, and others that become arguments; ended by NULL. */
extern const char *const settings_names[];

/* Takes over what ejabberdctl.cfg sets. Return: 0, -ENOMEM. */
int cfg_source(struct settings *s, const char *path);
/* Something at that place could set any variable. */
void cfg_doubt(struct settings *s, const struct ejg_origin *origin, const char *why);

#endif
