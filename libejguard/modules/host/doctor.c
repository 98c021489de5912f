/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* doctor: does this kernel accept the programs, and which others are at the top of the tree and in sk_lookup? */
#include <linux/bpf.h>
#include <errno.h>

#include "libejguard/modules/host/host.h"
#include "libejguard/modules/net/foreign.h"
#include "libejguard/modules/net/lookups.h"

static int doctor_load(struct ejg_call *call)
{
	struct programs loaded = {};
	uint64_t cookie;
	int r;

	if (network_cookie(&cookie) == -EOPNOTSUPP) {
		ejg_call_finding(call, "kernel-old", NULL, "this kernel cannot identify network namespaces");
		return 0;
	}
	r = programs_load(call, set_kind.hooks, &loaded);
	if (r < 0)
		return r;
	programs_unload(&loaded);
	ejg_call_finding(call, "would-load", NULL, "this kernel accepts the programs");
	return 0;
}

static void report_lookups(struct ejg_call *call, const struct netns *netns)
{
	uint32_t ids[LOOKUPS_MAX];
	int n = lookup_programs(netns, ids);
	char program[BPF_OBJ_NAME_LEN], name[NETNS_NAME_SIZE];

	for (int i = 0; i < n; i++) {
		if (foreign_is_of_set(ids[i], POLICY_LOOKUP))
			continue;
		foreign_name(ids[i], program);
		ejg_call_finding(call, "sk-lookup", netns_name(netns, name),
				 "the program %s chooses listeners there: it could connect a public port with a "
				 "private listener",
				 program);
	}
}

/* Reports nothing if the namespaces cannot be found: check reports that. */
void host_report_lookups(struct ejg_call *call)
{
	struct netns_list networks = {};

	if (host_find_networks(call, &networks) < 0)
		return;
	for (size_t i = 0; i < networks.n; i++)
		if (net_lives_in(&networks, &networks.items[i]))
			report_lookups(call, &networks.items[i]);
	netns_free(&networks);
}

static void doctor_top(struct ejg_call *call, const char *mount)
{
	struct pins pins = PINS_NULL;
	const struct foreign f = { .call = call, .pins = &pins };
	enum pins_state state = PINS_ABSENT;

	if (pins_open(call, ejg_call_facts(call)->service, &pins, &state) < 0)
		return;
	if (state == PINS_OUTDATED || state == PINS_NEWER)
		ejg_call_finding_at(call, state == PINS_NEWER ? "newer" : "outdated", NULL,
				    &(struct ejg_place){ .file = pins.path }, "damaged, or made by another version");
	foreign_report(&f, mount, false);
	pins_close(&pins);
}

int host_doctor(struct ejg_call *call)
{
	struct ejg_cgroup top;
	int r = pins_probe(call);

	if (r == 0)
		r = host_find_top(call, &top);
	if (r < 0)
		return r;
	doctor_top(call, top.path);
	host_report_lookups(call);
	return doctor_load(call);
}
