/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The lock of a service: several units of one service start at the same moment and all run apply. */
#ifndef EJG_CORE_LOCK_H
#define EJG_CORE_LOCK_H

#include "libejguard/core/report.h"

enum lock_limits {
	LOCK_PATIENCE = 30 * 1000, /* milliseconds that verbs wait for the lock */
};

/*
 * Takes the lock file RUNDIR/lock of a service, making the folder (0700) and the one above it (0755) when they are
 * missing. Waits at most that many milliseconds. The lock goes with the descriptor, whatever happens to the process.
 *
 * Return: 0, -EBUSY, -EPERM, -EIO, -ENOMEM, all reported. *ret_fd untouched on failure.
 */
int lock_take(struct report *report, const char *rundir, unsigned int patience, int *ret_fd);

#endif
