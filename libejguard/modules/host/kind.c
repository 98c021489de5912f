/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The sets of the module host: six hooks of one cgroup, the top of the tree. */
#include "libejguard/modules/net/kind.h"

#include "bpf/host.build.h"
#include "bpf/host.skel.h"

const struct set_kind set_kind = {
	.suffix = ":host",
	.hooks = 1U << POLICY_BIND4 | 1U << POLICY_BIND6 | 1U << POLICY_CONNECT4 | 1U << POLICY_CONNECT6 |
		 1U << POLICY_POST_BIND4 | 1U << POLICY_POST_BIND6,
	.maps = 1U << SET_POLICY | 1U << SET_POLICY_LARGE | 1U << SET_COUNTERS | 1U << SET_INSIDERS |
		1U << SET_CGROUPS | 1U << SET_NETWORKS | 1U << SET_PORTS | 1U << SET_CHOSEN | 1U << SET_MEMBERS,
	.kept = 1U << SET_COUNTERS | 1U << SET_INSIDERS | 1U << SET_CGROUPS | 1U << SET_NETWORKS | 1U << SET_PORTS |
		1U << SET_CHOSEN,
	.places = NET_PLACES_REFUSED,
	.listen = "addresses that only a route makes this host's",
	.absent = "local users are not kept away",
	.without_policy = "nothing is refused",
	.kernel = "Linux 5.14 or newer with CONFIG_CGROUP_BPF is needed",
	.elf = host_bpf__elf_bytes,
	.build = PROGRAMS_BUILD,
};
