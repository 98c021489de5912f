/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* check: is every cgroup guarded, by the policy of the stack, and are there listeners outside of the guard? */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "libejguard/modules/net/changeable.h"
#include "libejguard/modules/net/inspect.h"
#include "libejguard/modules/net/net.h"
#include "libejguard/modules/net/owners.h"
#include "libejguard/modules/net/sharing.h"
#include "libejguard/util/cgroup-name.h"
#include "libejguard/util/cleanup.h"

static int cannot_look(struct inspection *check, const char *what, const char *cgroup, int error)
{
	return ejg_call_error(check->call, -EIO, NULL, "cannot %s %s: %s", what, cgroup, strerror(-error));
}

/* Checks that the cgroup of the facts still exists. Return: 1, 0, or a negative errno. */
static int exists(const struct ejg_cgroup *cgroup)
{
	struct stat st;

	if (!cgroup->id)
		return 0;
	if (stat(cgroup->path, &st) < 0)
		return errno == ENOENT ? 0 : -errno;
	return st.st_ino == cgroup->id;
}

/* Adds to *n the cgroups that exist. */
static int check_cgroup(struct inspection *check, const struct pins *pins, const struct ejg_cgroup *cgroup, size_t *n)
{
	int state = exists(cgroup);

	if (state < 0)
		return cannot_look(check, "look at", cgroup->path, state);
	*n += state;
	if (state == 0) {
		inspection_say(check, "cgroup-absent", cgroup->name,
			       "does not exist now; it is guarded when it starts");
		return 0;
	}
	state = links_state(pins, cgroup->id);
	if (state < 0)
		return cannot_look(check, "read the links of", cgroup->path, state);
	if (state == LINKS_ABSENT)
		inspection_fail_or_change(check, "not-attached", cgroup->path, "is not guarded", "would be guarded");
	else if (state == LINKS_PARTIAL)
		inspection_fail_or_change(check, "partly-attached", cgroup->path, "is not guarded at every hook",
					  "would be guarded at every hook");
	else
		inspection_say(check, "guarding", cgroup->path, "is guarded at every hook");
	return 0;
}

struct extra {
	struct inspection *check;
	const struct pins *pins;
	size_t n_living;
	int error; /* of the last cgroup that could not be checked */
};

/* Cgroups that were guarded by path (ejg_apply_options.cgroups) are checked like those of the stack. */
static void check_extra(void *data, uint64_t id)
{
	struct extra *extra = data;
	char path[PATH_MAX];
	int state;

	for (size_t i = 0; i < ejg_call_facts(extra->check->call)->n_cgroups; i++)
		if (ejg_cgroup_get(ejg_call_facts(extra->check->call), i)->id == id)
			return;
	state = cgroup_name(ejg_call_facts(extra->check->call)->cgroup_mount, id, path);
	if (state < 0)
		extra->error = cannot_look(extra->check, "find", "a cgroup that is guarded", state);
	if (!*path)
		return;
	state = links_state(extra->pins, id);
	if (state < 0)
		extra->error = cannot_look(extra->check, "read the links of", path, state);
	if (state < 0 || state == LINKS_ABSENT)
		return;
	extra->n_living++;
	if (state != LINKS_INTACT)
		inspection_fail_or_change(extra->check, "partly-attached", path, "is not guarded at every hook",
					  "would be guarded at every hook");
}

static int check_cgroups(struct inspection *check, const struct pins *pins)
{
	struct extra extra = { .check = check, .pins = pins };
	size_t n = 0;
	int r = 0;

	for (size_t i = 0; r == 0 && i < ejg_call_facts(check->call)->n_cgroups; i++)
		r = check_cgroup(check, pins, ejg_cgroup_get(ejg_call_facts(check->call), i), &n);
	if (r == 0)
		r = links_each(pins, check_extra, &extra);
	if (r == 0)
		r = extra.error;
	if (r == 0 && n + extra.n_living == 0)
		inspection_fail_or_change(check, "no-cgroup", ejg_call_facts(check->call)->service,
					  "none of its cgroups exists: nothing is guarded",
					  "none of its cgroups exists now: they would be guarded when its units start");
	return r;
}

static int foresee_cgroups(struct inspection *check)
{
	const struct ejg_facts *facts = ejg_call_facts(check->call);

	for (size_t i = 0; i < facts->n_cgroups; i++) {
		const struct ejg_cgroup *cgroup = ejg_cgroup_get(facts, i);
		int state = exists(cgroup);

		if (state < 0)
			return cannot_look(check, "look at", cgroup->path, state);
		if (state > 0)
			inspection_say(check, "would-change", cgroup->path, "would be guarded at every hook");
		else
			inspection_say(check, "cgroup-absent", cgroup->name,
				       "does not exist now; it is guarded when it starts");
	}
	return 0;
}

/* Namespaces that users made are checked separately from the others. */
static bool is_looked_at(const struct netns_list *networks, const struct netns *netns, bool made_by_user)
{
	return net_lives_in(networks, netns) && netns->made_by_user == made_by_user;
}

static void foresee_lookups(struct inspection *check, const struct netns_list *networks, bool made_by_user)
{
	char name[NETNS_NAME_SIZE];

	for (size_t i = 0; i < networks->n; i++)
		if (is_looked_at(networks, &networks->items[i], made_by_user))
			inspection_say(check, "would-change", netns_name(&networks->items[i], name),
				       "would be guarded for all listeners in it");
}

static void check_lookup(struct inspection *check, const struct pins *pins, const struct netns *netns)
{
	char name[NETNS_NAME_SIZE];
	int state = lookup_state(pins, netns);
	bool overridden = net_check_choosers(check->call, check->policy, netns);

	check->failed |= overridden;
	if (state == LINK_INTACT && overridden)
		return;
	if (state == LINK_INTACT)
		ejg_call_finding(check->call, "network-guarded", netns_name(netns, name),
				 "is guarded for all listeners in it");
	else if (!lookup_runs(pins, netns)) /* otherwise it is the namespace of a running proof */
		inspection_fail_or_change(check, "network-unguarded", netns_name(netns, name),
					  "is not guarded, and the service runs in it",
					  "would be guarded for all listeners in it");
}

/* Checks the service's current network namespaces: it may have entered another one since the apply. */
static void check_lookups(struct inspection *check, const struct netns_list *networks, bool made_by_user)
{
	if (check->state == PINS_ABSENT && check->trial && check->hooks & (1U << POLICY_LOOKUP))
		foresee_lookups(check, networks, made_by_user);
	if (check->state != PINS_CURRENT || !pins_has(&check->pins, POLICY_LOOKUP))
		return;
	for (size_t i = 0; i < networks->n; i++)
		if (is_looked_at(networks, &networks->items[i], made_by_user))
			check_lookup(check, &check->pins, &networks->items[i]);
	if (!made_by_user)
		(void)accept_other_sources(check->call, networks, true);
}

static void report_overlap(struct inspection *check)
{
	char service[NAME_MAX + 1], port[sizeof("65535")];
	uint16_t first =
		check->hooks & (1U << POLICY_LOOKUP) ? owners_overlap(ejg_call_facts(check->call), service) : 0;

	snprintf(port, sizeof(port), "%u", first);
	if (first)
		ejg_call_finding(check->call, "ranges-overlap", port, "the service %s has this port, too", service);
}

/* Another service may have been applied, changed or released; that run may have been killed half way. */
static int check_links(struct inspection *check, const struct pins *pins)
{
	int r = sharing_settles(check->call, pins, check->policy);

	if (r == 0 && check->trial)
		inspection_say(check, "would-change", "shared ports", "what other services admit at these");
	else if (r == 0)
		inspection_say(
			check, "policy-differs", NULL,
			"another service that uses the same ports has changed its policy since this one was applied");
	else if (r < 0)
		inspection_say(check, "policy-differs", NULL, "%s",
			       r == -E2BIG ? "too many services use the same port: not all of their peers are admitted"
					   : "the policies of services that use the same ports cannot be read");
	report_overlap(check);
	return check_cgroups(check, pins);
}

/*
 * Findings about sockets, and about network namespaces that the service makes itself, do not undo an apply: the guard
 * is in force, and without it more connections would be possible. Otherwise a compromised service could use them to
 * keep its former policy.
 */
static int check_network(struct inspection *check, struct net_state *state)
{
	struct netns_list networks = {};
	bool sockets_failed, failed;
	int r = net_find_networks(check->call, &networks);

	if (r < 0)
		return r;
	sockets_failed = net_check_sockets(check, &networks); /* first: it finds more namespaces of the service */
	net_check_source_routes(check->call, &networks);
	net_check_fast_open(check->call, &networks);
	check->failed |= net_check_ports(check->call, check->policy, &networks, false);
	check_lookups(check, &networks, false);
	failed = check->failed;
	check->failed |= sockets_failed | net_check_ports(check->call, check->policy, &networks, true);
	check_lookups(check, &networks, true);
	state->set.keep = check->failed && !failed;
	netns_free(&networks);
	return 0;
}

/* If another program could undo a refusal, only an attempt shows whether it does. */
static int check_foreign(struct inspection *check)
{
	int r;

	if (!net_report_foreign(check->call, &check->pins, true) || check->failed || check->trial ||
	    ejg_call_mode(check->call) != EJG_ENFORCE)
		return 0;
	r = net_prove(check->call);
	check->failed |= r == EJG_NOT_HELD;
	return r < 0 ? r : 0;
}

int net_check(struct ejg_call *call)
{
	struct net_state *state = ejg_call_state(call);
	struct net_policy policy = {};
	struct inspection check = {
		.call = call,
		.policy = state->set.prepared ? &state->set.policy : &policy, /* prepared by an apply */
		.trial = ejg_call_trial(call),
		.pins = PINS_NULL,
		.hooks = state->set.change.hooks, /* of an apply */
		.hooks_fit = accept_fits,
		.links = check_links,
		.absent = foresee_cgroups,
	};
	int r = state->set.prepared ? 0 : net_expect_policy(call, &policy);

	if (r == 0) {
		net_check_configured(call, check.policy);
		net_check_wide(call, check.policy);
		changeable_report_ports(call);
	}
	if (r == 0)
		r = pins_probe(call);
	if (r == 0 && !state->set.prepared)
		r = accept_choose(call, &check.hooks);
	if (r == 0)
		r = inspect_pins(&check);
	if (r == 0)
		r = check_foreign(&check);
	if (r == 0)
		r = check_network(&check, state);
	pins_close(&check.pins);
	net_policy_free(&policy);
	return r < 0 ? r : check.failed ? EJG_NOT_HELD : EJG_HELD;
}
