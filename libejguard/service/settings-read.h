/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads everything in the order in which it takes effect: the unit, the start script, ejabberdctl.cfg, erl's flags. */
#ifndef EJG_SERVICE_SETTINGS_READ_H
#define EJG_SERVICE_SETTINGS_READ_H

#include "libejguard/service/base/settings-struct.h"

/* The configuration folder, by any of the names that scripts use for it. */
const struct occurrence *settings_config_dir(const struct settings *s);

/* Fills in s if it is not filled in yet. Return: 0; -ENOMEM, and nothing is filled in. */
int settings_read_all(struct settings *s);

#endif
