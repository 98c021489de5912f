/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The decisions of the kernel's programs, in user space: on a copy of the policy, by the same code. */
#ifndef EJG_NET_MATCH_H
#define EJG_NET_MATCH_H

#include <ejguard/module.h>
#include <endian.h>
#include <string.h>

#include "libejguard/modules/net/policy.h"

static inline const struct policy_chunk *policy_chunk_at(void *chunks, __u32 index)
{
	const struct net_policy *policy = chunks;

	return index < policy->n_chunks ? &policy->chunks[index] : NULL;
}

#include "bpf/policy-match.h"

static inline struct decision net_decision(const struct net_policy *policy)
{
	return (struct decision){ .chunks = (void *)policy, .head = &policy->chunks[0].head };
}

/* The first address of a prefix. */
static inline struct policy_address net_address(const struct ejg_prefix *prefix)
{
	uint64_t words[2];

	memcpy(words, prefix->bytes, sizeof(words));
	return (struct policy_address){ be64toh(words[0]), be64toh(words[1]) };
}

static inline bool is_multicast(const struct policy_address *address)
{
	return address->high >> 56 == 0xff || (is_mapped(address) && (address->low & 0xf0000000) == 0xe0000000);
}

#endif
