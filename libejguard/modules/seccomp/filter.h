/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Makes the kernel's filter from the table of rules. */
#ifndef EJG_SECCOMP_FILTER_H
#define EJG_SECCOMP_FILTER_H

#include "libejguard/modules/seccomp/rules.h"

enum filter_action {
	FILTER_ERROR, /* the call fails with the error of its rule */
	FILTER_KILL,  /* the process ends with SIGSYS */
	FILTER_LOG,   /* the call is executed and recorded (audit): nothing is refused */
};

struct filter_plan {
	enum filter_action action;
	bool mptcp; /* allow MPTCP sockets */
};

/* True if the plan has the rule. */
bool filter_has(const struct filter_plan *plan, const struct rule *rule);

/*
 * Applies the filter to the calling thread and all other threads of its process; irreversible. Without CAP_SYS_ADMIN it
 * also sets no_new_privs, as the kernel requires. *ret_failed is the failed step, for people.
 * Return: 0 or a negative errno.
 */
int filter_load(const struct filter_plan *plan, const char **ret_failed);

#endif
