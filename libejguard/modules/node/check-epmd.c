/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Checks which programs listen on epmd's port. ejabberdctl and the other nodes trust epmd's answers: they connect to
 * the port that it names. Every address counts: with an epmd on 127.0.0.1 anybody may listen on the public address.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "libejguard/modules/node/node.h"
#include "libejguard/util/address.h"
#include "libejguard/util/cleanup.h"

/* Process 1 is the service manager, unless it is an Erlang program, as in a container. */
#define MANAGER 1

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* "/usr/bin/epmd", or "/usr/bin/epmd (deleted)" after an upgrade. */
static bool is_epmd_program(const char *exe)
{
	const char *base = base_name(exe);

	return strcmp(base, "epmd") == 0 || strcmp(base, "epmd (deleted)") == 0;
}

static bool says_systemd(const struct ejg_process *process)
{
	const char *value;

	return node_argument(process, "-systemd", &value) > 0;
}

/* The reason why a process is not a trusted epmd, in text; NULL when it is one. */
static const char *process_problem(const struct node *node, const struct ejg_listener *listener, char *text,
				   size_t size)
{
	const struct ejg_process *process = node_process(node, listener->pid);

	if (!process) {
		/* It is no Erlang process. The manager holds sockets of its units; 0: no process was found. */
		if (listener->pid == 0 || listener->pid == MANAGER)
			return NULL;
		snprintf(text, size, "process %d, which is not epmd, listens there", (int)listener->pid);
		return text;
	}
	if (!process->in_service && !node_trusts(node, process->uid))
		snprintf(text, size, "process %d of uid %u, which is not one of the service's users, listens there",
			 (int)process->pid, (unsigned int)process->uid);
	else if (process->role != EJG_PROCESS_EPMD || (process->exe && !is_epmd_program(process->exe)))
		snprintf(text, size, "process %d, which is not epmd (" NODE_TEXT "), listens there", (int)process->pid,
			 process->exe ? process->exe : "an Erlang node");
	else if (process->exe && !node->world->program_is_safe(node->world, process->pid))
		snprintf(text, size,
			 "the program of process %d (" NODE_TEXT
			 ") does not belong to one of the service's users, or other users can change it",
			 (int)process->pid, process->exe);
	else
		return NULL;
	return text;
}

/* Return: true if the listener can be trusted. */
static bool check_listener(struct node *node, const struct ejg_listener *listener)
{
	char address[NODE_ADDRESS_SIZE], text[512];
	const char *problem;

	node_address(listener, address);
	if (!node_trusts_listener(node, listener)) {
		snprintf(text, sizeof(text), "the socket was opened by uid %u, which is not one of the service's users",
			 (unsigned int)listener->uid);
		problem = text;
	} else {
		problem = process_problem(node, listener, text, sizeof(text));
	}
	if (problem) {
		node_say(node, "epmd-foreign", address, NULL, NULL,
			 "%s (unit %.100s): it can send all who ask for the node to another port, where they try to "
			 "log in with the cookie",
			 problem, listener->unit ? listener->unit : "unknown");
		return false;
	}
	if (!listener->in_service)
		node_say(node, "epmd-stray", address, NULL, NULL,
			 "this epmd runs outside of the service's units (in %.150s), so it is not guarded",
			 listener->unit ? listener->unit : "none");
	if (prefix_is_wildcard(&listener->address))
		node_say(node, "epmd-everywhere", address, NULL, NULL,
			 "epmd listens on all addresses; only the guard (module net) keeps strangers out");
	return true;
}

static bool socket_owns(const struct node *node, const struct ejg_listener *listener)
{
	const struct ejg_process *process = node_process(node, listener->pid);

	if (listener->unit && strcmp(listener->unit, "epmd.socket") == 0)
		return true;
	return process ? says_systemd(process) : listener->pid == MANAGER;
}

/* epmd: a comma-separated list; epmd adds loopback (epmd_srv.c). *ret_has: true if the address is in it. */
static bool list_is_valid(const char *list, const struct ejg_prefix *address, bool *ret_has)
{
	bool has = false;

	while (*list) {
		const size_t n = strcspn(list, ", ");
		char text[INET6_ADDRSTRLEN] = "";
		struct ejg_prefix one = { .length = 128 };

		if (n >= sizeof(text))
			return false;
		memcpy(text, list, n);
		memset(one.bytes + 10, 0xff, 2);
		if (n && inet_pton(AF_INET, text, one.bytes + 12) != 1 && inet_pton(AF_INET6, text, one.bytes) != 1)
			return false;
		has |= n && address && memcmp(one.bytes, address->bytes, 16) == 0;
		list += n + (list[n] != '\0');
	}
	*ret_has = has;
	return true;
}

/* A listener that an epmd with this ERL_EPMD_ADDRESS would not have; NULL when all match. */
static const struct ejg_listener *find_outside(const struct node *node, const char *list)
{
	for (size_t i = 0; i < node->survey->n_listeners; i++) {
		const struct ejg_listener *listener = ejg_listener_get(node->survey, i);
		bool has = false;

		if (listener->port != node->facts->epmd_port || prefix_is_loopback(&listener->address))
			continue;
		if (list_is_valid(list, &listener->address, &has) && !has)
			return listener;
	}
	return NULL;
}

/* True if the listeners of epmd's socket unit are the addresses in the list. */
static bool is_asked_for(const struct node *node, const char *list)
{
	size_t n = 0;

	for (size_t i = 0; i < node->survey->n_settings; i++) {
		const struct ejg_setting *setting = ejg_setting_get(node->survey, i);
		struct ejg_prefix address;
		bool has = false;

		if (strcmp(setting->name, "epmd-listen") != 0)
			continue;
		n++;
		if (!address_port_read(setting->value, &address, NULL) ||
		    (!prefix_is_loopback(&address) && (!list_is_valid(list, &address, &has) || !has)))
			return false;
	}
	return n > 0;
}

/* ERL_EPMD_ADDRESS only applies to an epmd that makes its socket itself. name: of the setting. */
static void check_address(const struct node *node, const char *name, bool socket, const struct ejg_listener *only)
{
	const struct ejg_setting *where = ejg_survey_setting(node->survey, name);
	const char *value = where->value;
	const struct ejg_listener *outside = find_outside(node, value);
	char remedy[NODE_REMEDY_SIZE], address[NODE_ADDRESS_SIZE];
	bool has = false;
	const bool valid = list_is_valid(value, only ? &only->address : NULL, &has);

	/* An epmd of epmd.socket does not read it; with ERL_DIST_PORT none is started. */
	if (!valid && !socket && !node_value(node, "ERL_DIST_PORT")) {
		node_say(node, "epmd-address-invalid", value, where, NULL,
			 "ERL_EPMD_ADDRESS is not a list of addresses: epmd does not start with it");
		return;
	}
	/* The listeners match the setting. */
	if ((only && has) || (socket && !only && is_asked_for(node, value)))
		return;
	if (socket) {
		snprintf(remedy, sizeof(remedy),
			 "run: systemctl edit epmd.socket\nwrite there: [Socket], then an empty ListenStream= (it "
			 "clears the list), then ListenStream=%.60s:%u",
			 !valid || strchr(value, ',') ? "ADDRESS"
			 : strchr(value, ':')	      ? "[ADDRESS]"
						      : value,
			 node->facts->epmd_port);
		node_say(node, "epmd-address-ignored", value, where, remedy,
			 "ERL_EPMD_ADDRESS has no effect: systemd opens the socket (epmd.socket), and epmd uses that "
			 "one");
	} else if (node_value(node, "ERL_DIST_PORT")) {
		node_say(node, "epmd-address-ignored", value, where, "remove ERL_EPMD_ADDRESS",
			 "ERL_EPMD_ADDRESS has no effect: with ERL_DIST_PORT the node does not start epmd");
	} else if (outside && !node->foreign_epmd) {
		node_say(node, "epmd-address-ignored", value, where, "restart epmd the way the service starts it",
			 "ERL_EPMD_ADDRESS has no effect on the epmd that runs: it listens on %s",
			 node_address(outside, address));
	}
}

/* If epmd listens on loopback only, other nodes of the cluster cannot find the node. */
static void check_cluster(const struct node *node, size_t n, size_t n_loopback)
{
	if (n > 0 && n == n_loopback && node->facts->n_peers > 0 && !node->n_dist_port)
		node_say(node, "epmd-loopback", "epmd", NULL, NULL,
			 "listens on loopback only: the other nodes (set peers) cannot ask it for the node's port");
}

/*
 * n: listeners on the port; n_manager: those that only the service manager holds: asking would start epmd; n_hidden:
 * those whose holder is unknown, and which may be the manager's.
 */
static void check_answer(const struct node *node, size_t n, size_t n_manager, size_t n_hidden)
{
	const struct ejg_survey *survey = node->survey;

	if (n == 0 && survey->epmd_answered)
		node_say(node, "unseen", "epmd", NULL, NULL, "epmd answers on port %u, but its listener cannot be seen",
			 node->facts->epmd_port);
	else if (n == 0)
		node_say(
			node, "epmd-absent", "epmd", NULL, NULL,
			"no process listens on port %u now: until epmd starts, any user of this host can take the port",
			node->facts->epmd_port);
	else if (survey->epmd_answered && !node->foreign_epmd)
		node_say(node, "epmd", "epmd", NULL, NULL, "answers on port %u", node->facts->epmd_port);
	else if (!survey->epmd_answered && n_hidden && !node->foreign_epmd)
		node_say(node, "unseen", "epmd", NULL, NULL,
			 "the process that listens on port %u cannot be seen%s%.300s", node->facts->epmd_port,
			 survey->epmd_note ? ": " : "", survey->epmd_note ? survey->epmd_note : "");
	else if (!survey->epmd_answered && n_manager < n && !node->foreign_epmd)
		node_say(node, "epmd-silent", "epmd", NULL, NULL, "the answer on port %u is not epmd's%s%.300s",
			 node->facts->epmd_port, survey->epmd_note ? ": " : "",
			 survey->epmd_note ? survey->epmd_note : "");
}

/* True if two settings have their values from one line: DefaultEnvironment=, or a drop-in of all services. */
static bool is_same_line(const struct node *node, const char *one, const char *other)
{
	const struct ejg_setting *a = ejg_survey_setting(node->survey, one);
	const struct ejg_setting *b = ejg_survey_setting(node->survey, other);

	return a && b && a->origin.file && b->origin.file && strcmp(a->origin.file, b->origin.file) == 0 &&
	       a->origin.line == b->origin.line;
}

void node_check_epmd(struct node *node)
{
	/* of the service's unit, and of epmd's */
	static const char *const addresses[] = { "ERL_EPMD_ADDRESS", "epmd-address" };
	size_t n = 0, n_loopback = 0, n_manager = 0, n_hidden = 0;
	const struct ejg_listener *only = NULL;
	bool socket = false;

	if (node->without_epmd) {
		node_say(node, "epmd-unused", "epmd", NULL, NULL, "%s does not use epmd", node->facts->kind->title);
		return;
	}
	for (size_t i = 0; i < node->survey->n_listeners; i++) {
		const struct ejg_listener *listener = ejg_listener_get(node->survey, i);

		if (listener->port != node->facts->epmd_port)
			continue;
		node->foreign_epmd |= !check_listener(node, listener);
		socket |= socket_owns(node, listener);
		only = n++ ? NULL : listener;
		n_loopback += prefix_is_loopback(&listener->address);
		n_hidden += listener->pid == 0;
		n_manager += listener->pid == MANAGER && !node_process(node, MANAGER);
	}
	socket |= n == 0 && node->world->epmd_socket;
	for (size_t i = 0; i < ARRAY_SIZE(addresses); i++)
		if (node_value(node, addresses[i]) && !(i && is_same_line(node, addresses[0], addresses[i])))
			check_address(node, addresses[i], socket, only);
	check_cluster(node, n, n_loopback);
	if (!node->world->image)
		check_answer(node, n, n_manager, n_hidden);
}
