/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Finds private ports that the kernel itself may assign: to any process that connects, or that listens without bind.
 * Such a socket keeps epmd or the node from using its port, and one of the service itself is no node.
 */
#include <stdio.h>

#include "libejguard/modules/net/match.h"
#include "libejguard/modules/net/networks.h"
#include "libejguard/util/ephemeral.h"

struct ephemeral {
	struct ephemeral_ports settings;
	uint8_t ports[EPHEMERAL_PORT_BYTES];
	bool read;
};

static int read_there(void *data)
{
	struct ephemeral *ephemeral = data;

	ephemeral->read = ephemeral_read(&ephemeral->settings);
	ephemeral_find(&ephemeral->settings, ephemeral->ports);
	return 0;
}

/* Return: true if the kernel may assign a private port there. */
static bool check_ports(struct ejg_call *call, const struct policy_head *head, const struct netns *netns,
			const struct ephemeral *ephemeral)
{
	unsigned int first = 0, last = 0;
	char subject[32], remedy[EPHEMERAL_REMEDY_SIZE];
	struct ejg_port_range given;
	struct ejg_place place = { .remedy = remedy };

	for (unsigned int port = 1; port < 65536; port++) {
		if (!port_in(head->guarded_ports, port) || !port_in(ephemeral->ports, port))
			continue;
		first = first ? first : port;
		last = port;
	}
	if (!first)
		return false;
	given = (struct ejg_port_range){ (uint16_t)first, (uint16_t)last };
	snprintf(subject, sizeof(subject), "%u-%u", first, last);
	if (netns->own)
		ephemeral_remedy(&ephemeral->settings, &given, "use ports outside of ip_local_port_range", remedy);
	else
		snprintf(remedy, sizeof(remedy),
			 "in that namespace, add %s to net.ipv4.ip_local_reserved_ports, or end what lives in it",
			 subject);
	ejg_call_finding_at(
		call, "ports-ephemeral", subject, &place,
		"private ports are in the range of ephemeral ports, which the kernel gives to any process%s%s",
		netns->own ? "" : " in the network namespace ", netns->label);
	return true;
}

bool net_check_ports(struct ejg_call *call, const struct net_policy *policy, const struct netns_list *networks,
		     bool made_by_user)
{
	bool failed = false;

	for (size_t i = 0; i < networks->n; i++) {
		const struct netns *netns = &networks->items[i];
		struct ephemeral ephemeral;

		if (!net_lives_in(networks, netns) || netns->made_by_user != made_by_user)
			continue;
		/* Namespaces that cannot be entered are reported with the sockets. */
		if (netns_run(netns, read_there, &ephemeral) == 0 && ephemeral.read)
			failed |= check_ports(call, &policy->chunks[0].head, netns, &ephemeral);
	}
	return failed;
}
