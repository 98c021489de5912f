/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads the files of one process in /proc, for processes.c. */
#ifndef EJG_SERVICE_PROCESSES_READ_H
#define EJG_SERVICE_PROCESSES_READ_H

#include <limits.h>

#include "libejguard/service/processes.h"

enum {
	/* Larger than any known command line or environment of a node (some ten KiB); Linux allows 2 MiB. */
	PROCESSES_MAX_TEXT = 128 * 1024,
};

/* Buffer for reading. Cleared afterwards, because it may have contained cookies. */
struct process_buffer {
	char text[PROCESSES_MAX_TEXT + 1];
	char exe[PATH_MAX];
};

/*
 * Reads a file of /proc into the buffer's text, up to limit, which is PROCESSES_MAX_TEXT or less, and adds a NUL byte.
 * Return: the number of bytes, or a negative errno.
 */
ssize_t process_read_text(struct process_buffer *buffer, int folder, const char *name, size_t limit);

/* Reads the target of a link in /proc/PID into the buffer's exe. Return: 0 or a negative errno. */
int process_read_link(struct process_buffer *buffer, int folder, const char *name);

/*
 * Reads start time and user. The folder is an open /proc/PID, never that of a later process. Return: 0,
 * -ESRCH.
 */
int process_read_stat(struct process_buffer *buffer, int folder, struct ejg_process *process);

/* Reads the cgroup2 path into the buffer's text; NULL when the process has none. Return: 0, -ESRCH. */
int process_read_cgroup(struct survey_draft *draft, struct process_buffer *buffer, int folder, const char **ret_path,
			bool *ret_in_service);

/*
 * Reads the variables that the survey needs. *ret_cut becomes true when the environment is longer than the buffer.
 * Return: 0; -EACCES when it cannot be read; -ENOMEM.
 */
int process_read_environment(struct survey_draft *draft, struct process_buffer *buffer, int folder,
			     struct ejg_process *process, bool *ret_cut);

#endif
