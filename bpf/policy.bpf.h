/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The maps, and access to the policy and to addresses. Every hook includes this; all share the same maps. */
#ifndef EJG_BPF_POLICY_BPF_H
#define EJG_BPF_POLICY_BPF_H

#include <linux/bpf.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <stdbool.h>

#include "policy.h"

#define SOCK_STREAM 1
#define AF_INET 2
#define AF_INET6 10

/*
 * The policies of services, by owner: user space replaces an inner map as a whole. The lengths are constant, because
 * the verifier then inlines lookups in such a map; with variable lengths (BPF_F_INNER_MAP) each lookup is a call, which
 * takes 20 ns if returns are protected against speculation.
 */
struct policy_small_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(map_flags, BPF_F_RDONLY_PROG);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(struct policy_small));
};

struct policy_large_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, POLICY_ENTRIES);
	__uint(map_flags, BPF_F_RDONLY_PROG);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(struct policy_chunk));
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, POLICY_MAX_OWNERS);
	__type(key, __u32);
	__array(values, struct policy_small_map);
} policy __weak SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, POLICY_MAX_OWNERS);
	__type(key, __u32);
	__array(values, struct policy_large_map);
} policy_large __weak SEC(".maps");

/* Refusals, by POLICY_COUNTER(). */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, POLICY_N_COUNTERS);
	__type(key, __u32);
	__type(value, __u64);
} counters __weak SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct policy_meta);
} meta __weak SEC(".maps");

static __always_inline const struct policy_chunk *policy_chunk_at(void *chunks, __u32 index)
{
	return bpf_map_lookup_elem(chunks, &index);
}

#include "policy-match.h"

/* A small policy first: while one is in the array, it is in force. */
static __always_inline bool get_policy_of(struct decision *d, __u32 owner)
{
	void *map = bpf_map_lookup_elem(&policy, &owner);
	__u32 zero = 0;

	if (map) {
		d->small = bpf_map_lookup_elem(map, &zero);
		if (!d->small)
			return false;
		d->head = &d->small->head;
		return true;
	}
	d->chunks = bpf_map_lookup_elem(&policy_large, &owner);
	if (!d->chunks)
		return false;
	d->head = bpf_map_lookup_elem(d->chunks, &zero);
	return d->head;
}

/* Looks up the policy, once for a whole decision. False when no policy is in force. */
static __always_inline bool get_policy(struct decision *d)
{
	return get_policy_of(d, 0);
}

/*
 * Makes the verifier forget what it knows about an address: for each such fact (an IPv4 address, not a loopback one) it
 * would check the rest of a decision again, and that is most of the time of an apply.
 */
static __always_inline void forget(struct policy_address *address, const struct policy_head *head)
{
	__u64 zero = (__u64)head->zero << 32 | head->zero;

	address->high ^= zero;
	address->low ^= zero;
}

static __always_inline bool is_proof(const struct bpf_sock *sk)
{
	return sk && sk->mark == POLICY_PROOF_MARK;
}

static __always_inline void count(bool proof, enum policy_hook hook, enum policy_reason reason)
{
	__u32 key = POLICY_COUNTER(proof, hook, reason);
	__u64 *counter = bpf_map_lookup_elem(&counters, &key);

	if (counter)
		(*counter)++;
}

/* Adds to the row of a denial. `now` has the values of a new row. */
static __always_inline void record(void *table, const struct policy_denial_key *key, struct policy_denial *now)
{
	struct policy_denial *row = bpf_map_lookup_elem(table, key);

	if (!row) {
		bpf_map_update_elem(table, key, now, BPF_NOEXIST);
		return;
	}
	__sync_fetch_and_add(&row->count, 1);
	row->last = now->last;
	row->pid = now->pid;
	row->passed = now->passed;
	__builtin_memcpy(row->command, now->command, sizeof(row->command));
}

/* The result of a hook for a refusal: 0 refuses, 1 allows. Without a policy nothing is permissive. */
static __always_inline int refusal(const struct policy_head *head)
{
	return head && (head->flags & POLICY_PERMISSIVE);
}

static __always_inline struct policy_address from_ipv4(__be32 ip)
{
	return (struct policy_address){ .high = 0, .low = 0xffff00000000ULL | bpf_ntohl(ip) };
}

static __always_inline struct policy_address from_ipv6(__be32 a, __be32 b, __be32 c, __be32 d)
{
	return (struct policy_address){
		.high = (__u64)bpf_ntohl(a) << 32 | bpf_ntohl(b),
		.low = (__u64)bpf_ntohl(c) << 32 | bpf_ntohl(d),
	};
}

#endif
