/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/util/child.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

pid_t child_start(int (*fn)(const void *data), const void *data)
{
	sigset_t all, before;
	pid_t child;
	int error;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	/* The number of a signal for the end is in the flags: none. The order of the other arguments depends on the
	 * machine. */
	child = syscall(SYS_clone, 0UL, 0UL, 0UL, 0UL, 0UL);
	if (child == 0)
		_exit(fn(data));
	error = errno;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return child < 0 ? -error : child;
}

int child_wait(pid_t child, int *ret_status)
{
	int status;

	/* __WALL: children without a signal for their end, too. */
	while (waitpid(child, &status, __WALL) < 0)
		if (errno != EINTR)
			return -errno;
	*ret_status = status;
	return 0;
}
