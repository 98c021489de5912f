/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by bind and connect: the address and port that the process passed, and the table of refused attempts. */
#ifndef EJG_BPF_INSIDE_BPF_H
#define EJG_BPF_INSIDE_BPF_H

#include "policy.bpf.h"

/* Attempts from inside have a separate table: no flood from outside can displace them. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, POLICY_MAX_DENIALS);
	__type(key, struct policy_denial_key);
	__type(value, struct policy_denial);
} insiders __weak SEC(".maps");

/*
 * The address and port that the caller passed to bind or connect. The caller's family field is not used: the hook
 * determines the family, and the kernel treats AF_UNSPEC as AF_INET.
 */
static __always_inline struct policy_address user_address4(const struct bpf_sock_addr *ctx)
{
	return from_ipv4(ctx->user_ip4);
}

static __always_inline struct policy_address user_address6(const struct bpf_sock_addr *ctx)
{
	return from_ipv6(ctx->user_ip6[0], ctx->user_ip6[1], ctx->user_ip6[2], ctx->user_ip6[3]);
}

static __always_inline __u16 user_port(const struct bpf_sock_addr *ctx)
{
	__u32 port = bpf_ntohs(ctx->user_port);

	/*
	 * The verifier of kernels up to 6.12 does not know that this has 16 bits; the compiler does, and drops a mask.
	 */
	barrier_var(port);
	return port;
}

/* Counts and records a refusal of this process. Returns the result of the hook. */
static __always_inline int refuse_process(bool proof, const struct policy_head *head, enum policy_hook hook,
					  enum policy_reason reason, const struct policy_address *address, __u16 port)
{
	count(proof, hook, reason);
	if (!proof) {
		__u64 now = bpf_ktime_get_boot_ns();
		struct policy_denial row = { .count = 1, .first = now, .last = now, .passed = refusal(head) };
		struct policy_denial_key key = {
			.address = *address,
			.cgroup = bpf_get_current_cgroup_id(),
			.uid = bpf_get_current_uid_gid(),
			.port = port,
			.hook = hook,
			.reason = reason,
		};

		row.pid = bpf_get_current_pid_tgid() >> 32;
		bpf_get_current_comm(row.command, sizeof(row.command));
		record(&insiders, &key, &row);
	}
	return refusal(head);
}

/* The same for a decision of bind or connect, if it is a refusal. */
static __always_inline int answer(const struct bpf_sock_addr *ctx, const struct policy_head *head,
				  enum policy_hook hook, enum policy_reason reason,
				  const struct policy_address *address)
{
	if (reason == POLICY_ALLOWED)
		return 1;
	return refuse_process(is_proof(ctx->sk), head, hook, reason, address, user_port(ctx));
}

#endif
