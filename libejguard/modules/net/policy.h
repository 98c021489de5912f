/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Makes the kernel's policy (bpf/policy.h) from facts and options. Changes only memory. */
#ifndef EJG_NET_POLICY_H
#define EJG_NET_POLICY_H

#include <ejguard/module.h>
#include <linux/types.h>

#include "bpf/policy.h"

/* The values of the option wildcard=, by enum policy_wildcard, ended by NULL. */
extern const char *const net_wildcard_words[];

/* The options of the module. */
struct net_config {
	bool strict;
	bool evict;
	unsigned int wildcard; /* enum policy_wildcard */
	unsigned int accept;   /* enum net_accept */
	struct ejg_prefix_list listen;
};

/* Always fits into a head: a prefix that contains the block of IPv4-mapped addresses is cut in two. */
enum { NET_POLICY_MAX_WIDE = POLICY_MAX_LISTEN / 2 };

/* A policy in user space. */
struct net_policy {
	struct policy_chunk *chunks;
	uint32_t n_chunks; /* chunk 0, and at least one with peers */
};

/*
 * Builds the policy. config->listen has at most POLICY_MAX_LISTEN prefixes, or NET_POLICY_MAX_WIDE if some may contain
 * the block of IPv4-mapped addresses. where_file and where_line are the line of the module in the stack, which is
 * reported for the listen addresses.
 *
 * Return: 0 or -ENOMEM. Free *ret by net_policy_free(); untouched on failure.
 */
int net_policy_build(const struct ejg_facts *facts, const struct net_config *config, enum ejg_mode mode,
		     const char *where_file, uint32_t where_line, struct net_policy *ret);

/* The order of addresses. Return: below 0, 0 or above it. */
int net_compare(const struct policy_address *a, const struct policy_address *b);

/* The number of chunks of a policy with so many ranges. */
size_t net_policy_n_chunks(size_t n_ranges);

void net_policy_free(struct net_policy *policy);

/*
 * The peers and the addresses of `listen` of a policy: net lets the service use these alone, host keeps users from
 * them.
 */
enum net_places {
	NET_PLACES_ALLOWED,
	NET_PLACES_REFUSED,
};

/* True if `former` allows nothing that `policy` refuses: going back to it opens nothing. */
bool net_policy_is_as_strict(const struct net_policy *former, const struct net_policy *policy, enum net_places places);

#endif
