/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Makes the policy from facts and options: ports and peers as in the module net, users of this module. The addresses of
 * `listen` are those that a route makes local: the program cannot find them by asking the kernel about an address.
 */
#include <errno.h>
#include <linux/nsfs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "libejguard/modules/host/host.h"
#include "libejguard/modules/net/changeable.h"
#include "libejguard/modules/net/dist.h"
#include "libejguard/modules/net/users.h"
#include "libejguard/util/address.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/routes.h"

/* Root and the two users with the service's and epmd's names are included already. */
#define MAX_NAMED (USERS_MAX - 3)

struct routed {
	struct ejg_prefix items[NET_POLICY_MAX_WIDE];
	size_t n;
};

static const struct ejg_prefix all4 = { .bytes = { [10] = 0xff, [11] = 0xff }, .length = 96 };

/* If the list is full, all addresses count as this host's. */
static void add_routed(struct routed *routed, const struct ejg_prefix *prefix)
{
	for (size_t i = 0; i < routed->n; i++)
		if (prefix_contains(&routed->items[i], prefix))
			return;
	if (routed->n == ARRAY_SIZE(routed->items))
		*routed = (struct routed){ .items = { {}, all4 }, .n = 2 };
	else
		routed->items[routed->n++] = *prefix;
}

/* Runs in the namespace. */
static int read_routed(void *data)
{
	struct routed *routed = data;
	cleanup_free struct ejg_prefix *prefixes = NULL;
	size_t n = 0;
	int r = routes_find_local(&prefixes, &n);

	for (size_t i = 0; r == 0 && i < n; i++)
		add_routed(routed, &prefixes[i]);
	return r;
}

/*
 * True if it was made in another user namespace. Any process of the service can make such a namespace with any number
 * of routes: they could block an apply, or make every address count as this host's.
 */
static bool is_of_other_root(const struct netns *netns)
{
	cleanup_fd int owner = ioctl(netns->fd, NS_GET_USERNS);
	struct stat st, own;

	return owner >= 0 && fstat(owner, &st) == 0 && stat("/proc/self/ns/user", &own) == 0 &&
	       (st.st_dev != own.st_dev || st.st_ino != own.st_ino);
}

/* Reads all network namespaces of the service whose routes are root's. */
static int find_routed(struct ejg_call *call, struct routed *ret)
{
	struct netns_list networks = {};
	int r = host_find_networks(call, &networks);

	if (r < 0)
		return r;
	for (size_t i = 0; r == 0 && i < networks.n; i++)
		if (net_lives_in(&networks, &networks.items[i]) && !is_of_other_root(&networks.items[i]))
			r = netns_run(&networks.items[i], read_routed, ret);
	netns_free(&networks);
	if (r < 0)
		return ejg_call_error(call, r == -ENOMEM ? r : -EIO, "try again",
				      "cannot read the routes where the service lives: %s", strerror(-r));
	return 0;
}

static int build(struct ejg_call *call, const struct net_peers *peers, const struct routed *routed,
		 struct net_policy *ret)
{
	const struct host_config *config = ejg_call_config(call);
	const struct net_config ports = { .strict = config->strict, .listen = { routed->items, routed->n } };
	struct ejg_facts facts = *ejg_call_facts(call);
	struct policy_head *head;
	uint32_t line;
	const char *file = ejg_call_where(call, &line);
	uid_t users[USERS_MAX];
	int r, n = users_of_service(call, users);

	facts.peers = peers->items;
	facts.n_peers = peers->n;
	facts.peer_size = sizeof(*peers->items);
	r = n < 0 ? n : net_policy_build(&facts, &ports, ejg_call_mode(call), file, line, ret);
	if (r < 0)
		return ejg_call_error(call, r, NULL, "no memory for the policy");
	head = &ret->chunks[0].head;
	/* No address is rewritten here, and the order of the prefixes can vary. */
	head->rewrite4 = head->rewrite6 = (struct policy_address){};
	head->n_users = (uint32_t)n;
	memcpy(head->users, users, (size_t)n * sizeof(*users));
	return changeable_keep_ports(call, ret);
}

int host_make_policy(struct ejg_call *call, bool ask, struct net_policy *ret)
{
	const struct ejg_facts *facts = ejg_call_facts(call);
	const struct host_config *config = ejg_call_config(call);
	struct net_peers peers = {};
	struct routed routed = {};
	int r;

	if (facts->n_users > MAX_NAMED)
		return ejg_call_error(
			call, -EBADMSG, "name fewer users; let the others use a program that runs as one of them",
			"'set users' names %zu users, but at most %d are possible", facts->n_users, MAX_NAMED);
	r = dist_validate(call, config->strict);
	if (r == 0)
		r = net_resolve_peers(call, ask, &peers);
	if (r == 0)
		r = net_place_peers(call, &peers);
	if (r == 0)
		r = find_routed(call, &routed);
	if (r == 0)
		r = build(call, &peers, &routed, ret);
	net_peers_free(&peers);
	return r;
}
