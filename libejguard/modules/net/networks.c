/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the service lives: network namespaces, and the interfaces of peers there. */
#include <errno.h>
#include <net/if.h>
#include <string.h>

#include "libejguard/modules/net/networks.h"
#include "libejguard/util/cleanup.h"

int net_find_networks(struct ejg_call *call, struct netns_list *ret)
{
	const struct ejg_facts *facts = ejg_call_facts(call);
	cleanup_free const char **cgroups = calloc(facts->n_cgroups + 1, sizeof(*cgroups));
	int r;

	if (!cgroups)
		return ejg_call_error(call, -ENOMEM, NULL, "no memory");
	for (size_t i = 0; i < facts->n_cgroups; i++)
		cgroups[i] = ejg_cgroup_get(facts, i)->path;
	r = netns_find(cgroups, facts->n_cgroups, ret);
	if (r < 0)
		return ejg_call_error(call, r == -ENOMEM ? -ENOMEM : -EIO, "see that /proc is mounted",
				      "cannot find the network namespaces of the service: %s", strerror(-r));
	return 0;
}

bool net_lives_in(const struct netns_list *networks, const struct netns *netns)
{
	return netns->member || (netns->own && !networks->items[0].member);
}

struct lookup {
	const char *name;
	unsigned int index;
};

static int look_up(void *data)
{
	struct lookup *lookup = data;

	lookup->index = if_nametoindex(lookup->name);
	return 0;
}

/* The index of an interface where the service lives. Return: 0, or a negative errno, set on the call. */
static int find_interface(struct ejg_call *call, const struct netns_list *networks, const char *name, uint32_t *ret)
{
	uint32_t found = 0;

	for (size_t i = 0; i < networks->n; i++) {
		struct lookup lookup = { .name = name };
		int r;

		if (!net_lives_in(networks, &networks->items[i]))
			continue;
		r = netns_run(&networks->items[i], look_up, &lookup);
		if (r < 0 || !lookup.index)
			return ejg_call_error(call, -EBADMSG, "name an interface that the service has, or a global address",
					      "set peers: there is no interface %s in the network namespace %s: %s", name,
					      networks->items[i].label, r < 0 ? strerror(-r) : "no such device");
		if (found && found != lookup.index)
			return ejg_call_error(call, -EBADMSG, "use global addresses",
					      "set peers: the service lives in several network namespaces, and %s is "
					      "not the same interface in each", name);
		found = lookup.index;
	}
	*ret = found;
	return 0;
}

/* The facts know the interfaces of the caller's network namespace only. */
static int place_peer(struct ejg_call *call, const struct netns_list *networks, struct ejg_peer *peer)
{
	char name[IF_NAMESIZE];

	if (!if_indextoname(peer->prefix.scope, name))
		return ejg_call_error(call, -EBADMSG, "try again", "set peers: interface %u went away", peer->prefix.scope);
	return find_interface(call, networks, name, &peer->prefix.scope);
}

int net_place_peers(struct ejg_call *call, struct net_peers *peers)
{
	struct netns_list networks = {};
	int r = 0;

	for (size_t i = 0; r == 0 && i < peers->n; i++) {
		if (!peers->items[i].prefix.scope)
			continue;
		if (!networks.n)
			r = net_find_networks(call, &networks);
		if (r == 0)
			r = place_peer(call, &networks, &peers->items[i]);
	}
	netns_free(&networks);
	return r;
}
