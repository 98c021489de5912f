/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Compares the configured listen addresses with the policy: a refused bind would keep a unit from starting, so it
 * should be found earlier.
 */
#include <stdio.h>
#include <string.h>

#include "libejguard/modules/net/match.h"
#include "libejguard/modules/net/net.h"
#include "libejguard/util/address.h"
#include "libejguard/util/epmd-unit.h"
#include "libejguard/util/erl-address.h"

struct configured {
	struct ejg_call *call;
	const struct decision d;
};

static void say(const struct configured *c, const struct ejg_setting *setting, const char *subject, const char *why)
{
	ejg_call_finding_at(c->call, "bind-refused", subject,
			    &(struct ejg_place){ .file = setting->origin.file, .line = setting->origin.line }, "%s",
			    why);
}

/* both: a wildcard of a socket unit is one for both families. */
static void judge(const struct configured *c, const struct ejg_setting *setting, const struct ejg_prefix *address,
		  uint16_t port, bool both)
{
	char text[EJG_PREFIX_TEXT_SIZE], subject[EJG_PREFIX_TEXT_SIZE + 8];

	ejg_prefix_format(address, text);
	snprintf(subject, sizeof(subject), strchr(text, ':') ? "[%s]:%u" : "%s:%u", text, port);
	switch (decide_bind(&c->d, port, net_address(address))) {
	case POLICY_BIND_ADDRESS:
		say(c, setting, subject,
		    "the guard refuses this listener: private ports may only be bound to addresses in listen=. What is "
		    "configured to listen there does not start");
		break;
	case POLICY_BIND_WILDCARD:
		say(c, setting, subject,
		    "the guard refuses this listener (wildcard=deny). What is configured to listen there does not "
		    "start");
		break;
	default:
		if (both && prefix_is_wildcard(address) && c->d.head->wildcard == POLICY_WILDCARD_REWRITE &&
		    port_in(c->d.head->private_ports, port))
			say(c, setting, subject,
			    "the guard refuses this listener: wildcard=rewrite cannot bind one socket to both loopback "
			    "addresses. What is configured to listen there does not start");
		break;
	}
}

/* Checks the listeners of epmd's socket unit. Return: how many there are. */
static size_t judge_socket(const struct configured *c, const struct ejg_survey *survey)
{
	size_t n = 0;

	for (size_t i = 0; i < survey->n_settings; i++) {
		const struct ejg_setting *setting = ejg_setting_get(survey, i);
		struct ejg_prefix address;
		uint16_t port;

		if (strcmp(setting->name, "epmd-listen") != 0 || !address_port_read(setting->value, &address, &port))
			continue;
		judge(c, setting, &address, port, !setting->note || strcmp(setting->note, EPMD_LISTEN_IPV6) != 0);
		n++;
	}
	return n;
}

/* Checks a list of addresses, for an epmd that makes its sockets itself. */
static void judge_epmd(const struct configured *c, const struct ejg_survey *survey, const char *name,
		       const char *port_name)
{
	const struct ejg_setting *setting = ejg_survey_setting(survey, name);
	const char *at = ejg_survey_value(survey, name), *port_text = ejg_survey_value(survey, port_name);
	uint16_t port = ejg_call_facts(c->call)->epmd_port;
	struct ejg_prefix address;

	if (port_text)
		(void)port_parse(port_text, &port);

	while (at && *at) {
		const size_t n = strcspn(at, ", ");
		char text[EJG_PREFIX_TEXT_SIZE];
		const char *problem;

		snprintf(text, sizeof(text), "%.*s", (int)n, at);
		if (n > 0 && !strchr(text, '/') && prefix_parse(text, &address, &problem) == 0)
			judge(c, setting, &address, port, false);
		at += n + (at[n] != '\0');
	}
}

static void judge_distribution(const struct configured *c, const struct ejg_survey *survey)
{
	const struct ejg_setting *setting = ejg_survey_setting(survey, "INET_DIST_INTERFACE");
	const struct ejg_facts *facts = ejg_call_facts(c->call);
	const char *value = ejg_survey_value(survey, "INET_DIST_INTERFACE");
	struct ejg_prefix address = { .length = 128 };
	struct erl_address parsed;

	if (!setting || setting->state == EJG_SETTING_INDETERMINATE || facts->n_dist == 0)
		return;
	memset(address.bytes + 10, 0xff, 2);
	/* unset, or no address for Erlang: it means every address */
	if (value && erl_address_read(value, &parsed)) {
		if (parsed.is_ipv6)
			memcpy(address.bytes, parsed.bytes, 16);
		else
			memcpy(address.bytes + 12, parsed.bytes, 4);
	}
	judge(c, setting, &address, facts->dist[0].first, false);
}

/* True if both have their values from the same line: DefaultEnvironment= counts for all units. */
static bool is_same(const struct ejg_setting *a, const struct ejg_setting *b)
{
	return a && b && a->origin.file && b->origin.file && strcmp(a->origin.file, b->origin.file) == 0 &&
	       a->origin.line == b->origin.line;
}

void net_check_configured(struct ejg_call *call, const struct net_policy *policy)
{
	const struct ejg_survey *survey = ejg_call_survey(call);
	const struct configured c = { .call = call, .d = net_decision(policy) };

	if (!survey)
		return;
	if (judge_socket(&c, survey) == 0) {
		judge_epmd(&c, survey, "epmd-address", "epmd-port");
		if (!is_same(ejg_survey_setting(survey, "ERL_EPMD_ADDRESS"),
			     ejg_survey_setting(survey, "epmd-address")))
			judge_epmd(&c, survey, "ERL_EPMD_ADDRESS", "ERL_EPMD_PORT");
	}
	judge_distribution(&c, survey);
}
