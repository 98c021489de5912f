/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The flags of erl from all their sources. */
#ifndef EJG_SERVICE_SCRIPT_FLAGS_H
#define EJG_SERVICE_SCRIPT_FLAGS_H

#include "libejguard/service/base/settings-struct.h"

/* Reads the flags of all sources, and sets the variables of -env. Return: 0, -ENOMEM. */
int flags_read(struct settings *s);

#endif
