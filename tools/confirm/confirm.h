/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* apply --confirm: the former policy comes back by itself unless the new one is confirmed in time. */
#ifndef EJG_TOOL_CONFIRM_H
#define EJG_TOOL_CONFIRM_H

#include "tools/base/report.h"
#include "tools/confirm/pending.h"

/* "60", "60s", "5min", "1h". Return: 0, -EINVAL with the message set. */
int confirm_read_seconds(const char *text, struct report *report, unsigned int *ret);

/*
 * Applies the stack, and has the former one come back after so many seconds. What does not hold leaves things as they were,
 * and nothing waits. While another change waits, what comes back is still what was in force before that one.
 * Return: as ejg_apply(), or with the message set.
 */
int confirm_apply(struct report *report, const struct ejg_apply_options *how, unsigned int seconds);

/* For who would change what is in force: -EBUSY with the message set while a change waits; 0; other errors of pending_read(). */
int confirm_refuse_pending(struct report *report);

/* For a timer that follows the names of peers: -EBUSY with the message set where the stack file has what was taken back. */
int confirm_refuse_reverted(struct report *report);

/*
 * Before an apply for a unit or a container that is about to start: where nothing was in force before a change that waits, its
 * revert then leaves the guard, without which that would go on.
 */
void confirm_note_start(struct report *report);

/* Keeps what is in force. Return: 0; -EIO where nothing waits, and other errors, with the message set. */
int confirm_keep(struct report *report);

/*
 * Brings the former policy back now. Return: as ejg_apply() and ejg_release(); -EIO where nothing waits, and
 * where something has started under the guard that would be released, with the message set.
 */
int confirm_revert(struct report *report);

/* After a release: nothing comes back any more. */
void confirm_forget(struct report *report);

#endif
