/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A change that waits to be confirmed, in the service's folder below /run: `pending` has the end of its time, and
 * `former` is the stack that comes back without a confirmation. Both are removed by a boot, as is the applied policy.
 */
#ifndef EJG_TOOL_PENDING_H
#define EJG_TOOL_PENDING_H

#include <time.h>

#include "tools/base/report.h"

#define PENDING_NAME "pending"
#define FORMER_NAME "former"

struct pending {
	uint64_t until; /* milliseconds of CLOCK_MONOTONIC, which setting the time does not change */
	bool former;	/* a stack was in force before; false: nothing was guarded */
};

/* Lock for apply --confirm, confirm and revert. Return: 0; -EBUSY, -EPERM, -EIO with the message set. */
int pending_lock(struct report *report, int *ret_fd);

/* Return: 1 when a change waits, 0 when none does or the caller may not read it; -EIO, -ENOMEM with the message set. */
int pending_read(struct report *report, struct pending *ret);
/* The remaining seconds, 0 when the time is over. */
unsigned int pending_left(const struct pending *pending);

/* The path of a file in the service's folder; NULL without memory. */
char *pending_path(const struct report *report, const char *name);

/*
 * Keeps the last applied stack as the former one. Return: 0; -EACCES, -EBUSY, -EPERM, -EIO, -ENOMEM with the message
 * set.
 */
int pending_keep_former(struct report *report, struct pending *pending);
/* Return: 0; -EPERM, -EIO, -ENOMEM with the message set. */
int pending_write(struct report *report, const struct pending *pending);
/* After this no former policy comes back. Return: 0; -EPERM, -EIO, -ENOMEM with the message set. */
int pending_remove(struct report *report);

/*
 * Records whether the stack file still has a reverted change: then a timer that follows names of peers must not apply
 * it. A failure to write is ignored.
 */
void pending_set_reverted(const struct report *report, bool reverted);
bool pending_is_reverted(const struct report *report);
/* The same; *ret is when it was reverted. */
bool pending_reverted_at(const struct report *report, struct timespec *ret);

/* Records whether something was started under the guard while a change waited with nothing in force before it. */
void pending_set_started(const struct report *report, bool started);
bool pending_is_started(const struct report *report);

/* True if something of the service is in force. Also if the caller may not see that. */
bool pending_is_applied(const struct report *report);

/* Adds it to the report. Unreadable parts are left out. */
void pending_show(struct report *report);

#endif
