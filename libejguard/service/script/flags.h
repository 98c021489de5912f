/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The flags of erl, from all that it takes them from. */
#ifndef EJG_SERVICE_SCRIPT_FLAGS_H
#define EJG_SERVICE_SCRIPT_FLAGS_H

#include "libejguard/service/settings-struct.h"

/* Reads the flags of all sources, and gives what -env sets to the variables. Return: 0, -ENOMEM. */
int flags_read(struct settings *s);

#endif
