/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The network namespaces of the service, and the interfaces of its peers there. */
#include <errno.h>
#include <limits.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "libejguard/modules/net/links.h"
#include "libejguard/modules/net/networks.h"
#include "libejguard/util/cgroup-name.h"
#include "libejguard/util/cleanup.h"

/* The paths of the service's cgroups. */
struct cgroup_paths {
	const struct ejg_facts *facts;
	char **items;
	size_t n;
	bool failed; /* out of memory */
};

static void add_path(struct cgroup_paths *paths, const char *path)
{
	char **items = reallocarray(paths->items, paths->n + 1, sizeof(*items));
	char *copy = strdup(path);

	if (items)
		paths->items = items;
	if (items && copy)
		paths->items[paths->n++] = copy;
	else
		free(copy);
	paths->failed |= !items || !copy;
}

/* A cgroup that an apply was given by path (ejg_apply_options.cgroups) is not in the facts, but in the links. */
static void add_linked(void *data, uint64_t id)
{
	struct cgroup_paths *paths = data;
	char path[PATH_MAX], name[PATH_MAX];

	for (size_t i = 0; i < paths->facts->n_cgroups; i++)
		if (ejg_cgroup_get(paths->facts, i)->id == id)
			return;
	cgroup_name(paths->facts->cgroup_mount, id, name);
	if (*name && snprintf(path, sizeof(path), "%s%s", paths->facts->cgroup_mount, name) < (int)sizeof(path))
		add_path(paths, path);
}

static int find_networks(struct ejg_call *call,
			 int (*find)(const char *const *cgroups, size_t n_cgroups, struct netns_list *ret),
			 struct netns_list *ret)
{
	struct cgroup_paths paths = { .facts = ejg_call_facts(call) };
	struct pins pins = PINS_NULL;
	int r = -ENOMEM;

	for (size_t i = 0; i < paths.facts->n_cgroups; i++)
		if (ejg_cgroup_get(paths.facts, i)->path)
			add_path(&paths, ejg_cgroup_get(paths.facts, i)->path);
	pins_format(pins.path, PINS_ROOT "/%s", paths.facts->service); /* those of net, also when host calls this */
	(void)links_each(&pins, add_linked, &paths);		       /* without pins there are no links */
	if (!paths.failed)
		r = find((const char *const *)paths.items, paths.n, ret);
	for (size_t i = 0; i < paths.n; i++)
		free(paths.items[i]);
	free(paths.items);
	if (r < 0)
		return ejg_call_error(call, r == -ENOMEM ? -ENOMEM : -EIO, "mount /proc",
				      "cannot find the network namespaces of the service: %s", strerror(-r));
	return 0;
}

int net_find_networks(struct ejg_call *call, struct netns_list *ret)
{
	int r = find_networks(call, netns_find, ret);

	if (r == 0 && ret->cut)
		ejg_call_log(call, EJG_LOG_INFO,
			     "there are too many network namespaces: sockets of the service in one where it has "
			     "no process may be missed");
	if (r == 0 && *ret->hidden)
		ejg_call_log(call, EJG_LOG_WARNING,
			     "the network namespace %s cannot be opened, perhaps because another mount hides it: "
			     "sockets of the service in it may be missed",
			     ret->hidden);
	return r;
}

int net_find_homes(struct ejg_call *call, struct netns_list *ret)
{
	return find_networks(call, netns_find_members, ret);
}

bool net_lives_in(const struct netns_list *networks, const struct netns *netns)
{
	return netns->member || (netns->own && !networks->items[0].member);
}

bool net_relies_on(const struct netns_list *networks, const struct netns *netns)
{
	bool beside = false;

	for (size_t i = 0; i < networks->n; i++)
		beside |= net_lives_in(networks, &networks->items[i]) && !networks->items[i].made_by_user;
	return net_lives_in(networks, netns) && !(beside && netns->made_by_user);
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

/*
 * The index of an interface in the service's namespaces; *ret stays as it is if only namespaces are left that the
 * service can make itself, and none has the interface. Return: 0, or a negative errno, set on the call.
 */
static int find_interface(struct ejg_call *call, const struct netns_list *networks, const char *name, uint32_t *ret)
{
	uint32_t found = 0;

	for (size_t i = 0; i < networks->n; i++) {
		const struct netns *netns = &networks->items[i];
		struct lookup lookup = { .name = name };
		int r;

		if (!net_relies_on(networks, netns))
			continue;
		r = netns_run(netns, look_up, &lookup);
		if (netns->made_by_user && (r < 0 || !lookup.index || found))
			continue;
		if (r < 0 || !lookup.index)
			return ejg_call_error(call, -EBADMSG,
					      "name an interface that the service has, or a global address",
					      "set peers: there is no interface %s in the network namespace %s: %s",
					      name, netns->label, r < 0 ? strerror(-r) : "no such device");
		if (found && found != lookup.index)
			return ejg_call_error(call, -EBADMSG, "use global addresses",
					      "set peers: the service runs in several network namespaces, and %s is "
					      "not the same interface in all of them",
					      name);
		found = lookup.index;
	}
	*ret = found ? found : *ret;
	return 0;
}

/* The facts only have interfaces of the caller's network namespace. */
static int place_peer(struct ejg_call *call, const struct netns_list *networks, struct ejg_peer *peer)
{
	char name[IF_NAMESIZE];

	if (!if_indextoname(peer->prefix.scope, name))
		return ejg_call_error(call, -EBADMSG, "try again", "set peers: interface %u was removed",
				      peer->prefix.scope);
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
			r = net_find_homes(call, &networks);
		if (r == 0)
			r = place_peer(call, &networks, &peers->items[i]);
	}
	netns_free(&networks);
	return r;
}
