/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Declarations of the module `seccomp`. */
#ifndef EJG_SECCOMP_SECCOMP_H
#define EJG_SECCOMP_SECCOMP_H

#include <ejguard/module.h>

#include "libejguard/modules/seccomp/filter.h"

struct seccomp_config {
	unsigned int action; /* enum filter_action: FILTER_ERROR or FILTER_KILL */
	bool mptcp;
};

/* The result of the options and of the call's mode. */
struct filter_plan seccomp_plan(const struct ejg_call *call);

int seccomp_check(struct ejg_call *call);
/*
 * Finds programs without the privilege of their set-user-ID bit in the cgroup of a process of the survey, and without
 * the filter those that would lose it.
 */
void privilege_check(struct ejg_call *call, size_t index, bool is_confined);
int seccomp_prove(struct ejg_call *call);

#endif
