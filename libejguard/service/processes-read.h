/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading what /proc tells of one process, for processes.c. */
#ifndef EJG_SERVICE_PROCESSES_READ_H
#define EJG_SERVICE_PROCESSES_READ_H

#include <limits.h>

#include "libejguard/service/processes.h"

enum {
	/* Larger than any command line or environment of a node that was seen (some ten KiB); Linux allows 2 MiB. */
	PROCESSES_MAX_TEXT = 128 * 1024,
};

/* Room for what is read. Cleared when it is done with: cookies pass through it. */
struct process_buffer {
	char text[PROCESSES_MAX_TEXT + 1];
	char exe[PATH_MAX];
};

/*
 * Reads a file of /proc into the buffer's text, as far as limit, which is PROCESSES_MAX_TEXT or less; a NUL byte
 * follows. Return: how many bytes, or a negative errno.
 */
ssize_t process_read_text(struct process_buffer *buffer, int folder, const char *name, size_t limit);

/* Where a link of /proc leads, in the buffer's exe. Return: 0 or a negative errno. */
int process_read_link(struct process_buffer *buffer, int folder, const char *name);

/* Start time and user. The folder is a descriptor of /proc/PID, which outlives no process. Return: 0, -ESRCH. */
int process_read_stat(struct process_buffer *buffer, int folder, struct ejg_process *process);

/* The cgroup of cgroup2, in the buffer's text; NULL when there is none. Return: 0, -ESRCH. */
int process_read_cgroup(struct survey_draft *draft, struct process_buffer *buffer, int folder, const char **ret_path,
			bool *ret_in_service);

/*
 * What the environment has of the names that the survey wants. *ret_cut becomes true when it is longer than is read.
 * Return: 0; -EACCES when it cannot be read; -ENOMEM.
 */
int process_read_environment(struct survey_draft *draft, struct process_buffer *buffer, int folder,
			     struct ejg_process *process, bool *ret_cut);

#endif
