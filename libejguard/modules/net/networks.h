/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the service lives: network namespaces, their private ports, and the interfaces of peers there. */
#ifndef EJG_NET_NETWORKS_H
#define EJG_NET_NETWORKS_H

#include "libejguard/modules/net/peers.h"
#include "libejguard/modules/net/policy.h"
#include "libejguard/util/netns.h"

/* The network namespaces of this host. Return: 0, or a negative errno, set on the call; free by netns_free(). */
int net_find_networks(struct ejg_call *call, struct netns_list *ret);

/*
 * Lets the interfaces of link-local peers be those of the network namespace in which the service lives. Return: 0, or a
 * negative errno, set on the call.
 */
int net_place_peers(struct ejg_call *call, struct net_peers *peers);

/* Whether the service lives in a network namespace. While it has no process it is the caller's. */
bool net_lives_in(const struct netns_list *networks, const struct netns *netns);

/*
 * Reports private ports that the kernel may give to anybody, wherever the service lives: in the network namespaces that a user
 * made for themselves, or in all others. Return: whether there are any.
 */
bool net_check_ports(struct ejg_call *call, const struct net_policy *policy, const struct netns_list *networks, bool made_by_user);

#endif
