/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/seccomp/inspect.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>

#include "libejguard/util/cleanup.h"
#include "libejguard/util/clock.h"

/* From linux/ptrace.h, which conflicts with sys/ptrace.h. */
#ifndef PTRACE_SECCOMP_GET_FILTER
#define PTRACE_SECCOMP_GET_FILTER 0x420c
#endif

void inspection_done(struct inspect_filters *inspection)
{
	for (size_t i = 0; i < inspection->n; i++)
		free(inspection->filters[i].code);
	inspection->n = 0;
}

int inspect_count(pid_t pid, int *ret_mode, unsigned int *ret_n)
{
	cleanup_file FILE *file = NULL;
	char path[64], line[256];
	unsigned int n = 0;
	int mode = -1;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	file = fopen(path, "re");
	if (!file)
		return -errno;
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "Seccomp: %d", &mode) != 1)
			sscanf(line, "Seccomp_filters: %u", &n);
	}
	if (mode < 0)
		return -EOPNOTSUPP;
	*ret_mode = mode;
	*ret_n = n;
	return 0;
}

/* Copies the filters of a stopped process. */
static int copy_filters(pid_t pid, struct inspect_filters *inspection)
{
	for (;;) {
		long length = ptrace(PTRACE_SECCOMP_GET_FILTER, pid, (void *)inspection->n, NULL);
		struct inspect_filter *filter = &inspection->filters[inspection->n];

		/* ENOENT: no more filters; EINVAL: no filter at all */
		if (length < 0)
			return errno == ENOENT || (errno == EINVAL && inspection->n == 0) ? 0 : -errno;
		if (inspection->n == INSPECT_MAX_FILTERS || length > USHRT_MAX)
			return -E2BIG;
		filter->code = calloc((size_t)length + 1, sizeof(*filter->code));
		if (!filter->code)
			return -ENOMEM;
		filter->length = (unsigned short)length;
		if (ptrace(PTRACE_SECCOMP_GET_FILTER, pid, (void *)inspection->n++, filter->code) < 0)
			return -errno;
	}
}

#define STOP_MS 2000

/*
 * A process in vfork(2), or in a file system that hangs, does not stop: the wait is limited. *ret_signal must be
 * delivered at the end: the stop may be caused by a signal that arrives at the same time.
 */
static int wait_until_stopped(pid_t pid, int *ret_signal)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	const int64_t end = clock_ms() + STOP_MS;
	int status;
	pid_t got;

	if (ptrace(PTRACE_INTERRUPT, pid, NULL, NULL) < 0)
		return -errno;
	while ((got = waitpid(pid, &status, __WALL | WNOHANG)) == 0 && clock_ms() < end)
		nanosleep(&pause, NULL);
	if (got <= 0)
		return got == 0 ? -ETIMEDOUT : -errno;
	if (!WIFSTOPPED(status))
		return -ESRCH;
	*ret_signal = status >> 16 == PTRACE_EVENT_STOP ? 0 : WSTOPSIG(status);
	return 0;
}

int inspect_read(pid_t pid, struct inspect_filters *ret)
{
	cleanup_inspection struct inspect_filters inspection = INSPECTION_NULL;
	int signal = 0, r;

	if (ptrace(PTRACE_SEIZE, pid, NULL, NULL) < 0)
		return errno == EPERM && geteuid() == 0 ? -EBUSY : -errno;
	r = wait_until_stopped(pid, &signal);
	if (r == 0)
		r = copy_filters(pid, &inspection);
	ptrace(PTRACE_DETACH, pid, NULL, (void *)(long)signal);
	if (r < 0)
		return r;
	*ret = inspection;
	inspection.n = 0;
	return 0;
}
