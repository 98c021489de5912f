/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ejguard discover: the survey; for its graph also who is refused now. */
#include <errno.h>
#include <string.h>

#include "libejguard/util/address.h"
#include "tools/verbs/verbs.h"

/* Of documentation only (RFC 5737): nobody has it, so that only a prefix could make it a peer. */
#define STRANGER "192.0.2.1"
enum { NOBODY = 65534 };

static bool is_registered(const struct ejg_survey *survey, uint16_t port)
{
	for (size_t i = 0; i < survey->n_epmd_names; i++)
		if (ejg_epmd_name_get(survey, i)->port == port)
			return true;
	return false;
}

/* The distribution port that a node of the service has now, else the first of the range, else 0. */
static uint16_t find_dist(const struct ejg_facts *facts, const struct ejg_survey *survey)
{
	for (size_t i = 0; i < survey->n_listeners; i++) {
		const struct ejg_listener *listener = ejg_listener_get(survey, i);

		if (listener->in_service && listener->port != facts->epmd_port &&
		    (port_in_ranges(facts->dist, facts->n_dist, listener->port) ||
		     is_registered(survey, listener->port)))
			return listener->port;
	}
	return facts->n_dist > 0 ? facts->dist[0].first : 0;
}

/* A connection from that address; NULL: of a local user. */
static enum reach ask(struct ejg *handle, const char *from, uint16_t port)
{
	const struct ejg_question question = {
		.size = sizeof(question),
		.action = from ? EJG_ACCEPT : EJG_CONNECT,
		.address = from ? from : "127.0.0.1",
		.port = port,
		.by_user = !from,
		.uid = from ? 0 : NOBODY,
	};
	int r = port ? ejg_explain(handle, &question) : -EINVAL;

	if (r < 0 && r != -EACCES)
		return REACH_UNKNOWN;
	for (size_t i = 0; i < ejg_answer_count(handle); i++)
		if (!ejg_answer_get(handle, i)->allowed)
			return REACH_REFUSED;
	return REACH_OPEN;
}

/*
 * The address of a peer, without a prefix length; the facts end with the first question. Names are not resolved here:
 * they may have other addresses now than in the policy in force. Return: false if there are only names.
 */
static bool peer_address(const struct ejg_facts *facts, char address[static EJG_PREFIX_TEXT_SIZE])
{
	for (size_t i = 0; i < facts->n_peers; i++) {
		const struct ejg_peer *peer = ejg_peer_get(facts, i);

		if (peer->name)
			continue;
		ejg_prefix_format(&peer->prefix, address);
		address[strcspn(address, "/")] = '\0';
		return true;
	}
	return false;
}

/* A survey first, for the port; its findings and itself end with the questions. */
static int find_reach(struct report *report)
{
	char address[EJG_PREFIX_TEXT_SIZE];
	const struct ejg_survey *survey;
	const struct ejg_facts *facts;
	int r = ejg_discover(report->handle);
	uint16_t ports[2];
	bool has_peer;

	facts = ejg_facts_get(report->handle);
	survey = ejg_survey_get(report->handle);
	if (r < 0 || !facts || !survey)
		return r;
	report->reach.dist_port = find_dist(facts, survey);
	ports[0] = facts->epmd_port;
	ports[1] = report->reach.dist_port;
	has_peer = peer_address(facts, address);
	for (size_t i = 0; i < 2; i++) {
		report->reach.strangers[i] = ask(report->handle, STRANGER, ports[i]);
		report->reach.peers[i] = has_peer ? ask(report->handle, address, ports[i]) : REACH_UNKNOWN;
		report->reach.users[i] = ask(report->handle, NULL, ports[i]);
	}
	return 0;
}

int verb_discover(const struct arguments *arguments, struct report *report)
{
	int r = 0;

	if (arguments->graph && report->json)
		return report_fail_usage(report, "--json and --graph exclude each other");
	if (arguments->graph && !arguments->root)
		r = find_reach(report);
	if (r == 0)
		r = ejg_discover(report->handle);
	report->surveyed = r == 0;
	return r;
}
