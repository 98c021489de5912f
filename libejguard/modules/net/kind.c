/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The sets of the module net: hooks of each cgroup of the service, and of its network namespaces. */
#include "libejguard/modules/net/kind.h"

#include <bpf/libbpf.h>

#include "bpf/net.build.h"
#include "bpf/net.skel.h"

/* For bpf/bind.bpf.c: may the programs read the kernel's memory here? */
static void configure(struct bpf_object *object)
{
	struct bpf_map *constants = bpf_object__find_map_by_name(object, ".rodata");
	/* The section has only this constant. */
	const bool can_read_kernel =
		libbpf_probe_bpf_helper(BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_FUNC_probe_read_kernel, NULL) == 1;

	if (constants)
		(void)bpf_map__set_initial_value(constants, &can_read_kernel, sizeof(can_read_kernel));
}

const struct set_kind set_kind = {
	.suffix = "",
	.hooks = 1U << POLICY_BIND4 | 1U << POLICY_BIND6 | 1U << POLICY_CONNECT4 | 1U << POLICY_CONNECT6 |
		 1U << POLICY_INGRESS | 1U << POLICY_LOOKUP,
	.maps = 1U << SET_POLICY | 1U << SET_POLICY_LARGE | 1U << SET_COUNTERS | 1U << SET_INSIDERS |
		1U << SET_OUTSIDERS,
	.kept = 1U << SET_COUNTERS | 1U << SET_INSIDERS | 1U << SET_OUTSIDERS,
	.places = NET_PLACES_ALLOWED,
	.listen = "listen",
	.absent = "nothing guards the service",
	.without_policy = "the service can bind and connect to nothing, and with accept=netns strangers are let in",
	.kernel = "Linux 5.10 or newer with CONFIG_CGROUP_BPF is needed",
	.elf = net_bpf__elf_bytes,
	.build = PROGRAMS_BUILD,
	.configure = configure,
};
