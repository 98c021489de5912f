/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Statements that may set anything. */
#ifndef EJG_SERVICE_SCRIPT_DOUBT_H
#define EJG_SERVICE_SCRIPT_DOUBT_H

#include "libejguard/service/base/settings-struct.h"

/* The names of struct ejg_setting that are variables of the script, and others that become arguments; ended by NULL. */
extern const char *const settings_names[];

/* True for a name that the start script, or erl, reads. */
bool doubt_is_setting(const char *name);

/* Marks all variables as unknown, because something at that place may set them. */
void doubt_all(struct settings *s, const struct ejg_origin *origin, const char *why);

#endif
