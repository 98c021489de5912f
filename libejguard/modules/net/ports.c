/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Finds private ports that the kernel itself may assign: to any process that connects, or that listens without bind.
 * Such a socket keeps epmd or the node from using its port, and one of the service itself is no node.
 */
#include <stdio.h>
#include <string.h>

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

static void say(struct ejg_call *call, const char *id, const struct ejg_port_range *ports, const struct netns *netns,
		const struct ephemeral *ephemeral)
{
	char subject[32], remedy[EPHEMERAL_REMEDY_SIZE];
	struct ejg_place place = { .remedy = remedy };

	snprintf(subject, sizeof(subject), "%u-%u", ports->first, ports->last);
	if (netns->own)
		ephemeral_remedy(&ephemeral->settings, ports, "use ports outside of ip_local_port_range", remedy);
	else
		snprintf(remedy, sizeof(remedy),
			 "in that namespace, add %s to net.ipv4.ip_local_reserved_ports, or end what lives in it",
			 subject);
	ejg_call_finding_at(
		call, id, subject, &place,
		"private ports are in the range of ephemeral ports, which the kernel gives to any process%s%s",
		netns->own ? "" : " in the network namespace ", netns->label);
}

/* True for a port that the service has there by default: no start is to fail for that. */
static bool is_fixed(struct ejg_call *call, unsigned int port)
{
	const struct ejg_kind *kind = ejg_call_facts(call)->kind;

	return kind && port >= kind->fixed.first && port <= kind->fixed.last;
}

/* Return: true if the kernel may assign a private port there. */
static bool check_ports(struct ejg_call *call, const struct policy_head *head, const struct netns *netns,
			const struct ephemeral *ephemeral)
{
	struct ejg_port_range failed = { 0 };
	bool fixed = false;

	for (unsigned int port = 1; port < 65536; port++) {
		if (!port_in(head->guarded_ports, port) || !port_in(ephemeral->ports, port))
			continue;
		if (is_fixed(call, port)) {
			fixed = true;
			continue;
		}
		failed.first = failed.first ? failed.first : (uint16_t)port;
		failed.last = (uint16_t)port;
	}
	if (fixed)
		say(call, "fixed-ephemeral", &ejg_call_facts(call)->kind->fixed, netns, ephemeral);
	if (failed.first)
		say(call, "ports-ephemeral", &failed, netns, ephemeral);
	return failed.first;
}

/* What the kernel may assign is unknown: that is no reason to call the private ports safe. */
static void say_unread(struct ejg_call *call, const struct netns *netns, int error)
{
	const struct ejg_place place = { .remedy = "run it as root, where /proc/sys/net is mounted" };
	char name[NETNS_NAME_SIZE];

	ejg_call_finding_at(call, "ports-ephemeral", netns_name(netns, name), &place,
			    "the range of ephemeral ports cannot be read there%s%s: private ports may be in it",
			    error ? ": " : "", error ? strerror(error) : "");
}

bool net_check_ports(struct ejg_call *call, const struct net_policy *policy, const struct netns_list *networks,
		     bool made_by_user)
{
	bool failed = false;

	for (size_t i = 0; i < networks->n; i++) {
		const struct netns *netns = &networks->items[i];
		struct ephemeral ephemeral = {};
		int r;

		if (!net_lives_in(networks, netns) || netns->made_by_user != made_by_user)
			continue;
		r = netns_run(netns, read_there, &ephemeral);
		if (r == 0 && ephemeral.read) {
			failed |= check_ports(call, &policy->chunks[0].head, netns, &ephemeral);
		} else {
			say_unread(call, netns, -r);
			failed = true;
		}
	}
	return failed;
}
