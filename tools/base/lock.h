/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Locks of the tool. They are files that nobody else can open: a lock of flock(2) is for everybody who can open the file to
 * take, for reading too, and to keep.
 */
#ifndef EJG_TOOL_LOCK_H
#define EJG_TOOL_LOCK_H

#include "tools/base/report.h"

/*
 * Opens the lock file of that path, whose folder is there, and makes it (0600) when it is missing. Return: 0; -EPERM, -EIO with
 * the message set. *ret_fd untouched on failure.
 */
int lock_open(struct report *report, const char *path, int *ret_fd);

/*
 * Takes the lock of an open file; it goes with the descriptor. Waits at most that many seconds. Return: 0; -EBUSY, -EIO with the
 * message set, which names the path.
 */
int lock_wait(struct report *report, int fd, const char *path, unsigned int patience);

#endif
