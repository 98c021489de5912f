// SPDX-License-Identifier: GPL-2.0-or-later
/* What an attacker with root, or a careless administrator, may put in the guard's place or above it. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

/* In the place of ours, on the same link. */
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

/* Looks for no listener: it is only there. */
SEC("sk_lookup")
int allow_lookup(struct bpf_sk_lookup *ctx)
{
	return SK_PASS;
}

/* Refuses on its own: what our guard has not counted proves nothing about it. */
SEC("cgroup/connect4")
int refuse_connect4(struct bpf_sock_addr *ctx)
{
	return 0;
}

char _license[] SEC("license") = "GPL";
