/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The names that epmd has. Any local user may register a free name. If another user registers the node's name,
 * ejabberdctl and the other nodes connect to that user, and the node cannot start.
 */
#include <stdio.h>
#include <string.h>

#include "libejguard/modules/node/node.h"
#include "libejguard/util/address.h"

/* Other users can register thousands. */
#define MAX_STRANGERS 8

/* A listener on a port, preferably one that is not the service's; or NULL. */
static const struct ejg_listener *find_listener(const struct node *node, uint16_t port)
{
	const struct ejg_listener *found = NULL;

	for (size_t i = 0; i < node->survey->n_listeners; i++) {
		const struct ejg_listener *listener = ejg_listener_get(node->survey, i);

		if (listener->port != port)
			continue;
		if (!node_trusts_listener(node, listener))
			return listener;
		found = listener;
	}
	return found;
}

/*
 * True if a listener belongs to the service, or to a node of a trusted user. Root has many listeners that are no nodes,
 * and anybody may register a name with such a port.
 */
static bool belongs(const struct node *node, const struct ejg_listener *listener)
{
	if (!listener || !node_trusts_listener(node, listener))
		return false;
	return listener->in_service || listener->uid != 0 || listener->pid == 0 || node_process(node, listener->pid);
}

static bool has_name(const char *name, const struct ejg_process *process)
{
	const size_t head = process->node ? node_head(process->node) : 0;

	return head && strlen(name) == head && strncmp(name, process->node, head) == 0;
}

/* The service's running node of that name, or NULL. */
static const struct ejg_process *find_node(const struct node *node, const char *name)
{
	for (size_t i = 0; i < node->survey->n_processes; i++) {
		const struct ejg_process *process = ejg_process_get(node->survey, i);

		if (node_is_service(process) && has_name(name, process))
			return process;
	}
	return NULL;
}

static bool is_own(const struct node *node, const char *name)
{
	return strcmp(name, node_own_head(node)) == 0 || find_node(node, name);
}

/* True if a process listens on a port; *ret_known: true if any listener of the process is known. */
static bool listens(const struct node *node, const struct ejg_process *process, uint16_t port, bool *ret_known)
{
	bool found = false;

	*ret_known = false;
	for (size_t i = 0; i < node->survey->n_listeners; i++) {
		if (ejg_listener_get(node->survey, i)->pid != process->pid)
			continue;
		*ret_known = true;
		found |= ejg_listener_get(node->survey, i)->port == port;
	}
	return found;
}

static void check_own(const struct node *node, const struct ejg_epmd_name *entry)
{
	const struct ejg_listener *listener = find_listener(node, entry->port);
	const struct ejg_process *process = find_node(node, entry->name);
	char address[NODE_ADDRESS_SIZE], remedy[NODE_REMEDY_SIZE];
	bool known;

	if (listener && !belongs(node, listener)) {
		snprintf(remedy, sizeof(remedy),
			 "find out which process it is, end it, then restart epmd and the node\nrun: ss -ltnpe 'sport "
			 "= :%u'",
			 entry->port);
		node_say(node, process ? "name-hijacked" : "name-taken", entry->name, NULL, remedy,
			 "epmd names port %u for the node, but a program of uid %u that is not the service's listens "
			 "there (%s)",
			 entry->port, (unsigned int)listener->uid, node_address(listener, address));
	} else if (!listener) {
		node_say(node, process ? "name-hijacked" : "name-taken", entry->name, NULL, NULL,
			 "epmd names port %u for the node, but no process listens there: another program has "
			 "registered the name%s",
			 entry->port, process ? "" : ", and the node cannot start");
	} else if (port_in_ranges(node->facts->public_ports, node->facts->n_public_ports, entry->port)) {
		node_say(node, process ? "name-hijacked" : "name-taken", entry->name, NULL, NULL,
			 "epmd names port %u for the node, but that is a public port: another program has registered "
			 "the name",
			 entry->port);
	} else if (process && !listens(node, process, entry->port, &known) && known) {
		node_say(node, "name-hijacked", entry->name, NULL, NULL,
			 "epmd names port %u for the node, but process %d does not listen there", entry->port,
			 (int)process->pid);
	}
}

static bool check_stranger(const struct node *node, const struct ejg_epmd_name *entry, bool quiet)
{
	const struct ejg_listener *listener = find_listener(node, entry->port);

	if (belongs(node, listener))
		return false;
	if (quiet)
		return true;
	if (listener)
		node_say(node, "registered-foreign", entry->name, NULL, NULL,
			 "is registered in epmd with port %u, where a program of uid %u that is not the service's "
			 "listens",
			 entry->port, (unsigned int)listener->uid);
	else
		node_say(node, "registered-foreign", entry->name, NULL, NULL,
			 "is registered in epmd with port %u, where no process listens", entry->port);
	return true;
}

static void check_registered(const struct node *node)
{
	const struct ejg_survey *survey = node->survey;

	if (node->n_dist_port || node->without_epmd)
		return;
	for (size_t i = 0; i < survey->n_processes; i++) {
		const struct ejg_process *process = ejg_process_get(survey, i);
		bool found = false;

		if (!node_is_service(process) || !process->node)
			continue;
		for (size_t j = 0; j < survey->n_epmd_names && !found; j++)
			found = has_name(ejg_epmd_name_get(survey, j)->name, process);
		if (has_name(node_own_head(node), process) && node->world->own_port > 0)
			found = true;
		if (!found)
			node_say(node, "node-unregistered", process->node, NULL, NULL,
				 "runs (pid %d), but epmd does not know it: %s cannot find it, and any user of this "
				 "host can take its name",
				 (int)process->pid, node_tool(node));
	}
}

void node_check_names(const struct node *node)
{
	const struct ejg_survey *survey = node->survey;
	size_t n_strangers = 0;
	bool listed = false;

	/* Answers of another user's epmd are worthless; without a list of listeners there is nothing to compare. */
	if (node->foreign_epmd || survey->n_listeners == 0)
		return;
	for (size_t i = 0; i < survey->n_epmd_names; i++) {
		const struct ejg_epmd_name *entry = ejg_epmd_name_get(survey, i);

		if (is_own(node, entry->name)) {
			check_own(node, entry);
			listed |= entry->port == node->world->own_port;
		} else {
			n_strangers += check_stranger(node, entry, n_strangers >= MAX_STRANGERS);
		}
	}
	/* Names of other users may have displaced it from the list. */
	if (!listed && node->world->own_port > 0)
		check_own(node, &(struct ejg_epmd_name){ node_own_head(node), (uint16_t)node->world->own_port });
	if (n_strangers > MAX_STRANGERS)
		node_say(node, "registered-foreign", "epmd", NULL, NULL,
			 "%zu more names belong to no process of the service", n_strangers - MAX_STRANGERS);
	if (survey->epmd_answered)
		check_registered(node);
}
