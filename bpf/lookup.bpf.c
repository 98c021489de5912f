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
 * The decision of one owner of the port; POLICY_NO_POLICY if its policy does not guard or share it. A global function:
 * the verifier checks it once, whatever it knows about the addresses of a call. Inlined, it took nine tenths of the
 * time of an apply. Global functions have pointer arguments since Linux 5.12; the device in sk_lookup came later
 * (5.17).
 */
__noinline int lookup_decide(__u32 owner, const struct policy_address *source, const struct policy_address *destination,
			     __u32 port, __u32 ifindex)
{
	struct decision d = {};

	if (!source || !destination || !get_policy_of(&d, owner))
		return POLICY_NO_POLICY;
	if (owner ? !shares_port(d.head, port) : !port_in(d.head->guarded_ports, port))
		return POLICY_NO_POLICY;
	return decide_by(&d, source, destination, ifindex);
}

/* True if another service that shares the port allows the connection. */
static __always_inline bool is_admitted_by_another(const struct policy_address *source,
						   const struct policy_address *destination, __u32 port, __u32 ifindex)
{
	for (__u32 owner = 1; owner < POLICY_MAX_OWNERS; owner++) {
		if (is_allowed(lookup_decide(owner, source, destination, port, ifindex)))
			return true;
	}
	return false;
}

static __always_inline int guard(const struct bpf_sk_lookup *ctx, const struct policy_head *head)
{
	int decision = POLICY_MALFORMED | (refusal(head) ? PASSED : 0);
	struct policy_address source = {}, destination = {};

	if (get_addresses(ctx, &source, &destination)) {
		if (is_from_this_host(&source, &destination, ctx->ingress_ifindex))
			return SK_PASS;
		decision = lookup_decide(0, &source, &destination, ctx->local_port, ctx->ingress_ifindex);
		/* Without a policy now: it was changed since the port was looked for in it. */
		if (is_allowed(decision) || decision == POLICY_NO_POLICY ||
		    is_admitted_by_another(&source, &destination, ctx->local_port, ctx->ingress_ifindex))
			return SK_PASS;
	}
	return refuse(decision, POLICY_LOOKUP,
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
	return guard(ctx, d.head);
}

char _license[] SEC("license") = "GPL";
