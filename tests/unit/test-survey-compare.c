/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A host on which nothing contradicts anything; each case changes one thing of it. */
#include "libejguard/core/survey-compare.h"

#include <string.h>

#include "libejguard/util/address.h"
#include "libejguard/util/cleanup.h"
#include "tests/unit/scratch.h"

/* The members of a scene, so that cases can change them by name. */
enum { NODE, EPMD, CONTROL, STRANGER, N_PROCESSES };
enum { L_EPMD, L_DIST, L_PUBLIC, L_OTHER, N_LISTENERS };
enum { S_NODE, S_KIND, S_RANGE, S_INTERFACE, S_HOME, S_SPOOL, S_USER, S_EPMD, S_OTHER, N_SETTINGS };

struct scene {
	struct ejg_facts facts;
	struct ejg_cgroup cgroup;
	struct ejg_port_range dist;
	struct ejg_port_range public_port;
	struct ejg_setting settings[N_SETTINGS];
	struct ejg_process processes[N_PROCESSES];
	const char *arguments[16];
	const char *environment[8];
	struct ejg_listener listeners[N_LISTENERS];
	struct ejg_epmd_name names[2];
	const char *unseen[1];
	struct ejg_survey survey;
};

static struct ejg_prefix address(const char *text)
{
	struct ejg_prefix prefix;
	const char *problem;

	assert_int_equal(prefix_parse(text, &prefix, &problem), 0);
	return prefix;
}

static struct ejg_setting known(const char *name, const char *value)
{
	return (struct ejg_setting){
		.name = name,
		.value = value,
		.origin = { .kind = EJG_ORIGIN_DISCOVERED, .file = "/etc/default/ejabberd", .line = 7 },
	};
}

static struct ejg_setting unset(const char *name)
{
	return (struct ejg_setting){ .name = name, .state = EJG_SETTING_UNSET };
}

static void make_processes(struct scene *s)
{
	static const char *const arguments[] = {
		"beam.smp",
		"-sname",
		"ejabberd@localhost",
		"-kernel",
		"inet_dist_listen_min",
		"4370",
		"inet_dist_listen_max",
		"4375",
		"-mnesia",
		"dir",
		"\"/var/lib/ejabberd\"",
		"-s",
		"ejabberd",
		NULL,
	};

	memcpy(s->arguments, arguments, sizeof(arguments));
	s->environment[0] = "HOME=/var/lib/ejabberd";
	s->processes[NODE] = (struct ejg_process){
		.pid = 100,
		.role = EJG_PROCESS_NODE,
		.uid = 0,
		.exe = "/usr/lib/erlang/erts-13.1.5/bin/beam.smp",
		.cgroup = "/system.slice/ejabberd.service",
		.unit = "ejabberd.service",
		.in_service = true,
		.arguments = s->arguments,
		.n_arguments = ARRAY_SIZE(arguments) - 1,
		.environment = s->environment,
		.n_environment = 1,
		.node = "ejabberd@localhost",
	};
	s->processes[EPMD] = (struct ejg_process){
		.pid = 90,
		.role = EJG_PROCESS_EPMD,
		.uid = 111,
		.unit = "epmd.service",
		.in_service = true,
	};
	s->processes[CONTROL] = (struct ejg_process){
		.pid = 300,
		.role = EJG_PROCESS_CONTROL,
		.uid = 0,
		.unit = "session-1.scope",
		.node = "ctl-1@localhost",
	};
}

static void make_scene(struct scene *s)
{
	*s = (struct scene){
		.cgroup = { .name = "ejabberd.service", .path = "/sys/fs/cgroup/system.slice/ejabberd.service" },
		.dist = { 4370, 4375 },
		.public_port = { 5222, 5222 },
		.settings = {
			[S_NODE] = known("ERLANG_NODE", "ejabberd@localhost"),
			[S_KIND] = known("name-kind", "short"),
			[S_RANGE] = known("dist-range", "4370-4375"),
			[S_INTERFACE] = known("INET_DIST_INTERFACE", "127.0.0.1"),
			[S_HOME] = known("HOME", "/var/lib/ejabberd"),
			[S_SPOOL] = known("SPOOL_DIR", "/var/lib/ejabberd"),
			[S_USER] = known("user", "root"),
			[S_EPMD] = unset("ERL_EPMD_PORT"),
			[S_OTHER] = unset("ERL_OPTIONS"),
		},
		.listeners = {
			[L_EPMD] = { .port = 4369, .pid = 90, .uid = 111, .unit = "epmd.socket", .in_service = true },
			[L_DIST] = { .port = 4371, .pid = 100, .unit = "ejabberd.service", .in_service = true },
			[L_PUBLIC] = { .port = 5222, .pid = 100, .unit = "ejabberd.service", .in_service = true },
			[L_OTHER] = { .port = 22, .pid = 7, .unit = "ssh.service" },
		},
		.names = { { "ejabberd", 4371 }, { "ctl-1", 0 } },
	};
	s->listeners[L_EPMD].address = s->listeners[L_PUBLIC].address = s->listeners[L_OTHER].address = address("::");
	s->listeners[L_DIST].address = address("127.0.0.1");
	make_processes(s);
	s->facts = (struct ejg_facts){
		EJG_FACTS_HEADER,
		.service = "ejabberd",
		.cgroups = &s->cgroup,
		.n_cgroups = 1,
		.epmd_port = 4369,
		.dist_state = EJG_DIST_FIXED,
		.dist = &s->dist,
		.n_dist = 1,
		.dist_origin = { .kind = EJG_ORIGIN_STACK, .file = "/etc/ejguard/ejabberd", .line = 3 },
		.public_ports = &s->public_port,
		.n_public_ports = 1,
	};
	s->survey = (struct ejg_survey){
		EJG_SURVEY_HEADER,
		.settings = s->settings,
		.n_settings = N_SETTINGS,
		.processes = s->processes,
		.n_processes = STRANGER,
		.listeners = s->listeners,
		.n_listeners = N_LISTENERS,
		.epmd_answered = true,
		.epmd_names = s->names,
		.n_epmd_names = 2,
	};
}

static void nothing(struct scene *s)
{
}

static void other_name(struct scene *s)
{
	s->settings[S_NODE].value = "jabber@localhost";
}

static void long_name(struct scene *s)
{
	s->settings[S_KIND].value = "long";
}

static void unknown_name(struct scene *s)
{
	s->settings[S_NODE] = (struct ejg_setting){ .name = "ERLANG_NODE", .state = EJG_SETTING_INDETERMINATE };
}

static void other_home(struct scene *s)
{
	s->environment[0] = "HOME=/root";
}

static void no_home(struct scene *s)
{
	s->processes[NODE].n_environment = 0;
}

static void default_home(struct scene *s)
{
	s->processes[NODE].n_environment = 0;
	s->settings[S_HOME].origin.kind = EJG_ORIGIN_DEFAULT;
}

static void unseen_home(struct scene *s)
{
	s->processes[NODE].n_environment = 0;
	s->processes[NODE].environment = NULL;
}

static void other_spool(struct scene *s)
{
	s->settings[S_SPOOL].value = "/srv/ejabberd";
}

static void other_user(struct scene *s)
{
	s->processes[NODE].uid = 4242;
}

static void outside(struct scene *s)
{
	s->processes[NODE].in_service = false;
	s->processes[NODE].unit = "user@0.service";
	s->listeners[L_DIST].in_service = false;
}

static void replaced(struct scene *s)
{
	s->processes[NODE].exe = "/usr/lib/erlang/erts-13.1.5/bin/beam.smp (deleted)";
}

static void stranger(struct scene *s)
{
	s->processes[STRANGER] =
		(struct ejg_process){ .pid = 400, .role = EJG_PROCESS_NODE, .uid = 4242, .node = "rabbit@h" };
	s->survey.n_processes = N_PROCESSES;
}

static void container(struct scene *s)
{
	stranger(s);
	s->processes[STRANGER].node = "ejabberd@localhost";
	s->processes[STRANGER].other_network = true;
}

static void impostor(struct scene *s)
{
	stranger(s);
	s->processes[STRANGER].node = "ejabberd@localhost";
}

static void no_node(struct scene *s)
{
	s->survey.n_processes = 0;
	s->survey.n_listeners = 1;
	s->survey.n_epmd_names = 0;
}

static void outside_range(struct scene *s)
{
	s->listeners[L_DIST].port = s->names[0].port = 41000;
}

static void random_port(struct scene *s)
{
	outside_range(s);
	s->settings[S_RANGE] = unset("dist-range");
	s->arguments[4] = s->arguments[6] = "x";
	s->facts.dist_state = EJG_DIST_RANDOM;
	s->facts.n_dist = 0;
	s->facts.dist_origin.kind = EJG_ORIGIN_DISCOVERED;
}

static void other_range(struct scene *s)
{
	s->settings[S_RANGE].value = "4371-4374";
}

static void stack_range(struct scene *s)
{
	s->dist.last = 4374;
}

static void no_range(struct scene *s)
{
	s->settings[S_RANGE] = unset("dist-range");
}

static void other_interface(struct scene *s)
{
	s->listeners[L_DIST].address = address("0.0.0.0");
}

static void odd_interface(struct scene *s)
{
	s->settings[S_INTERFACE].value = "localhost";
}

static void no_interface(struct scene *s)
{
	s->settings[S_INTERFACE] = unset("INET_DIST_INTERFACE");
	s->listeners[L_DIST].address = address("0.0.0.0");
}

static void unnamed(struct scene *s)
{
	s->listeners[L_OTHER] = s->listeners[L_PUBLIC];
	s->listeners[L_OTHER].port = 5280;
}

static void unnamed_loopback(struct scene *s)
{
	unnamed(s);
	s->listeners[L_OTHER].address = address("127.0.0.1");
}

static void no_public(struct scene *s)
{
	unnamed(s);
	s->facts.n_public_ports = 0;
}

static void silent(struct scene *s)
{
	s->public_port = (struct ejg_port_range){ 5269, 5270 };
	s->listeners[L_PUBLIC].in_service = false;
}

static void foreign_epmd(struct scene *s)
{
	s->listeners[L_EPMD] =
		(struct ejg_listener){ .port = 4369, .pid = 5, .uid = 4242, .address = address("127.0.0.1") };
}

static void other_epmd_port(struct scene *s)
{
	s->listeners[L_EPMD].port = 4368;
	s->survey.epmd_answered = false;
}

static void configured_epmd_port(struct scene *s)
{
	s->settings[S_EPMD] = known("ERL_EPMD_PORT", "4368");
	s->environment[1] = "ERL_EPMD_PORT=4368";
	s->processes[NODE].n_environment = 2;
}

static void odd_epmd(struct scene *s)
{
	s->survey.epmd_answered = false;
	s->survey.epmd_note = "it is a web server";
}

static void sleeping_epmd(struct scene *s)
{
	odd_epmd(s);
	s->listeners[L_EPMD].pid = 1;
	s->survey.n_processes = 1;
}

static void foreign_name(struct scene *s)
{
	s->names[1] = (struct ejg_epmd_name){ "rabbit", 25672 };
}

static void stolen_name(struct scene *s)
{
	s->names[0].port = 22;
}

static void strangers_name(struct scene *s)
{
	stranger(s);
	s->names[1] = (struct ejg_epmd_name){ "rabbit", 22 };
	s->listeners[L_OTHER].pid = 400;
}

static void prefix_name(struct scene *s)
{
	s->names[1].name = "ct";
}

static void strange_settings(struct scene *s)
{
	s->settings[S_OTHER].state = EJG_SETTING_INDETERMINATE;
	s->settings[S_EPMD] = known("ERLANG_NODE", "old@localhost");
	s->settings[S_EPMD].state = EJG_SETTING_OVERRIDDEN;
}

static void unseen(struct scene *s)
{
	s->unseen[0] = "something is hidden";
	s->survey.unseen = s->unseen;
	s->survey.n_unseen = 1;
}

static const struct {
	const char *name;
	void (*change)(struct scene *s);
	const char *ids; /* in their order */
	const char *text;
} cases[] = {
	{ "nothing", nothing, "", "" },
	{ "other name", other_name, "node-name", "it runs as ejabberd@localhost, and jabber@localhost is configured" },
	{ "long name", long_name, "node-name", "with a short name, and would be started with a long one" },
	{ "unknown name", unknown_name, "indeterminate", "" },
	{ "other home", other_home, "node-setting", "HOME is '/root' where the node runs, and '/var/lib/ejabberd' in" },
	{ "no home", no_home, "node-setting", "HOME is not set where the node runs" },
	{ "default home", default_home, "", "" },
	{ "unseen home", unseen_home, "", "" },
	{ "other spool", other_spool, "node-setting", "SPOOL_DIR is '/var/lib/ejabberd' where the node runs" },
	{ "other user", other_user, "node-user", "runs as uid 4242, and not as root (uid 0)" },
	{ "outside", outside, "node-outside", "in the cgroup /system.slice/ejabberd.service" },
	{ "replaced", replaced, "node-replaced", "" },
	{ "stranger", stranger, "node-other", "rabbit@h runs as uid 4242" },
	{ "container", container, "", "" },
	{ "impostor", impostor, "node-outside node-user", "" },
	{ "no node", no_node, "no-node", "" },
	{ "outside of the range", outside_range, "dist-outside", "outside of 4370-4375" },
	{ "random port", random_port, "dist-random", "until the next start" },
	{ "other range", other_range, "node-range",
	  "with the distribution range 4370-4375, and the range 4371-4374 is" },
	{ "stack range", stack_range, "set-dist", "the range 4370-4374, and the configuration 4370-4375" },
	{ "no range", no_range, "set-dist node-range", "and the configuration none" },
	{ "other interface", other_interface, "dist-interface", "INET_DIST_INTERFACE is 127.0.0.1" },
	{ "odd interface", odd_interface, "dist-interface", "" },
	{ "no interface", no_interface, "", "" },
	{ "unnamed port", unnamed, "listener-unnamed", "process 100, uid 0, in ejabberd.service" },
	{ "unnamed port on loopback", unnamed_loopback, "", "" },
	{ "no public ports", no_public, "", "" },
	{ "silent port", silent, "public-silent", "" },
	{ "foreign epmd", foreign_epmd, "epmd-outside", "process 5, uid 4242, in no unit" },
	{ "other port of epmd", other_epmd_port, "listener-unnamed epmd-port", "the guards hold port 4369" },
	{ "configured port of epmd", configured_epmd_port, "set-epmd", "ERL_EPMD_PORT is 4368" },
	{ "odd epmd", odd_epmd, "epmd-answer", "it is a web server" },
	{ "sleeping epmd", sleeping_epmd, "", "" },
	{ "foreign name", foreign_name, "name-foreign", "where nothing listens" },
	{ "stolen name", stolen_name, "name-foreign", "held by process 7" },
	{ "stranger's name", strangers_name, "node-other name-foreign", "held by process 400" },
	{ "half a name", prefix_name, "name-foreign", "" },
	{ "strange settings", strange_settings, "overridden indeterminate", "ERLANG_NODE=old@localhost has no effect" },
	{ "unseen", unseen, "unseen", "something is hidden" },
};

static const char *ids_of(struct scratch *scratch, bool *ret_text, const char *text)
{
	const char *ids = "";

	*ret_text = !*text;
	for (size_t i = 0; i < report_finding_count(scratch->report); i++) {
		const struct ejg_finding *finding = report_finding(scratch->report, i);

		assert_int_equal(strncmp(finding->id, "core.discover-", 14), 0);
		ids = arena_printf(scratch->arena, "%s%s%s", ids, *ids ? " " : "", finding->id + 14);
		*ret_text |= strstr(finding->message, text) != NULL;
	}
	return ids;
}

static void test_cases(void **state)
{
	struct scratch *scratch = *state;
	struct scene s;
	const char *ids;
	bool text;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		make_scene(&s);
		cases[i].change(&s);
		report_clear(scratch->report);
		survey_compare(scratch->report, &s.facts, &s.survey);
		ids = ids_of(scratch, &text, cases[i].text);
		if (strcmp(ids, cases[i].ids) != 0 || !text)
			fail_msg("%s: %s: %s", cases[i].name, ids,
				 *ids ? report_finding(scratch->report, 0)->message : "");
	}
}

/* Every finding of the table has a case. */
static void test_all_ids(void **state)
{
	for (size_t i = 0; i < report_n_core_findings; i++) {
		const char *id = report_core_findings[i].id;
		bool found = false;

		if (strncmp(id, "discover-", 9) != 0)
			continue;
		for (size_t j = 0; j < ARRAY_SIZE(cases); j++)
			found |= strstr(cases[j].ids, id + 9) != NULL;
		if (!found)
			fail_msg("no case of %s", id);
	}
}

static void test_places(void **state)
{
	struct scratch *scratch = *state;
	const struct ejg_finding *finding;
	struct scene s;

	make_scene(&s);
	other_name(&s);
	survey_compare(scratch->report, &s.facts, &s.survey);
	finding = report_finding(scratch->report, 0);
	assert_string_equal(finding->module, "core");
	assert_string_equal(finding->subject, "process 100");
	assert_string_equal(finding->file, "/etc/default/ejabberd");
	assert_int_equal(finding->line, 7);
	assert_string_equal(finding->remedy, "edit: ejabberdctl.cfg: ERLANG_NODE=ejabberd@localhost");
	assert_int_equal(finding->severity, EJG_WARNING);
}

/* A service that was taken over, or a stranger who registers names, cannot fill the report. */
static void test_floods(void **state)
{
	static struct ejg_epmd_name names[1000];
	static struct ejg_listener listeners[1000];
	struct scratch *scratch = *state;
	struct scene s;

	make_scene(&s);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		names[i] = (struct ejg_epmd_name){ "x", 1 };
		listeners[i] = s.listeners[i < N_LISTENERS ? i : L_PUBLIC];
		listeners[i].port = (uint16_t)(i < N_LISTENERS ? listeners[i].port : 6000 + i);
	}
	s.survey.epmd_names = names;
	s.survey.n_epmd_names = ARRAY_SIZE(names);
	s.survey.listeners = listeners;
	s.survey.n_listeners = ARRAY_SIZE(listeners);
	survey_compare(scratch->report, &s.facts, &s.survey);
	assert_int_equal(report_finding_count(scratch->report), 2 * 17);
}

static void test_many_strangers(void **state)
{
	static struct ejg_process processes[256];
	struct scratch *scratch = *state;
	struct scene s;

	make_scene(&s);
	stranger(&s);
	for (size_t i = 0; i < ARRAY_SIZE(processes); i++)
		processes[i] = s.processes[i < N_PROCESSES ? i : STRANGER];
	s.survey.processes = processes;
	s.survey.n_processes = ARRAY_SIZE(processes);
	survey_compare(scratch->report, &s.facts, &s.survey);
	assert_int_equal(report_finding_count(scratch->report), 17);
	assert_reported(scratch->report, "discover-node-other", "253 nodes");
}

/* What a stack that cannot be loaded leaves of the facts. */
static void test_no_facts(void **state)
{
	struct scratch *scratch = *state;
	const struct ejg_facts facts = { .service = "ejabberd" };
	const struct ejg_survey none = { 0 };
	struct scene s;

	survey_compare(scratch->report, &facts, &none);
	assert_int_equal(report_finding_count(scratch->report), 1);
	make_scene(&s);
	survey_compare(scratch->report, &facts, &s.survey);
	assert_false(report_failed(scratch->report));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(test_cases),  scratch_test(test_all_ids),	      scratch_test(test_places),
		scratch_test(test_floods), scratch_test(test_many_strangers), scratch_test(test_no_facts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
