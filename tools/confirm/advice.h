/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Advice that would mislead after a revert. */
#ifndef EJG_TOOL_CONFIRM_ADVICE_H
#define EJG_TOOL_CONFIRM_ADVICE_H

#include "tools/base/report.h"

/*
 * Call when the report is complete. Where the stack file still has a reverted change, an apply alone would put it in
 * force again: its remedies then begin with the edit. Return: 0; -ENOMEM with the message set.
 */
int advice_after_revert(struct report *report);

/* Lets the findings of a revert name the stack file, not the copy that was applied. Return: as above. */
int advice_of_revert(struct report *report);

#endif
