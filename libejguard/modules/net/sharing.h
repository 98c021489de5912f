/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The port that several services of this host share: one epmd serves ejabberd and RabbitMQ. It may be reached by
 * anybody whom one of the policies allows. Each set has the policies of the other services with a shared port, in the
 * entries of its map `policy` behind its own, and for the module host also their cgroups. A change of one policy
 * updates all sets.
 */
#ifndef EJG_NET_SHARING_H
#define EJG_NET_SHARING_H

#include "libejguard/modules/net/pins.h"

/* The policies of other services in a set. */
struct sharing {
	struct net_policy others[POLICY_MAX_OWNERS - 1];
	int cgroups[POLICY_MAX_OWNERS - 1]; /* the map of each service, or -1 */
	size_t n;
};

/*
 * Writes the policies of other services into a service's set, before it refuses any connection. @policy: the policy of
 * the set
 *
 * Return: 0, or a negative errno, set on the call.
 */
int sharing_fill(struct ejg_call *call, const struct pins *pins, const struct net_policy *policy);

/* Updates the sets of all services of this host. Return: 0, or a negative errno, set on the call. */
int sharing_update(struct ejg_call *call);

/*
 * Checks that a set has the current policies of the other services. Waits for a moment: another service's apply puts
 * its own set into force before it updates this one. Return: 1, 0 or a negative errno.
 */
int sharing_settles(const struct ejg_call *call, const struct pins *pins, const struct net_policy *policy);

/* The policies of other services in a set; none if they cannot be read. Free by sharing_free(). */
struct sharing sharing_read(const struct pins *pins);
void sharing_free(struct sharing *sharing);

/* True if another service that shares the port allows the connection. */
bool sharing_admits(const struct sharing *sharing, uint16_t port, struct policy_address source,
		    struct policy_address destination, uint32_t ifindex);

#endif
