/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/net/ranges.h"

#include <endian.h>
#include <stdio.h>
#include <string.h>

const struct policy_range *range_at(const struct ranges *ranges, size_t i)
{
	if (ranges->items)
		return &ranges->items[i];
	return &ranges->chunks[1 + i / POLICY_CHUNK_RANGES].ranges[i % POLICY_CHUNK_RANGES];
}

struct ranges ranges_of_peers(const struct net_policy *policy)
{
	return (struct ranges){ .chunks = policy->chunks, .n = policy->chunks[0].head.n_ranges };
}

struct ranges ranges_of_listen(const struct net_policy *policy)
{
	return (struct ranges){ .items = policy->chunks[0].head.listen, .n = policy->chunks[0].head.n_listen };
}

int range_compare(const struct policy_range *a, const struct policy_range *b)
{
	int order = net_compare(&a->first, &b->first);

	return order ? order : net_compare(&a->last, &b->last);
}

static struct ejg_prefix prefix_of(const struct policy_address *address, uint8_t length)
{
	const uint64_t words[] = { htobe64(address->high), htobe64(address->low) };
	struct ejg_prefix prefix = { .length = length };

	memcpy(prefix.bytes, words, sizeof(words));
	return prefix;
}

/* The prefix length of a range, or 0 when the range is no prefix. */
static uint8_t prefix_length(const struct policy_range *range)
{
	const uint64_t high = range->first.high ^ range->last.high, low = range->first.low ^ range->last.low;

	if (high == 0 && (low & (low + 1)) == 0 && (range->first.low & low) == 0)
		return low == UINT64_MAX ? 64 : low ? __builtin_clzll(low) + 64 : 128;
	if (low == UINT64_MAX && (high & (high + 1)) == 0 && (range->first.high & high) == 0)
		return high == UINT64_MAX ? 0 : __builtin_clzll(high);
	return 0;
}

char *range_format(const struct policy_range *range, char text[static RANGE_TEXT_SIZE])
{
	char first[EJG_PREFIX_TEXT_SIZE], last[EJG_PREFIX_TEXT_SIZE];
	const struct ejg_prefix whole = prefix_of(&range->first, prefix_length(range));
	const struct ejg_prefix from = prefix_of(&range->first, 128), to = prefix_of(&range->last, 128);

	if (whole.length > 0)
		return ejg_prefix_format(&whole, text);
	snprintf(text, RANGE_TEXT_SIZE, "%s-%s", ejg_prefix_format(&from, first), ejg_prefix_format(&to, last));
	return text;
}

char *range_format_scoped(const struct policy_scoped *scoped, char text[static RANGE_TEXT_SIZE])
{
	struct ejg_prefix prefix = prefix_of(&scoped->range.first, prefix_length(&scoped->range));

	prefix.scope = scoped->ifindex;
	return ejg_prefix_format(&prefix, text);
}
