// SPDX-License-Identifier: GPL-2.0-or-later
/* connect4, connect6: epmd and the distribution range are reached on this host and on peers only. */
#include "inside.bpf.h"

/*
 * A loopback address that is not this host's: a socket that is bound to a device (SO_BINDTODEVICE, which takes no privilege)
 * sends it out there.
 */
static __always_inline bool is_elsewhere(const struct bpf_sock_addr *ctx, const struct policy_address *address)
{
	__u32 device = ctx->sk ? ctx->sk->bound_dev_if : 0;

	return device && device != LOOPBACK_IFINDEX && is_loopback(address) && !is_wildcard(address);
}

static __always_inline int guard(const struct bpf_sock_addr *ctx, enum policy_hook hook, struct policy_address address)
{
	struct decision d = {};
	enum policy_reason reason = POLICY_NO_POLICY;

	if (ctx->type != SOCK_STREAM)
		return 1;
	if (get_policy(&d))
		reason = decide_connect(&d, user_port(ctx), address);
	if (reason == POLICY_ALLOWED && is_elsewhere(ctx, &address) && port_in(d.head->guarded_ports, user_port(ctx)))
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
