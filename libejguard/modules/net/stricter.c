/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compares two policies: would more be allowed by going back from one to the other? */
#include "libejguard/modules/net/match.h"
#include "libejguard/modules/net/policy.h"

/* The address after this one; false after the last. */
static bool next_address(struct policy_address *address)
{
	if (++address->low == 0)
		return ++address->high != 0;
	return true;
}

/* A list of ranges of a policy: its peers, or the addresses of `listen`. */
typedef const struct policy_range *find_in_list(const struct decision *d, const struct policy_address *address);

static const struct policy_range *in_peers(const struct decision *d, const struct policy_address *address)
{
	return find_peer(d, address, 0);
}

static const struct policy_range *in_listen(const struct decision *d, const struct policy_address *address)
{
	return find_listen(d->head, address);
}

/* True if each address of the range is in the list; several of its ranges may cover it together. */
static bool is_covered(const struct policy_range *range, const struct decision *by, find_in_list *find)
{
	struct policy_address at = range->first;

	for (;;) {
		const struct policy_range *part = find(by, &at);

		if (!part)
			return false;
		if (!below(&part->last, &range->last))
			return true;
		at = part->last;
		if (!next_address(&at))
			return true;
	}
}

static bool are_peers_covered(const struct net_policy *former, const struct decision *by)
{
	const struct policy_head *head = &former->chunks[0].head;

	for (size_t i = 0; i < head->n_ranges; i++) {
		const struct policy_chunk *chunk = &former->chunks[1 + i / POLICY_CHUNK_RANGES];

		if (!is_covered(&chunk->ranges[i % POLICY_CHUNK_RANGES], by, in_peers))
			return false;
	}
	for (size_t i = 0; i < head->n_scoped; i++) {
		const struct policy_scoped *scoped = &head->scoped[i];
		const struct policy_range *range = find_scoped(by->head, &scoped->range.first, scoped->ifindex);

		if (!range || below(&range->last, &scoped->range.last))
			return false;
	}
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
		if (policy->private_ports[i] & ~former->private_ports[i] || policy->guarded_ports[i] & ~former->guarded_ports[i])
			return false;
	return true;
}

bool net_policy_is_as_strict(const struct net_policy *former, const struct net_policy *policy)
{
	const struct decision by = net_decision(policy);
	const struct policy_head *head = &former->chunks[0].head;

	if (by.head->flags & POLICY_PERMISSIVE)
		return true;
	if (head->flags & POLICY_PERMISSIVE || !are_ports_covered(by.head, head) || !are_users_covered(head, by.head))
		return false;
	if (head->wildcard != by.head->wildcard && head->wildcard != POLICY_WILDCARD_DENY)
		return false;
	for (size_t i = 0; i < head->n_listen; i++)
		if (!is_covered(&head->listen[i], &by, in_listen))
			return false;
	return are_peers_covered(former, &by);
}
