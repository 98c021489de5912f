/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The ranges of addresses in a policy, for people. */
#ifndef EJG_NET_RANGES_H
#define EJG_NET_RANGES_H

#include "libejguard/modules/net/policy.h"

/* A sorted list of ranges, in the head or in the chunks of a policy. */
struct ranges {
	const struct policy_range *items; /* of the head; NULL: in the chunks */
	const struct policy_chunk *chunks;
	size_t n;
};

struct ranges ranges_of_peers(const struct net_policy *policy);
struct ranges ranges_of_listen(const struct net_policy *policy);
const struct policy_range *range_at(const struct ranges *ranges, size_t i);

/* The order of a list. */
int range_compare(const struct policy_range *a, const struct policy_range *b);

#define RANGE_TEXT_SIZE (2 * EJG_PREFIX_TEXT_SIZE)

/* "198.51.100.7", "2001:db8::/32"; "FIRST-LAST" if it is no prefix. Return: text. */
char *range_format(const struct policy_range *range, char text[static RANGE_TEXT_SIZE]);
/* "fe80::1%eth0" */
char *range_format_scoped(const struct policy_scoped *scoped, char text[static RANGE_TEXT_SIZE]);

#endif
