// SPDX-License-Identifier: GPL-2.0-or-later
/* Loads on every kernel, and takes the verifier a long time: it checks each iteration of a loop. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define TURNS 9000

SEC("cgroup/connect4")
int walk_connect4(struct bpf_sock_addr *ctx)
{
	__u32 sum = ctx->user_port;

	for (__u32 i = 0; i < TURNS; i++) {
		/* The compiler must not compute it in advance. */
		barrier_var(sum);
		sum += i;
	}
	return sum != 0;
}

char _license[] SEC("license") = "GPL";
