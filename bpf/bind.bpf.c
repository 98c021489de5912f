// SPDX-License-Identifier: GPL-2.0-or-later
/* bind4, bind6: a private port may be bound to an address in `listen`, or to a wildcard when that is let through. */
#include "inside.bpf.h"

static __always_inline int guard(const struct bpf_sock_addr *ctx, enum policy_hook hook, struct policy_address address)
{
	struct decision d = {};
	enum policy_reason reason = POLICY_NO_POLICY;

	if (ctx->type != SOCK_STREAM)
		return 1;
	if (get_policy(&d))
		reason = decide_bind(&d, user_port(ctx), address);
	return answer(ctx, d.head, hook, reason, &address);
}

SEC("cgroup/bind4")
int bind4(struct bpf_sock_addr *ctx)
{
	return guard(ctx, POLICY_BIND4, user_address4(ctx));
}

SEC("cgroup/bind6")
int bind6(struct bpf_sock_addr *ctx)
{
	return guard(ctx, POLICY_BIND6, user_address6(ctx));
}

char _license[] SEC("license") = "GPL";
