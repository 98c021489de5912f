/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * INET_DIST_INTERFACE. ejabberdctl lets inet:parse_address/1 read it, and ignores it without a message when that fails.
 * Measured with OTP 25.2.3: Erlang fails with badarg for an address of the other family, eaddrnotavail for an address
 * of another host, einval for a link-local one (it drops the zone); the node then does not start.
 */
#include <netinet/in.h>
#include <string.h>

#include "libejguard/modules/node/node.h"
#include "libejguard/util/address.h"

/*
 * The loopback address of the distribution's family. NULL if others could then not reach the node: a cluster, or
 * ejabberdctl, which connects to the address of the name's host part.
 */
static const char *propose(const struct node *node, const struct ejg_setting *where, char text[static NODE_REMEDY_SIZE])
{
	const struct node_host *host = &node->world->host;

	if (!ejg_kind_is(node->facts, "ejabberd"))
		return NULL;
	for (size_t i = 0; i < host->n; i++)
		if (!prefix_is_loopback(&host->addresses[i]))
			return "set INET_DIST_INTERFACE to the address of this host to which the host part of "
			       "ERLANG_NODE resolves, then restart the service";
	if (node->facts->n_peers > 0)
		return "set INET_DIST_INTERFACE to this host's address on the cluster's network, then restart the "
		       "service";
	return node_edit(node, node->ipv6 ? "INET_DIST_INTERFACE=::1" : "INET_DIST_INTERFACE=127.0.0.1", where, text);
}

static struct ejg_prefix to_prefix(const struct erl_address *inet)
{
	struct ejg_prefix prefix = { .length = 128 };

	if (inet->is_ipv6) {
		memcpy(prefix.bytes, inet->bytes, 16);
	} else {
		memset(prefix.bytes + 10, 0xff, 2);
		memcpy(prefix.bytes + 12, inet->bytes, 4);
	}
	return prefix;
}

/*
 * The address that a value means which Erlang does not take: {10,0,0,5}, [::1], one with a line end of another system.
 * NULL when there is none that others could reach.
 */
static const char *mean(const struct node *node, const char *value, const struct ejg_setting *where,
			char text[static NODE_REMEDY_SIZE])
{
	static const char name[] = "INET_DIST_INTERFACE=";
	char setting[sizeof(name) + INET6_ADDRSTRLEN] = "";
	struct erl_address address;
	struct ejg_prefix prefix;
	size_t n = strlen(name);

	memcpy(setting, name, n);
	for (; *value && n < sizeof(setting) - 1; value++)
		if (!strchr("{}[]\"' \t\r\n", *value))
			setting[n++] = *value == ',' ? '.' : *value;
	if (*value || !erl_address_read(setting + strlen(name), &address) || address.is_ipv6 != node->ipv6)
		return NULL;
	prefix = to_prefix(&address);
	if (prefix_is_wildcard(&prefix) || (prefix_is_loopback(&prefix) && node->facts->n_peers > 0))
		return NULL;
	return node_edit(node, setting, where, text);
}

/* The reason why a node with this interface does not start or cannot be reached; NULL when it works. */
static const char *why_unusable(const struct node *node, const struct ejg_prefix *address)
{
	const struct erl_address *inet = &node->interface;

	if (inet->is_ipv6 != node->ipv6)
		return inet->is_ipv6 ? "is an IPv6 address, but the distribution uses IPv4 (no -proto_dist inet6_tcp): "
				       "the node does not start"
				     : "is an IPv4 address, but the distribution uses IPv6 (-proto_dist): the node "
				       "does not start";
	if (prefix_is_link_local(address))
		return "is a link-local address, and Erlang ignores its zone: the node does not start";
	if (inet->is_ipv6 ? inet->bytes[0] == 0xff : inet->bytes[0] >= 224)
		return "is a multicast or reserved address: nobody can connect to the node";
	if (!node->world->interface_bindable)
		return "is not an address of this host: the node does not start";
	return NULL;
}

static bool host_leads_there(const struct node *node, const struct ejg_prefix *address)
{
	const struct node_host *host = &node->world->host;

	for (size_t i = 0; i < host->n; i++)
		if (memcmp(host->addresses[i].bytes, address->bytes, 16) == 0)
			return true;
	return host->n == 0;
}

static void check_address(const struct node *node, const char *value, const struct ejg_setting *where)
{
	const struct ejg_prefix address = to_prefix(&node->interface);
	const char *problem = why_unusable(node, &address);
	char text[EJG_PREFIX_TEXT_SIZE], host[EJG_PREFIX_TEXT_SIZE], edit[NODE_REMEDY_SIZE];

	ejg_prefix_format(&address, text);
	if (problem)
		node_say(node, "interface-unusable", value, where, propose(node, where, edit), "%s", problem);
	else if (prefix_is_wildcard(&address))
		node_say(node, "interface-everywhere", value, where, NULL, "means all addresses of this host");
	else if (prefix_is_loopback(&address) && node->facts->n_peers > 0)
		node_say(node, "interface-loopback", value, where, NULL,
			 "the node listens on %s, which the other nodes (set peers) cannot reach", text);
	else if (!host_leads_there(node, &address))
		node_say(node, "interface-mismatch", value, where, NULL,
			 "the node listens only on %s, but the host part of its name resolves to %s: %s and other "
			 "nodes cannot connect",
			 text, ejg_prefix_format(&node->world->host.addresses[0], host), node_tool(node));
	else
		node_say(node, "interface", value, where, NULL, "the node listens on %s only", text);
}

/* The survey has erl's flag, which wins if it comes first, under the same name. */
static bool is_flag(const struct ejg_setting *where)
{
	return where->note && strstr(where->note, "inet_dist_use_interface");
}

static void say_ignored(const struct node *node, const char *value, const struct ejg_setting *where)
{
	char edit[NODE_REMEDY_SIZE];
	const char *remedy = mean(node, value, where, edit);

	node_say(node, "interface-ignored", value, where, remedy ? remedy : propose(node, where, edit),
		 "is not an address for Erlang: ejabberdctl ignores it without a message, and the node listens on all "
		 "addresses");
}

void node_check_interface(const struct node *node)
{
	const struct ejg_setting *where = ejg_survey_setting(node->survey, "INET_DIST_INTERFACE");
	const char *value = node_value(node, "INET_DIST_INTERFACE");
	char edit[NODE_REMEDY_SIZE];

	if (where && where->state == EJG_SETTING_INDETERMINATE)
		node_say(node, "interface-unknown", "INET_DIST_INTERFACE", where, NULL, "cannot be told%s%.300s",
			 where->note ? ": " : "", where->note ? where->note : "");
	else if (!value)
		node_say(node, "interface-everywhere", "INET_DIST_INTERFACE", NULL, propose(node, NULL, edit),
			 "is not set: the node listens on all addresses%s",
			 node->facts->n_peers ? "" : "; without a cluster loopback is enough");
	else if (!node->has_interface && is_flag(where))
		node_say(node, "interface-unusable", value, where, NULL,
			 "inet_dist_use_interface takes an Erlang tuple such as {127,0,0,1}: the node does not start");
	else if (!node->has_interface)
		say_ignored(node, value, where);
	else
		check_address(node, value, where);
}
