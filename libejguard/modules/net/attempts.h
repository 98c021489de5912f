/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Forbidden attempts, made for real: from inside each guarded cgroup, one for each hook, in a new network namespace
 * that no packet can leave, even if the guard is broken.
 */
#ifndef EJG_NET_ATTEMPTS_H
#define EJG_NET_ATTEMPTS_H

#include "libejguard/modules/net/pins.h"

/*
 * Makes the attempts in the calling process, which must have been forked for this: it enters the cgroup and a new
 * network namespace. Records are written to `out`.
 */
void prove_in_helper(const struct ejg_facts *facts, const struct ejg_cgroup *cgroup, const struct pins *pins,
		     const struct net_policy *policy, int out);

#endif
