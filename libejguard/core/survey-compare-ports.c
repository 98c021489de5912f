/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The ports of the facts, of the configuration, and those on which the service really listens. */
#include <stdio.h>
#include <string.h>

#include "libejguard/core/survey-compare-parts.h"
#include "libejguard/util/address.h"
#include "libejguard/util/cleanup.h"

/* All ranges of the facts, as far as there is room. */
static const char *dist_text(const struct ejg_facts *facts, char text[static COMPARE_TEXT_SIZE])
{
	char range[COMPARE_TEXT_SIZE];
	size_t length = 0;

	text[0] = '\0';
	for (size_t i = 0; i < facts->n_dist && length + 16 < COMPARE_TEXT_SIZE; i++)
		length += (size_t)snprintf(text + length, COMPARE_TEXT_SIZE - length, "%s%.12s", i > 0 ? " " : "",
					   compare_range(facts->dist[i], range));
	return text;
}

/* Whether a range lies inside of the facts' ones, each port of it. */
static bool covers(const struct ejg_facts *facts, struct ejg_port_range range)
{
	for (uint32_t port = range.first; port <= range.last; port++)
		if (!port_in_ranges(facts->dist, facts->n_dist, (uint16_t)port))
			return false;
	return true;
}

/* `set dist` against what ejabberdctl would come to. */
static void compare_set_dist(const struct comparison *c)
{
	const struct ejg_setting *setting = ejg_survey_setting(c->survey, "dist-range");
	char ours[COMPARE_TEXT_SIZE], remedy[COMPARE_TEXT_SIZE];
	struct ejg_port_range range;

	if (!setting || c->facts->dist_origin.kind != EJG_ORIGIN_STACK)
		return;
	if (setting->state == EJG_SETTING_UNSET) {
		snprintf(remedy, sizeof(remedy), "edit: ejabberdctl.cfg: FIREWALL_WINDOW=%.24s",
			 dist_text(c->facts, ours));
		report_core(c->report, "discover-set-dist", "set dist", &c->facts->dist_origin, remedy,
			    "the stack names the range %s, and the configuration none: the node would listen on a "
			    "random port",
			    ours);
	} else if (setting->state == EJG_SETTING_KNOWN && port_range_parse(setting->value, &range) == 0 &&
		   !covers(c->facts, range)) {
		snprintf(remedy, sizeof(remedy), "edit: the stack file: set dist %.24s\nrun: ejguard apply", setting->value);
		report_core(c->report, "discover-set-dist", "set dist", &c->facts->dist_origin, remedy,
			    "the stack names the range %s, and the configuration %s (%s:%u)", dist_text(c->facts, ours),
			    setting->value, setting->origin.file ? setting->origin.file : "default",
			    setting->origin.line);
	}
}

/* The range that the node has by its arguments, against the one that it would be started with. */
static void compare_range_of(const struct comparison *c, const struct ejg_process *node)
{
	const struct ejg_setting *setting = ejg_survey_setting(c->survey, "dist-range");
	char subject[COMPARE_TEXT_SIZE], here[COMPARE_TEXT_SIZE], there[COMPARE_TEXT_SIZE], remedy[COMPARE_TEXT_SIZE];
	struct ejg_port_range range = { 0 }, started = { 0 };
	const bool has = compare_started_range(node, &started);

	if (!setting || (setting->state != EJG_SETTING_KNOWN && setting->state != EJG_SETTING_UNSET))
		return;
	if (setting->state == EJG_SETTING_KNOWN && port_range_parse(setting->value, &range) < 0)
		return;
	if (range.first == started.first && range.last == started.last)
		return;
	report_core(c->report, "discover-node-range", compare_process(node, subject), &setting->origin,
		    compare_restart(node, remedy), "it was started with %s%s, and %s%s is configured",
		    has ? "the distribution range " : "no range", has ? compare_range(started, here) : "",
		    range.first ? "the range " : "none", range.first ? compare_range(range, there) : "");
}

static void compare_interface(const struct comparison *c, const struct ejg_listener *listener)
{
	const struct ejg_setting *setting = ejg_survey_setting(c->survey, "INET_DIST_INTERFACE");
	const char *value = ejg_survey_value(c->survey, "INET_DIST_INTERFACE"), *problem;
	char subject[COMPARE_TEXT_SIZE];
	struct ejg_prefix wanted;

	if (!value || !*value)
		return;
	if (prefix_parse(value, &wanted, &problem) == 0 &&
	    memcmp(wanted.bytes, listener->address.bytes, sizeof(wanted.bytes)) == 0)
		return;
	report_core(c->report, "discover-dist-interface", compare_place(listener, subject), &setting->origin, NULL,
		    "the node's distribution listens there, and INET_DIST_INTERFACE is %s", value);
}

static void compare_dist(const struct comparison *c, const struct ejg_process *node)
{
	const struct ejg_listener *listener = compare_dist_listener(c, node);
	const struct ejg_facts *facts = c->facts;
	char subject[COMPARE_TEXT_SIZE], range[COMPARE_TEXT_SIZE];
	struct ejg_port_range started;

	compare_range_of(c, node);
	if (!listener)
		return;
	compare_interface(c, listener);
	compare_place(listener, subject);
	if (facts->dist_state == EJG_DIST_RANDOM && !compare_started_range(node, &started))
		report_core(c->report, "discover-dist-random", subject, &facts->dist_origin, NULL,
			    "the node's distribution listens there until the next start, which chooses another port");
	else if (facts->dist_state == EJG_DIST_FIXED && !port_in_ranges(facts->dist, facts->n_dist, listener->port))
		report_core(c->report, "discover-dist-outside", subject, &facts->dist_origin, NULL,
			    "the node's distribution listens there, outside of %s: the guards hold other ports",
			    dist_text(facts, range));
}

/* Whether a listener is the distribution of one of the service's nodes. */
static bool is_dist(const struct comparison *c, const struct ejg_listener *listener)
{
	for (size_t i = 0; i < c->survey->n_processes; i++)
		if (compare_is_ours(c, &c->survey->processes[i]) &&
		    compare_dist_listener(c, &c->survey->processes[i]) == listener)
			return true;
	return port_in_ranges(c->facts->dist, c->facts->n_dist, listener->port);
}

/* With a random port of the distribution, and no epmd that tells which it is, any of the node's may be it. */
static bool may_be_dist(const struct comparison *c, const struct ejg_listener *listener)
{
	return is_dist(c, listener) || (c->facts->dist_state != EJG_DIST_FIXED && !c->survey->epmd_answered);
}

static bool is_named(const struct comparison *c, const struct ejg_listener *listener)
{
	const struct ejg_facts *facts = c->facts;

	return listener->port == facts->epmd_port ||
	       port_in_ranges(facts->public_ports, facts->n_public_ports, listener->port) ||
	       may_be_dist(c, listener);
}

/* Without `set public` nothing says which ports are meant to be. Those on loopback are for this host alone. */
static void compare_unnamed(const struct comparison *c)
{
	char subject[COMPARE_TEXT_SIZE], holder[COMPARE_TEXT_SIZE];
	size_t n = 0;

	for (size_t i = 0; c->facts->n_public_ports > 0 && i < c->survey->n_listeners; i++) {
		const struct ejg_listener *listener = &c->survey->listeners[i];

		if (!listener->in_service || prefix_is_loopback(&listener->address) || is_named(c, listener) ||
		    n++ >= COMPARE_MAX_ALIKE)
			continue;
		report_core(c->report, "discover-listener-unnamed", compare_place(listener, subject),
			    &c->facts->public_origin, NULL,
			    "the service listens there (%s): neither `set public` nor `set dist` names the port",
			    compare_holder(listener, holder));
	}
	if (n > COMPARE_MAX_ALIKE)
		report_core(c->report, "discover-listener-unnamed", NULL, &c->facts->public_origin, NULL,
			    "the service listens on %zu such ports in all", n);
}

static bool is_served(const struct comparison *c, struct ejg_port_range range)
{
	for (size_t i = 0; i < c->survey->n_listeners; i++)
		if (c->survey->listeners[i].in_service && port_in_ranges(&range, 1, c->survey->listeners[i].port))
			return true;
	return false;
}

static void compare_public(const struct comparison *c)
{
	const struct ejg_facts *facts = c->facts;
	char subject[COMPARE_TEXT_SIZE];

	for (size_t i = 0; i < facts->n_public_ports; i++)
		if (!is_served(c, facts->public_ports[i]))
			report_core(c->report, "discover-public-silent", compare_range(facts->public_ports[i], subject),
				    &facts->public_origin, NULL,
				    "`set public` names it, and nothing of the service listens there");
}

void compare_ports(const struct comparison *c)
{
	bool runs = false;

	compare_set_dist(c);
	for (size_t i = 0; i < c->survey->n_processes; i++) {
		const struct ejg_process *process = &c->survey->processes[i];

		if (!compare_is_ours(c, process) || compare_is_strangers(c, process) || process->other_network)
			continue;
		compare_dist(c, process);
		runs |= process->in_service;
	}
	if (!runs)
		return;
	compare_unnamed(c);
	compare_public(c);
}
