/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* prepare, apply and release. */
#include <errno.h>

#include "libejguard/modules/host/host.h"

int host_prepare(struct ejg_call *call)
{
	struct host_state *state = ejg_call_state(call);
	uint64_t cookie;
	int r;

	state->change.policy_fd = state->change.previous_fd = -1;
	state->prepared = true;
	r = host_find_top(call, &state->top);
	if (r == 0)
		r = host_make_policy(call, true, &state->policy);
	if (r == 0 && network_cookie(&cookie) == -EOPNOTSUPP)
		r = ejg_call_error(call, -EOPNOTSUPP, set_kind.kernel,
				   "this kernel cannot identify network namespaces");
	return r < 0 ? r : install_prepare(call, &state->policy, set_kind.hooks, &state->change);
}

int host_apply(struct ejg_call *call)
{
	const struct host_config *config = ejg_call_config(call);
	struct host_state *state = ejg_call_state(call);
	int r;

	state->change.cgroups = &state->top;
	state->change.n_cgroups = 1;
	state->change.cgroup_size = sizeof(state->top);
	state->change.before_links = members_update;
	r = install_apply(call, &state->change);
	if (r == 0)
		host_mark_listeners(call, &state->policy);
	if (r == 0 && config->evict && ejg_call_mode(call) == EJG_ENFORCE)
		host_evict(call, &state->policy);
	return r;
}

int host_release(struct ejg_call *call, enum ejg_release_scope scope)
{
	struct host_state *state = ejg_call_state(call);

	if (scope == EJG_RELEASE_RUN && state->keep)
		return EJG_NOT_APPLICABLE;
	return install_release(call, scope, &state->change);
}
