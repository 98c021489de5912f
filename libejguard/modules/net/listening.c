/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/net/listening.h"

#include <string.h>

#include "libejguard/modules/net/links.h"
#include "libejguard/util/cgroup-name.h"
#include "libejguard/util/sockets.h"

/*
 * A cgroup that is not in the facts is the service's if the set has a link to it: a removed cgroup with open sockets,
 * or one that another apply was given. The link has the program of this set or, after a take-over, of the former set.
 */
bool listening_is_linked(const struct pins *pins, uint64_t id)
{
	int state = pins->maps[SET_POLICY] < 0 ? LINK_ABSENT : link_state(pins, id, POLICY_BIND4);

	return state == LINK_INTACT || state == LINK_FOREIGN;
}

bool listening_is_ours(const struct ejg_facts *facts, const struct pins *pins, uint64_t id)
{
	size_t prefix = facts->cgroup_mount ? strlen(facts->cgroup_mount) : 0;
	char path[PATH_MAX];

	/* Half open, or closed and waiting: the kernel names no cgroup. A removed cgroup has no id either. */
	if (!id)
		return false;
	for (size_t i = 0; i < facts->n_cgroups; i++)
		if (ejg_cgroup_get(facts, i)->id == id)
			return true;
	if (listening_is_linked(pins, id))
		return true;
	cgroup_name(facts->cgroup_mount, id, path);
	if (!*path)
		return false;
	for (size_t i = 0; i < facts->n_cgroups; i++) {
		const char *ours = ejg_cgroup_get(facts, i)->path;

		if (!ours || strlen(ours) <= prefix)
			continue;
		ours += prefix;
		if (!strncmp(path, ours, strlen(ours)) && path[strlen(ours)] == '/')
			return true;
	}
	return false;
}

struct listening {
	const struct ejg_facts *facts;
	const struct pins *pins;
	bool found;
};

static int note_listener(void *data, const struct socket_info *info)
{
	struct listening *listening = data;

	listening->found |= listening_is_ours(listening->facts, listening->pins, info->cgroup_id);
	return 0;
}

/* Runs in the namespace. */
static int look(void *data)
{
	return sockets_each(SOCKETS_LISTENING, note_listener, data);
}

void listening_mark(struct ejg_call *call, const struct pins *pins, struct netns_list *networks)
{
	for (size_t i = 0; i < networks->n; i++) {
		struct netns *netns = &networks->items[i];
		struct listening listening = { .facts = ejg_call_facts(call), .pins = pins };

		/* check reports what cannot be seen */
		if (!netns->member)
			(void)netns_run(netns, look, &listening);
		netns->member |= listening.found;
	}
}
