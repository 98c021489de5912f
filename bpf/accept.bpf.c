// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Ingress: who reaches a listener. The packet's socket is the listener for all that can make a new connection: a SYN, the
 * last ACK of a handshake, a Fast Open SYN, an MPTCP join. Everything else leaves after one load and one compare. The
 * TCP header is never looked at: behind IPv6 extension headers it is not where one would look, and the socket
 * knows its port.
 */
#include "outside.bpf.h"

/* Where source and destination begin in the fixed headers of IPv4 and IPv6. */
#define IPV4_ADDRESSES 12
#define IPV6_ADDRESSES 8

/* The fixed headers lie in one piece here: ip_rcv_core() and ip6_rcv_core() have pulled them. A load is a call less. */
static __always_inline bool get_addresses(const struct __sk_buff *skb, struct policy_address *source,
					  struct policy_address *destination)
{
	const __u8 *data = (const __u8 *)(long)skb->data, *end = (const __u8 *)(long)skb->data_end;
	const __be32 *ip;

	/* IPv6 first: what the verifier has seen to hold for any address, it does not walk again for IPv4. */
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
 * True if another service that owns the port, too, admits the connection. A function of its own, because what is refused can
 * wait for a call; static, because a global one takes no pointers before Linux 5.12.
 */
static __noinline bool is_admitted_by_another(const struct policy_address *source, const struct policy_address *destination,
					      __u32 port, __u32 ifindex)
{
	for (__u32 owner = 1; owner < POLICY_MAX_OWNERS; owner++) {
		if (owner_admits(owner, source, destination, port, ifindex))
			return true;
	}
	return false;
}

static __always_inline int guard(struct __sk_buff *skb, __u16 port)
{
	struct policy_address source = {}, destination = {};
	enum policy_reason reason = POLICY_NO_POLICY;
	struct decision d = {};

	if (skb->ifindex == LOOPBACK_IFINDEX)
		return 1;
	if (get_policy(&d)) {
		if (!port_in(d.head->private_ports, port))
			return 1;
		reason = POLICY_MALFORMED;
		if (get_addresses(skb, &source, &destination)) {
			forget(&source, d.head);
			forget(&destination, d.head);
			/* The verifier needs not tell one refusal from another, either. */
			reason = decide_accept(&d, source, destination, skb->ifindex) ^ d.head->zero;
		}
	}
	if (reason == POLICY_ALLOWED ||
	    ((reason == POLICY_SOURCE || reason == POLICY_LOCAL_ADDRESS) &&
	     is_admitted_by_another(&source, &destination, port, skb->ifindex)))
		return 1;
	return refuse(d.head, POLICY_INGRESS, reason,
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
