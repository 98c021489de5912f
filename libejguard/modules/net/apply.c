/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* prepare, apply and release: puts the guard into force, and removes it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libejguard/modules/net/net.h"
#include "libejguard/modules/net/sharing.h"
#include "libejguard/util/cleanup.h"

int net_prepare(struct ejg_call *call)
{
	struct net_state *state = ejg_call_state(call);
	uint32_t hooks = 0;
	int r;

	install_begin(&state->set.change);
	state->set.prepared = true;
	r = net_validate(call);
	if (r == 0)
		r = net_resolve_peers(call, true, &state->peers);
	if (r == 0)
		r = net_place_peers(call, &state->peers);
	if (r == 0)
		r = net_make_policy(call, &state->peers, &state->set.policy);
	if (r == 0)
		r = accept_choose(call, &hooks);
	return r < 0 ? r : install_prepare(call, &state->set.policy, hooks, &state->set.change);
}

static int attach_network(struct ejg_call *call, const struct pins *pins, const struct netns *netns)
{
	struct net_state *state = ejg_call_state(call);
	char name[NETNS_NAME_SIZE];
	bool made = false;
	int r = lookup_attach(pins, netns, &made);

	if (r < 0)
		return ejg_call_error(call, r == -EPERM ? -EPERM : -EIO, "run it as root of the host",
				      "cannot attach to %s: %s", netns_name(netns, name), strerror(-r));
	if (made)
		state->networks[state->n_networks++] = netns->inode;
	return 0;
}

/* Attaches to the service's network namespaces. check reports a namespace that cannot be seen. */
static int attach_networks(struct ejg_call *call, const struct pins *pins)
{
	struct net_state *state = ejg_call_state(call);
	struct netns_list networks = {};
	int r;

	if (!pins_has(pins, POLICY_LOOKUP))
		return 0;
	lookups_prune(pins);
	r = net_find_networks(call, &networks);
	if (r < 0)
		return r;
	listening_mark(call, pins, &networks);
	state->networks = calloc(networks.n + 1, sizeof(*state->networks));
	if (!state->networks)
		r = ejg_call_error(call, -ENOMEM, NULL, "no memory");
	for (size_t i = 0; r == 0 && i < networks.n; i++)
		if (net_lives_in(&networks, &networks.items[i]))
			r = attach_network(call, pins, &networks.items[i]);
	netns_free(&networks);
	return r;
}

/* Loads the policies of other services that share a port before the guard refuses any connection. */
static int prepare_links(struct ejg_call *call, const struct pins *pins)
{
	const struct net_state *state = ejg_call_state(call);
	int r = sharing_fill(call, pins, &state->set.policy);

	return r < 0 ? r : attach_networks(call, pins);
}

static void detach_networks(struct ejg_call *call, const struct pins *pins)
{
	struct net_state *state = ejg_call_state(call);

	for (size_t i = 0; i < state->n_networks; i++)
		lookup_remove(pins, state->networks[i]);
	state->n_networks = 0;
}

/* Runs when the guard is in force, so that nobody can reconnect. check reports connections that could not be ended. */
static void evict(struct ejg_call *call)
{
	const struct net_config *config = ejg_call_config(call);
	const struct net_state *state = ejg_call_state(call);

	if (config->evict && ejg_call_mode(call) == EJG_ENFORCE)
		net_evict(call, &state->set.policy);
}

/* Prints the addresses of the peer in `of` that are not in `other`. Return: true if there are any. */
static bool print_others(const struct name_list *of, const struct name_list *other, size_t peer, const char *what,
			 FILE *out)
{
	char text[EJG_PREFIX_TEXT_SIZE];
	bool any = false;

	for (size_t i = 0; i < of->n; i++) {
		if (of->items[i].peer != peer || names_have(other, peer, &of->items[i].address))
			continue;
		fprintf(out, "%s %s", any ? "," : what, ejg_prefix_format(&of->items[i].address, text));
		any = true;
	}
	return any;
}

/* Reports how the addresses of a name changed. A new name is no change: its addresses come with the stack. */
static void tell_change(struct ejg_call *call, const struct name_list *before, const struct name_list *now, size_t peer)
{
	const struct ejg_peer *named = ejg_peer_get(ejg_call_facts(call), peer);
	cleanup_free char *text = NULL;
	size_t size;
	FILE *out;
	bool more;

	if (!named->name || !names_have_peer(before, peer))
		return;
	out = open_memstream(&text, &size);
	if (!out)
		return;
	more = print_others(now, before, peer, "is now also admitted at", out);
	print_others(before, now, peer, more ? "; no longer at" : "is no longer admitted at", out);
	if (fclose(out) == 0 && *text)
		ejg_call_finding_at(call, "peer-changed", named->name,
				    &(struct ejg_place){ .file = named->origin.file, .line = named->origin.line }, "%s",
				    text);
}

static void tell_changes(struct ejg_call *call, const struct name_list *now)
{
	const struct ejg_facts *facts = ejg_call_facts(call);
	struct name_list before = {};

	if (names_load(facts, &before) < 0)
		return;
	for (size_t i = 0; i < facts->n_peers; i++)
		tell_change(call, &before, now, i);
	names_free(&before);
}

/* For a boot before DNS works. A failure to write is only a warning: nothing in force depends on it. */
static void remember_peers(struct ejg_call *call)
{
	const struct ejg_facts *facts = ejg_call_facts(call);
	const struct net_state *state = ejg_call_state(call);
	int r;

	tell_changes(call, &state->peers.names);
	r = state->peers.names.n ? names_save(facts, &state->peers.names) : 0;
	if (r < 0)
		ejg_call_finding_at(call, "peers-forgotten", NULL, &(struct ejg_place){ .file = facts->statedir },
				    "cannot save the addresses of peers: %s", strerror(-r));
}

int net_apply(struct ejg_call *call)
{
	const struct ejg_facts *facts = ejg_call_facts(call);
	struct net_state *state = ejg_call_state(call);
	int r;

	state->set.change.cgroups = facts->cgroups;
	state->set.change.n_cgroups = facts->n_cgroups;
	state->set.change.cgroup_size = facts->cgroup_size;
	state->set.change.before_links = prepare_links;
	state->set.change.undo = detach_networks;
	r = install_apply(call, &state->set.change);
	if (r == 0)
		r = set_share(call);
	if (r == 0) {
		remember_peers(call);
		evict(call);
	}
	return r;
}
