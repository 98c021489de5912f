/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/net/policy.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "libejguard/util/address.h"
#include "libejguard/util/cleanup.h"

const char *const net_wildcard_words[] = {
	[POLICY_WILDCARD_ALLOW] = "allow",
	[POLICY_WILDCARD_DENY] = "deny",
	[POLICY_WILDCARD_REWRITE] = "rewrite",
	NULL,
};

/* The block of IPv4-mapped addresses: ::ffff:0:0/96. */
static const struct policy_address mapped_first = { 0, 0xffff00000000ULL };
static const struct policy_address mapped_last = { 0, 0xffffffffffffULL };

int net_compare(const struct policy_address *a, const struct policy_address *b)
{
	if (a->high != b->high)
		return a->high < b->high ? -1 : 1;
	return a->low < b->low ? -1 : a->low > b->low;
}

static int compare_ranges(const void *a, const void *b)
{
	const struct policy_range *x = a, *y = b;
	int order = net_compare(&x->first, &y->first);

	/* Of two ranges with the same start the wider one comes first, so that it covers the other. */
	return order ? order : net_compare(&y->last, &x->last);
}

static struct policy_range range_of(const struct ejg_prefix *prefix, uint32_t file, uint32_t line)
{
	struct policy_range range = { .file = file, .line = line };
	uint64_t words[2], high_bits, low_bits;

	memcpy(words, prefix->bytes, sizeof(words));
	high_bits = prefix->length >= 64 ? 0 : UINT64_MAX >> prefix->length;
	low_bits = prefix->length <= 64 ? UINT64_MAX : prefix->length == 128 ? 0 : UINT64_MAX >> (prefix->length - 64);
	range.first = (struct policy_address){ be64toh(words[0]), be64toh(words[1]) };
	range.last = (struct policy_address){ range.first.high | high_bits, range.first.low | low_bits };
	return range;
}

/* The index of a file in the head, for explain; POLICY_MAX_FILES when there is no room or no file. */
static uint32_t file_index(struct policy_head *head, const char *file)
{
	if (!file || strlen(file) >= POLICY_FILE_SIZE)
		return POLICY_MAX_FILES;
	for (uint32_t i = 0; i < POLICY_MAX_FILES; i++) {
		if (!head->files[i][0])
			strcpy(head->files[i], file);
		if (!strcmp(head->files[i], file))
			return i;
	}
	return POLICY_MAX_FILES;
}

static void set_port(uint8_t *bits, uint32_t port, bool value)
{
	if (value)
		bits[port / 8] |= 1U << (port % 8);
	else
		bits[port / 8] &= ~(1U << (port % 8));
}

static void set_ports(struct policy_head *head, const struct ejg_facts *facts, bool strict)
{
	head->flags |= POLICY_SHARES;
	head->shared_port = facts->kind && facts->kind->without_epmd ? 0 : facts->epmd_port;
	if (strict) {
		memset(head->private_ports, 0xff, sizeof(head->private_ports));
		set_port(head->private_ports, 0, false);
		for (size_t i = 0; i < facts->n_public_ports; i++)
			for (uint32_t p = facts->public_ports[i].first; p <= facts->public_ports[i].last; p++)
				set_port(head->private_ports, p, false);
	}
	set_port(head->private_ports, facts->epmd_port, true);
	set_port(head->guarded_ports, facts->epmd_port, true);
	for (size_t i = 0; i < facts->n_dist; i++)
		for (uint32_t p = facts->dist[i].first; p <= facts->dist[i].last; p++) {
			set_port(head->private_ports, p, true);
			set_port(head->guarded_ports, p, true);
		}
}

/* Adds one prefix to ranges, cut in two if an IPv6 prefix contains the block of IPv4-mapped addresses. */
static size_t add_range(struct policy_range *ranges, size_t n, const struct ejg_prefix *prefix, uint32_t file,
			uint32_t line)
{
	struct policy_range range = range_of(prefix, file, line), above = range;

	if (prefix_is_ipv4(prefix) || net_compare(&range.first, &mapped_first) > 0 ||
	    net_compare(&range.last, &mapped_last) < 0) {
		ranges[n++] = range;
		return n;
	}
	range.last = (struct policy_address){ mapped_first.high, mapped_first.low - 1 };
	above.first = (struct policy_address){ mapped_last.high, mapped_last.low + 1 };
	ranges[n++] = range;
	ranges[n++] = above;
	return n;
}

/* Sorts, and removes ranges inside of another one: prefixes are either nested or disjoint. */
static size_t make_disjoint(struct policy_range *ranges, size_t n)
{
	size_t kept = 0;

	if (!n)
		return 0;
	qsort(ranges, n, sizeof(*ranges), compare_ranges);
	for (size_t i = 1; i < n; i++)
		if (net_compare(&ranges[i].last, &ranges[kept].last) > 0)
			ranges[++kept] = ranges[i];
	return kept + 1;
}

/* The highest power of two below n: the first step of a search through n elements. */
static uint32_t first_step(uint32_t n)
{
	uint32_t step = 0;

	for (uint32_t i = 1; i < n; i *= 2)
		step = i;
	return step;
}

/* An empty range that sorts behind all others. */
static struct policy_range filler(void)
{
	return (struct policy_range){ .first = { UINT64_MAX, UINT64_MAX } };
}

/* The address that replaces a wildcard, for each family: the first of `listen`; for a prefix its first host, 127.0.0.1
 * of 127.0.0.0/8.
 */
static void choose_rewrites(struct policy_head *head, const struct net_config *config)
{
	for (size_t i = config->listen.n; i-- > 0;) {
		const struct ejg_prefix *prefix = &config->listen.items[i];
		struct policy_address first = range_of(prefix, 0, 0).first;

		first.low += prefix->length < 128;
		*(prefix_is_ipv4(prefix) ? &head->rewrite4 : &head->rewrite6) = first;
	}
}

static void place_listen(struct policy_head *head, const struct net_config *config, const char *file, uint32_t line)
{
	size_t n = 0;

	for (size_t i = 0; i < config->listen.n; i++)
		n = add_range(head->listen, n, &config->listen.items[i], file_index(head, file), line);
	head->n_listen = make_disjoint(head->listen, n);
	for (size_t i = head->n_listen; i < POLICY_MAX_LISTEN; i++)
		head->listen[i] = filler();
	head->listen_step = first_step(head->n_listen);
}

/* Writes the ranges into the chunks behind the head, and fills the rest of the last one. */
static void place_ranges(struct net_policy *policy, const struct policy_range *ranges, size_t n)
{
	struct policy_head *head = &policy->chunks[0].head;

	head->n_ranges = n;
	head->chunk_step = first_step(policy->n_chunks - 1);
	head->range_step = first_step(n < POLICY_CHUNK_RANGES ? n : POLICY_CHUNK_RANGES);
	for (uint32_t c = 0; c < POLICY_MAX_CHUNKS; c++)
		head->pivots[c] =
			(size_t)c * POLICY_CHUNK_RANGES < n ? ranges[c * POLICY_CHUNK_RANGES].first : filler().first;
	for (size_t i = 0; i < (policy->n_chunks - 1) * (size_t)POLICY_CHUNK_RANGES; i++)
		policy->chunks[1 + i / POLICY_CHUNK_RANGES].ranges[i % POLICY_CHUNK_RANGES] =
			i < n ? ranges[i] : filler();
}

/* Writes link-local peers into the head and the others into ranges. Return: how many ranges. */
static size_t sort_out_peers(const struct ejg_facts *facts, struct policy_head *head, struct policy_range *ranges)
{
	size_t n = 0;

	for (size_t i = 0; i < facts->n_peers; i++) {
		const struct ejg_peer *peer = ejg_peer_get(facts, i);
		uint32_t file = file_index(head, peer->origin.file);

		if (peer->prefix.scope)
			head->scoped[head->n_scoped++] = (struct policy_scoped){
				.range = range_of(&peer->prefix, file, peer->origin.line),
				.ifindex = peer->prefix.scope,
			};
		else
			n = add_range(ranges, n, &peer->prefix, file, peer->origin.line);
	}
	return make_disjoint(ranges, n);
}

int net_policy_build(const struct ejg_facts *facts, const struct net_config *config, enum ejg_mode mode,
		     const char *where_file, uint32_t where_line, struct net_policy *ret)
{
	cleanup_free struct policy_range *ranges = NULL;
	cleanup_free struct policy_head *head = NULL;
	struct net_policy policy = {};
	size_t n;

	head = calloc(1, sizeof(*head));
	ranges = calloc(2 * facts->n_peers + 1, sizeof(*ranges)); /* see add_range() */
	if (!head || !ranges)
		return -ENOMEM;

	head->layout = POLICY_LAYOUT;
	head->flags = (mode == EJG_PERMISSIVE ? POLICY_PERMISSIVE : 0) | (config->strict ? POLICY_STRICT : 0);
	head->wildcard = config->wildcard;
	set_ports(head, facts, config->strict);
	choose_rewrites(head, config);
	place_listen(head, config, where_file, where_line);
	n = sort_out_peers(facts, head, ranges);

	policy.n_chunks = net_policy_n_chunks(n);
	policy.chunks = calloc(policy.n_chunks, sizeof(*policy.chunks));
	if (!policy.chunks)
		return -ENOMEM;
	policy.chunks[0].head = *head;
	place_ranges(&policy, ranges, n);
	*ret = policy;
	return 0;
}

size_t net_policy_n_chunks(size_t n_ranges)
{
	return n_ranges ? 1 + (n_ranges + POLICY_CHUNK_RANGES - 1) / POLICY_CHUNK_RANGES : 2;
}

void net_policy_free(struct net_policy *policy)
{
	free(policy->chunks);
	*policy = (struct net_policy){};
}
