/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compares the configured listeners with the ports of the stack, and with the existing listeners. */
#include <stdio.h>
#include <string.h>

#include "libejguard/modules/config/config.h"
#include "libejguard/util/address.h"

static bool is_public(const struct config_check *check, uint16_t port)
{
	return port_in_ranges(check->facts->public_ports, check->facts->n_public_ports, port);
}

/* The use of a port by Erlang, or NULL. */
static const char *private_use(const struct config_check *check, uint16_t port)
{
	if (port == check->facts->epmd_port)
		return "epmd's";
	return port_in_ranges(check->facts->dist, check->facts->n_dist, port) ? "one of the distribution range" : NULL;
}

/* True for the port of mod_proxy65's own listener; the default is 7777. */
static bool is_proxy65(const struct config_check *check, uint16_t port)
{
	for (size_t i = 0; i < check->yml.n_hosts; i++) {
		const struct yml_pair *module =
			yml_find(yml_option(&check->yml, &check->yml.hosts[i], "modules").value, "mod_proxy65");
		const struct yml_node *node = module ? yml_value(module->value, "port") : NULL;
		int64_t own = 7777;

		if (!module)
			continue;
		yml_integer(node, &own);
		if (own == port)
			return true;
	}
	return false;
}

static bool is_configured(const struct config_check *check, uint16_t port)
{
	for (size_t i = 0; i < check->n_listeners; i++)
		if (!check->listeners[i].udp && check->listeners[i].port == port)
			return true;
	return is_proxy65(check, port);
}

static bool has_unknown(const struct config_check *check)
{
	for (size_t i = 0; i < check->n_listeners; i++)
		if (check->listeners[i].unknown || (!check->listeners[i].port && !check->listeners[i].socket))
			return true;
	return false;
}

static void check_listener(struct config_check *check, const struct config_listener *listener)
{
	const char *use;

	if (!listener->port || listener->udp)
		return;
	use = private_use(check, listener->port);
	if (use)
		config_finding(check, "listen-private", listener->name, listener->place, NULL,
			       "%s has a private port: it is %s", listener->name, use);
	else if (listener->public && check->facts->n_public_ports && !is_public(check, listener->port))
		config_finding(
			check, "listen-not-public", listener->name, listener->place,
			arena_printf(check->arena,
				     "set ip: \"127.0.0.1\", or, for the world, add %u to 'set public' in %s",
				     listener->port, check->facts->stack_file ? check->facts->stack_file : "the stack"),
			"%s is not in 'set public': with strict=yes no stranger can connect to it", listener->name);
}

static void check_public_port(struct config_check *check, uint16_t port)
{
	const struct ejg_origin *origin = &check->facts->public_origin;
	const struct yml_node place = { .file = origin->file, .line = origin->line };
	const char *file = origin->file ? origin->file : "the stack";
	char subject[16];

	if (is_configured(check, port))
		return;
	snprintf(subject, sizeof(subject), "%u", port);
	config_finding(
		check, "public-unserved", subject, &place,
		arena_printf(check->arena, "remove %u from 'set public' in %s:%u", port, file, origin->line),
		"'set public' lets everybody connect to port %u, but no listener in the configuration has this port",
		port);
}

/* A wide range is a policy: some of its ports may have no listener. */
enum { MAX_SINGLE_PORTS = 32, MAX_RANGES = 256 };

static void check_public(struct config_check *check)
{
	if (has_unknown(check))
		return;
	for (size_t i = 0; i < check->facts->n_public_ports && i < MAX_RANGES; i++) {
		const struct ejg_port_range *range = &check->facts->public_ports[i];

		for (uint32_t port = range->first; range->last - range->first < MAX_SINGLE_PORTS && port <= range->last;
		     port++)
			check_public_port(check, port);
	}
}

static bool is_node(const struct config_check *check, const struct ejg_listener *listener)
{
	for (size_t i = 0; i < check->survey->n_processes; i++)
		if (ejg_process_get(check->survey, i)->pid == listener->pid)
			return ejg_process_get(check->survey, i)->role == EJG_PROCESS_NODE;
	return false;
}

/* True if a node of the service has listeners: before it listens nothing can be compared. */
static bool is_running(const struct config_check *check)
{
	for (size_t i = 0; i < check->survey->n_listeners; i++)
		if (ejg_listener_get(check->survey, i)->in_service &&
		    is_node(check, ejg_listener_get(check->survey, i)) &&
		    is_configured(check, ejg_listener_get(check->survey, i)->port))
			return true;
	return false;
}

static bool exists(const struct config_check *check, uint16_t port)
{
	for (size_t i = 0; i < check->survey->n_listeners; i++)
		if (ejg_listener_get(check->survey, i)->port == port)
			return true;
	return false;
}

/* True for the node's own distribution listener: by epmd's answer, or by the range. */
static bool is_distribution(const struct config_check *check, uint16_t port)
{
	for (size_t i = 0; i < check->survey->n_epmd_names; i++)
		if (ejg_epmd_name_get(check->survey, i)->port == port)
			return true;
	return private_use(check, port);
}

static void check_unknown(struct config_check *check, const struct ejg_listener *listener)
{
	char text[EJG_PREFIX_TEXT_SIZE], subject[EJG_PREFIX_TEXT_SIZE + 16];

	if (!listener->in_service || !is_node(check, listener) || is_configured(check, listener->port) ||
	    is_distribution(check, listener->port))
		return;
	/* It may be a random distribution port, because epmd did not answer. */
	if (check->facts->dist_state != EJG_DIST_FIXED && !check->survey->epmd_answered)
		return;
	snprintf(subject, sizeof(subject), "%s port %u", ejg_prefix_format(&listener->address, text), listener->port);
	config_finding(
		check, "listener-unknown", subject, NULL, NULL,
		"the service listens there, but the port is neither in the configuration nor registered with epmd");
}

static void check_real(struct config_check *check)
{
	if (!check->survey || !is_running(check))
		return;
	for (size_t i = 0; i < check->n_listeners; i++) {
		const struct config_listener *listener = &check->listeners[i];

		if (listener->port && !listener->udp && !exists(check, listener->port))
			config_finding(check, "listener-missing", listener->name, listener->place, NULL,
				       "%s is configured, but no process listens there", listener->name);
	}
	for (size_t i = 0; !has_unknown(check) && i < check->survey->n_listeners; i++)
		check_unknown(check, ejg_listener_get(check->survey, i));
}

void check_ports(struct config_check *check)
{
	for (size_t i = 0; i < check->n_listeners; i++)
		check_listener(check, &check->listeners[i]);
	check_public(check);
	check_real(check);
}
