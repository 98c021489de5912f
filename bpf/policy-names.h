/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The names of the hooks and reasons of policy.h, for pins, metrics, findings and tests. */
#ifndef EJG_BPF_POLICY_NAMES_H
#define EJG_BPF_POLICY_NAMES_H

#include <linux/bpf.h>

#include "policy.h"

/* A hook, and how its program is attached. The program in the object and its pin have the hook's name. */
static const struct policy_hook_info {
	const char *name;
	enum bpf_attach_type attach_type;
	enum bpf_prog_type program_type;
} policy_hooks[POLICY_N_HOOKS] = {
	[POLICY_BIND4] = { "bind4", BPF_CGROUP_INET4_BIND, BPF_PROG_TYPE_CGROUP_SOCK_ADDR },
	[POLICY_BIND6] = { "bind6", BPF_CGROUP_INET6_BIND, BPF_PROG_TYPE_CGROUP_SOCK_ADDR },
	[POLICY_CONNECT4] = { "connect4", BPF_CGROUP_INET4_CONNECT, BPF_PROG_TYPE_CGROUP_SOCK_ADDR },
	[POLICY_CONNECT6] = { "connect6", BPF_CGROUP_INET6_CONNECT, BPF_PROG_TYPE_CGROUP_SOCK_ADDR },
	[POLICY_INGRESS] = { "ingress", BPF_CGROUP_INET_INGRESS, BPF_PROG_TYPE_CGROUP_SKB },
	[POLICY_POST_BIND4] = { "post_bind4", BPF_CGROUP_INET4_POST_BIND, BPF_PROG_TYPE_CGROUP_SOCK },
	[POLICY_POST_BIND6] = { "post_bind6", BPF_CGROUP_INET6_POST_BIND, BPF_PROG_TYPE_CGROUP_SOCK },
	[POLICY_LOOKUP] = { "lookup", BPF_SK_LOOKUP, BPF_PROG_TYPE_SK_LOOKUP },
};

static const char *const policy_reasons[POLICY_N_REASONS] = {
	[POLICY_NO_POLICY] = "no-policy",
	[POLICY_BIND_ADDRESS] = "bind-address",
	[POLICY_BIND_WILDCARD] = "bind-wildcard",
	[POLICY_BIND_REWRITE] = "bind-rewrite",
	[POLICY_DESTINATION] = "destination",
	[POLICY_SOURCE] = "source",
	[POLICY_LOCAL_ADDRESS] = "local-address",
	[POLICY_MALFORMED] = "malformed",
	[POLICY_USER] = "user",
};

#endif
