/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * With Fast Open a SYN carries data. Linux gives this data to a listener only with a cookie, which shows that the
 * sender gets what is sent to its address, unless it is told to do without. Then one packet with the forged address of
 * a peer or, over IPv6, of this host reaches the listener. No hook can tell it from a real one.
 */
#include <stdio.h>

#include "libejguard/modules/net/networks.h"
#include "libejguard/util/cleanup.h"

/* Documentation/networking/ip-sysctl.rst: for servers, without a cookie, and for listeners that did not ask for it. */
#define FORGEABLE 0x602

static int read_there(void *data)
{
	cleanup_file FILE *file = fopen("/proc/sys/net/ipv4/tcp_fastopen", "re");
	unsigned int value = 0;

	*(bool *)data = file && fscanf(file, "%u", &value) == 1 && (value & FORGEABLE) == FORGEABLE;
	return 0;
}

void net_check_fast_open(struct ejg_call *call, const struct netns_list *networks)
{
	for (size_t i = 0; i < networks->n; i++) {
		const struct netns *netns = &networks->items[i];
		bool forgeable = false;

		if (!net_lives_in(networks, netns) || netns->made_by_user)
			continue;
		if (netns_run(netns, read_there, &forgeable) == 0 && forgeable)
			ejg_call_finding(
				call, "data-forgeable", netns->own ? "this network namespace" : netns->label,
				"every listener takes data of a SYN without a cookie (tcp_fastopen): a host that "
				"forges the address of a peer, or one of this host, so sends data to a private port");
	}
}
