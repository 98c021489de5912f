/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The lock of a service: several units of one service start at the same moment and all run apply. */
#ifndef EJG_CORE_LOCK_H
#define EJG_CORE_LOCK_H

#include <stdbool.h>
#include <time.h>

#include "libejguard/core/report.h"

enum lock_limits {
	LOCK_PATIENCE = 30 * 1000,	 /* milliseconds that verbs wait for the lock */
	LOCK_CHECK_PATIENCE = 10 * 1000, /* the same before a failure is looked at again */
};

/*
 * Takes the lock file RUNDIR/lock of a service, creating the folder (0700) and its parent (0755) if they are missing.
 * Waits for at most `patience` milliseconds. Closing the descriptor releases the lock, also when the process dies.
 *
 * Return: 0, -EBUSY, -EPERM, -EIO, -ENOMEM, all reported. *ret_fd untouched on failure.
 */
int lock_take(struct report *report, const char *rundir, unsigned int patience, int *ret_fd);
/* The same to look only: several may, while nobody has it by lock_take(). lock_look() does not see that. */
int lock_share(struct report *report, const char *rundir, unsigned int patience, int *ret_fd);

/* The lock at one moment, as lock_take() leaves it. Zero: nobody has taken it yet, or the caller may not look at it. */
struct lock_seen {
	bool held;
	long holder; /* the last one */
	struct timespec since;
};

/* Looks at the lock, without waiting and without creating it. */
struct lock_seen lock_look(const char *rundir);

/* True if somebody held the lock between the two looks. */
bool lock_was_held(const struct lock_seen *before, const struct lock_seen *after);

#endif
