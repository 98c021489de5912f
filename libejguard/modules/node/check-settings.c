/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys that are set twice or overridden, and TLS. */
#include <string.h>

#include "libejguard/modules/node/node.h"
#include "libejguard/util/address.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/port-window.h"

/* In this order: a derived setting comes after its sources, and is not reported again. */
static const char *const watched[] = {
	"ERLANG_NODE",	 "FIREWALL_WINDOW", "INET_DIST_INTERFACE", "ERL_DIST_PORT", "ERL_EPMD_ADDRESS",
	"ERL_EPMD_PORT", "ERL_OPTIONS",	    "ERL_AFLAGS",	   "ERL_FLAGS",	    "ERL_ZFLAGS",
	"VMARGS",	 "name-kind",	    "dist-range",	   "tls-dist",
};

/* A file that sets a key many times is reported once for each of its first lines. */
#define MAX_OVERRIDES 16

static bool same_place(const struct ejg_setting *a, const struct ejg_setting *b)
{
	return a->origin.line == b->origin.line && strcmp(a->origin.file, b->origin.file) == 0;
}

/* What the line sets, for people who do not know the names of settings that are derived from it. */
static const char *title(const char *name)
{
	return strcmp(name, "dist-range") == 0	? "the range of the distribution"
	       : strcmp(name, "name-kind") == 0 ? "the kind of the node's name"
	       : strcmp(name, "tls-dist") == 0	? "-proto_dist"
						: name;
}

static void check_overridden(const struct node *node)
{
	const struct ejg_setting *said[MAX_OVERRIDES];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(watched); i++) {
		for (size_t j = 0; j < node->survey->n_settings && n < MAX_OVERRIDES; j++) {
			const struct ejg_setting *setting = ejg_setting_get(node->survey, j);
			bool again = false;

			if (setting->state != EJG_SETTING_OVERRIDDEN || strcmp(setting->name, watched[i]) != 0 ||
			    !node_is_written(setting))
				continue;
			for (size_t k = 0; k < n && !again; k++)
				again = same_place(said[k], setting);
			if (again)
				continue;
			said[n++] = setting;
			node_say(node, "setting-overridden", title(setting->name), setting, NULL,
				 "is set here but has no effect%s%.300s", setting->note ? ": " : "",
				 setting->note ? setting->note : "");
		}
	}
}

static void check_dist_port(const struct node *node)
{
	const struct ejg_setting *where = ejg_survey_setting(node->survey, "ERL_OPTIONS");
	const char *options = node_value(node, "ERL_OPTIONS"), *fixed = node_value(node, "ERL_DIST_PORT");
	uint16_t port;

	if (node->n_dist_port > 1)
		node_say(
			node, "dist-port-twice", "-erl_epmd_port", where, NULL,
			"is set twice (ERL_DIST_PORT, ERL_OPTIONS): Erlang then ignores both and listens on the range, "
			"or on a random port%s",
			node_is_local(node) ? " of the loopback address" : "");
	else if (node->n_dist_port && (!fixed || port_window_read_fixed(fixed, &port) == PORT_WINDOW_RANGE))
		node_say(node, "epmd-unused", "ERL_DIST_PORT", ejg_survey_setting(node->survey, "ERL_DIST_PORT"), NULL,
			 "the node has a fixed port and does not need epmd; if epmd runs, it lists the node "
			 "nevertheless");
	else if (options && node_count_word(options, "-start_epmd"))
		node_say(node, "epmd-unused", "-start_epmd", where, NULL,
			 "the node does not start epmd, and cannot start without a running one");
}

static void check_epmd_port(const struct node *node)
{
	const char *value = node_value(node, "ERL_EPMD_PORT");
	uint16_t port;

	if (!value || (port_parse(value, &port) == 0 && port == node->facts->epmd_port))
		return;
	node_say(node, "epmd-port-differs", "ERL_EPMD_PORT", ejg_survey_setting(node->survey, "ERL_EPMD_PORT"), NULL,
		 "the service uses epmd on port " NODE_TEXT ", but the stack guards port %u", value,
		 node->facts->epmd_port);
}

/* For epmd's own units: the unit that makes the socket decides. */
static void check_epmd_units(const struct node *node)
{
	const char *value = node_value(node, "epmd-port");
	struct ejg_prefix address;
	bool listens = false;
	uint16_t port;

	for (size_t i = 0; i < node->survey->n_settings && node->world->epmd_socket; i++) {
		const struct ejg_setting *setting = ejg_setting_get(node->survey, i);

		if (strcmp(setting->name, "epmd-listen") != 0)
			continue;
		listens = true;
		if (!address_port_read(setting->value, &address, &port) || port == node->facts->epmd_port)
			continue;
		node_say(node, "epmd-port-differs", setting->value, setting, NULL,
			 "epmd's socket listens on port %u, but the stack guards port %u", port,
			 node->facts->epmd_port);
	}
	if (!value || listens || (port_parse(value, &port) == 0 && port == node->facts->epmd_port))
		return;
	node_say(node, "epmd-port-differs", "ERL_EPMD_PORT", ejg_survey_setting(node->survey, "epmd-port"), NULL,
		 "epmd's unit sets epmd's port to " NODE_TEXT ", but the stack guards port %u", value,
		 node->facts->epmd_port);
}

static void check_not_assigned(const struct node *node)
{
	for (size_t i = 0; i < node->survey->n_settings; i++) {
		const struct ejg_setting *setting = ejg_setting_get(node->survey, i);

		if (strcmp(setting->name, "not-assigned") == 0)
			node_say(node, "not-assigned", setting->value, setting, NULL,
				 "is not set here: with a blank before =, the shell takes the name for a command");
	}
}

void node_check_settings(const struct node *node)
{
	check_not_assigned(node);
	check_overridden(node);
	check_dist_port(node);
	check_epmd_port(node);
	check_epmd_units(node);
}

static bool is_tls(const char *protocol)
{
	return protocol && (strcmp(protocol, "inet_tls") == 0 || strcmp(protocol, "inet6_tls") == 0);
}

/* A running node without TLS, by its -proto_dist. */
static const struct ejg_process *running_without_tls(const struct node *node)
{
	const char *protocol;

	for (size_t i = 0; i < node->survey->n_processes; i++) {
		const struct ejg_process *process = ejg_process_get(node->survey, i);

		if (!node_is_service(process))
			continue;
		node_argument(process, "-proto_dist", &protocol);
		if (!is_tls(protocol))
			return process;
	}
	return NULL;
}

void node_check_tls(const struct node *node)
{
	const struct ejg_setting *where = ejg_survey_setting(node->survey, "tls-dist");
	const bool configured = is_tls(node_value(node, "tls-dist"));
	const struct ejg_process *plain = running_without_tls(node);
	const bool required = node->config->tls == NODE_TLS_REQUIRED;

	if (node->config->tls == NODE_TLS_OPTIONAL || (!required && node->facts->n_peers == 0))
		return;
	if (configured && !plain) {
		node_say(node, "tls", "distribution", where, NULL, "runs over TLS");
		return;
	}
	if (where && where->state == EJG_SETTING_INDETERMINATE && !required) {
		node_say(node, "tls-unknown", "distribution", where, NULL, "cannot be told%s%.300s",
			 where->note ? ": " : "", where->note ? where->note : "");
		return;
	}
	if (configured)
		node_say(node, required ? "tls-missing" : "tls-off", "distribution", where, NULL,
			 "TLS is configured, but the running node (pid %d) was started without it", (int)plain->pid);
	else
		node_say(node, required ? "tls-missing" : "tls-off", "distribution", where, NULL,
			 "is not encrypted between the nodes: anybody on the network path can read it and take over a "
			 "connection");
}
