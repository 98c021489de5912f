/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The node's name, and the address to which its host part leads ejabberdctl and the other nodes. */
#include <stdio.h>
#include <string.h>

#include "libejguard/modules/node/node.h"

/* ejabberd's database belongs to one node name. */
#define RENAME "\nthe database belongs to the old name: move it as described in ejabberd's guide"

static const char *source_name(enum node_host_source source)
{
	switch (source) {
	case NODE_HOST_LITERAL:
		return "is an address";
	case NODE_HOST_INETRC:
		return "from Erlang's inetrc";
	case NODE_HOST_FILE:
		return "from /etc/hosts";
	default:
		return "from DNS";
	}
}

static void check_kind(const struct node *node, const char *name, const struct ejg_setting *where)
{
	const bool long_wanted = node->config->names == NODE_NAMES_LONG;

	if (node->config->names == NODE_NAMES_ANY || node->name.is_long == long_wanted)
		return;
	node_say(node, "name-kind", name, where, NULL, "is a %s name, but the stack asks for a %s one",
		 node->name.is_long ? "long" : "short", long_wanted ? "long" : "short");
}

static void check_source(const struct node *node, const char *name, const char *host, const struct ejg_setting *where)
{
	char address[EJG_PREFIX_TEXT_SIZE], remedy[NODE_REMEDY_SIZE];

	if (node->world->host.source != NODE_HOST_RESOLVER)
		return;
	ejg_prefix_format(&node->world->host.addresses[0], address);
	/* The remedy does not contain the resolved address, because that one cannot be trusted. */
	if (node->facts->n_peers == 0)
		snprintf(remedy, sizeof(remedy), "run: echo '%s %.253s' >> /etc/hosts",
			 node->ipv6 ? "::1" : "127.0.0.1", host);
	else
		snprintf(remedy, sizeof(remedy),
			 "write this host's own address on the cluster's network and the name %.253s into /etc/hosts",
			 host);
	node_say(node, "host-dns", name, where, remedy,
		 "%s is not in /etc/hosts; DNS resolves it to %s. Whoever controls this DNS answer decides where %s "
		 "and the other nodes connect",
		 host, address, node_tool(node));
}

enum { LONG_REMEDY_SIZE = NODE_REMEDY_SIZE + sizeof(RENAME) };

/* Proposes a name with an address as its host part: no file and no resolver can change it. */
static const char *remedy_rename(const struct node *node, const struct ejg_setting *where,
				 char text[static LONG_REMEDY_SIZE])
{
	char edit[NODE_REMEDY_SIZE];

	if (!ejg_kind_is(node->facts, "ejabberd"))
		return node->facts->kind->name_remedy;
	if (node->facts->n_peers)
		snprintf(text, LONG_REMEDY_SIZE,
			 "set ERLANG_NODE=ejabberd@ADDRESS in ejabberdctl.cfg, with an address of this host" RENAME);
	else
		snprintf(text, LONG_REMEDY_SIZE, "%s" RENAME,
			 node_edit(node, "ERLANG_NODE=ejabberd@localhost", where, edit));
	return text;
}

static void check_class(const struct node *node, const char *name, const char *host, const struct ejg_setting *where)
{
	const struct node_host *found = &node->world->host;
	char address[EJG_PREFIX_TEXT_SIZE], remedy[LONG_REMEDY_SIZE];

	ejg_prefix_format(&found->addresses[0], address);
	if (node->class == NODE_CLASS_ELSEWHERE && !node->world->image)
		node_say(node, "host-elsewhere", name, where,
			 found->source == NODE_HOST_LITERAL ? remedy_rename(node, where, remedy) : NULL,
			 "%s resolves to %s (%s), which is not an address of this host: %s connects to that host and "
			 "logs in there with the cookie",
			 host, address, source_name(found->source), node_tool(node));
	else if (node->class == NODE_CLASS_OWN && node->facts->n_peers == 0)
		node_say(node, "host-public", name, where, remedy_rename(node, where, remedy),
			 "%s resolves to %s (%s): without a cluster nobody needs the node there, and %s uses the "
			 "public address, so a node on loopback is not found",
			 host, address, source_name(found->source), node_tool(node));
	else if (node->class == NODE_CLASS_LOOPBACK && node->facts->n_peers > 0)
		node_say(node, "host-loopback", name, where, NULL,
			 "%s resolves to %s (%s): other nodes (set peers) that use this name connect to themselves",
			 host, address, source_name(found->source));
	else
		node_say(node, "name", name, where, NULL, "a %s name; %s resolves to %s (%s)",
			 node->name.is_long ? "long" : "short", host, address, source_name(found->source));
}

static void check_host(const struct node *node, const char *name, const struct ejg_setting *where)
{
	const char *host = node->name.has_host ? node->name.host : node->world->hostname;
	char remedy[LONG_REMEDY_SIZE];

	if (!node->name.has_host)
		node_say(node, "name-hostname", name, where, NULL,
			 "has no host part, so Erlang adds this host's name, %s; if that changes, the node no longer "
			 "finds its database",
			 *host ? host : "which is not known here");
	if (!*host)
		return;
	switch (node->world->host.source) {
	case NODE_HOST_UNKNOWN:
		node_say(node, "host-unresolved", name, where,
			 strchr(host, ':') ? remedy_rename(node, where, remedy) : NULL,
			 "%s does not resolve to an %s address: %s and other nodes cannot find the node", host,
			 node->ipv6 ? "IPv6" : "IPv4", node_tool(node));
		return;
	case NODE_HOST_TIMEOUT:
		node_say(node, "host-unanswered", name, where, NULL,
			 "%s is not in /etc/hosts, and DNS did not answer within %d seconds", host,
			 NODE_HOST_TIMEOUT_MS / 1000);
		return;
	case NODE_HOST_UNASKED:
		node_say(node, "host-unanswered", name, where, NULL,
			 "%s is not in the image's /etc/hosts; DNS can only be asked on the running host", host);
		return;
	default:
		check_source(node, name, host, where);
		check_class(node, name, host, where);
	}
}

void node_check_name(struct node *node)
{
	const struct ejg_setting *where = ejg_survey_setting(node->survey, "ERLANG_NODE");
	const char *name = where && where->state == EJG_SETTING_KNOWN ? where->value : NULL;
	char edit[NODE_REMEDY_SIZE];

	if (!name) {
		node_say(node, "name-unknown", "ERLANG_NODE", where, NULL,
			 "cannot be determined without running the start script%s%.300s",
			 where && where->note ? ": " : "", where && where->note ? where->note : "");
		return;
	}
	if (node->name.problem) {
		node_say(node, "name-invalid", name, where,
			 node_edit(node, "ERLANG_NODE=ejabberd@localhost", where, edit), "%s", node->name.problem);
		return;
	}
	check_kind(node, name, where);
	node->class = node_host_classify(&node->world->host, node->world->own, node->world->n_own);
	check_host(node, name, where);
}
