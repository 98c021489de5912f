/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* --dry-run of the verbs that apply the stack. */
#ifndef EJG_TOOL_TRY_H
#define EJG_TOOL_TRY_H

#include "tools/base/report.h"

/* Reports what apply would do. Return: as ejg_try(); -EACCES with the message set when there is nothing to guard. */
int try_apply(struct report *report);

/*
 * Adds a finding for each configured listener that the guard will refuse: the unit that makes it would not start. What
 * else an apply would find is not said, nor that it would fail. Sets report->guarded_now if an apply would change
 * nothing of the guard.
 *
 * Return: 0, -ENOMEM with the message set.
 */
int try_listeners(struct report *report);

#endif
