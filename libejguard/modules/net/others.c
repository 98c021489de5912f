/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds programs of others at the service's cgroups and at their parents. */
#include <stdio.h>
#include <string.h>

#include "libejguard/modules/net/foreign.h"
#include "libejguard/modules/net/net.h"

/* True if a cgroup is a parent of one of the first n cgroups of the service, and so was already checked. */
static bool is_above(const struct ejg_facts *facts, size_t n, const char *path)
{
	size_t length = strlen(path);

	for (size_t i = 0; i < n; i++) {
		const char *ours = ejg_cgroup_get(facts, i)->path;

		if (ours && !strncmp(ours, path, length) && ours[length] == '/')
			return true;
	}
	return false;
}

/* Checks a cgroup of the service, and its parents up to the mount. Return: as foreign_report(). */
static bool report_cgroup(const struct foreign *f, const struct ejg_facts *facts, size_t index)
{
	bool undoes = foreign_report(f, ejg_cgroup_get(facts, index)->path, false);
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s", ejg_cgroup_get(facts, index)->path);
	while (strlen(path) > strlen(facts->cgroup_mount)) {
		*strrchr(path, '/') = '\0';
		if (!is_above(facts, index, path) && foreign_report(f, path, true))
			undoes = true;
	}
	return undoes;
}

/* A program that chooses a socket overrides every refusal, in any order (BPF_PROG_SK_LOOKUP_RUN_ARRAY). */
static bool report_network(const struct foreign *f, const struct netns *netns)
{
	uint32_t ids[LOOKUPS_MAX];
	int n = lookup_programs(netns, ids);
	char program[BPF_OBJ_NAME_LEN], name[NETNS_NAME_SIZE];
	bool undoes = n < 0;

	for (int i = 0; i < n; i++) {
		if (foreign_is_of_set(ids[i], POLICY_LOOKUP))
			continue;
		foreign_name(ids[i], program);
		ejg_call_finding(
			f->call, "foreign-above", netns_name(netns, name),
			"%s is also attached to lookup: if it chooses a socket, the guard's refusals have no effect",
			program);
		undoes = true;
	}
	return undoes;
}

/* Reports nothing if the namespaces cannot be found: check reports that. */
static bool report_networks(const struct foreign *f)
{
	struct netns_list networks = {};
	bool undoes = false;

	if (!pins_has(f->pins, POLICY_LOOKUP) || net_find_homes(f->call, &networks) < 0)
		return false;
	for (size_t i = 0; i < networks.n; i++)
		if (net_lives_in(&networks, &networks.items[i]) && report_network(f, &networks.items[i]))
			undoes = true;
	netns_free(&networks);
	return undoes;
}

bool net_report_foreign(struct ejg_call *call, const struct pins *pins, bool undoing)
{
	const struct ejg_facts *facts = ejg_call_facts(call);
	const struct foreign f = { .call = call, .pins = pins, .undoing = undoing };
	bool undoes = false;

	if (!facts->cgroup_mount)
		return false;
	for (size_t i = 0; i < facts->n_cgroups; i++)
		if (ejg_cgroup_get(facts, i)->path && report_cgroup(&f, facts, i))
			undoes = true;
	if (report_networks(&f))
		undoes = true;
	return undoes;
}
