/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Forbidden attempts, made for real by a helper process, and what comes of them. A helper makes one at each hook of the
 * kind, and reports it in one record.
 */
#ifndef EJG_NET_PROOF_H
#define EJG_NET_PROOF_H

#include "libejguard/modules/net/pins.h"

enum prove_result {
	PROVE_REFUSED,	 /* as it should be: refused, and counted */
	PROVE_UNCOUNTED, /* refused, but not by this guard: its counter stands still */
	PROVE_PASSED,	 /* not refused */
	PROVE_UNPROVEN,	 /* could not be tried */
	PROVE_GONE,	 /* the cgroup went away */
	PROVE_NOTHING,	 /* the policy lets no listener be made that could be tried */
};

/* One attempt's outcome. */
struct prove_record {
	uint32_t hook;	 /* enum policy_hook */
	uint32_t result; /* enum prove_result */
	int32_t error;	 /* errno of the attempt, or of what kept it from being made */
};

/* Refusals of proofs at a hook, whatever the reason. */
uint64_t proof_count(const struct pins *pins, enum policy_hook hook);

/*
 * Reports what became of attempts. Return: EJG_HELD, EJG_NOT_HELD, EJG_NOT_APPLICABLE when nothing could be tried.
 */
int proof_report(struct ejg_call *call, const char *subject, const struct prove_record *records, size_t n);

/* The record of an attempt that was made, but for its hook. */
struct prove_record proof_judge(bool permissive, bool refused, bool counted, int error);
/* Of one that could not be made. */
struct prove_record proof_unproven(int error);

/* Lets the caller, a helper, enter a cgroup, or one made below it for that. Return: 0 or a negative errno. */
int proof_enter(const struct ejg_cgroup *cgroup);

/* The attempts, made in a process that was forked for this. Records are written to `out`. */
struct proof_attempts {
	void (*make)(const void *data, const struct ejg_cgroup *cgroup, int out);
	const void *data;
};

/*
 * Has the attempts made by a helper, and reports what came of them.
 * Return: EJG_HELD, EJG_NOT_HELD, EJG_NOT_APPLICABLE when nothing could be tried, or a negative errno.
 */
int proof_run(struct ejg_call *call, const struct ejg_cgroup *cgroup, const struct proof_attempts *attempts);

/* Calls prove with the set of the service, if there is one that can be tried. Return: a verdict or a negative errno. */
int prove_set(struct ejg_call *call, int (*prove)(struct ejg_call *call, const struct pins *pins));

#endif
