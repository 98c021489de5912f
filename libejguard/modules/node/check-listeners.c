/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compares the ports on which the service listens with the ports that the stack guards. */
#include <stdio.h>
#include <string.h>

#include "libejguard/modules/node/node.h"
#include "libejguard/util/address.h"

/* of one kind */
#define MAX_ALIKE 16

static bool holds(const struct ejg_process *process, const struct ejg_listener *listener)
{
	if (listener->pid != 0)
		return listener->pid == process->pid;
	/* Without privilege the holder is unknown for other users' processes. */
	return listener->uid == process->uid && listener->in_service == process->in_service;
}

/* True if some name in epmd has the port, so that a node listens there for other nodes. */
static bool is_registered(const struct node *node, uint16_t port)
{
	for (size_t i = 0; i < node->survey->n_epmd_names; i++)
		if (ejg_epmd_name_get(node->survey, i)->port == port)
			return true;
	return false;
}

/* True if a listener belongs to a node that got its name from its code: its arguments do not show which one. */
static bool is_late_dist(const struct node *node, const struct ejg_listener *listener)
{
	const struct ejg_process *holder = node_process(node, listener->pid);

	return holder && node_is_service(holder) && !holder->node && is_registered(node, listener->port) &&
	       !port_in_ranges(node->facts->public_ports, node->facts->n_public_ports, listener->port);
}

/* True if a listener is the distribution port of one of the service's nodes. */
static bool is_dist(const struct node *node, const struct ejg_listener *listener)
{
	for (size_t i = 0; i < node->survey->n_processes; i++) {
		const struct ejg_process *process = ejg_process_get(node->survey, i);

		if (node_is_service(process) && node_dist_port(node, process) == listener->port &&
		    holds(process, listener))
			return true;
	}
	return is_late_dist(node, listener);
}

static bool is_named(const struct node *node, const struct ejg_listener *listener)
{
	const struct ejg_facts *facts = node->facts;

	return listener->port == facts->epmd_port ||
	       port_in_ranges(facts->public_ports, facts->n_public_ports, listener->port) ||
	       port_in_ranges(facts->dist, facts->n_dist, listener->port) || is_dist(node, listener);
}

/* Compares with the facts if no range is configured (otherwise node_check_running() does it). */
static void check_dist(const struct node *node, const struct ejg_listener *listener)
{
	char address[NODE_ADDRESS_SIZE];

	if (node->range.first || (node->facts->dist_state != EJG_DIST_FIXED && !is_late_dist(node, listener)) ||
	    !is_dist(node, listener) || port_in_ranges(node->facts->dist, node->facts->n_dist, listener->port))
		return;
	node_say(node, "listener-unguarded", node_address(listener, address), NULL, NULL,
		 "the node's distribution listens there, but the stack guards other ports (set dist)");
}

static void check_epmd(const struct node *node, const struct ejg_listener *listener)
{
	const struct ejg_process *process = node_process(node, listener->pid);
	char address[NODE_ADDRESS_SIZE];

	if (!process || process->role != EJG_PROCESS_EPMD || !listener->in_service ||
	    listener->port == node->facts->epmd_port)
		return;
	node_say(node, "epmd-elsewhere", node_address(listener, address), NULL, NULL,
		 "the service's epmd listens there, but the stack guards port %u", node->facts->epmd_port);
}

/*
 * True if the holder is a node of ours without a known distribution listener: then any listener may be it. The same
 * applies if the holder is unknown.
 */
static bool is_unidentified(const struct node *node, const struct ejg_listener *listener)
{
	const struct ejg_process *holder = node_process(node, listener->pid);

	if (node->alone)
		return false;
	if (listener->pid != 0 && (!holder || !node_is_service(holder)))
		return false;
	for (size_t i = 0; i < node->survey->n_listeners; i++) {
		const struct ejg_listener *other = ejg_listener_get(node->survey, i);

		if (other->pid == listener->pid && other->in_service &&
		    (is_dist(node, other) || port_in_ranges(node->facts->dist, node->facts->n_dist, other->port) ||
		     (node->range.first && other->port >= node->range.first && other->port <= node->range.last)))
			return false;
	}
	return true;
}

/* Without `set public` the intended ports are unknown. Loopback listeners only serve this host. */
static bool check_named(const struct node *node, const struct ejg_listener *listener, bool quiet)
{
	char address[NODE_ADDRESS_SIZE], who[32] = "not seen";

	if (node->facts->n_public_ports == 0 || !listener->in_service || prefix_is_loopback(&listener->address) ||
	    is_named(node, listener))
		return false;
	if (listener->pid)
		snprintf(who, sizeof(who), "%d", (int)listener->pid);
	if (!quiet && is_unidentified(node, listener))
		node_say(node, "listener-unidentified", node_address(listener, address), NULL, NULL,
			 "the service listens there (process %s); it is not known which of its listeners is the "
			 "distribution. If it is this one, it must not be public",
			 who);
	else if (!quiet)
		node_say(node, "listener-unnamed", node_address(listener, address), NULL, NULL,
			 "the service listens there (process %s), but the port is in neither 'set public' nor 'set "
			 "dist'",
			 who);
	return true;
}

static bool is_served(const struct node *node, const struct ejg_port_range *range)
{
	for (size_t i = 0; i < node->survey->n_listeners; i++) {
		const struct ejg_listener *listener = ejg_listener_get(node->survey, i);

		if (listener->in_service && listener->port >= range->first && listener->port <= range->last)
			return true;
	}
	return false;
}

static void check_public(const struct node *node)
{
	char subject[16];

	for (size_t i = 0; i < node->facts->n_public_ports; i++) {
		const struct ejg_port_range *range = &node->facts->public_ports[i];

		if (is_served(node, range))
			continue;
		snprintf(subject, sizeof(subject), range->first == range->last ? "%u" : "%u-%u", range->first,
			 range->last);
		node_say(node, "public-silent", subject, NULL, NULL,
			 "it is in 'set public', but the service does not listen on it");
	}
}

static bool runs(const struct node *node)
{
	for (size_t i = 0; i < node->survey->n_processes; i++) {
		const struct ejg_process *process = ejg_process_get(node->survey, i);

		if (node_is_service(process) && process->in_service)
			return true;
	}
	return false;
}

void node_check_listeners(const struct node *node)
{
	const bool up = runs(node);
	size_t n = 0;

	for (size_t i = 0; i < node->survey->n_listeners; i++) {
		const struct ejg_listener *listener = ejg_listener_get(node->survey, i);

		check_dist(node, listener);
		check_epmd(node, listener);
		n += up && check_named(node, listener, n >= MAX_ALIKE);
	}
	if (n > MAX_ALIKE)
		node_say(node, "listener-unnamed", "ports", NULL, NULL,
			 "the service listens on %zu ports that are in neither 'set public' nor 'set dist'", n);
	if (up)
		check_public(node);
}
