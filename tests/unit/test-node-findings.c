/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rules of the module node, on surveys made by hand. This file acts as the host: it collects the findings' ids. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "libejguard/util/address.h"
#include "libejguard/util/cleanup.h"
#include "tests/unit/node-beds.h"

/* --- the host */

struct ejg_call {
	const struct bed *bed;
	struct ejg_facts facts;
	struct ejg_survey survey;
	bool seen[128]; /* by index in the descriptor's table */
};

extern const struct ejg_module ejguard_module;

const void *ejg_call_config(const struct ejg_call *call)
{
	return &call->bed->config;
}

const struct ejg_facts *ejg_call_facts(const struct ejg_call *call)
{
	return &call->facts;
}

const struct ejg_survey *ejg_call_survey(struct ejg_call *call)
{
	return &call->survey;
}

int ejg_call_error(struct ejg_call *call, int error, const char *remedy, const char *format, ...)
{
	fail_msg("an error: %s", format);
	return error;
}

const struct ejg_setting *ejg_survey_setting(const struct ejg_survey *survey, const char *name)
{
	for (size_t i = 0; i < survey->n_settings; i++)
		if (strcmp(survey->settings[i].name, name) == 0)
			return &survey->settings[i];
	return NULL;
}

const char *ejg_survey_value(const struct ejg_survey *survey, const char *name)
{
	const struct ejg_setting *setting = ejg_survey_setting(survey, name);

	return setting && setting->state == EJG_SETTING_KNOWN ? setting->value : NULL;
}

enum ejg_severity ejg_call_finding_at(struct ejg_call *call, const char *id, const char *subject,
				      const struct ejg_place *place, const char *format, ...)
{
	for (uint32_t i = 0; i < ejguard_module.n_findings; i++) {
		if (strcmp(ejguard_module.findings[i].id, id) != 0)
			continue;
		if (ejguard_module.findings[i].severity >= EJG_WARNING)
			assert_true(place->remedy || ejguard_module.findings[i].remedy);
		call->seen[i] = true;
		return ejguard_module.findings[i].severity;
	}
	fail_msg("a finding that is not declared: %s", id);
	return EJG_FAILURE;
}

static bool is_safe(const struct node_world *world, pid_t pid)
{
	return true;
}

static bool is_unsafe(const struct node_world *world, pid_t pid)
{
	return false;
}

int node_world_read(const struct node *node, struct node_world *ret)
{
	const struct bed *bed = node->call->bed;
	const char *host = bed->host ? bed->host : "127.0.0.1", *problem;

	*ret = (struct node_world){
		.hostname = "server",
		.ephemeral.range = { 32768, 60999 },
		.unprivileged_start = 1024,
		.trusted = { 0, EJABBERD, EPMD },
		.n_trusted = 3,
		.epmd_socket = !bed->no_socket,
		.interface_bindable = !bed->unbindable,
		.own_port = bed->own_port ? bed->own_port : NODE_EPMD_UNKNOWN,
		.program_is_safe = bed->unsafe ? is_unsafe : is_safe,
		.host.source = bed->source || !*host ? bed->source : NODE_HOST_FILE,
	};
	ephemeral_reserve(&ret->ephemeral, bed->reserved ? bed->reserved : "");
	assert_int_equal(prefix_parse("198.51.100.1", &ret->own[ret->n_own++], &problem), 0);
	if (node->name_known && *host)
		assert_int_equal(prefix_parse(host, &ret->host.addresses[ret->host.n++], &problem), 0);
	return 0;
}

/* --- the cases */

static void read_setting(const char *text, struct ejg_setting *ret)
{
	const size_t n = strcspn(text, "=?!");
	static const enum ejg_setting_state states[] = {
		['='] = EJG_SETTING_KNOWN,
		['?'] = EJG_SETTING_INDETERMINATE,
		['!'] = EJG_SETTING_OVERRIDDEN,
	};

	ret->name = strndup(text, n);
	ret->state = states[(unsigned char)text[n]];
	ret->value = ret->state == EJG_SETTING_INDETERMINATE ? NULL : text + n + 1;
	ret->origin = (struct ejg_origin){ EJG_ORIGIN_DISCOVERED, "/etc/default/ejabberd", 7 };
}

static void run_bed(const struct bed *bed)
{
	struct ejg_setting settings[MAX] = {};
	const struct ejg_port_range *dist = bed->stack_dist.first ? &bed->stack_dist : NULL;
	struct ejg_call call = {
		.bed = bed,
		.facts = {
			EJG_FACTS_HEADER, .service = "ejabberd", .epmd_port = 4369, .config_dir = "/etc/ejabberd", .n_peers = bed->n_peers, .dist = dist, .n_dist = dist != NULL,
			.dist_state = dist ? EJG_DIST_FIXED : EJG_DIST_RANDOM, .public_ports = &bed->public_ports,
			.dist_origin.kind = dist ? EJG_ORIGIN_STACK : EJG_ORIGIN_DISCOVERED,
			.n_public_ports = bed->public_ports.first != 0,
		},
		.survey = {
			EJG_SURVEY_HEADER, .settings = settings, .listeners = bed->listeners, .processes = bed->processes,
			.epmd_names = bed->names, .epmd_answered = !bed->silent,
		},
	};
	char found[512] = "";

	for (size_t i = 0; i < MAX && bed->settings[i]; i++)
		read_setting(bed->settings[i], &settings[call.survey.n_settings++]);
	while (call.survey.n_listeners < MAX && bed->listeners[call.survey.n_listeners].port)
		call.survey.n_listeners++;
	while (call.survey.n_processes < MAX && bed->processes[call.survey.n_processes].pid)
		call.survey.n_processes++;
	while (call.survey.n_epmd_names < MAX && bed->names[call.survey.n_epmd_names].name)
		call.survey.n_epmd_names++;
	const int verdict = ejguard_module.check(&call);
	bool failed = false;

	for (uint32_t i = 0; i < ejguard_module.n_findings; i++) {
		if (!call.seen[i] || ejguard_module.findings[i].severity < EJG_WARNING)
			continue;
		failed |= ejguard_module.findings[i].severity == EJG_FAILURE;
		strcat(strcat(found, *found ? " " : ""), ejguard_module.findings[i].id);
	}
	if (strcmp(found, bed->expect) != 0)
		fail_msg("bed %td (%s, %s): found '%s', expected '%s'", bed - beds, bed->settings[0], bed->settings[1],
			 found, bed->expect);
	assert_int_equal(verdict, failed ? EJG_NOT_HELD : EJG_HELD);
	for (size_t i = 0; i < call.survey.n_settings; i++)
		free((char *)settings[i].name);
}

static void test_beds(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(beds); i++)
		run_bed(&beds[i]);
}

/* Any user may register any name that epmd accepts. */
static void test_many_names(void **state)
{
	static struct ejg_epmd_name names[1000];
	static const struct bed bed = {
		{ NAME, GOOD }, { EPMD_LISTENER }, { EPMD_PROCESS }, .expect = "registered-foreign"
	};
	static struct bed many;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		names[i] = (struct ejg_epmd_name){ "squatted", (uint16_t)(10000 + i) };
	many = bed;
	memcpy(many.names, names, sizeof(many.names));
	run_bed(&many);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_beds), cmocka_unit_test(test_many_names) };

	return cmocka_run_group_tests_name("node-findings", tests, NULL, NULL);
}
