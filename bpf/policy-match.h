/* SPDX-License-Identifier: GPL-2.0-or-later OR LGPL-2.1-or-later */
/*
 * The decisions, as pure functions of a policy and an attempt. The hooks run them in the kernel; user space runs the
 * same code on a copy of the policy to answer questions.
 *
 * A file that includes this defines policy_chunk_at(chunks, index) before: it gives the chunk or NULL.
 */
#ifndef EJG_BPF_POLICY_MATCH_H
#define EJG_BPF_POLICY_MATCH_H

#include "policy.h"

#define LOOPBACK_IFINDEX 1 /* include/net/flow.h, LOOPBACK_IFINDEX: the first device of every network namespace */

/* The policy in force, for one whole decision. */
struct decision {
	void *chunks;
	const struct policy_head *head;
	const struct policy_small *small; /* or NULL: in chunks */
};

static __always_inline bool port_in(const __u8 *bits, __u16 port)
{
	return bits[(port >> 3) & (POLICY_PORT_BYTES - 1)] & (1 << (port & 7));
}

/*
 * True if the peers and users of a policy may also use the port where another service guards it. Not the distribution
 * range: another service's is its own, whatever a configuration says.
 */
static __always_inline bool shares_port(const struct policy_head *head, __u16 port)
{
	return head->flags & POLICY_SHARES ? port == head->shared_port : port_in(head->guarded_ports, port);
}

/* 1 if a < b: the borrow of a - b. Without a branch the verifier has one path to check, and the CPU none to predict. */
static __always_inline __u64 borrow(__u64 a, __u64 b)
{
	__u64 bit = ((~a & b) | ((~a | b) & (a - b))) >> 63;

	/* clang 19 knows that it is 0 or 1, and makes branches from that: too many paths for the verifier. */
	__asm__("" : "+r"(bit));
	return bit;
}

/* 1 if a < b. */
static __always_inline __u64 below(const struct policy_address *a, const struct policy_address *b)
{
	__u64 x = a->high, y = b->high;

	/* One branch, easy to predict: most lists have one family, and for IPv4 these are all equal. */
	if (x == y) {
		x = a->low;
		y = b->low;
	}
	return borrow(x, y);
}

static __always_inline bool in_range(const struct policy_range *range, const struct policy_address *a)
{
	return !(below(a, &range->first) | below(&range->last, a));
}

/* The same for a range that is a prefix, without a branch: the bits in which first and last differ may be any. */
static __always_inline bool in_prefix(const struct policy_range *prefix, const struct policy_address *a)
{
	return !(((a->high ^ prefix->first.high) & ~(prefix->first.high ^ prefix->last.high)) |
		 ((a->low ^ prefix->first.low) & ~(prefix->first.low ^ prefix->last.low)));
}

static __always_inline bool is_mapped(const struct policy_address *a)
{
	return a->high == 0 && a->low >> 32 == 0xffff;
}

static __always_inline bool is_wildcard(const struct policy_address *a)
{
	return a->high == 0 && (a->low == 0 || a->low == 0xffff00000000ULL);
}

/* True for a destination on this host's loopback: the kernel treats wildcards as loopback too. */
static __always_inline bool is_loopback(const struct policy_address *a)
{
	return is_wildcard(a) || (a->high == 0 && (a->low == 1 || a->low >> 24 == 0xffff7f));
}

/*
 * A step of a search among n addresses, `stride` bytes from one to the next, for the last that is not above `a`.
 * Return: false when none is left to do.
 */
static __always_inline bool advance(const void *first, __u32 stride, __u32 n, __u32 *at, __u32 *step,
				    const struct policy_address *a)
{
	const struct policy_address *next = (const void *)((const char *)first + ((*at + *step) & (n - 1)) * stride);

	if (!*step)
		return false;
	*at += *step & (__u32)(below(a, next) - 1);
	*at &= n - 1;
	*step >>= 1;
	return true;
}

/*
 * The index of the last of n addresses that is not above `a`, or 0. n is 32, 128 or 1024; step is the first step; `at`
 * is 0, but not a constant for the verifier. The steps are written out: in a loop the verifier compares fewer states
 * with each other, and walks the same way several times.
 */
static __always_inline __u32 search(const void *first, __u32 stride, __u32 n, __u32 at, __u32 step,
				    const struct policy_address *a)
{
#define ADVANCE advance(first, stride, n, &at, &step, a)
	(void)(ADVANCE && ADVANCE && ADVANCE && ADVANCE && ADVANCE && n > 32 && ADVANCE && ADVANCE && n > 128 &&
	       ADVANCE && ADVANCE && ADVANCE);
#undef ADVANCE
	return at & (n - 1);
}

/* The range that contains the address, or NULL. */
static __always_inline const struct policy_range *find_range(const struct policy_range *ranges, __u32 n, __u32 at,
							     __u32 step, const struct policy_address *a)
{
	const struct policy_range *range = &ranges[search(&ranges->first, sizeof(*ranges), n, at, step, a)];

	return in_range(range, a) ? range : NULL;
}

/* The range of `listen` that contains the address, or NULL. */
static __always_inline const struct policy_range *find_listen(const struct policy_head *head,
							      const struct policy_address *a)
{
	return find_range(head->listen, POLICY_MAX_LISTEN, head->zero, head->listen_step, a);
}

static __always_inline const struct policy_range *find_scoped(const struct policy_head *head,
							      const struct policy_address *a, __u32 ifindex)
{
	for (__u32 i = 0; i < POLICY_MAX_SCOPED; i++) {
		if (i >= head->n_scoped)
			break;
		if ((!ifindex || head->scoped[i].ifindex == ifindex) && in_prefix(&head->scoped[i].range, a))
			return &head->scoped[i].range;
	}
	return NULL;
}

/* The list of peers that may contain the address: of a small policy the only one. */
static __always_inline const struct policy_range *peers_near(const struct decision *d, const struct policy_address *a)
{
	const struct policy_head *head = d->head;
	const struct policy_chunk *chunk;

	if (d->small)
		return d->small->ranges;
	chunk = policy_chunk_at(d->chunks, 1 + search(head->pivots, sizeof(*head->pivots), POLICY_MAX_CHUNKS,
						      head->zero, head->chunk_step, a));
	return chunk ? chunk->ranges : NULL;
}

/* The range of peers that contains the address, or NULL. ifindex: the packet's interface, 0 when unknown. */
static __always_inline const struct policy_range *find_peer(const struct decision *d, const struct policy_address *a,
							    __u32 ifindex)
{
	const struct policy_head *head = d->head;
	const struct policy_range *ranges = peers_near(d, a), *range = NULL;

	if (ranges)
		range = find_range(ranges, POLICY_CHUNK_RANGES, head->zero, head->range_step, a);
	if (range)
		return range;
	return head->n_scoped ? find_scoped(head, a, ifindex) : NULL;
}

/*
 * True if a user of this host is one of `users`, which are in ascending order. Without a branch: see borrow(). One
 * shift, because the verifier of Linux 6.18 walks twice from an `and` of a value that can only be 0 or 1.
 */
static __always_inline bool user_in(const struct policy_head *head, __u32 uid)
{
	__u32 at = head->zero;

	for (__u32 step = POLICY_MAX_USERS / 2; step; step /= 2) {
		__u32 next = (at + step) & (POLICY_MAX_USERS - 1);
		__u64 not_above = (((__u64)next - head->n_users) & ((__u64)head->users[next] - uid - 1)) >> 63;

		__asm__("" : "+r"(not_above));
		at += step * (__u32)not_above;
	}
	at &= POLICY_MAX_USERS - 1;
	return at < head->n_users && head->users[at] == uid;
}

/* bind of a TCP socket. Port 0 is allowed: the kernel chooses, and ingress guards a listener on such a port. */
static __always_inline enum policy_reason decide_bind(const struct decision *d, __u16 port,
						      struct policy_address address)
{
	if (!port || !port_in(d->head->private_ports, port) || find_listen(d->head, &address))
		return POLICY_ALLOWED;
	if (!is_wildcard(&address))
		return POLICY_BIND_ADDRESS;
	switch (d->head->wildcard) {
	case POLICY_WILDCARD_ALLOW:
		return POLICY_ALLOWED;
	case POLICY_WILDCARD_REWRITE:
		return POLICY_REWRITTEN;
	default:
		return POLICY_BIND_WILDCARD;
	}
}

/* The kinds of destinations for a guarded port, in the order in which they are looked for. */
enum place {
	PLACE_LOOPBACK,
	PLACE_OF_PEER,
	PLACE_LISTEN, /* in `listen`, and no peer's */
	PLACE_FORBIDDEN,
};

/* For an address that is no loopback address. */
static __always_inline enum place find_far_place(const struct decision *d, const struct policy_address *address)
{
	if (find_peer(d, address, 0))
		return PLACE_OF_PEER;
	return find_listen(d->head, address) ? PLACE_LISTEN : PLACE_FORBIDDEN;
}

static __always_inline enum place find_place(const struct decision *d, const struct policy_address *address)
{
	return is_loopback(address) ? PLACE_LOOPBACK : find_far_place(d, address);
}

/* connect of a TCP socket. The hook does not see the interface of a link-local destination: any of a peer counts. */
static __always_inline enum policy_reason decide_connect(const struct decision *d, __u16 port,
							 struct policy_address address)
{
	return port_in(d->head->guarded_ports, port) && find_place(d, &address) == PLACE_FORBIDDEN ? POLICY_DESTINATION
												   : POLICY_ALLOWED;
}

/*
 * True if a new connection comes from this host. For lookup: the kernel passes the device that has the destination, not
 * the device of the packet, so it is the loopback device only for loopback addresses. If source and destination are
 * equal, the source is a local address at this moment, and the answer does not leave the host. No list of addresses is
 * needed, which could be outdated.
 */
static __always_inline bool is_from_this_host(const struct policy_address *source,
					      const struct policy_address *destination, __u32 ifindex)
{
	return ifindex == LOOPBACK_IFINDEX ||
	       (source->high == destination->high && source->low == destination->low && !is_loopback(source));
}

/* A new connection to a listener, from another host. */
static __always_inline enum policy_reason decide_accept(const struct decision *d, struct policy_address source,
							struct policy_address destination, __u32 ifindex)
{
	if (!find_peer(d, &source, ifindex))
		return POLICY_SOURCE;
	return find_listen(d->head, &destination) ? POLICY_ALLOWED : POLICY_LOCAL_ADDRESS;
}

#endif
