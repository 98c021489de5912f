/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* prepare and apply. */
#include <errno.h>

#include "libejguard/modules/host/host.h"
#include "libejguard/modules/net/sharing.h"

int host_prepare(struct ejg_call *call)
{
	struct host_state *state = ejg_call_state(call);
	uint64_t cookie;
	int r;

	install_begin(&state->set.change);
	state->set.prepared = true;
	r = host_find_top(call, &state->top);
	if (r == 0)
		r = host_make_policy(call, true, &state->set.policy);
	if (r == 0 && network_cookie(&cookie) == -EOPNOTSUPP)
		r = ejg_call_error(call, -EOPNOTSUPP, set_kind.kernel,
				   "this kernel cannot identify network namespaces");
	return r < 0 ? r : install_prepare(call, &state->set.policy, set_kind.hooks, &state->set.change);
}

/*
 * Loads the policies of other services before the guard refuses any user, and marks listeners before a set with an
 * empty table of marks replaces the former one.
 */
static int prepare_links(struct ejg_call *call, const struct pins *pins)
{
	const struct host_state *state = ejg_call_state(call);
	int r = members_update(call, pins);

	if (r == 0)
		r = sharing_fill(call, pins, &state->set.policy);
	if (r == 0)
		host_mark_listeners(call, pins, &state->set.policy);
	return r;
}

int host_apply(struct ejg_call *call)
{
	const struct host_config *config = ejg_call_config(call);
	struct host_state *state = ejg_call_state(call);
	int r;

	state->set.change.cgroups = &state->top;
	state->set.change.n_cgroups = 1;
	state->set.change.cgroup_size = sizeof(state->top);
	state->set.change.before_links = prepare_links;
	r = install_apply(call, &state->set.change);
	if (r == 0)
		r = set_share(call);
	/* Listeners that were bound in the meantime. */
	if (r == 0)
		host_mark_listeners(call, NULL, &state->set.policy);
	if (r == 0 && config->evict && ejg_call_mode(call) == EJG_ENFORCE)
		host_evict(call, &state->set.policy);
	return r;
}
