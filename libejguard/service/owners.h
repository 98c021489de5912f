/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds the process that holds a socket, by one pass over /proc/PID/fd; for listeners.c. */
#ifndef EJG_SERVICE_OWNERS_H
#define EJG_SERVICE_OWNERS_H

#include "libejguard/service/survey-draft.h"

/* A listener whose process is searched. */
struct owned {
	uint32_t inode;
	struct ejg_listener *listener;
	const char *cgroup; /* below the mount, or NULL */
};

/*
 * Fills in the pids of the listeners and sorts the list: searches first the processes of the survey, then all others,
 * and last the service manager, which keeps a copy of each socket that it passed on. Return: 0, -ENOMEM.
 */
int listeners_find_owners(struct survey_draft *draft, struct owned *owned, size_t n);

#endif
