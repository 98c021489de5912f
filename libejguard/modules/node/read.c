/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads the settings that several rules need, once. */
#include <string.h>

#include "libejguard/modules/node/node.h"
#include "libejguard/util/port-window.h"

size_t node_count_word(const char *text, const char *word)
{
	const size_t length = strlen(word);
	size_t found = 0;

	for (text += strspn(text, " \t\n"); *text; text += strspn(text, " \t\n")) {
		const size_t n = strcspn(text, " \t\n");

		found += n == length && strncmp(text, word, n) == 0;
		text += n;
	}
	return found;
}

static void read_range(struct node *node)
{
	const struct ejg_setting *setting = ejg_survey_setting(node->survey, "dist-range");
	struct ejg_port_range range;

	if (setting && setting->state == EJG_SETTING_KNOWN && setting->value &&
	    port_window_read(setting->value, &range) == PORT_WINDOW_RANGE)
		node->range = range;
	else if (!setting && node->facts->dist_state == EJG_DIST_FIXED && node->facts->n_dist)
		node->range = node->facts->dist[0];
}

void node_read(struct node *node)
{
	const char *name = node_value(node, "ERLANG_NODE"), *tls = node_value(node, "tls-dist");
	const char *interface = node_value(node, "INET_DIST_INTERFACE"), *kind = node_value(node, "name-kind");
	const char *options = node_value(node, "ERL_OPTIONS");

	node->alone = kind && strcmp(kind, "none") == 0;
	if (name && !node->alone) {
		node_name_read(name, &node->name);
		/* A -sname or -name in ERL_OPTIONS may override it. */
		if (kind)
			node->name.is_long = strcmp(kind, "long") == 0;
		node->name_known = !node->name.problem;
	}
	node->ipv6 = tls && strncmp(tls, "inet6", 5) == 0;
	node->without_epmd = node->facts->kind && node->facts->kind->without_epmd;
	node->n_dist_port = (node_value(node, "ERL_DIST_PORT") != NULL) +
			    (options ? node_count_word(options, "-erl_epmd_port") : 0);
	node->has_interface = interface && erl_address_read(interface, &node->interface);
	read_range(node);
}
