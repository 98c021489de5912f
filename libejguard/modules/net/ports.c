/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Finds private ports that the kernel itself may assign: to any process that connects, or that listens without bind.
 * Such a socket keeps epmd or the node from using its port, and one of the service itself is no node.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libejguard/modules/net/match.h"
#include "libejguard/modules/net/networks.h"
#include "libejguard/util/cleanup.h"

/* Clears the bits of a list of ports such as "4370-4375,8080", the format of ip_local_reserved_ports. */
static void clear_ports(uint8_t *bits, const char *list)
{
	unsigned int first, last;
	int n;

	while (sscanf(list, "%u%n", &first, &n) == 1) {
		list += n;
		last = first;
		if (sscanf(list, "-%u%n", &last, &n) == 1)
			list += n;
		for (unsigned int port = first; port <= last && port < 65536; port++)
			bits[port / 8] &= ~(1U << (port % 8));
		if (*list++ != ',')
			return;
	}
}

/* Reads the ports that the kernel chooses from in this network namespace. False when they cannot be read. */
static bool read_ephemeral(uint8_t bits[static POLICY_PORT_BYTES])
{
	cleanup_file FILE *range = fopen("/proc/sys/net/ipv4/ip_local_port_range", "re");
	cleanup_file FILE *reserved = fopen("/proc/sys/net/ipv4/ip_local_reserved_ports", "re");
	cleanup_free char *list = NULL;
	unsigned int first, last;
	size_t size = 0;

	if (!range || fscanf(range, "%u %u", &first, &last) != 2)
		return false;
	memset(bits, 0, POLICY_PORT_BYTES);
	for (unsigned int port = first; port <= last && port < 65536; port++)
		bits[port / 8] |= 1U << (port % 8);
	if (reserved && getline(&list, &size, reserved) > 0)
		clear_ports(bits, list);
	return true;
}

struct ephemeral {
	uint8_t ports[POLICY_PORT_BYTES];
	bool read;
};

static int read_there(void *data)
{
	struct ephemeral *ephemeral = data;

	ephemeral->read = read_ephemeral(ephemeral->ports);
	return 0;
}

/* Return: true if the kernel may assign a private port there. */
static bool check_ports(struct ejg_call *call, const struct policy_head *head, const struct netns *netns,
			const struct ephemeral *ephemeral)
{
	unsigned int first = 0, last = 0;
	char subject[32], remedy[256];
	struct ejg_place place = { .remedy = remedy };

	for (unsigned int port = 1; port < 65536; port++) {
		if (!port_in(head->guarded_ports, port) || !port_in(ephemeral->ports, port))
			continue;
		first = first ? first : port;
		last = port;
	}
	if (!first)
		return false;
	snprintf(subject, sizeof(subject), "%u-%u", first, last);
	if (netns->own)
		snprintf(remedy, sizeof(remedy),
			 "run: sysctl -w net.ipv4.ip_local_reserved_ports=%u-%u\n"
			 "write it into /etc/sysctl.d, too, or use ports outside of ip_local_port_range", first, last);
	else
		snprintf(remedy, sizeof(remedy),
			 "set net.ipv4.ip_local_reserved_ports=%u-%u in that namespace, or end what lives in it", first, last);
	ejg_call_finding_at(call, "ports-ephemeral", subject, &place,
			    "private ports are in the range of ephemeral ports, which the kernel gives to any process%s%s",
			    netns->own ? "" : " in the network namespace ", netns->label);
	return true;
}

bool net_check_ports(struct ejg_call *call, const struct net_policy *policy, const struct netns_list *networks, bool made_by_user)
{
	bool failed = false;

	for (size_t i = 0; i < networks->n; i++) {
		const struct netns *netns = &networks->items[i];
		struct ephemeral ephemeral = {};

		if (!net_lives_in(networks, netns) || netns->made_by_user != made_by_user)
			continue;
		/* Namespaces that cannot be entered are reported with the sockets. */
		if (netns_run(netns, read_there, &ephemeral) == 0 && ephemeral.read)
			failed |= check_ports(call, &policy->chunks[0].head, netns, &ephemeral);
	}
	return failed;
}
