// SPDX-License-Identifier: GPL-2.0-or-later
/* Programs that an attacker with root, or a careless administrator, may attach instead of the guard or above it. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

/* Replaces our program, on the same link. */
SEC("cgroup/bind4")
int allow_bind4(struct bpf_sock_addr *ctx)
{
	return 1;
}

SEC("cgroup/bind6")
int allow_bind6(struct bpf_sock_addr *ctx)
{
	return 1;
}

SEC("cgroup/connect4")
int allow_connect4(struct bpf_sock_addr *ctx)
{
	return 1;
}

SEC("cgroup/connect6")
int allow_connect6(struct bpf_sock_addr *ctx)
{
	return 1;
}

SEC("cgroup_skb/ingress")
int allow_ingress(struct __sk_buff *skb)
{
	return 1;
}

/* Chooses no listener: it is only attached. */
SEC("sk_lookup")
int allow_lookup(struct bpf_sk_lookup *ctx)
{
	return SK_PASS;
}

struct {
	__uint(type, BPF_MAP_TYPE_SOCKMAP);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} listeners SEC(".maps");

static int choose(struct bpf_sk_lookup *ctx, __u32 port)
{
	struct bpf_sock *sk;
	__u32 zero = 0;

	if (ctx->local_port != port)
		return SK_PASS;
	sk = bpf_map_lookup_elem(&listeners, &zero);
	if (!sk)
		return SK_PASS;
	bpf_sk_assign(ctx, sk, 0);
	bpf_sk_release(sk);
	return SK_PASS;
}

/* Chooses a listener for any client: of a distribution port that no proof tries; and of a port that is not private. */
SEC("sk_lookup")
int choose_lookup(struct bpf_sk_lookup *ctx)
{
	return choose(ctx, 4375);
}

SEC("sk_lookup")
int elsewhere_lookup(struct bpf_sk_lookup *ctx)
{
	return choose(ctx, 8080);
}

/* Refuses itself: a refusal that our guard has not counted proves nothing about it. */
SEC("cgroup/connect4")
int refuse_connect4(struct bpf_sock_addr *ctx)
{
	return 0;
}

char _license[] SEC("license") = "GPL";
