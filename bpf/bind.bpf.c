// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bind4, bind6: a private port may be bound to an address in `listen`, or to a wildcard if the policy allows that.
 *
 * wildcard=rewrite replaces a wildcard by the first address of `listen`. It refuses where that cannot work: a bind with
 * AF_UNSPEC fails when it is rewritten (EAFNOSUPPORT), and a dual-stack wildcard would need an address of each family.
 */
#include "inside.bpf.h"

/* Set before loading. A locked-down kernel refuses programs that read its memory; if this is false, no program does. */
const volatile bool can_read_kernel = false;

/*
 * No hook shows IPV6_V6ONLY, and the verifier allows no arithmetic on a socket's pointer: the first bytes of the socket
 * are copied, and the bit is read from the copy. If that is forbidden, or the position is unknown, the result is true.
 * The position comes with the policy, because with a relocation here (CO-RE) every load would read the 5 MB of the
 * kernel's BTF.
 */
static __always_inline bool is_dual_stack(const struct bpf_sock_addr *ctx, const struct policy_head *head)
{
	__u8 bytes[64] = {};

	if (!can_read_kernel)
		return true;
	bpf_probe_read_kernel(bytes, sizeof(bytes), ctx->sk);
	return !(bytes[head->ipv6only_byte & (sizeof(bytes) - 1)] & head->ipv6only_mask);
}

static __always_inline enum policy_reason decide(const struct bpf_sock_addr *ctx, struct decision *d,
						 const struct policy_address *address)
{
	return get_policy(d) ? decide_bind(d, user_port(ctx), *address) : POLICY_NO_POLICY;
}

/* In permissive mode nothing is rewritten, but an impossible rewrite is still counted. */
static __always_inline bool rewrite4(struct bpf_sock_addr *ctx, const struct policy_head *head)
{
	if (ctx->user_family != AF_INET || !head->rewrite4.low)
		return false;
	if (!refusal(head))
		ctx->user_ip4 = bpf_htonl(head->rewrite4.low);
	return true;
}

static __always_inline bool rewrite6(struct bpf_sock_addr *ctx, const struct policy_head *head, bool mapped)
{
	const struct policy_address *to = mapped ? &head->rewrite4 : &head->rewrite6;

	if (ctx->user_family != AF_INET6 || !to->low || (!mapped && is_dual_stack(ctx, head)))
		return false;
	if (refusal(head))
		return true;
	ctx->user_ip6[0] = bpf_htonl(to->high >> 32);
	ctx->user_ip6[1] = bpf_htonl(to->high);
	ctx->user_ip6[2] = bpf_htonl(to->low >> 32);
	ctx->user_ip6[3] = bpf_htonl(to->low);
	return true;
}

SEC("cgroup/bind4")
int bind4(struct bpf_sock_addr *ctx)
{
	struct policy_address address = user_address4(ctx);
	struct decision d = {};
	enum policy_reason reason;

	if (ctx->type != SOCK_STREAM)
		return 1;
	reason = decide(ctx, &d, &address);
	if (reason == POLICY_REWRITTEN)
		reason = rewrite4(ctx, d.head) ? POLICY_ALLOWED : POLICY_BIND_REWRITE;
	return answer(ctx, d.head, POLICY_BIND4, reason, &address);
}

SEC("cgroup/bind6")
int bind6(struct bpf_sock_addr *ctx)
{
	struct policy_address address = user_address6(ctx);
	struct decision d = {};
	enum policy_reason reason;

	if (ctx->type != SOCK_STREAM)
		return 1;
	reason = decide(ctx, &d, &address);
	if (reason == POLICY_REWRITTEN)
		reason = rewrite6(ctx, d.head, is_mapped(&address)) ? POLICY_ALLOWED : POLICY_BIND_REWRITE;
	return answer(ctx, d.head, POLICY_BIND6, reason, &address);
}

char _license[] SEC("license") = "GPL";
