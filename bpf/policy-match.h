/* SPDX-License-Identifier: GPL-2.0-or-later OR LGPL-2.1-or-later */
/*
 * The decisions, as pure functions of a policy and an attempt. The hooks run them in the kernel; what answers questions
 * about the policy in user space runs the same lines on a copy.
 *
 * Whoever includes this defines before: policy_chunk_at(chunks, index), the chunk or NULL.
 */
#ifndef EJG_BPF_POLICY_MATCH_H
#define EJG_BPF_POLICY_MATCH_H

#include "policy.h"

/* For the verifier's sake; compilers of user space need no advice. */
#ifdef __bpf__
#define unrolled _Pragma("unroll")
#else
#define unrolled
#endif

/* The policy in force, for all of one decision. */
struct decision {
	void *chunks;
	const struct policy_head *head;
};

static __always_inline bool port_in(const __u8 *bits, __u16 port)
{
	return bits[(port >> 3) & (POLICY_PORT_BYTES - 1)] & (1 << (port & 7));
}

static __always_inline bool not_above(const struct policy_address *a, const struct policy_address *b)
{
	return a->high < b->high || (a->high == b->high && a->low <= b->low);
}

static __always_inline bool in_range(const struct policy_range *range, const struct policy_address *a)
{
	return not_above(&range->first, a) && not_above(a, &range->last);
}

static __always_inline bool is_mapped(const struct policy_address *a)
{
	return a->high == 0 && a->low >> 32 == 0xffff;
}

static __always_inline bool is_wildcard(const struct policy_address *a)
{
	return a->high == 0 && (a->low == 0 || a->low == 0xffff00000000ULL);
}

/* A destination that is this host's loopback: the kernel takes wildcards for it too. */
static __always_inline bool is_loopback(const struct policy_address *a)
{
	return is_wildcard(a) || (a->high == 0 && (a->low == 1 || a->low >> 24 == 0xffff7f));
}

/* The range of `listen` that has the address, or NULL. */
static __always_inline const struct policy_range *find_listen(const struct policy_head *head,
							       const struct policy_address *a)
{
	for (__u32 i = 0; i < POLICY_MAX_LISTEN; i++) {
		if (i >= head->n_listen)
			break;
		if (in_range(&head->listen[i], a))
			return &head->listen[i];
	}
	return NULL;
}

static __always_inline const struct policy_range *find_scoped(const struct policy_head *head,
							       const struct policy_address *a, __u32 ifindex)
{
	for (__u32 i = 0; i < POLICY_MAX_SCOPED; i++) {
		if (i >= head->n_scoped)
			break;
		if ((!ifindex || head->scoped[i].ifindex == ifindex) && in_range(&head->scoped[i].range, a))
			return &head->scoped[i].range;
	}
	return NULL;
}

/* The range of peers that has the address, or NULL. ifindex: where the packet came in, 0 when that is not known. */
static __always_inline const struct policy_range *find_peer(const struct decision *d, const struct policy_address *a,
							     __u32 ifindex)
{
	const struct policy_head *head = d->head;
	const struct policy_chunk *chunk;
	__u32 at = head->zero, step = head->chunk_step;

	unrolled
	for (int i = POLICY_MAX_CHUNKS; i > 1; i >>= 1, step >>= 1) {
		__u32 next = (at + step) & (POLICY_MAX_CHUNKS - 1);

		if (!step)
			break;
		if (not_above(&head->pivots[next], a))
			at = next;
	}
	chunk = policy_chunk_at(d->chunks, 1 + at);
	if (chunk) {
		at = head->zero;
		step = head->range_step;
		unrolled
		for (int i = POLICY_CHUNK_RANGES; i > 1; i >>= 1, step >>= 1) {
			__u32 next = (at + step) & (POLICY_CHUNK_RANGES - 1);

			if (!step)
				break;
			if (not_above(&chunk->ranges[next].first, a))
				at = next;
		}
		at &= POLICY_CHUNK_RANGES - 1;
		if (in_range(&chunk->ranges[at], a))
			return &chunk->ranges[at];
	}
	return head->n_scoped ? find_scoped(head, a, ifindex) : NULL;
}

/* bind of a TCP socket. Port 0 is the kernel's choice: ingress holds such a listener, and a client's bind is none. */
static __always_inline enum policy_reason decide_bind(const struct decision *d, __u16 port, struct policy_address address)
{
	if (!port || !port_in(d->head->private_ports, port) || find_listen(d->head, &address))
		return POLICY_ALLOWED;
	if (!is_wildcard(&address))
		return POLICY_BIND_ADDRESS;
	return d->head->wildcard == POLICY_WILDCARD_ALLOW ? POLICY_ALLOWED : POLICY_BIND_WILDCARD;
}

/* connect of a TCP socket. The hook is not shown the interface of a link-local destination: any of the peer's will do. */
static __always_inline enum policy_reason decide_connect(const struct decision *d, __u16 port,
							 struct policy_address address)
{
	if (!port_in(d->head->guarded_ports, port))
		return POLICY_ALLOWED;
	if (is_loopback(&address) || find_listen(d->head, &address) || find_peer(d, &address, 0))
		return POLICY_ALLOWED;
	return POLICY_DESTINATION;
}

/* A new connection to a listener, over a device that is not the loopback. */
static __always_inline enum policy_reason decide_accept(const struct decision *d, struct policy_address source,
							struct policy_address destination, __u32 ifindex)
{
	if (!find_peer(d, &source, ifindex))
		return POLICY_SOURCE;
	return find_listen(d->head, &destination) ? POLICY_ALLOWED : POLICY_LOCAL_ADDRESS;
}

#endif
