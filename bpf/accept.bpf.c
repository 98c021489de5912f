// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Ingress: decides who reaches a listener. For all packets that can make a new connection, the packet's socket is the
 * listener: a SYN, the last ACK of a handshake, a Fast Open SYN, an MPTCP join. All other packets return after one
 * load and one compare. The TCP header is never read: IPv6 extension headers can precede it, and the socket knows its
 * port.
 */
#include "outside.bpf.h"

/* Offsets of source and destination in the fixed headers of IPv4 and IPv6. */
#define IPV4_ADDRESSES 12
#define IPV6_ADDRESSES 8

/* The fixed headers are contiguous here: ip_rcv_core() and ip6_rcv_core() pulled them. A load saves a helper call. */
static __always_inline bool get_addresses(const struct __sk_buff *skb, struct policy_address *source,
					  struct policy_address *destination)
{
	const __u8 *data = (const __u8 *)(long)skb->data, *end = (const __u8 *)(long)skb->data_end;
	const __be32 *ip;

	/* IPv6 first: after the verifier has checked the code for any address, it does not check it again for IPv4. */
	if (data + IPV6_ADDRESSES + 8 * sizeof(*ip) <= end && data[0] >> 4 == 6) {
		ip = (const __be32 *)(data + IPV6_ADDRESSES);
		*source = from_ipv6(ip[0], ip[1], ip[2], ip[3]);
		*destination = from_ipv6(ip[4], ip[5], ip[6], ip[7]);
		return !is_mapped(source);
	}
	if (data + IPV4_ADDRESSES + 2 * sizeof(*ip) > end || data[0] >> 4 != 4)
		return false;
	ip = (const __be32 *)(data + IPV4_ADDRESSES);
	*source = from_ipv4(ip[0]);
	*destination = from_ipv4(ip[1]);
	return true;
}

/*
 * The decision of one owner of the port; POLICY_NO_POLICY without one, or if it is another's and does not share the
 * port. A global function: the verifier checks it once, whatever it knows about a call. Before Linux 5.12 such a
 * function cannot have pointer arguments, and no function has more than five.
 *
 * @what: the interface in the upper half, then the port and the owner, 16 bits each
 */
__noinline int ingress_decide(__u64 what, __u64 source_high, __u64 source_low, __u64 destination_high,
			      __u64 destination_low)
{
	const struct policy_address source = { source_high, source_low };
	const struct policy_address destination = { destination_high, destination_low };
	__u16 owner = what, port = what >> 16;
	struct decision d = {};

	if (!get_policy_of(&d, owner))
		return POLICY_NO_POLICY;
	if (!owner && !port_in(d.head->private_ports, port))
		return POLICY_ALLOWED;
	if (owner && !shares_port(d.head, port))
		return POLICY_NO_POLICY;
	return decide_by(&d, &source, &destination, what >> 32);
}

static __always_inline int decide(__u32 owner, const struct policy_address *source,
				  const struct policy_address *destination, __u32 port, __u32 ifindex)
{
	return ingress_decide((__u64)ifindex << 32 | port << 16 | owner, source->high, source->low, destination->high,
			      destination->low);
}

/* True if another service that shares the port allows the connection. A refused packet may take the time of calls. */
static __always_inline bool is_admitted_by_another(const struct policy_address *source,
						   const struct policy_address *destination, __u32 port, __u32 ifindex)
{
	for (__u32 owner = 1; owner < POLICY_MAX_OWNERS; owner++) {
		if (is_allowed(decide(owner, source, destination, port, ifindex)))
			return true;
	}
	return false;
}

static __always_inline int guard(struct __sk_buff *skb, __u16 port)
{
	struct policy_address source = {}, destination = {};
	int decision = POLICY_NO_POLICY;
	struct decision d = {};

	if (skb->ifindex == LOOPBACK_IFINDEX)
		return 1;
	if (get_policy(&d)) {
		if (!port_in(d.head->private_ports, port))
			return 1;
		decision = POLICY_MALFORMED | (refusal(d.head) ? PASSED : 0);
		if (get_addresses(skb, &source, &destination))
			decision = decide(0, &source, &destination, port, skb->ifindex);
	}
	if (is_allowed(decision) || ((decision & ~PASSED) != POLICY_MALFORMED && decision != POLICY_NO_POLICY &&
				     is_admitted_by_another(&source, &destination, port, skb->ifindex)))
		return 1;
	return refuse(decision, POLICY_INGRESS,
		      &(struct outsider){ .proof = is_proof(skb->sk ? bpf_sk_fullsock(skb->sk) : NULL),
					  .cgroup = bpf_skb_cgroup_id(skb),
					  .source = source,
					  .port = port });
}

SEC("cgroup_skb/ingress")
int ingress(struct __sk_buff *skb)
{
	const struct bpf_sock *sk = skb->sk;

	if (!sk || sk->state != BPF_TCP_LISTEN)
		return 1;
	return guard(skb, sk->src_port);
}

char _license[] SEC("license") = "GPL";
