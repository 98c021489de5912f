/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Child processes of a library: the host program must not notice them. */
#ifndef EJG_UTIL_CHILD_H
#define EJG_UTIL_CHILD_H

#include <sys/types.h>

/*
 * Starts a child that runs fn and exits with what it returns. Its end sends no SIGCHLD, and the host's wait for any
 * child does not find it. fn may only make system calls: unlike fork(3) this does not prepare the C library, whose
 * locks another thread may have held. All signals but SIGKILL are blocked in the child: no handler of the host runs
 * twice.
 *
 * Return: the process, for child_wait(), or a negative errno.
 */
pid_t child_start(int (*fn)(const void *data), const void *data);

/*
 * Waits for a child, of child_start() or of fork(3). *ret_status is as of waitpid(2).
 * Return: 0, or a negative errno when another part of the program has waited for it.
 */
int child_wait(pid_t child, int *ret_status);

#endif
