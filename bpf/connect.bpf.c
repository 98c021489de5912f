// SPDX-License-Identifier: GPL-2.0-or-later
/* connect4, connect6: epmd and the distribution range can only be reached on this host and on peers. */
#include <linux/in.h>
#include <linux/in6.h>

#include "inside.bpf.h"

#define SOL_SOCKET 1
#define SO_BINDTODEVICE 25

/*
 * True if a connect to loopback stays on this host. The real destination is decided after this hook, and the caller can
 * change it without privilege: by binding the socket to a device (the kernel turns :: into ::1, or into 127.0.0.1 if
 * the source is IPv4-mapped, and sends it there), by doing so while the connect waits for its answer, or by a source
 * route (IP_OPTIONS, IPV6_RTHDR). A socket that is bound to the loopback device stays there, and only root can rebind
 * it.
 */
static __always_inline bool keep_on_host(struct bpf_sock_addr *ctx, const struct policy_head *head)
{
	__u32 device = ctx->sk ? ctx->sk->bound_dev_if : 0;
	char loopback[] = "lo";

	if (device)
		return device == LOOPBACK_IFINDEX;
	return refusal(head) || bpf_setsockopt(ctx, SOL_SOCKET, SO_BINDTODEVICE, loopback, sizeof(loopback)) == 0;
}

/* The address that the socket has already, or a wildcard. */
static __always_inline struct policy_address own_source(const struct bpf_sock_addr *ctx, enum policy_hook hook)
{
	if (hook == POLICY_CONNECT4)
		return from_ipv4(ctx->sk->src_ip4);
	return from_ipv6(ctx->sk->src_ip6[0], ctx->sk->src_ip6[1], ctx->sk->src_ip6[2], ctx->sk->src_ip6[3]);
}

/* Gives the socket the address that it is connected to as its own. Fails if no device of this host has it. */
static __always_inline bool take_source(struct bpf_sock_addr *ctx, enum policy_hook hook)
{
	struct sockaddr_in6 own6 = { .sin6_family = AF_INET6, .sin6_scope_id = ctx->sk->bound_dev_if };
	struct sockaddr_in own4 = { .sin_family = AF_INET };

	if (hook == POLICY_CONNECT4) {
		own4.sin_addr.s_addr = ctx->user_ip4;
		return bpf_bind(ctx, (struct sockaddr *)&own4, sizeof(own4)) == 0;
	}
	own6.sin6_addr.in6_u.u6_addr32[0] = ctx->user_ip6[0];
	own6.sin6_addr.in6_u.u6_addr32[1] = ctx->user_ip6[1];
	own6.sin6_addr.in6_u.u6_addr32[2] = ctx->user_ip6[2];
	own6.sin6_addr.in6_u.u6_addr32[3] = ctx->user_ip6[3];
	/* Without a device the hook does not know the scope of a link-local address. */
	return (!own6.sin6_scope_id &&
		(own6.sin6_addr.in6_u.u6_addr32[0] & bpf_htonl(0xffc00000)) == bpf_htonl(0xfe800000)) ||
	       bpf_bind(ctx, (struct sockaddr *)&own6, sizeof(own6)) == 0;
}

/*
 * True if a connect to an address of `listen` that is no peer's stays on this host. Another host may have that address:
 * on the network of a device that the socket is bound to, or because this host has lost it since. With that address as
 * its own source no answer comes back: the other host sends it to itself. The kernel chooses this source, too, while
 * the address is this host's; a device that is bound later does not change it.
 */
static __always_inline bool stay_on_host(struct bpf_sock_addr *ctx, const struct policy_head *head,
					 enum policy_hook hook, const struct policy_address *address)
{
	struct policy_address source = own_source(ctx, hook);

	if (source.high == address->high && source.low == address->low)
		return true;
	return is_wildcard(&source) && (refusal(head) || take_source(ctx, hook));
}

/* As find_place(). The tests for a loopback address are facts for the verifier again: see forget(). */
static __always_inline enum place place_of(const struct decision *d, enum policy_hook hook,
					   struct policy_address address)
{
	if (is_loopback(&address))
		return PLACE_LOOPBACK;
	if (hook == POLICY_CONNECT6)
		forget(&address, d->head);
	return find_far_place(d, &address);
}

static __always_inline enum policy_reason decide(struct bpf_sock_addr *ctx, const struct decision *d,
						 enum policy_hook hook, const struct policy_address *address)
{
	bool allowed = false;

	if (!port_in(d->head->guarded_ports, user_port(ctx)))
		return POLICY_ALLOWED;
	switch (place_of(d, hook, *address)) {
	case PLACE_LOOPBACK:
		allowed = keep_on_host(ctx, d->head);
		break;
	case PLACE_OF_PEER:
		allowed = true;
		break;
	case PLACE_LISTEN:
		allowed = !ctx->sk || stay_on_host(ctx, d->head, hook, address);
		break;
	case PLACE_FORBIDDEN:
		break;
	}
	return allowed ? POLICY_ALLOWED : POLICY_DESTINATION;
}

static __always_inline int guard(struct bpf_sock_addr *ctx, enum policy_hook hook, struct policy_address address)
{
	struct decision d = {};
	enum policy_reason reason = POLICY_NO_POLICY;

	if (ctx->type != SOCK_STREAM)
		return 1;
	if (get_policy(&d)) {
		/* Of an IPv4 address the upper half is a constant, which is worth more. */
		if (hook == POLICY_CONNECT6)
			forget(&address, d.head);
		reason = decide(ctx, &d, hook, &address);
	}
	return answer(ctx, d.head, hook, reason, &address);
}

SEC("cgroup/connect4")
int connect4(struct bpf_sock_addr *ctx)
{
	return guard(ctx, POLICY_CONNECT4, user_address4(ctx));
}

SEC("cgroup/connect6")
int connect6(struct bpf_sock_addr *ctx)
{
	return guard(ctx, POLICY_CONNECT6, user_address6(ctx));
}

char _license[] SEC("license") = "GPL";
