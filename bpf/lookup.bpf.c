// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Lookup: decides who reaches a listener, of any process. The kernel runs it once for a new connection, when it looks
 * for a listener in the network namespace (a SYN, the ACK of a cookie, a Fast Open SYN, an MPTCP join), and never for a
 * packet of an established connection. For a refused client the connection is refused. Only ports with a known number
 * are checked, because others listen in the namespace too.
 */
#include "outside.bpf.h"

#define IPPROTO_TCP 6

static __always_inline bool get_addresses(const struct bpf_sk_lookup *ctx, struct policy_address *source,
					  struct policy_address *destination)
{
	if (ctx->family == AF_INET) {
		*source = from_ipv4(ctx->remote_ip4);
		*destination = from_ipv4(ctx->local_ip4);
		return true;
	}
	*source = from_ipv6(ctx->remote_ip6[0], ctx->remote_ip6[1], ctx->remote_ip6[2], ctx->remote_ip6[3]);
	*destination = from_ipv6(ctx->local_ip6[0], ctx->local_ip6[1], ctx->local_ip6[2], ctx->local_ip6[3]);
	return !is_mapped(source);
}

/*
 * A global function: the verifier checks it once, whatever it knows about the addresses of a call. Inlined, it took
 * nine tenths of the time of an apply. Global functions have pointer arguments since Linux 5.12; the device in
 * sk_lookup came later (5.17).
 */
__noinline bool lookup_owner_admits(__u32 owner, const struct policy_address *source,
				    const struct policy_address *destination, __u32 port, __u32 ifindex)
{
	return source && destination && owner_admits(owner, source, destination, port, ifindex);
}

/* True if another service that shares the port allows the connection. */
static __always_inline bool is_admitted_by_another(const struct policy_address *source,
						   const struct policy_address *destination, __u32 port, __u32 ifindex)
{
	for (__u32 owner = 1; owner < POLICY_MAX_OWNERS; owner++) {
		if (lookup_owner_admits(owner, source, destination, port, ifindex))
			return true;
	}
	return false;
}

static __always_inline int guard(const struct bpf_sk_lookup *ctx, const struct decision *d)
{
	struct policy_address source = {}, destination = {};
	enum policy_reason reason = POLICY_MALFORMED;

	if (get_addresses(ctx, &source, &destination)) {
		if (is_from_this_host(&source, &destination, ctx->ingress_ifindex))
			return SK_PASS;
		forget(&source, d->head);
		forget(&destination, d->head);
		reason = decide_accept(d, source, destination, ctx->ingress_ifindex);
	}
	if (reason == POLICY_ALLOWED ||
	    (reason != POLICY_MALFORMED &&
	     is_admitted_by_another(&source, &destination, ctx->local_port, ctx->ingress_ifindex)))
		return SK_PASS;
	return refuse(d->head, POLICY_LOOKUP, reason,
		      &(struct outsider){ .proof = ctx->family == AF_INET &&
						   ctx->remote_ip4 == bpf_htonl(POLICY_PROOF_SOURCE),
					  .source = source,
					  .port = ctx->local_port });
}

/* Without a policy the private ports are unknown, and the host's other services must stay reachable. */
SEC("sk_lookup")
int lookup(struct bpf_sk_lookup *ctx)
{
	struct decision d = {};

	if (ctx->protocol != IPPROTO_TCP || !get_policy(&d) || !port_in(d.head->guarded_ports, ctx->local_port))
		return SK_PASS;
	return guard(ctx, &d);
}

char _license[] SEC("license") = "GPL";
