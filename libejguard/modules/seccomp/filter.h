/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The filter: from the table of rules to the kernel. */
#ifndef EJG_SECCOMP_FILTER_H
#define EJG_SECCOMP_FILTER_H

#include "libejguard/modules/seccomp/rules.h"

enum filter_action {
	FILTER_ERROR, /* the call fails with the error of its rule */
	FILTER_KILL,  /* the process ends with SIGSYS */
	FILTER_LOG,   /* the call is carried out and recorded (audit): nothing is refused */
};

struct filter_plan {
	enum filter_action action;
	bool mptcp; /* MPTCP sockets may be made */
};

/* Whether the plan refuses what the rule names. */
bool filter_has(const struct filter_plan *plan, const struct rule *rule);

/*
 * Puts the calling thread, and all others of its process, under the filter; irreversible. Without CAP_SYS_ADMIN it sets
 * no_new_privs too, as the kernel asks. *ret_failed is what failed, for people.
 * Return: 0 or a negative errno.
 */
int filter_load(const struct filter_plan *plan, const char **ret_failed);

#endif
