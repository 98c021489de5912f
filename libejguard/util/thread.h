/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Threads, in /proc. */
#ifndef EJG_UTIL_THREAD_H
#define EJG_UTIL_THREAD_H

#include <stdbool.h>
#include <stdint.h>

#define THREAD_PATH_SIZE 64

/*
 * Finds a running thread of a process whose first thread has ended. /proc/PID shows the first thread: once that has
 * ended, it has no program, descriptors and namespaces any more, although the process goes on.
 * @proc: /proc
 * @ret: "PID/task/TID"
 *
 * Return: false if the process has ended, or has its first thread only, as threads of the kernel do.
 */
bool thread_find_other(int proc, uint64_t pid, char ret[static THREAD_PATH_SIZE]);

#endif
