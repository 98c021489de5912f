// SPDX-License-Identifier: GPL-2.0-or-later
/* A program at a parent cgroup: it runs last, and undoes refusals of the programs below it (5.18). */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("cgroup/bind4")
int clear_bind4(struct bpf_sock_addr *ctx)
{
	bpf_set_retval(0);
	return 1;
}

SEC("cgroup/bind6")
int clear_bind6(struct bpf_sock_addr *ctx)
{
	bpf_set_retval(0);
	return 1;
}

SEC("cgroup/connect4")
int clear_connect4(struct bpf_sock_addr *ctx)
{
	bpf_set_retval(0);
	return 1;
}

SEC("cgroup/connect6")
int clear_connect6(struct bpf_sock_addr *ctx)
{
	bpf_set_retval(0);
	return 1;
}

char _license[] SEC("license") = "GPL";
