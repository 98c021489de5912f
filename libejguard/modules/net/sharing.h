/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Ports that several services of this host own: one epmd serves ejabberd and RabbitMQ. Who may reach such a port is who one of
 * the policies admits. Each set has the policies of the others that share a port with it, in the entries of its map `policy`
 * that follow its own, and, of the module host, their cgroups: whoever changes a policy brings all sets up to date.
 */
#ifndef EJG_NET_SHARING_H
#define EJG_NET_SHARING_H

#include "libejguard/modules/net/pins.h"

/* The policies of others that a set has. */
struct sharing {
	struct net_policy others[POLICY_MAX_OWNERS - 1];
	int cgroups[POLICY_MAX_OWNERS - 1]; /* the map of each, or -1 */
	size_t n;
};

/*
 * Gives the set of a service the policies of the others, before it refuses anything.
 * @policy: that of the set
 * Return: 0, or a negative errno, set on the call.
 */
int sharing_fill(struct ejg_call *call, const struct pins *pins, const struct net_policy *policy);

/* Brings every set of this host up to date. Return: 0, or a negative errno, set on the call. */
int sharing_update(struct ejg_call *call);

/*
 * Whether a set has what the others admit now. Waits a moment for it: an apply of theirs has its set in place before it tells
 * this one. Return: 1, 0 or a negative errno.
 */
int sharing_settles(const struct ejg_call *call, const struct pins *pins, const struct net_policy *policy);

/* The policies of others that a set has; none where they cannot be read. Free by sharing_free(). */
struct sharing sharing_read(const struct pins *pins);
void sharing_free(struct sharing *sharing);

/* Whether one of the others admits a connection to a port that it owns, too. */
bool sharing_admits(const struct sharing *sharing, uint16_t port, struct policy_address source,
		    struct policy_address destination, uint32_t ifindex);

#endif
