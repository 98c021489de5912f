/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Peers that are a large part of the internet, in one prefix or in many. A warning: it is what the stack says. */
#include "libejguard/modules/net/match.h"
#include "libejguard/modules/net/net.h"
#include "libejguard/modules/net/ranges.h"
#include "libejguard/util/cleanup.h"

enum {
	WIDE_IPV4 = 1 << 24, /* more than a network of class A */
	WIDE_IPV6_BITS = 48, /* in networks of 64 bits: more than a /16, which no registry gives to anybody */
};

/* Addresses that no router of the internet forwards: RFC 1918, 6598, 4193. */
static bool is_private(const struct policy_range *range)
{
	static const struct policy_range own[] = {
		{ .first = { 0, 0xffff0a000000 }, .last = { 0, 0xffff0affffff } },
		{ .first = { 0, 0xffff64400000 }, .last = { 0, 0xffff647fffff } },
		{ .first = { 0, 0xffffac100000 }, .last = { 0, 0xffffac1fffff } },
		{ .first = { 0, 0xffffc0a80000 }, .last = { 0, 0xffffc0a8ffff } },
		{ .first = { 0xfc00000000000000, 0 }, .last = { 0xfdffffffffffffff, UINT64_MAX } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(own); i++)
		if (in_range(&own[i], &range->first) && in_range(&own[i], &range->last))
			return true;
	return false;
}

void net_check_wide(struct ejg_call *call, const struct net_policy *policy)
{
	const struct ejg_place place = { .file = ejg_call_facts(call)->stack_file };
	const struct ranges peers = ranges_of_peers(policy);
	uint64_t ipv4 = 0, ipv6 = 0;

	for (size_t i = 0; i < peers.n; i++) {
		const struct policy_range *range = range_at(&peers, i);

		if (is_private(range))
			continue;
		if (is_mapped(&range->first))
			ipv4 += range->last.low - range->first.low + 1;
		else
			ipv6 += range->last.high - range->first.high + 1;
	}
	if (ipv4 > WIDE_IPV4)
		ejg_call_finding_at(call, "peers-wide", NULL, &place, "%llu public IPv4 addresses are peers",
				    (unsigned long long)ipv4);
	if (ipv6 > UINT64_C(1) << WIDE_IPV6_BITS)
		ejg_call_finding_at(call, "peers-wide", NULL, &place,
				    "more public IPv6 addresses are peers than a prefix of 16 bits has");
}
