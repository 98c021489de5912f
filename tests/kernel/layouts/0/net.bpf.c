// SPDX-License-Identifier: GPL-2.0-or-later
/* The programs of layout 0. See policy.h. */
#include <linux/bpf.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <stdbool.h>

#include "policy.h"

#define SOCK_STREAM 1
#define LOOPBACK_IFINDEX 1

struct policy_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(struct layout_0_policy));
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct policy_map);
} policy SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 5);
	__type(key, __u32);
	__type(value, __u64);
} counters SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct layout_0_meta);
} meta SEC(".maps");

static __always_inline const struct layout_0_policy *get_policy(void)
{
	__u32 zero = 0;
	void *map = bpf_map_lookup_elem(&policy, &zero);

	return map ? bpf_map_lookup_elem(map, &zero) : NULL;
}

static __always_inline bool is_in(const __u32 list[LAYOUT_0_ADDRESSES][4], const __u32 address[4])
{
	for (int i = 0; i < LAYOUT_0_ADDRESSES; i++)
		if (list[i][0] == address[0] && list[i][1] == address[1] && list[i][2] == address[2] &&
		    list[i][3] == address[3])
			return true;
	return false;
}

static __always_inline bool is_private(const struct layout_0_policy *p, __u16 port)
{
	return port >= p->first_port && port <= p->last_port;
}

static __always_inline int decide(const struct bpf_sock_addr *ctx, const __u32 address[4], bool is_connect)
{
	const struct layout_0_policy *p = get_policy();

	if (ctx->type != SOCK_STREAM)
		return 1;
	if (!p)
		return 0;
	if (!is_private(p, bpf_ntohs(ctx->user_port)) || is_in(p->listen, address))
		return 1;
	return is_connect && is_in(p->peers, address);
}

static __always_inline int decide4(const struct bpf_sock_addr *ctx, bool is_connect)
{
	const __u32 address[4] = { 0, 0, bpf_htonl(0xffff), ctx->user_ip4 };

	return decide(ctx, address, is_connect);
}

static __always_inline int decide6(const struct bpf_sock_addr *ctx, bool is_connect)
{
	const __u32 address[4] = { ctx->user_ip6[0], ctx->user_ip6[1], ctx->user_ip6[2], ctx->user_ip6[3] };

	return decide(ctx, address, is_connect);
}

SEC("cgroup/bind4")
int bind4(struct bpf_sock_addr *ctx)
{
	return decide4(ctx, false);
}

SEC("cgroup/bind6")
int bind6(struct bpf_sock_addr *ctx)
{
	return decide6(ctx, false);
}

SEC("cgroup/connect4")
int connect4(struct bpf_sock_addr *ctx)
{
	return decide4(ctx, true);
}

SEC("cgroup/connect6")
int connect6(struct bpf_sock_addr *ctx)
{
	return decide6(ctx, true);
}

SEC("cgroup_skb/ingress")
int ingress(struct __sk_buff *skb)
{
	const struct layout_0_policy *p = get_policy();
	const struct bpf_sock *sk = skb->sk;
	__u32 source[4] = { 0, 0, bpf_htonl(0xffff), 0 };

	if (!sk || sk->state != BPF_TCP_LISTEN || skb->ifindex == LOOPBACK_IFINDEX)
		return 1;
	if (!p)
		return 0;
	if (!is_private(p, sk->src_port))
		return 1;
	if (skb->protocol == bpf_htons(0x0800) ? bpf_skb_load_bytes(skb, 12, &source[3], 4)
					       : bpf_skb_load_bytes(skb, 8, source, 16))
		return 0;
	return is_in(p->peers, source);
}

char _license[] SEC("license") = "GPL";
