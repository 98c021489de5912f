/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Locks of the tool. They are files that nobody else can open: a lock of flock(2) is for everybody who can open the
 * file to take, for reading too, and to keep.
 */
#ifndef EJG_TOOL_LOCK_H
#define EJG_TOOL_LOCK_H

#include "tools/base/report.h"

/*
 * Takes the lock file of that path, whose folder is there, and makes it (0600) when it is missing. The lock goes with
 * the descriptor. Waits at most that many seconds, also for a file that another process makes in place of one that was
 * removed. Return: 0; -EPERM, -EBUSY, -EIO with the message set, which names the path. *ret_fd untouched on failure.
 */
int lock_take_file(struct report *report, const char *path, unsigned int patience, int *ret_fd);

/*
 * Takes the lock of an open file or folder; it goes with the descriptor. Waits at most that many seconds. Return: 0;
 * -EBUSY, -EIO with the message set, which names the path.
 */
int lock_wait(struct report *report, int fd, const char *path, unsigned int patience);

#endif
