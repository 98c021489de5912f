/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* check: is the guard at the top of the tree, with the policy of the stack, and does it have the service's cgroups? */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "libejguard/modules/host/host.h"
#include "libejguard/modules/net/foreign.h"
#include "libejguard/modules/net/inspect.h"
#include "libejguard/modules/net/sharing.h"
#include "libejguard/modules/net/users.h"

static int check_top(struct inspection *check, const struct pins *pins)
{
	struct ejg_cgroup top;
	int state, r = host_find_top(check->call, &top);

	if (r < 0)
		return r;
	state = links_state(pins, top.id);
	if (state < 0)
		return ejg_call_error(check->call, -EIO, NULL, "cannot read the links below %s: %s", pins->path,
				      strerror(-state));
	if (state == LINKS_INTACT)
		inspection_say(check, "guarding", top.path, "is guarded at every hook, with all cgroups below it");
	else
		inspection_fail_or_change(check, state == LINKS_ABSENT ? "not-attached" : "partly-attached", top.path,
					  "is not guarded at every hook", "would be guarded at every hook");
	return 0;
}

/* Without its cgroup in the set, the service is refused if its user is not one of `users`. */
static int check_cgroups(struct inspection *check, const struct pins *pins)
{
	const struct ejg_facts *facts = ejg_call_facts(check->call);

	for (size_t i = 0; i < facts->n_cgroups; i++) {
		const struct ejg_cgroup *cgroup = ejg_cgroup_get(facts, i);
		struct stat st;
		int r;

		if (!cgroup->id || stat(cgroup->path, &st) < 0 || st.st_ino != cgroup->id)
			continue;
		r = members_have_cgroup(pins->maps[SET_CGROUPS], facts->cgroup_mount, cgroup->id);
		if (r < 0)
			return ejg_call_error(check->call, -EIO, NULL, "cannot read the cgroups below %s: %s",
					      pins->path, strerror(-r));
		if (r == 0)
			inspection_fail_or_change(check, "cgroup-unknown", cgroup->path,
						  "belongs to the service, but the guard does not know it",
						  "the guard would know it as the service's");
	}
	return 0;
}

/* Checks the namespaces that users made, or all others. Return: 0, or a negative errno, set on the call. */
static int check_networks(struct inspection *check, const struct pins *pins, const struct netns_list *networks,
			  bool made_by_user)
{
	char subject[NETNS_LABEL_SIZE + 32];
	int r = 0;

	for (size_t i = 0; r >= 0 && i < networks->n; i++) {
		const struct netns *netns = &networks->items[i];

		if (!net_lives_in(networks, netns) || netns->made_by_user != made_by_user)
			continue;
		snprintf(subject, sizeof(subject), "network namespace %s", netns->own ? "of the caller" : netns->label);
		r = members_have_network(pins, netns);
		/* A service must not undo an apply by a namespace of its own that cannot be entered. */
		if (r < 0 && netns->made_by_user)
			inspection_say(check, "network-unknown", subject,
				       "cannot be entered, so nothing may be refused there: %s", strerror(-r));
		else if (r < 0)
			r = ejg_call_error(check->call, r == -EOPNOTSUPP ? r : -EIO, "try again",
					   "cannot tell whether the %s is "
					   "guarded: %s",
					   subject, strerror(-r));
		else if (r == 0)
			inspection_fail_or_change(check, "network-unknown", subject,
						  "the service runs there, but nothing is refused there",
						  "the service runs there; it would be guarded");
		r = netns->made_by_user ? 0 : r;
	}
	return r < 0 ? r : 0;
}

static void check_sharing(struct inspection *check, const struct pins *pins)
{
	int r = sharing_settles(check->call, pins, check->policy);

	if (r == 0 && check->trial)
		inspection_say(check, "would-change", "shared ports", "whom other services let use these");
	else if (r == 0)
		inspection_say(check, "policy-differs", NULL,
			       "whom other services let use ports that they share has changed since it was applied");
	else if (r < 0)
		inspection_say(check, "policy-differs", NULL, "%s",
			       r == -E2BIG ? "too many services use the same port: not all of their users may use it"
					   : "whom other services let use the same ports cannot be read");
}

static int check_set(struct inspection *check, const struct pins *pins)
{
	struct netns_list networks = {};
	int r = check_top(check, pins);

	check_sharing(check, pins);
	if (r == 0)
		r = check_cgroups(check, pins);
	if (r == 0)
		r = host_find_networks(check->call, &networks);
	if (r == 0)
		r = check_networks(check, pins, &networks, false);
	netns_free(&networks);
	return r;
}

static int foresee_top(struct inspection *check)
{
	struct ejg_cgroup top;
	int r = host_find_top(check->call, &top);

	if (r == 0)
		inspection_say(check, "would-change", top.path, "would be guarded at every hook, and all below it");
	return r;
}

/* Checks the namespaces that users made: a service can make them faster than an apply finds them. */
static int check_users_networks(struct inspection *check, const struct netns_list *networks)
{
	check->failed |= net_check_ports(check->call, check->policy, networks, true);
	return check->state == PINS_CURRENT ? check_networks(check, &check->pins, networks, true) : 0;
}

/* Problems that no apply corrects, and that are no reason for a roll-back: without the guard more would be possible. */
static int check_past_guard(struct inspection *check, struct host_state *state)
{
	struct netns_list networks = {};
	struct ejg_cgroup top;
	bool failed;
	int r = host_find_top(check->call, &top);

	if (r == 0)
		r = host_find_networks(check->call, &networks);
	if (r < 0)
		return r;
	failed = check->failed |= net_check_ports(check->call, check->policy, &networks, false);
	r = check_users_networks(check, &networks);
	host_check_outside(check, &top, &networks);
	check->failed |= host_check_sockets(check->call, check->policy, &networks);
	state->set.keep = check->failed && !failed;
	netns_free(&networks);
	return r;
}

/* If another program could undo a refusal, only an attempt shows whether it does. */
static int check_undoing(struct inspection *check)
{
	struct ejg_call *call = check->call;
	const struct foreign f = { .call = call, .pins = &check->pins, .undoing = true };
	bool could = foreign_report(&f, ejg_call_facts(call)->cgroup_mount, false);
	int r;

	host_report_lookups(call);
	if (!could || check->failed || check->trial || ejg_call_mode(call) != EJG_ENFORCE)
		return 0;
	r = host_prove(call);
	check->failed |= r == EJG_NOT_HELD;
	return r < 0 ? r : 0;
}

/* A user whom another one could have written into the configuration is not let in. */
static void check_user(struct ejg_call *call)
{
	cleanup_arena struct arena *arena = arena_new();
	const struct ejg_setting *user;
	const char *who = arena ? users_doubt(call, arena, &user) : NULL;

	if (who)
		ejg_call_finding_at(call, "user-changeable", user->value,
				    &(struct ejg_place){ .file = user->origin.file, .line = user->origin.line },
				    "does not count as the service's user: this file can be changed by %s", who);
}

int host_check(struct ejg_call *call)
{
	struct host_state *state = ejg_call_state(call);
	struct net_policy policy = {};
	struct inspection check = {
		.call = call,
		.policy = state->set.prepared ? &state->set.policy : &policy,
		.trial = ejg_call_trial(call),
		.pins = PINS_NULL,
		.hooks = set_kind.hooks,
		.links = check_set,
		.absent = foresee_top,
	};
	int r = state->set.prepared ? 0 : host_make_policy(call, check.trial, &policy);

	if (r == 0) {
		check_user(call);
		r = pins_probe(call);
	}
	if (r == 0)
		r = inspect_pins(&check);
	if (r == 0)
		r = check_undoing(&check);
	if (r == 0)
		r = check_past_guard(&check, state);
	pins_close(&check.pins);
	net_policy_free(&policy);
	return r < 0 ? r : check.failed ? EJG_NOT_HELD : EJG_HELD;
}
