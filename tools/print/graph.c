/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A graph for graphviz of clients and the ports they reach: strangers, the peers, the local users and those who need
 * the ports, and the service's ports. An arrow is red if nothing refuses clients that should have no access. The labels
 * also say so, and that peers are refused who should have it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "libejguard/util/cleanup.h"
#include "tools/base/text.h"
#include "tools/base/user-name.h"
#include "tools/print/print.h"
#include "tools/print/words.h"

enum { MAX_NAMES = 8 };

struct graph {
	const struct report *report;
	const struct ejg_facts *facts;
	const struct ejg_survey *survey;
	FILE *out;
};

/* In a quoted string; what comes from outside may be anything. */
static void put(const struct graph *graph, const char *text)
{
	cleanup_free char *printable = text_printable(text);

	for (const char *p = printable ? printable : ""; *p; p++)
		fprintf(graph->out, "%s%c", *p == '"' || *p == '\\' ? "\\" : "", *p);
}

static bool is_loopback(const struct ejg_listener *listener)
{
	char text[EJG_PREFIX_TEXT_SIZE];

	ejg_prefix_format(&listener->address, text);
	return strncmp(text, "127.", 4) == 0 || strcmp(text, "::1") == 0;
}

/*
 * A box for a port, with its listeners. @port: 0: not known, so that it may be any. Return: whether one of them is, or
 * may be, to be reached from elsewhere.
 */
static bool put_port(const struct graph *graph, const char *name, const char *title, uint16_t port)
{
	bool open = port == 0, any = false;

	fprintf(graph->out, "\t\t%s [label=\"%s", name, title);
	for (size_t i = 0; i < graph->survey->n_listeners; i++) {
		const struct ejg_listener *listener = ejg_listener_get(graph->survey, i);
		cleanup_free char *endpoint = listener->port == port ? words_endpoint(listener) : NULL;

		if (!endpoint)
			continue;
		fputs("\\n", graph->out);
		put(graph, endpoint);
		any = true;
		open |= !is_loopback(listener);
	}
	fprintf(graph->out, "%s\"];\n", any ? "" : port ? "\\nno listener seen" : "\\nport not known");
	return open;
}

static void put_node(const struct graph *graph)
{
	fputs("\t\tnode_ [shape=box3d, label=\"", graph->out);
	put(graph, graph->facts->service ? graph->facts->service : "the service");
	for (size_t i = 0, n = 0; i < graph->survey->n_processes && n < MAX_NAMES; i++) {
		const struct ejg_process *process = ejg_process_get(graph->survey, i);

		if (process->role != EJG_PROCESS_NODE || !process->in_service)
			continue;
		n++;
		fputs("\\n", graph->out);
		put(graph, process->node ? process->node : "a node");
	}
	fputs("\"];\n", graph->out);
}

static int put_public(const struct graph *graph)
{
	cleanup_free char *ports = words_ranges(graph->facts->public_ports, graph->facts->n_public_ports);

	if (!ports)
		return -ENOMEM;
	fputs("\t\tpublic [label=\"public ports\\n", graph->out);
	put(graph, *ports ? ports : "none");
	fputs("\"];\n", graph->out);
	return 0;
}

static void put_peers(const struct graph *graph)
{
	char text[EJG_PREFIX_TEXT_SIZE];

	if (graph->facts->n_peers == 0)
		return;
	fputs("\tpeers [shape=ellipse, label=\"peers", graph->out);
	for (size_t i = 0; i < graph->facts->n_peers && i < MAX_NAMES; i++) {
		const struct ejg_peer *peer = ejg_peer_get(graph->facts, i);

		fputs("\\n", graph->out);
		put(graph, peer->name ? peer->name : ejg_prefix_format(&peer->prefix, text));
	}
	if (graph->facts->n_peers > MAX_NAMES)
		fprintf(graph->out, "\\nand %zu more", graph->facts->n_peers - MAX_NAMES);
	fputs("\"];\n", graph->out);
}

/* Those whom the module host lets through; without it everybody on this host. */
static void put_local(const struct graph *graph)
{
	const struct ejg_facts *facts = graph->facts;

	fputs("\t\tlocal [shape=ellipse, label=\"root and the service", graph->out);
	for (size_t i = 0; i < facts->n_users && i < MAX_NAMES; i++) {
		cleanup_free char *name = user_name(facts->root, facts->users[i]);

		fputs("\\n", graph->out);
		put(graph, name ? name : "a user");
	}
	if (facts->n_users > MAX_NAMES)
		fprintf(graph->out, "\\nand %zu more", facts->n_users - MAX_NAMES);
	fputs("\"];\n\t\tusers [shape=ellipse, label=\"other local users\"];\n", graph->out);
}

#define RED "color=\"#b00000\", fontcolor=\"#b00000\", "
#define GREEN "color=\"#004d1a\", fontcolor=\"#004d1a\", "

static void put_edge(const struct graph *graph, const char *who, const char *port, bool listens, const char *style)
{
	fprintf(graph->out, "\t%s -> %s [%s];\n", who, port,
		listens ? style : "style=dotted, arrowhead=tee, label=\"listens elsewhere\"");
}

/* Clients that should have no access. */
static const char *const forbidden[] = {
	[REACH_UNKNOWN] = "style=dotted, label=\"not known\"",
	[REACH_OPEN] = RED "penwidth=2, label=\"NOT REFUSED\"",
	[REACH_REFUSED] = GREEN "style=dashed, arrowhead=tee, label=\"refused\"",
};

/* Peers. */
static const char *const admitted[] = {
	[REACH_UNKNOWN] = "style=dotted, label=\"not known\"",
	[REACH_OPEN] = "label=\"allowed\"",
	[REACH_REFUSED] = RED "style=dashed, arrowhead=tee, label=\"REFUSED\"",
};

static void put_edges(const struct graph *graph, bool epmd, bool dist)
{
	const struct report *report = graph->report;
	static const char *const ports[] = { "epmd", "dist" };
	const bool open[] = { epmd, dist };

	fputs("\tstrangers -> public [label=\"allowed\"];\n", graph->out);
	for (size_t i = 0; i < ARRAY_SIZE(ports); i++) {
		put_edge(graph, "strangers", ports[i], open[i], forbidden[report->reach.strangers[i]]);
		if (graph->facts->n_peers > 0)
			put_edge(graph, "peers", ports[i], open[i], admitted[report->reach.peers[i]]);
		fprintf(graph->out, "\tlocal -> %s [label=\"allowed\"];\n", ports[i]);
		put_edge(graph, "users", ports[i], true, forbidden[report->reach.users[i]]);
		fprintf(graph->out, "\t%s -> node_ [arrowhead=none];\n", ports[i]);
	}
	fputs("\tpublic -> node_ [arrowhead=none];\n", graph->out);
}

int print_graph(const struct report *report, FILE *out)
{
	const struct graph graph = { report, ejg_facts_get(report->handle), ejg_survey_get(report->handle), out };
	bool epmd, dist;
	int r;

	if (!graph.facts || !graph.survey)
		return 0;
	fputs("digraph ejguard {\n\trankdir=LR;\n\tranksep=1.6;\n\tnodesep=0.4;\n\tfontname=\"sans-serif\";\n\tnode "
	      "[shape=box, fontname=\"sans-serif\"];\n"
	      "\tedge [fontname=\"sans-serif\", fontsize=11];\n\tlabelloc=t;\n\tlabel=\"who reaches what of ",
	      out);
	put(&graph, graph.facts->service ? graph.facts->service : "the service");
	fputs("\";\n\tstrangers [shape=ellipse];\n", out);
	put_peers(&graph);
	fputs("\tsubgraph cluster_host {\n\t\tlabel=\"this host\";\n\t\tlabeljust=l;\n", out);
	put_local(&graph);
	r = put_public(&graph);
	epmd = put_port(&graph, "epmd", "epmd", graph.facts->epmd_port);
	dist = put_port(&graph, "dist", "distribution", report->reach.dist_port);
	put_node(&graph);
	fputs("\t}\n", out);
	put_edges(&graph, epmd, dist);
	fputs("}\n", out);
	return r;
}
