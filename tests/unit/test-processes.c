/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* On a made-up /proc; tests/rules has the real one. */
#include "libejguard/service/processes.h"

#include "libejguard/service/processes-read.h"
#include "tests/unit/survey-fixture.h"

#define BEAM "/usr/lib/erlang/erts-13.1.5/bin/beam.smp"
#define ERL BEAM "|--|-root|/usr/lib/erlang|-bindir|/usr/lib/erlang/erts-13.1.5/bin|-progname|erl|--"
#define OURS "/system.slice/ejabberd.service"
#define INIT                                                                                                           \
	{                                                                                                              \
		.pid = 1, .exe = "/usr/lib/systemd/systemd", .arguments = "/sbin/init", .cgroup = "/init.scope"        \
	}

static void collect(struct survey_fixture *f, const struct fake *fakes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		fake_process(f, &fakes[i]);
	assert_int_equal(processes_collect(&f->build), 0);
}

static const struct ejg_process *process(const struct survey_fixture *f, pid_t pid)
{
	for (size_t i = 0; i < f->build.survey->n_processes; i++)
		if (f->build.survey->processes[i].pid == pid)
			return &f->build.survey->processes[i];
	return NULL;
}

static void test_debian(void **state)
{
	static const struct fake fakes[] = {
		INIT,
		{ .pid = 20,
		  .exe = BEAM,
		  .uid = 110,
		  .cgroup = OURS,
		  .environment = "HOME=/var/lib/ejabberd|PATH=/bin|"
				 "SECRET=x|ERL_EPMD_ADDRESS=|HOMER=no",
		  .arguments =
			  ERL "|-home|/var/lib/ejabberd|--|-sname|ejabberd@localhost|-mnesia|dir|\"/x\"|-s|ejabberd" },
		{ .pid = 21,
		  .exe = "/usr/lib/erlang/erts-13.1.5/bin/erl_child_setup",
		  .arguments = "erl_child_setup|65536",
		  .cgroup = OURS },
		{ .pid = 9,
		  .exe = "/usr/bin/epmd",
		  .arguments = "/usr/bin/epmd|-systemd",
		  .uid = 111,
		  .cgroup = "/system.slice/epmd.service" },
		{ .pid = 30,
		  .exe = BEAM,
		  .uid = 110,
		  .cgroup = "/user.slice/user-0.slice/session-1.scope",
		  .arguments = ERL "|-sname|ctl-1-ejabberd@localhost|-hidden|-noinput|-s|ejabberd_ctl|-extra|status" },
		{ .pid = 31, .exe = "/usr/bin/python3", .arguments = "python3|beam.smp" },
		{ .pid = 2, .arguments = "" },
	};
	struct survey_fixture f;
	const struct ejg_process *node;

	survey_fixture_init(&f, state);
	collect(&f, fakes, ARRAY_SIZE(fakes));
	assert_int_equal(f.build.survey->n_processes, 3);
	assert_int_equal(f.build.survey->processes[0].pid, 9);
	node = process(&f, 20);
	assert_int_equal(node->role, EJG_PROCESS_NODE);
	assert_int_equal(node->uid, 110);
	assert_int_equal(node->gid, 110);
	assert_int_equal(node->start_time, 20000);
	assert_string_equal(node->exe, BEAM);
	assert_string_equal(node->unit, "ejabberd.service");
	assert_string_equal(node->cgroup, OURS);
	assert_string_equal(node->node, "ejabberd@localhost");
	assert_true(node->in_service && !node->long_name && !node->other_network && !node->cookie_argument);
	assert_int_equal(node->n_environment, 2);
	assert_string_equal(node->environment[0], "HOME=/var/lib/ejabberd");
	assert_string_equal(node->environment[1], "ERL_EPMD_ADDRESS=");
	assert_null(node->environment[2]);
	assert_null(node->arguments[node->n_arguments]);
	assert_string_equal(node->arguments[node->n_arguments - 1], "ejabberd");
	assert_int_equal(process(&f, 9)->role, EJG_PROCESS_EPMD);
	assert_string_equal(process(&f, 9)->unit, "epmd.service");
	assert_false(process(&f, 9)->in_service); /* its cgroup does not exist */
	assert_int_equal(process(&f, 30)->role, EJG_PROCESS_CONTROL);
	assert_string_equal(process(&f, 30)->unit, "session-1.scope");
	/* a missing file cannot be read */
	assert_true(survey_fixture_unseen(&f, "run it as root") || getuid() == 0);
}

/* The processes in the survey, and their roles: -1 for none. */
/* The expected role of each process; -1: not in the survey. */
static const struct {
	struct fake fake;
	int role;
	const char *node;
	bool long_name;
} roles[] = {
	{ { .exe = BEAM, .arguments = ERL "|-name|a@b.c" }, EJG_PROCESS_NODE, "a@b.c", true },
	{ { .exe = BEAM " (deleted)", .arguments = ERL "|-name|a@b.c" }, EJG_PROCESS_NODE, "a@b.c", true },
	{ { .exe = "/x/beam.debug.smp", .arguments = "x|-sname|a" }, EJG_PROCESS_NODE, "a", false },
	{ { .exe = "/x/beam", .arguments = "x|-sname|a" }, EJG_PROCESS_NODE, "a", false },
	{ { .exe = "/tmp/other", .arguments = "x|--|-root|/r|-progname|erl|-sname|a" }, EJG_PROCESS_NODE, "a", false },
	{ { .exe = "/tmp/beamer", .arguments = "beam.smp|-sname|a" }, -1, NULL, false },
	{ { .exe = "/tmp/other", .arguments = "beam.smp|-sname|a" }, -1, NULL, false },
	{ { .arguments = "/x/beam.smp|-sname|a" }, EJG_PROCESS_NODE, "a", false },
	/* a node without a name: ejabberd is one, other programs in the service are, others are not */
	{ { .exe = BEAM, .arguments = ERL "|-s|ejabberd" }, EJG_PROCESS_NODE, NULL, false },
	{ { .exe = BEAM, .arguments = ERL, .cgroup = OURS }, EJG_PROCESS_NODE, NULL, false },
	{ { .exe = BEAM, .arguments = ERL, .cgroup = OURS "/below" }, EJG_PROCESS_NODE, NULL, false },
	{ { .exe = BEAM, .arguments = ERL, .cgroup = OURS "x" }, -1, NULL, false },
	{ { .exe = BEAM, .arguments = "" }, -1, NULL, false },
	{ { .exe = BEAM, .arguments = "", .cgroup = OURS }, EJG_PROCESS_NODE, NULL, false },
	/* a hidden ejabberd is still a node */
	{ { .exe = BEAM, .arguments = ERL "|-sname|a|-hidden|-s|ejabberd" }, EJG_PROCESS_NODE, "a", false },
	{ { .exe = BEAM, .arguments = ERL "|-sname|a|-hidden" }, EJG_PROCESS_CONTROL, "a", false },
	{ { .exe = BEAM, .arguments = ERL "|-sname|a|-remsh|b" }, EJG_PROCESS_CONTROL, "a", false },
	{ { .exe = BEAM, .arguments = ERL "|-sname|a|-dist_listen|false" }, EJG_PROCESS_CONTROL, "a", false },
	{ { .exe = BEAM, .arguments = ERL "|-sname|a|-dist_listen|true" }, EJG_PROCESS_NODE, "a", false },
	{ { .exe = BEAM, .arguments = ERL "|-extra|--sname|a|--remsh|b" }, EJG_PROCESS_CONTROL, "a", false },
	{ { .exe = BEAM, .arguments = ERL "|-extra|-sname|a" }, -1, NULL, false },
	/* the first of several, and the short one */
	{ { .exe = BEAM, .arguments = ERL "|-name|a@b.c|-name|d@e.f" }, EJG_PROCESS_NODE, "a@b.c", true },
	{ { .exe = BEAM, .arguments = ERL "|-name|a@b.c|-sname|d" }, EJG_PROCESS_NODE, "d", false },
	{ { .exe = BEAM, .arguments = ERL "|-name|-noinput" }, -1, NULL, false },
	{ { .exe = BEAM, .arguments = ERL "|-sname" }, -1, NULL, false },
	{ { .exe = "/x/epmd", .arguments = "whatever" }, EJG_PROCESS_EPMD, NULL, false },
	{ { .exe = "/x/sleep", .arguments = "epmd" }, -1, NULL, false },
	{ { .exe = "/x/erl_call", .arguments = "erl_call|-c|S3CRET|-sname|a" }, EJG_PROCESS_CONTROL, NULL, false },
};

static void test_roles(void **state)
{
	struct survey_fixture f;

	survey_fixture_init(&f, state);
	for (size_t i = 0; i < ARRAY_SIZE(roles); i++) {
		struct fake fake = roles[i].fake;

		fake.pid = (int)i + 10;
		fake_process(&f, &fake);
	}
	collect(&f, NULL, 0);
	for (size_t i = 0; i < ARRAY_SIZE(roles); i++) {
		const struct ejg_process *found = process(&f, (pid_t)i + 10);

		if ((found ? (int)found->role : -1) != roles[i].role)
			fail_msg("case %zu: role %d", i, found ? (int)found->role : -1);
		if (!found)
			continue;
		if (!found->node != !roles[i].node || (found->node && strcmp(found->node, roles[i].node) != 0) ||
		    found->long_name != roles[i].long_name)
			fail_msg("case %zu: node %s", i, found->node);
	}
}

static void test_cookies(void **state)
{
	static const struct fake fakes[] = {
		INIT,
		{ .pid = 20,
		  .exe = BEAM,
		  .arguments = ERL "|-sname|a|-setcookie|S3CRET|-noinput",
		  .environment = "ERL_OPTIONS=+K true -setcookie 'S3CRET x' -heart|ERL_AFLAGS=-setcookie S3CRET|"
				 "ERL_OTP25_FLAGS=-setcookie S3CRET|RELEASE_COOKIE=S3CRET|HOME=/x" },
		{ .pid = 21, .exe = BEAM, .arguments = ERL "|-sname|a|-setcookie|-S3CRET" },
		{ .pid = 22, .exe = BEAM, .arguments = ERL "|-sname|a|-setcookie|b@c|S3CRET|-noinput" },
		{ .pid = 23, .exe = BEAM, .arguments = ERL "|-sname|a|-eval|erlang:set_cookie('S3CRET')." },
		{ .pid = 24,
		  .exe = BEAM,
		  .arguments = ERL "|-extra|--sname|a|--cookie|S3CRET|--erl|-setcookie S3CRET -x" },
		{ .pid = 25, .exe = "/x/erl_call", .arguments = "erl_call|-c|S3CRET|-sname|a" },
		{ .pid = 26, .exe = BEAM, .arguments = ERL "|-sname|a|-setcookie", .environment = "" },
		{ .pid = 27, .exe = BEAM, .arguments = ERL "|-sname|a|-c|no" },
	};
	struct survey_fixture f;

	survey_fixture_init(&f, state);
	collect(&f, fakes, ARRAY_SIZE(fakes));
	assert_int_equal(f.build.survey->n_processes, ARRAY_SIZE(fakes) - 1);
	for (size_t i = 0; i < f.build.survey->n_processes; i++) {
		const struct ejg_process *p = &f.build.survey->processes[i];

		for (size_t j = 0; j < p->n_arguments; j++)
			assert_null(strstr(p->arguments[j], "S3CRET"));
		for (size_t j = 0; j < p->n_environment; j++)
			assert_null(strstr(p->environment[j], "S3CRET"));
		assert_int_equal(p->cookie_argument, p->pid < 26);
	}
	assert_string_equal(process(&f, 20)->environment[0], "ERL_OPTIONS=+K true -setcookie *** -heart");
	assert_int_equal(process(&f, 20)->n_environment, 4);
	assert_string_equal(process(&f, 27)->arguments[process(&f, 27)->n_arguments - 1], "no");
	assert_non_null(process(&f, 26)->environment);
	assert_int_equal(process(&f, 26)->n_environment, 0);
}

static void test_unseen(void **state)
{
	static const struct fake fakes[] = {
		{ .pid = 20, .exe = BEAM, .arguments = ERL "|-sname|a", .network = "net:[2]", .environment = "" },
	};
	struct survey_fixture f;

	/* no process 1: hidepid */
	survey_fixture_init(&f, state);
	collect(&f, fakes, ARRAY_SIZE(fakes));
	assert_true(survey_fixture_unseen(&f, "hidepid"));
	assert_true(process(&f, 20)->other_network);

	assert_int_equal(survey_begin(f.base.scratch->arena, &f.facts, &f.source, &f.build), 0);
	f.source.proc = "/nonexistent";
	collect(&f, NULL, 0);
	assert_true(survey_fixture_unseen(&f, "no process was seen"));
	assert_int_equal(f.build.survey->n_processes, 0);
}

/* Other users cannot displace the service's processes, and long text is cut and reported. */
static void test_limits(void **state)
{
	static char arguments[PROCESSES_MAX_TEXT + 100] = ERL "|-sname|a|";
	struct survey_fixture f;

	memset(arguments + strlen(arguments), 'x', sizeof(arguments) - 1 - strlen(arguments));
	survey_fixture_init(&f, state);
	fake_process(&f, &(struct fake){ .pid = 1, .exe = "/sbin/init", .arguments = "init" });
	for (int i = 0; i < 300; i++)
		fake_process(
			&f,
			&(struct fake){ .pid = 100 + i, .exe = BEAM, .arguments = ERL "|-sname|a", .environment = "" });
	fake_process(&f, &(struct fake){
				 .pid = 5000, .exe = BEAM, .arguments = arguments, .cgroup = OURS, .environment = "" });
	collect(&f, NULL, 0);
	assert_int_equal(f.build.survey->n_processes, 257);
	assert_string_equal(process(&f, 5000)->node, "a");
	assert_true(survey_fixture_unseen(&f, "there are 44 more"));
	assert_true(
		survey_fixture_unseen(&f, "a process are longer than 128 KiB and were not completely read (pid 5000)"));
	assert_false(survey_fixture_unseen(&f, "hidepid"));
}

/* Entries that are no process, or an incomplete one, are left out. */
static void test_odd_entries(void **state)
{
	struct survey_fixture f;
	struct scratch *scratch;

	survey_fixture_init(&f, state);
	scratch = f.base.scratch;
	scratch_mkdir(scratch, "proc/0");
	scratch_mkdir(scratch, "proc/99999999999999999999");
	scratch_mkdir(scratch, "proc/012");
	scratch_text(scratch, "proc/13", "a file");
	fake_process(&f, &(struct fake){ .pid = 14, .exe = BEAM, .arguments = ERL "|-sname|a", .environment = "" });
	scratch_text(scratch, "proc/14/stat", "14 (no end");
	fake_process(&f, &(struct fake){ .pid = 15, .exe = BEAM, .arguments = ERL "|-sname|a", .environment = "" });
	scratch_text(scratch, "proc/15/status", "Name:\tno user\n");
	fake_process(&f,
		     &(struct fake){ .pid = 16, .exe = BEAM, .arguments = ERL "|-sname|\x1b[31m", .environment = "" });
	collect(&f, NULL, 0);
	assert_int_equal(f.build.survey->n_processes, 1);
	assert_string_equal(process(&f, 16)->node, "\x1b[31m");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(test_debian), scratch_test(test_roles),  scratch_test(test_cookies),
		scratch_test(test_unseen), scratch_test(test_limits), scratch_test(test_odd_entries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
