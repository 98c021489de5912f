/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The range of the distribution ports. */
#include <stdio.h>
#include <string.h>

#include "libejguard/modules/node/node.h"
#include "libejguard/util/address.h"
#include "libejguard/util/port-window.h"

#define PROPOSED "FIREWALL_WINDOW=" PORT_WINDOW_PROPOSED

/* The node, the ejabberdctl of a unit's ExecStop= or a monitor, and an administrator's ejabberdctl. */
#define SMALLEST_RANGE 3

static void say_window(const struct node *node, const char *id, const struct ejg_setting *where, const char *what)
{
	char subject[128], edit[NODE_REMEDY_SIZE];

	snprintf(subject, sizeof(subject), "FIREWALL_WINDOW=" NODE_TEXT, where->value);
	node_say(node, id, subject, where, node_edit(node, PROPOSED, where, edit), "%s", what);
}

/* Return: true if the window is the reason for a missing range. */
static bool check_window(const struct node *node)
{
	const struct ejg_setting *where = ejg_survey_setting(node->survey, "FIREWALL_WINDOW");
	struct ejg_port_range range;

	if (!node_value(node, "FIREWALL_WINDOW"))
		return false;
	switch (port_window_read(where->value, &range)) {
	case PORT_WINDOW_EMPTY:
		say_window(node, "range-empty", where, "the minimum is above the maximum: the node does not start");
		return true;
	case PORT_WINDOW_RANDOM:
		say_window(node, "range-ignored", where,
			   node_is_local(node) ? "Erlang ignores a range without a minimum: the port is random (on "
						 "loopback, as INET_DIST_INTERFACE says)"
					       : "Erlang ignores a range without a minimum: the port is random, so the "
						 "guard does not know it");
		return true;
	case PORT_WINDOW_INVALID:
		say_window(node, "range-invalid", where, "is not a range N-M of two ports: the node does not start");
		return true;
	case PORT_WINDOW_SPLIT:
		say_window(node, "range-split", where,
			   "is not a range N-M of two ports: the shell takes it apart, and the node listens on another "
			   "range than that");
		return true;
	default:
		return false;
	}
}

static void check_unknown(const struct node *node)
{
	const struct ejg_setting *where = ejg_survey_setting(node->survey, "dist-range");
	const bool random = where ? where->state == EJG_SETTING_UNSET : node->facts->dist_state == EJG_DIST_RANDOM;
	const char *note = where ? where->note : node->facts->dist_note;
	struct ejg_port_range range;
	char edit[NODE_REMEDY_SIZE];

	if (where && where->state == EJG_SETTING_KNOWN && where->value &&
	    port_window_read(where->value, &range) == PORT_WINDOW_EMPTY)
		node_say(node, "range-empty", "distribution", where, NULL,
			 NODE_TEXT ": the minimum is above the maximum: the node does not start", where->value);
	else if (random && node_is_local(node))
		node_say(node, "range-loopback", "distribution", where, NULL,
			 "the port is random at each start%s%.300s; the node listens on " NODE_TEXT
			 "  only, so only users of this host can connect",
			 note ? ", " : "", note ? note : "", node_value(node, "INET_DIST_INTERFACE"));
	else if (random)
		node_say(node, "range-none", "distribution", where, node_edit(node, PROPOSED, where, edit),
			 "the port is random at each start%s%.300s: only strict=yes of the module net guards it",
			 note ? ", " : "", note ? note : "");
	else
		node_say(node, "range-unknown", "distribution", where, NULL, "the ports cannot be determined%s%.300s",
			 note ? ": " : "", note ? note : "");
}

static void check_size(const struct node *node, const char *subject, const struct ejg_setting *where)
{
	const unsigned int size = node->range.last - node->range.first + 1U;
	const char *version = node_value(node, "version");
	char edit[NODE_REMEDY_SIZE];

	if (!ejg_kind_is(node->facts, "ejabberd") || node->n_dist_port || size >= SMALLEST_RANGE ||
	    (version && !node_version_before_2406(version)))
		return;
	if (size == 1)
		node_say(node, "range-one-port", subject, where, node_edit(node, PROPOSED, where, edit),
			 "the node takes the only port, and ejabberdctl before 24.06 needs one, too: ejabberdctl "
			 "fails, also for stop and reload");
	else
		node_say(node, "range-small", subject, where, node_edit(node, PROPOSED, where, edit),
			 "the node takes one of the two ports, and each running ejabberdctl before 24.06 takes one, "
			 "too: a second one at the same time fails");
}

static void check_kernel(const struct node *node, const char *subject, const struct ejg_setting *where)
{
	const struct node_world *world = node->world;
	struct ejg_port_range given;
	char otherwise[48], remedy[EPHEMERAL_REMEDY_SIZE];

	if (ephemeral_find_in(&world->ephemeral, &node->range, &given)) {
		snprintf(otherwise, sizeof(otherwise), "move the range below %u", world->ephemeral.range.first);
		ephemeral_remedy(&world->ephemeral, &given, otherwise, remedy);
		node_say(node, "range-ephemeral", subject, where, remedy,
			 "%u-%u are in the range of ephemeral ports, which the kernel gives to any process "
			 "(ip_local_port_range %u-%u): "
			 "other processes may take them before the node or %s",
			 given.first, given.last, world->ephemeral.range.first, world->ephemeral.range.last,
			 node_tool(node));
	}
	if (node->range.first < world->unprivileged_start)
		node_say(node, "range-privileged", subject, where, NULL,
			 "ports below %u need a privilege that the node of %s does not have: it ends with an error",
			 world->unprivileged_start, node_tool(node));
}

static void check_others(const struct node *node, const char *subject, const struct ejg_setting *where)
{
	const struct ejg_facts *facts = node->facts;
	const struct ejg_port_range epmd = { facts->epmd_port, facts->epmd_port };
	char address[NODE_ADDRESS_SIZE];

	if (port_ranges_overlap(&node->range, &epmd))
		node_say(node, "range-epmd", subject, where, NULL,
			 "contains epmd's port, %u: if the node starts before epmd, it takes the port and epmd cannot "
			 "start",
			 epmd.first);
	for (size_t i = 0; i < facts->n_public_ports; i++) {
		if (!port_ranges_overlap(&node->range, &facts->public_ports[i]))
			continue;
		node_say(node, "range-public", subject, where, NULL,
			 "overlaps the public ports %u-%u (%s:%u): there the distribution is open to everybody",
			 facts->public_ports[i].first, facts->public_ports[i].last,
			 facts->public_origin.file ? facts->public_origin.file : "set public",
			 facts->public_origin.line);
		break;
	}
	for (size_t i = 0; i < node->survey->n_listeners; i++) {
		const struct ejg_listener *listener = ejg_listener_get(node->survey, i);

		if (listener->port < node->range.first || listener->port > node->range.last ||
		    node_trusts_listener(node, listener))
			continue;
		node_say(node, "range-taken", node_address(listener, address), where, NULL,
			 "uid %u, which is not one of the service's users, listens on a port of the range %s (unit "
			 "%.100s)",
			 (unsigned int)listener->uid, subject, listener->unit ? listener->unit : "unknown");
		break;
	}
}

/* The stack sets the guarded ports; the node must use only these. */
static void check_stack(const struct node *node, const char *subject, const struct ejg_setting *where)
{
	const struct ejg_facts *facts = node->facts;
	char remedy[NODE_REMEDY_SIZE];

	if (facts->dist_origin.kind != EJG_ORIGIN_STACK || facts->dist_state != EJG_DIST_FIXED)
		return;
	for (size_t i = 0; i < facts->n_dist; i++)
		if (facts->dist[i].first <= node->range.first && facts->dist[i].last >= node->range.last)
			return;
	snprintf(remedy, sizeof(remedy), "edit: %3$.300s: set dist %1$u-%2$u\nrun: ejguard apply", node->range.first,
		 node->range.last, facts->stack_file ? facts->stack_file : "the stack");
	node_say(node, "range-differs", subject, where, remedy,
		 "the stack guards other ports ('set dist' at %.200s:%u): without strict=yes the other ports are open",
		 facts->dist_origin.file ? facts->dist_origin.file : "the stack", facts->dist_origin.line);
}

/* Tools run for a short time only, and use ports that the kernel gives to any process: that is normal. */
static void say_tools(const struct node *node)
{
	const struct ejg_port_range *tools = node->facts->kind ? &node->facts->kind->tools : NULL;
	char subject[32];

	if (!tools || !tools->first)
		return;
	snprintf(subject, sizeof(subject), "%u-%u", tools->first, tools->last);
	node_say(node, "tools-range", subject, NULL, NULL,
		 "%s listens on one of these ports while it runs, in the cgroup of its caller", node_tool(node));
}

/* Return: true if the fixed port is the reason for a missing range. */
static bool check_fixed(const struct node *node)
{
	const struct ejg_setting *where = ejg_survey_setting(node->survey, "ERL_DIST_PORT");
	const char *value = node_value(node, "ERL_DIST_PORT");
	char subject[128];
	uint16_t port;

	if (!value || !ejg_kind_is(node->facts, "ejabberd") || !node_is_written(where))
		return false;
	snprintf(subject, sizeof(subject), "ERL_DIST_PORT=" NODE_TEXT, value);
	switch (port_window_read_fixed(value, &port)) {
	case PORT_WINDOW_RANDOM:
		node_say(node, "dist-port-ignored", subject, where, NULL,
			 "is not a port: Erlang ignores it, and starts no epmd: the node does not start, or "
			 "ejabberdctl and "
			 "other nodes do not find it");
		return node->facts->dist_state == EJG_DIST_RANDOM;
	case PORT_WINDOW_INVALID:
		node_say(node, "dist-port-invalid", subject, where, NULL, "is not a port: the node does not start");
		return true;
	default:
		return false;
	}
}

void node_check_range(const struct node *node)
{
	const struct ejg_setting *where = ejg_survey_setting(node->survey, "dist-range");
	const bool fixed = check_fixed(node);
	char subject[32];

	if (fixed)
		return;
	if (!node->range.first) {
		if (!check_window(node))
			check_unknown(node);
		return;
	}
	snprintf(subject, sizeof(subject), "%u-%u", node->range.first, node->range.last);
	node_say(node, "range", subject, where, NULL, "the ports of the distribution%s",
		 node->n_dist_port || node->without_epmd ? ", without epmd" : "");
	say_tools(node);
	check_size(node, subject, where);
	check_kernel(node, subject, where);
	check_others(node, subject, where);
	check_stack(node, subject, where);
}
