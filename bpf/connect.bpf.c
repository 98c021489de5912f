// SPDX-License-Identifier: GPL-2.0-or-later
/* connect4, connect6: epmd and the distribution range can only be reached on this host and on peers. */
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

/*
 * True if a connect to an IPv6 address of `listen` that is no peer's stays on this host. A socket that is bound to a
 * device goes out of it, to a host of that network with the same address, and answers from there are taken (for IPv4
 * the kernel drops them: their source is an address of this host). With that address as its own source no answer comes
 * back: the other host sends it to itself. Without a device the kernel chooses this source; a device that is bound
 * later does not change it.
 */
static __always_inline bool stay_on_host(struct bpf_sock_addr *ctx, const struct policy_head *head,
					 const struct policy_address *address)
{
	struct sockaddr_in6 own = { .sin6_family = AF_INET6, .sin6_scope_id = ctx->sk->bound_dev_if };
	struct policy_address source =
		from_ipv6(ctx->sk->src_ip6[0], ctx->sk->src_ip6[1], ctx->sk->src_ip6[2], ctx->sk->src_ip6[3]);

	if (source.high == address->high && source.low == address->low)
		return true;
	if (!is_wildcard(&source))
		return false;
	if (!own.sin6_scope_id || refusal(head))
		return true;
	own.sin6_addr.in6_u.u6_addr32[0] = ctx->user_ip6[0];
	own.sin6_addr.in6_u.u6_addr32[1] = ctx->user_ip6[1];
	own.sin6_addr.in6_u.u6_addr32[2] = ctx->user_ip6[2];
	own.sin6_addr.in6_u.u6_addr32[3] = ctx->user_ip6[3];
	return bpf_bind(ctx, (struct sockaddr *)&own, sizeof(own)) == 0;
}

/* True if an address is allowed only because it is in `listen`. */
static __always_inline bool is_own_only(const struct decision *d, const struct policy_address *address)
{
	return !is_loopback(address) && !is_mapped(address) && find_listen(d->head, address) &&
	       !find_peer(d, address, 0);
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
		reason = decide_connect(&d, user_port(ctx), address);
	}
	if (reason == POLICY_ALLOWED && is_loopback(&address) && port_in(d.head->guarded_ports, user_port(ctx)) &&
	    !keep_on_host(ctx, d.head))
		reason = POLICY_DESTINATION;
	if (hook == POLICY_CONNECT6 && reason == POLICY_ALLOWED && ctx->sk &&
	    port_in(d.head->guarded_ports, user_port(ctx)) && is_own_only(&d, &address) &&
	    !stay_on_host(ctx, d.head, &address))
		reason = POLICY_DESTINATION;
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
