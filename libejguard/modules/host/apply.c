/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* prepare, apply and release. */
#include <errno.h>

#include "libejguard/modules/host/host.h"
#include "libejguard/modules/net/sharing.h"

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

/* Whom other services let is known before this one refuses anybody. */
static int prepare_links(struct ejg_call *call, const struct pins *pins)
{
	const struct host_state *state = ejg_call_state(call);
	int r = members_update(call, pins);

	return r < 0 ? r : sharing_fill(call, pins, &state->policy);
}

/* Tells the other services of this one; when that fails, what was applied goes, and they hear of it. */
static int share(struct ejg_call *call, struct set_change *change)
{
	int r = sharing_update(call);

	if (r < 0) {
		(void)install_release(call, EJG_RELEASE_RUN, change);
		(void)sharing_update(call);
	}
	return r;
}

int host_apply(struct ejg_call *call)
{
	const struct host_config *config = ejg_call_config(call);
	struct host_state *state = ejg_call_state(call);
	int r;

	state->change.cgroups = &state->top;
	state->change.n_cgroups = 1;
	state->change.cgroup_size = sizeof(state->top);
	state->change.before_links = prepare_links;
	r = install_apply(call, &state->change);
	if (r == 0)
		r = share(call, &state->change);
	if (r == 0)
		host_mark_listeners(call, &state->policy);
	if (r == 0 && config->evict && ejg_call_mode(call) == EJG_ENFORCE)
		host_evict(call, &state->policy);
	return r;
}

int host_release(struct ejg_call *call, enum ejg_release_scope scope)
{
	struct host_state *state = ejg_call_state(call);
	int r;

	if (scope == EJG_RELEASE_RUN && state->keep)
		return EJG_NOT_APPLICABLE;
	r = install_release(call, scope, &state->change);
	return r < 0 ? r : sharing_update(call) < 0 ? -EIO : r;
}
