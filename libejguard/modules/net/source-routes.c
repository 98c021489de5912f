/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A packet of IPv4 may name the hosts that it is sent by (LSRR, SSRR); the answer goes back by them. If this host takes
 * such packets, another one can use a peer's address and see the answers. The hook that decides does not see the
 * options.
 */
#include <stdio.h>

#include "libejguard/modules/net/networks.h"
#include "libejguard/util/cleanup.h"

#define SETTINGS "/proc/sys/net/ipv4/conf"

/* True if the setting of an interface, or of `all`, is not 0. */
static bool is_set(const char *name)
{
	char path[sizeof(SETTINGS "//accept_source_route") + NAME_MAX];
	cleanup_file FILE *file = NULL;
	int value = 0;

	snprintf(path, sizeof(path), SETTINGS "/%s/accept_source_route", name);
	file = fopen(path, "re");
	return file && fscanf(file, "%d", &value) == 1 && value != 0;
}

/* An interface takes them if its own setting and that of `all` are set. */
static int read_there(void *data)
{
	cleanup_dir DIR *dir = is_set("all") ? opendir(SETTINGS) : NULL;
	const struct dirent *entry;
	bool *ret = data;

	while (dir && (entry = readdir(dir)))
		*ret |= entry->d_name[0] != '.' && strcmp(entry->d_name, "all") != 0 &&
			strcmp(entry->d_name, "default") != 0 && is_set(entry->d_name);
	return 0;
}

void net_check_source_routes(struct ejg_call *call, const struct netns_list *networks)
{
	for (size_t i = 0; i < networks->n && ejg_call_facts(call)->n_peers > 0; i++) {
		const struct netns *netns = &networks->items[i];
		bool taken = false;

		if (!net_lives_in(networks, netns) || netns->made_by_user)
			continue;
		if (netns_run(netns, read_there, &taken) == 0 && taken)
			ejg_call_finding(
				call, "source-routed", netns->own ? "this network namespace" : netns->label,
				"packets are taken by a route that their sender chooses (accept_source_route): "
				"a host that uses a peer's address so gets the answers, and counts as the peer");
	}
}
