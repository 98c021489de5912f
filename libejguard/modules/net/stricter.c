/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compares two policies: would more be allowed by going back from one to the other? */
#include "libejguard/modules/net/match.h"
#include "libejguard/modules/net/policy.h"
#include "libejguard/modules/net/ranges.h"

/* The address after this one; false after the last. */
static bool next_address(struct policy_address *address)
{
	if (++address->low == 0)
		return ++address->high != 0;
	return true;
}

static const __u32 any_interface = 0, no_interface = UINT32_MAX; /* the latter finds only peers that have none */

/* A list of ranges of a policy: its peers, or the addresses of `listen`. */
typedef const struct policy_range *find_in_list(const struct decision *d, const struct policy_address *address,
						__u32 ifindex);

static const struct policy_range *in_peers(const struct decision *d, const struct policy_address *address,
					   __u32 ifindex)
{
	return find_peer(d, address, ifindex);
}

static const struct policy_range *in_listen(const struct decision *d, const struct policy_address *address,
					    __u32 ifindex)
{
	(void)ifindex;
	return find_listen(d->head, address);
}

/* True if each address of the range is in the list; several of its ranges may cover it together. */
static bool is_covered(const struct policy_range *range, const struct decision *by, find_in_list *find, __u32 ifindex)
{
	struct policy_address at = range->first;

	for (;;) {
		const struct policy_range *part = find(by, &at, ifindex);

		if (!part)
			return false;
		if (!below(&part->last, &range->last))
			return true;
		at = part->last;
		if (!next_address(&at))
			return true;
	}
}

/*
 * True if the places of a policy, its peers and the addresses of `listen`, are all in another. to_reach: a link-local
 * peer counts for each interface, as for a connect, whose hook does not see it; else for its own, as for an accept.
 */
static bool are_places_covered(const struct net_policy *policy, const struct net_policy *by_policy, bool to_reach)
{
	const struct policy_head *head = &policy->chunks[0].head;
	const struct ranges peers = ranges_of_peers(policy);
	const struct decision by = net_decision(by_policy);

	for (size_t i = 0; i < head->n_listen; i++)
		if (!is_covered(&head->listen[i], &by, in_listen, any_interface))
			return false;
	for (size_t i = 0; i < peers.n; i++)
		if (!is_covered(range_at(&peers, i), &by, in_peers, to_reach ? any_interface : no_interface))
			return false;
	for (size_t i = 0; i < head->n_scoped; i++)
		if (!is_covered(&head->scoped[i].range, &by, in_peers,
				to_reach ? any_interface : head->scoped[i].ifindex))
			return false;
	return true;
}

static bool are_users_covered(const struct policy_head *former, const struct policy_head *by)
{
	for (size_t i = 0; i < former->n_users; i++)
		if (!user_in(by, former->users[i]))
			return false;
	return true;
}

/* True if every port that is private or guarded in `policy` is it in `former` too. */
static bool are_ports_covered(const struct policy_head *policy, const struct policy_head *former)
{
	for (size_t i = 0; i < POLICY_PORT_BYTES; i++)
		if (policy->private_ports[i] & ~former->private_ports[i] ||
		    policy->guarded_ports[i] & ~former->guarded_ports[i])
			return false;
	return true;
}

/* True if `former` opens no port of others that `policy` does not open. */
static bool is_share_covered(const struct policy_head *former, const struct policy_head *policy)
{
	for (uint32_t port = 1; port <= UINT16_MAX; port++)
		if (shares_port(former, port) && !shares_port(policy, port))
			return false;
	return true;
}

bool net_policy_is_as_strict(const struct net_policy *former, const struct net_policy *policy, enum net_places places)
{
	const struct policy_head *head = &former->chunks[0].head, *by = &policy->chunks[0].head;

	if (by->flags & POLICY_PERMISSIVE)
		return true;
	if (head->flags & POLICY_PERMISSIVE || !are_ports_covered(by, head) || !are_users_covered(head, by) ||
	    !is_share_covered(head, by))
		return false;
	if (head->wildcard != by->wildcard && head->wildcard != POLICY_WILDCARD_DENY &&
	    by->wildcard != POLICY_WILDCARD_ALLOW)
		return false;
	return places == NET_PLACES_REFUSED ? are_places_covered(policy, former, true)
					    : are_places_covered(former, policy, false);
}
