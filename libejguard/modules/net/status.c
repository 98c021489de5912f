/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* status: reports what is in force, from the kernel's data. check judges whether it is right. */
#include <inttypes.h>

#include "libejguard/modules/net/in-force.h"
#include "libejguard/modules/net/net.h"
#include "libejguard/modules/net/report.h"
#include "libejguard/util/cgroup-name.h"
#include "libejguard/util/cleanup.h"

struct status {
	struct ejg_call *call;
	const struct ejg_facts *facts;
	const struct pins *pins;
	size_t n_guarded;
};

static bool is_named(const struct ejg_facts *facts, uint64_t id)
{
	for (size_t i = 0; i < facts->n_cgroups; i++)
		if (ejg_cgroup_get(facts, i)->id == id)
			return true;
	return false;
}

/* Cgroups that the stack names are reported by check, which runs with every status. */
static void report_cgroup(void *data, uint64_t id)
{
	struct status *status = data;
	char path[PATH_MAX];

	status->n_guarded += links_state(status->pins, id) == LINKS_INTACT;
	if (is_named(status->facts, id))
		return;
	cgroup_name(status->facts->cgroup_mount, id, path);
	if (*path)
		ejg_call_finding(status->call, "cgroup-extra", path, "is guarded, but the stack does not name it");
	else
		ejg_call_finding(status->call, "cgroup-removed", NULL,
				 "the removed cgroup %" PRIu64 " stays guarded until its last socket is closed", id);
}

struct network_status {
	struct ejg_call *call;
	struct netns_list networks;
	size_t n;
};

/* check reports the service's own namespaces. */
static void report_network(void *data, uint64_t inode, enum link_state state)
{
	struct network_status *status = data;
	const struct netns *netns = NULL;
	char name[NETNS_NAME_SIZE];

	if (state != LINK_INTACT)
		return;
	status->n++;
	for (size_t i = 0; i < status->networks.n && !netns; i++)
		if (status->networks.items[i].inode == inode)
			netns = &status->networks.items[i];
	if (netns && !net_lives_in(&status->networks, netns))
		ejg_call_finding(status->call, "network-extra", netns_name(netns, name),
				 "is guarded, but the service does not run there now; 'ejguard release' ends this");
}

static void report_networks(struct ejg_call *call, const struct pins *pins)
{
	struct network_status status = { .call = call };

	if (!pins_has(pins, POLICY_LOOKUP) || net_find_networks(call, &status.networks) < 0)
		return;
	listening_mark(call, pins, &status.networks);
	(void)lookups_each(pins, report_network, &status);
	ejg_call_metric(call, "networks", NULL, 0, status.n);
	netns_free(&status.networks);
}

static int report_current(struct ejg_call *call, const struct pins *pins)
{
	struct status status = { .call = call, .facts = ejg_call_facts(call), .pins = pins };
	cleanup_fd int fd = pins_get_policy(pins);
	struct net_policy policy = {};

	if (fd >= 0 && pins_read_policy(fd, &policy) == 0) {
		const struct policy_head *head = &policy.chunks[0].head;

		in_force_report(call, pins, &policy);
		ejg_call_metric(call, "peers", NULL, 0, head->n_ranges + head->n_scoped);
		net_policy_free(&policy);
	}
	(void)links_each(pins, report_cgroup, &status);
	ejg_call_metric(call, "cgroups", NULL, 0, status.n_guarded);
	report_networks(call, pins);
	report_denials(call, pins);
	return report_counters(call, pins);
}

int net_status(struct ejg_call *call)
{
	return set_status(call, report_current);
}
