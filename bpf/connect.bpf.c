// SPDX-License-Identifier: GPL-2.0-or-later
/* connect4, connect6: epmd and the distribution range can only be reached on this host and on peers. */
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

static __always_inline int guard(struct bpf_sock_addr *ctx, enum policy_hook hook, struct policy_address address)
{
	struct decision d = {};
	enum policy_reason reason = POLICY_NO_POLICY;

	if (ctx->type != SOCK_STREAM)
		return 1;
	if (get_policy(&d))
		reason = decide_connect(&d, user_port(ctx), address);
	if (reason == POLICY_ALLOWED && is_loopback(&address) && port_in(d.head->guarded_ports, user_port(ctx)) &&
	    !keep_on_host(ctx, d.head))
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
