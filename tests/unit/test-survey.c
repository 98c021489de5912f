/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The survey as a whole, and its cgroups; processes, listeners and names have separate tests. */
#include "libejguard/service/survey.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include "libejguard/service/relation.h"
#include "libejguard/service/user.h"
#include "tests/unit/survey-fixture.h"

static void test_units(void **state)
{
	static const struct {
		const char *below;
		const char *unit;
	} cases[] = {
		{ "/system.slice/ejabberd.service", "ejabberd.service" },
		{ "/system.slice/ejabberd.service/a/b.service", "ejabberd.service" },
		{ "/system.slice/system-x.slice/x@1.service", "x@1.service" },
		{ "/init.scope", "init.scope" },
		{ "/user.slice/user-1000.slice/session-3.scope", "session-3.scope" },
		/* a folder with a name chosen by a user is no unit of the system */
		{ "/user.slice/user-1000.slice/user@1000.service/app.slice/ejabberd.service", "user@1000.service" },
		{ "/system.slice/_cgroup.service", "cgroup.service" },
		{ "/system.slice/dev\\x2dx.swap", "dev\\x2dx.swap" },
		{ "", NULL },
		{ "/", NULL },
		{ "//system.slice//x.service", "x.service" },
		{ "/system.slice", NULL },
		{ "/docker/0123", NULL },
		{ "/system.slice/.service", NULL },
		{ "/system.slice/a b.service", NULL },
		{ "/system.slice/a.service2", NULL },
		{ "/.slice/x.service", NULL },
	};
	struct survey_fixture f;
	const char *unit;

	survey_fixture_init(&f, state);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(survey_cgroups_unit(f.build.cgroups, cases[i].below, &unit), 0);
		if (!unit != !cases[i].unit || (unit && strcmp(unit, cases[i].unit) != 0))
			fail_msg("%s: %s", cases[i].below, unit);
	}
	assert_int_equal(survey_cgroups_unit(f.build.cgroups, NULL, &unit), 0);
	assert_null(unit);
}

static void test_in_service(void **state)
{
	static const struct {
		uint64_t id;
		const char *below;
		bool expected;
	} cases[] = {
		{ 0, "/system.slice/ejabberd.service", true },
		{ 0, "/system.slice/ejabberd.service/x", true },
		{ 0, "/system.slice/ejabberd.service2", false },
		{ 0, "/system.slice", false },
		{ 0, "/x/system.slice/ejabberd.service", false },
		{ 0, "", false },
		{ 0, NULL, false },
		{ 4711, NULL, true },
		{ 4711, "/elsewhere", true },
		{ 4712, NULL, false },
	};
	struct survey_fixture f;

	survey_fixture_init(&f, state);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (survey_cgroups_in_service(f.build.cgroups, cases[i].id, cases[i].below) != cases[i].expected)
			fail_msg("%s", cases[i].below);
}

/* If the kernel does not return the path of an id, the tree is searched. */
static void test_find(void **state)
{
	struct survey_fixture f;
	const char *below;
	struct stat st;

	survey_fixture_init(&f, state);
	fixture_make(&f.base, "system.slice/deep.service/er");
	assert_int_equal(stat(scratch_path(f.base.scratch, "cgroup/system.slice/deep.service/er"), &st), 0);
	assert_int_equal(survey_cgroups_find(f.build.cgroups, st.st_ino, &below), 0);
	assert_string_equal(below, "/system.slice/deep.service/er");
	assert_int_equal(survey_cgroups_find(f.build.cgroups, UINT64_MAX, &below), 0);
	assert_null(below);
	assert_int_equal(survey_cgroups_find(f.build.cgroups, 0, &below), 0);
	assert_null(below);
}

/* In a container with the host's paths, the mount shows a part of the tree. */
static void test_container(void **state)
{
	struct survey_fixture f;
	const char *unit;

	survey_fixture_init(&f, state);
	scratch_text(f.base.scratch, "mountinfo",
		     arena_printf(f.base.scratch->arena, "41 31 0:38 /docker/01 %s/cgroup rw - cgroup2 cgroup2 rw\n",
				  f.base.scratch->folder));
	scratch_text(f.base.scratch, "init", "0::/docker/01/init.scope\n");
	assert_int_equal(survey_begin(f.base.scratch->arena, &f.facts, &f.source, &f.build), 0);
	assert_string_equal(survey_cgroups_below(f.build.cgroups, "/docker/01/system.slice/x.service"),
			    "/system.slice/x.service");
	assert_string_equal(survey_cgroups_below(f.build.cgroups, "/docker/01"), "");
	assert_null(survey_cgroups_below(f.build.cgroups, "/docker/012"));
	assert_null(survey_cgroups_below(f.build.cgroups, "/../x"));

	/* and with the whole tree mounted, the units are below the container's own cgroup */
	scratch_text(f.base.scratch, "mountinfo",
		     arena_printf(f.base.scratch->arena, "41 31 0:38 / %s/cgroup rw - cgroup2 cgroup2 rw\n",
				  f.base.scratch->folder));
	assert_int_equal(survey_begin(f.base.scratch->arena, &f.facts, &f.source, &f.build), 0);
	assert_int_equal(survey_cgroups_unit(f.build.cgroups, "/docker/01/system.slice/x.service", &unit), 0);
	assert_string_equal(unit, "x.service");

	/* without cgroup2 nothing is known */
	scratch_text(f.base.scratch, "mountinfo", "");
	assert_int_equal(survey_begin(f.base.scratch->arena, &f.facts, &f.source, &f.build), 0);
	assert_null(survey_cgroups_below(f.build.cgroups, "/system.slice/x.service"));
}

static void test_settings(void **state)
{
	static const struct ejg_setting settings[] = {
		{ .name = "A", .value = "first" },
		{ .name = "A", .value = "second", .state = EJG_SETTING_OVERRIDDEN },
		{ .name = "B", .state = EJG_SETTING_INDETERMINATE, .value = "not it" },
	};
	const struct ejg_survey survey = { EJG_SURVEY_HEADER, .settings = settings, .n_settings = 3 };

	assert_ptr_equal(ejg_survey_setting(&survey, "A"), &settings[0]);
	assert_string_equal(ejg_survey_value(&survey, "A"), "first");
	assert_ptr_equal(ejg_survey_setting(&survey, "B"), &settings[2]);
	assert_null(ejg_survey_value(&survey, "B"));
	assert_null(ejg_survey_setting(&survey, "C"));
	assert_null(ejg_survey_value(&survey, "C"));
}

/* A library that is newer than its user has larger elements. */
static void test_larger(void **state)
{
	static const struct {
		struct ejg_process process;
		uint64_t more[3];
	} larger[] = { { { .pid = 7 }, { 1, 2, 3 } }, { { .pid = 8 }, { 4, 5, 6 } } };
	struct ejg_survey survey = { EJG_SURVEY_HEADER, .processes = &larger[0].process, .n_processes = 2 };

	survey.process_size = sizeof(larger[0]);
	assert_int_equal(ejg_process_get(&survey, 0)->pid, 7);
	assert_int_equal(ejg_process_get(&survey, 1)->pid, 8);
	assert_null(ejg_process_get(&survey, 2));
	assert_null(ejg_listener_get(&survey, 0));
}

#define IN .in_service = true
#define NOBODY .uid = 65534 /* the service's user here */
#define NAMED .node = "ejabberd@elsewhere"

static const char *const start[] = { "beam.smp", "-s", "ejabberd", NULL };

/* The relation of each process to the service. */
static const struct ejg_process processes[] = {
	{ .relation = EJG_RELATION_OURS, IN, .uid = 7, .role = EJG_PROCESS_NODE },
	{ .relation = EJG_RELATION_OURS, IN, .role = EJG_PROCESS_EPMD, .other_network = true },
	{ .relation = EJG_RELATION_TOOL, IN, .role = EJG_PROCESS_CONTROL },
	{ .relation = EJG_RELATION_OURS, NOBODY, NAMED },
	{ .relation = EJG_RELATION_OURS, NOBODY, .arguments = start, .n_arguments = 3 },
	{ .relation = EJG_RELATION_OURS, .uid = 0, NAMED },
	{ .relation = EJG_RELATION_SAME_USER, NOBODY, .node = "ejabberd2@localhost" },
	{ .relation = EJG_RELATION_SAME_USER, NOBODY, NAMED, .other_network = true },
	{ .relation = EJG_RELATION_SAME_USER, NOBODY, .role = EJG_PROCESS_EPMD },
	{ .relation = EJG_RELATION_TOOL, NOBODY, NAMED, .role = EJG_PROCESS_CONTROL },
	{ .relation = EJG_RELATION_UNKNOWN, .uid = 0, .role = EJG_PROCESS_CONTROL },
	{ .relation = EJG_RELATION_UNKNOWN, .uid = 0, .node = "rabbit@localhost" },
	{ .relation = EJG_RELATION_STRANGER, .uid = 7, NAMED },
	{ .relation = EJG_RELATION_STRANGER, .uid = 7, .arguments = start, .n_arguments = 3 },
	{ .relation = EJG_RELATION_STRANGER, .uid = 7, .role = EJG_PROCESS_EPMD },
	{ .relation = EJG_RELATION_STRANGER, .uid = 7, .role = EJG_PROCESS_CONTROL },
	{ .relation = EJG_RELATION_STRANGER, .uid = 0, NAMED, .other_network = true },
};

static void find(struct survey_draft *draft)
{
	draft->survey->user_known = false;
	assert_int_equal(user_find(draft), 0);
	assert_int_equal(relations_find(draft), 0);
}

/* A stranger may use any name; only the service's user and root are believed. */
static void test_relations(void **state)
{
	struct ejg_setting settings[] = {
		{ .name = "user", .value = "nobody" },
		{ .name = "ERLANG_NODE", .value = "ejabberd@localhost" },
	};
	struct ejg_process found[ARRAY_SIZE(processes)];
	struct survey_fixture f;

	survey_fixture_init(&f, state);
	f.facts.service = "ejabberd";
	memcpy(found, processes, sizeof(found));
	for (size_t i = 0; i < ARRAY_SIZE(found); i++)
		found[i].relation = 99;
	f.build.survey->settings = settings;
	f.build.survey->n_settings = ARRAY_SIZE(settings);
	f.build.survey->processes = found;
	f.build.survey->n_processes = ARRAY_SIZE(found);
	find(&f.build);
	assert_true(f.build.survey->user_known);
	assert_int_equal(f.build.survey->user, 65534);
	for (size_t i = 0; i < ARRAY_SIZE(found); i++)
		if (found[i].relation != processes[i].relation)
			fail_msg("process %zu: %u, not %u", i, found[i].relation, processes[i].relation);

	/* if the configured user does not exist, the node in the service's cgroup decides */
	settings[0].value = "no such user";
	find(&f.build);
	assert_true(f.build.survey->user_known);
	assert_int_equal(f.build.survey->user, 7);
	assert_int_equal(found[3].relation, EJG_RELATION_STRANGER);
	assert_int_equal(found[12].relation, EJG_RELATION_OURS);

	/* a number needs no entry, and the node does not decide */
	settings[0].value = "4005";
	find(&f.build);
	assert_true(f.build.survey->user_known);
	assert_int_equal(f.build.survey->user, 4005);
	settings[0].value = "no such user";

	/* if the user is unknown, nobody is a stranger, and only root's claims count */
	f.facts.service = "no such service";
	found[0].role = EJG_PROCESS_EPMD;
	find(&f.build);
	assert_false(f.build.survey->user_known);
	for (size_t i = 0; i < ARRAY_SIZE(found); i++)
		if (!found[i].in_service && (found[i].uid != 0 || !found[i].node))
			assert_int_equal(found[i].relation, EJG_RELATION_UNKNOWN);
	assert_int_equal(found[5].relation, EJG_RELATION_OURS);
}

/* The real system, whatever it is. */
static void test_real(void **state)
{
	struct survey_fixture f;
	static const char *const units[] = { "ejabberd.service", NULL };
	struct ejg_survey *survey;
	struct settings *settings;

	survey_fixture_init(&f, state);
	f.facts.epmd_port = 1; /* no listener: nobody is asked */
	settings = settings_new(f.base.scratch->arena, &settings_source_system, "ejabberd", units);
	assert_non_null(settings);
	assert_int_equal(survey_collect(f.base.scratch->arena, &f.facts, settings, true, &survey), 0);
	assert_int_equal(survey->size, sizeof(*survey));
	assert_false(survey->epmd_answered);
	assert_non_null(survey->epmd_note);
}

/* Connections are listed only for those who ask. */
static void test_connections(void **state)
{
	static const char *const units[] = { "ejabberd.service", NULL };
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(address);
	struct survey_fixture f;
	struct ejg_port_range dist;
	struct ejg_survey *survey;
	struct settings *settings;
	int listener = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(bind(listener, (struct sockaddr *)&address, size), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
	assert_int_equal(connect(client, (struct sockaddr *)&address, size), 0);
	survey_fixture_init(&f, state);
	dist.first = dist.last = ntohs(address.sin_port);
	f.facts.epmd_port = 1;
	f.facts.dist = &dist;
	f.facts.n_dist = 1;
	settings = settings_new(f.base.scratch->arena, &settings_source_system, "ejabberd", units);
	assert_int_equal(survey_collect(f.base.scratch->arena, &f.facts, settings, true, &survey), 0);
	assert_int_equal(survey->n_connections, 2); /* both ends */
	assert_int_equal(survey_collect(f.base.scratch->arena, &f.facts, settings, false, &survey), 0);
	assert_int_equal(survey->n_connections, 0);
	close(client);
	close(listener);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(test_units),     scratch_test(test_in_service), scratch_test(test_find),
		scratch_test(test_container), scratch_test(test_settings),   scratch_test(test_larger),
		scratch_test(test_relations), scratch_test(test_real),	     scratch_test(test_connections),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
