/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether the former stack can come back in the place of the new one, asked before anything is changed. */
#ifndef EJG_TOOL_FORMER_H
#define EJG_TOOL_FORMER_H

#include "tools/base/report.h"

/*
 * Of the file `former` and the stack that report->handle has loaded. What only the new one has would stay in force.
 * tries: also whether the former one would hold now. Return: 0; an error of ejg_load() and ejg_check(), -EBADMSG where something
 * would stay, -ENOMEM; with the message set.
 */
int former_check(struct report *report, bool tries);

#endif
