/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compares the configuration with the running node and its listener. */
#include <stdio.h>
#include <string.h>

#include "libejguard/modules/node/node.h"
#include "libejguard/util/address.h"

#define RESTART "restart the service, or correct what is written"

/* With an interface only that address; IPv4 on an IPv6 socket is IPv4-mapped, with the same bytes. */
static bool is_interface(const struct node *node, const struct ejg_prefix *address)
{
	struct ejg_prefix wanted = { .length = 128 };

	if (node->interface.is_ipv6) {
		memcpy(wanted.bytes, node->interface.bytes, 16);
	} else {
		memset(wanted.bytes + 10, 0xff, 2);
		memcpy(wanted.bytes + 12, node->interface.bytes, 4);
	}
	return memcmp(wanted.bytes, address->bytes, 16) == 0;
}

static void check_listener(const struct node *node, const struct ejg_process *process,
			   const struct ejg_listener *listener)
{
	char address[NODE_ADDRESS_SIZE];

	node_address(listener, address);
	if (node->range.first && (listener->port < node->range.first || listener->port > node->range.last))
		node_say(node, "listener-outside", address, ejg_survey_setting(node->survey, "dist-range"), RESTART,
			 "the distribution of process %d listens there, outside of the configured range %u-%u",
			 (int)process->pid, node->range.first, node->range.last);
	if (node->has_interface && !is_interface(node, &listener->address))
		node_say(node, "listener-address", address, ejg_survey_setting(node->survey, "INET_DIST_INTERFACE"),
			 RESTART, "the distribution of process %d listens there instead of on the configured address",
			 (int)process->pid);
}

/* If the distribution's listener is unknown, at least one listener must be in the range. */
static void check_any(const struct node *node, const struct ejg_process *process)
{
	char subject[32];
	size_t n = 0;

	for (size_t i = 0; i < node->survey->n_listeners; i++) {
		const struct ejg_listener *listener = ejg_listener_get(node->survey, i);

		if (listener->pid != process->pid)
			continue;
		if (listener->port >= node->range.first && listener->port <= node->range.last)
			return;
		n++;
	}
	snprintf(subject, sizeof(subject), "%u-%u", node->range.first, node->range.last);
	if (n > 0)
		node_say(node, "listener-outside", subject, ejg_survey_setting(node->survey, "dist-range"), RESTART,
			 "none of the %zu listeners of process %d is in the configured range", n, (int)process->pid);
}

static void check_process(const struct node *node, const struct ejg_process *process)
{
	const uint16_t port = node_dist_port(node, process);
	const char *value;

	if (node_argument(process, "-erl_epmd_port", &value) > 1 && node->n_dist_port < 2)
		node_say(node, "dist-port-twice", "-erl_epmd_port", NULL, NULL,
			 "process %d was started with it twice: Erlang then ignores both and listens on a random port",
			 (int)process->pid);
	if (!port && node->range.first)
		check_any(node, process);
	for (size_t i = 0; port && i < node->survey->n_listeners; i++) {
		const struct ejg_listener *listener = ejg_listener_get(node->survey, i);

		/* Without privilege the holder is unknown for other users' processes. */
		if (listener->port == port &&
		    (listener->pid == process->pid || (listener->pid == 0 && listener->uid == process->uid)))
			check_listener(node, process, listener);
	}
}

void node_check_running(const struct node *node)
{
	const struct ejg_setting *where = ejg_survey_setting(node->survey, "ERLANG_NODE");
	const char *name = node->alone ? NULL : node_value(node, "ERLANG_NODE");
	const struct ejg_process *other = NULL;
	bool same = false;

	for (size_t i = 0; i < node->survey->n_processes; i++) {
		const struct ejg_process *process = ejg_process_get(node->survey, i);

		if (!node_is_service(process))
			continue;
		if (process->node && name && strcmp(process->node, name) == 0 &&
		    process->long_name == node->name.is_long)
			same = true;
		else
			other = process;
		check_process(node, process);
	}
	if (same)
		node_say(node, "node", name, NULL, NULL, "runs");
	else if (other && name)
		node_say(node, "node-differs", other->node ? other->node : "", where, RESTART,
			 "process %d runs with the name " NODE_TEXT "  (%s), but the configuration says " NODE_TEXT,
			 (int)other->pid, other->node ? other->node : "none", other->long_name ? "-name" : "-sname",
			 name);
	else if (other && other->node && node->alone)
		node_say(node, "node-differs", other->node, ejg_survey_setting(node->survey, "name-kind"), RESTART,
			 "process %d runs with the name " NODE_TEXT "  (%s), but the configuration gives it none",
			 (int)other->pid, other->node, other->long_name ? "-name" : "-sname");
}
