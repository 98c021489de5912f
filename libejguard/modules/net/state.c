/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/net/state.h"

#include <errno.h>

#include "libejguard/modules/net/sharing.h"

int set_watch(struct ejg_call *call, int *ret_fd)
{
	struct set_state *state = ejg_call_state(call);

	return watch_begin(call, &state->watch, ret_fd);
}

int set_watch_next(struct ejg_call *call)
{
	const struct set_state *state = ejg_call_state(call);

	return watch_next(call, state->watch);
}

int set_status(struct ejg_call *call, int (*report)(struct ejg_call *call, const struct pins *pins))
{
	struct pins pins = PINS_NULL;
	enum pins_state state;
	int r = pins_open_own(call, &pins, &state);

	if (r == 0 && state == PINS_CURRENT)
		r = report(call, &pins);
	pins_close(&pins);
	return r;
}

int set_share(struct ejg_call *call)
{
	struct set_state *state = ejg_call_state(call);
	int r = sharing_update(call);

	if (r < 0) {
		(void)install_release(call, EJG_RELEASE_RUN, &state->change);
		(void)sharing_update(call);
	}
	return r;
}

int set_release(struct ejg_call *call, enum ejg_release_scope scope)
{
	struct set_state *state = ejg_call_state(call);
	int r;

	/*
	 * The service can make other modules fail, by a file of its own. That must not bring back what the new policy
	 * refuses, or a compromised service could keep its former policy.
	 */
	if (scope == EJG_RELEASE_RUN && (state->keep || install_is_stricter(&state->change)))
		return EJG_NOT_APPLICABLE;
	r = install_release(call, scope, &state->change);
	/* The other services forget its policy, or get its former policy again. */
	return r < 0 ? r : sharing_update(call) < 0 ? -EIO : r;
}

void set_finish(struct ejg_call *call)
{
	struct set_state *state = ejg_call_state(call);

	watch_free(state->watch);
	if (!state->prepared)
		return;
	net_policy_free(&state->policy);
	install_free(&state->change);
}
