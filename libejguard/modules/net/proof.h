/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Forbidden attempts, made by a helper process, and their results. A helper makes one attempt at each hook of the kind,
 * and reports each in one record.
 */
#ifndef EJG_NET_PROOF_H
#define EJG_NET_PROOF_H

#include "libejguard/modules/net/pins.h"

enum prove_result {
	PROVE_REFUSED,	 /* correct: refused, and counted */
	PROVE_UNCOUNTED, /* refused, but not by this guard: its counter did not change */
	PROVE_PASSED,	 /* not refused */
	PROVE_UNPROVEN,	 /* could not be tried */
	PROVE_GONE,	 /* the cgroup was removed */
	PROVE_NOTHING,	 /* the policy allows no listener for a test */
};

/* The result of one attempt. */
struct prove_record {
	uint32_t hook;	 /* enum policy_hook */
	uint32_t result; /* enum prove_result */
	int32_t error;	 /* errno of the attempt, or the reason why it could not be made */
};

/* The number of refusals of proofs at a hook, for all reasons. */
uint64_t proof_count(const struct pins *pins, enum policy_hook hook);

/* Reports the results of attempts. Return: EJG_HELD, EJG_NOT_HELD, EJG_NOT_APPLICABLE when nothing could be tried. */
int proof_report(struct ejg_call *call, const char *subject, const struct prove_record *records, size_t n);

/* The record of an attempt that was made, without its hook. */
struct prove_record proof_judge(bool permissive, bool refused, bool counted, int error);
/* The record of an attempt that could not be made. */
struct prove_record proof_unproven(int error);

/* Moves the calling helper into a cgroup, or into a new one below it. Return: 0 or a negative errno. */
int proof_enter(const struct ejg_cgroup *cgroup);

/* The attempts, for a process that was forked for this. Records are written to `out`. */
struct proof_attempts {
	void (*make)(const void *data, const struct ejg_cgroup *cgroup, int out);
	const void *data;
};

/*
 * Runs the attempts in a helper, and reports the results.
 * Return: EJG_HELD, EJG_NOT_HELD, EJG_NOT_APPLICABLE when nothing could be tried, or a negative errno.
 */
int proof_run(struct ejg_call *call, const struct ejg_cgroup *cgroup, const struct proof_attempts *attempts);

/* Calls prove with the set of the service, if it exists and can be tested. Return: a verdict or a negative errno. */
int prove_set(struct ejg_call *call, int (*prove)(struct ejg_call *call, const struct pins *pins));

#endif
