/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Forbidden attempts, made for real: from inside each guarded cgroup, one for each hook, in a network namespace of the
 * helper's own from which nothing can leave, even if the guard were broken.
 */
#ifndef EJG_NET_ATTEMPTS_H
#define EJG_NET_ATTEMPTS_H

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

/* Made in a cgroup that may hold no processes itself, for the helper to enter. To be removed once that has ended. */
#define PROVE_SUBGROUP "ejguard-proof"

/*
 * Makes the attempts in the calling process, which must be one that was forked for this: it enters the cgroup and a
 * network namespace of its own. Records are written to `out`.
 */
void prove_in_helper(const struct ejg_facts *facts, const struct ejg_cgroup *cgroup, const struct pins *pins,
		     const struct net_policy *policy, int out);

#endif
