/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The network namespaces of the service, their private ports, and the interfaces of its peers there. */
#ifndef EJG_NET_NETWORKS_H
#define EJG_NET_NETWORKS_H

#include "libejguard/modules/net/peers.h"
#include "libejguard/modules/net/policy.h"
#include "libejguard/util/netns.h"

/* Finds the network namespaces of this host. Return: 0, or a negative errno, set on the call; free by netns_free(). */
int net_find_networks(struct ejg_call *call, struct netns_list *ret);
/* Finds only those that net_lives_in() is true for: no process outside of the service's cgroups is looked at. */
int net_find_homes(struct ejg_call *call, struct netns_list *ret);

/*
 * Sets the interfaces of link-local peers to those of the service's network namespace. Return: 0, or a negative errno,
 * set on the call.
 */
int net_place_peers(struct ejg_call *call, struct net_peers *peers);

/* True if the namespace is the service's. While the service has no process, that is the caller's. */
bool net_lives_in(const struct netns_list *networks, const struct netns *netns);

/*
 * Whether an apply may depend on what is found in a network namespace: the service lives there, and, if root has made
 * others, it is none that the service can make, whose settings could make every apply fail.
 */
bool net_relies_on(const struct netns_list *networks, const struct netns *netns);

/*
 * Reports private ports that the kernel may assign to any process, in the service's network namespaces: those that
 * users made, or all others. Return: true if there are any.
 */
bool net_check_ports(struct ejg_call *call, const struct net_policy *policy, const struct netns_list *networks,
		     bool made_by_user);

/* Warns of the service's network namespaces that take packets with a source route. */
void net_check_source_routes(struct ejg_call *call, const struct netns_list *networks);

/* Warns of those that take the data of a SYN without a cookie. */
void net_check_fast_open(struct ejg_call *call, const struct netns_list *networks);

#endif
