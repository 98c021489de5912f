/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* prove: runs the attempts of attempts.c in each cgroup. */
#include <errno.h>
#include <string.h>

#include "libejguard/modules/net/attempts.h"
#include "libejguard/modules/net/net.h"
#include "libejguard/modules/net/proof.h"
#include "libejguard/util/cleanup.h"

struct attempts {
	const struct ejg_facts *facts;
	const struct pins *pins;
	const struct net_policy *policy;
};

static void make_attempts(const void *data, const struct ejg_cgroup *cgroup, int out)
{
	const struct attempts *attempts = data;

	prove_in_helper(attempts->facts, cgroup, attempts->pins, attempts->policy, out);
}

static int prove_current(struct ejg_call *call, const struct pins *pins)
{
	const struct ejg_facts *facts = ejg_call_facts(call);
	cleanup_fd int fd = pins_get_policy(pins);
	struct net_policy policy = {};
	int verdict = EJG_NOT_APPLICABLE;
	const struct attempts data = { facts, pins, &policy };
	const struct proof_attempts attempts = { make_attempts, &data };
	int r = fd < 0 ? fd : pins_read_policy(fd, &policy);

	if (r < 0)
		return ejg_call_error(call, -EIO, "run: ejguard apply", "cannot read the policy below %s: %s",
				      pins->path, strerror(-r));
	for (size_t i = 0; r >= 0 && i < facts->n_cgroups; i++) {
		if (!ejg_cgroup_get(facts, i)->id)
			continue;
		r = proof_run(call, ejg_cgroup_get(facts, i), &attempts);
		if (r == EJG_NOT_HELD || (r == EJG_HELD && verdict == EJG_NOT_APPLICABLE))
			verdict = r;
	}
	if (r >= 0)
		r = net_prove_lookups(call, pins, &policy);
	if (r == EJG_NOT_HELD || (r == EJG_HELD && verdict == EJG_NOT_APPLICABLE))
		verdict = r;
	net_policy_free(&policy);
	return r < 0 ? r : verdict;
}

int net_prove(struct ejg_call *call)
{
	return prove_set(call, prove_current);
}
