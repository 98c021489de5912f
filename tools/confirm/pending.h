/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A change that waits to be confirmed, in the service's folder below /run: `pending` says until when, and `former` is the
 * stack that comes back unless it is. Both are gone after a boot, as is what was applied.
 */
#ifndef EJG_TOOL_PENDING_H
#define EJG_TOOL_PENDING_H

#include "tools/base/report.h"

#define PENDING_NAME "pending"
#define FORMER_NAME "former"

struct pending {
	uint64_t until; /* milliseconds of CLOCK_MONOTONIC: nobody sets it */
	bool former;	/* there was a stack in force before; else nothing was guarded */
};

/* One of apply --confirm, confirm and revert at a time. Return: 0; -EBUSY, -EPERM, -EIO with the message set. */
int pending_lock(struct report *report, int *ret_fd);

/* Return: 1 when a change waits, 0 when none does or the caller may not see it; -EIO, -ENOMEM with the message set. */
int pending_read(struct report *report, struct pending *ret);
/* Seconds that are left, 0 when the time is over. */
unsigned int pending_left(const struct pending *pending);

/* The path of a file in the service's folder; NULL without memory. */
char *pending_path(const struct report *report, const char *name);

/*
 * Keeps the stack that was applied last as the former one. Return: 0; -EACCES, -EBUSY, -EPERM, -EIO, -ENOMEM with the message
 * set.
 */
int pending_keep_former(struct report *report, struct pending *pending);
/* Return: 0; -EPERM, -EIO, -ENOMEM with the message set. */
int pending_write(struct report *report, const struct pending *pending);
/* From then on nothing comes back. Return: 0; -EPERM, -EIO, -ENOMEM with the message set. */
int pending_remove(struct report *report);

/*
 * Whether the stack file still has what was taken back: then a timer that follows the names of peers must not apply it.
 * What cannot be kept is left out.
 */
void pending_set_reverted(const struct report *report, bool reverted);
bool pending_is_reverted(const struct report *report);

/* Whether something has started under the guard while a change waited that had nothing in force before it. */
void pending_set_started(const struct report *report, bool started);
bool pending_is_started(const struct report *report);

/* Makes it part of the report. What cannot be read is left out. */
void pending_show(struct report *report);

#endif
