/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* apply --confirm: the former policy comes back unless the new one is confirmed in time. */
#ifndef EJG_TOOL_CONFIRM_H
#define EJG_TOOL_CONFIRM_H

#include "tools/base/report.h"
#include "tools/confirm/pending.h"

/* "60", "60s", "5min", "1h". Return: 0, -EINVAL with the message set. */
int confirm_read_seconds(const char *text, struct report *report, unsigned int *ret);

/*
 * Applies the stack, and restores the former one after the given seconds. If the new stack does not hold, nothing is
 * changed and no change waits. If another change is waiting already, the policy before that one will be restored.
 * Return: as ejg_apply(), or with the message set.
 */
int confirm_apply(struct report *report, const struct ejg_apply_options *how, unsigned int seconds);

/* For verbs that change the policy: -EBUSY with the message set while a change waits; 0; other errors. */
int confirm_refuse_pending(struct report *report);

/* For the timer that follows names of peers: -EBUSY with the message set if the stack file has the reverted change. */
int confirm_refuse_reverted(struct report *report);

/*
 * Call before an apply for a unit or a container that is about to start. If nothing was in force before a waiting
 * change, the revert of that change then keeps the guard, because the unit would otherwise continue without it.
 */
void confirm_note_start(struct report *report);

/* Keeps the current policy. Return: 0; -EIO when no change waits, and other errors, with the message set. */
int confirm_keep(struct report *report);

/*
 * Restores the former policy now. Return: as ejg_apply() and ejg_release(); with the message set -EIO when no change
 * waits, or when something was started under the guard that would be released.
 */
int confirm_revert(struct report *report);

/* Call after a release: no former policy comes back any more. */
void confirm_forget(struct report *report);

#endif
