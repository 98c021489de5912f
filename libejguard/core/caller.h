/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who runs this process. */
#ifndef EJG_CORE_CALLER_H
#define EJG_CORE_CALLER_H

#include "libejguard/util/arena.h"

/*
 * One line: the user and the unit or session, "alice in session-3.scope". The user is the one who logged in, as the
 * kernel keeps it through su and sudo, else the process's own. NULL without memory.
 */
const char *caller_describe(struct arena *arena);

#endif
