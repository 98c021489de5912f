/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the verbs that apply the stack do with --dry-run. */
#ifndef EJG_TOOL_TRY_H
#define EJG_TOOL_TRY_H

#include "tools/base/report.h"

/* What apply would do. Return: as ejg_try(); -EACCES with the message set where there is nothing to guard. */
int try_apply(struct report *report);

#endif
