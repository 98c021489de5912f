/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/core/facts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "libejguard/util/cleanup.h"
#include "tests/unit/facts-fixture.h"

static void test_nothing_set(void **state)
{
	struct fixture f;

	fixture_init(&f, state);
	assert_int_equal(fixture_collect(&f, ""), 0);
	assert_int_equal(f.facts->size, sizeof(*f.facts));
	assert_string_equal(f.facts->service, "ejabberd");
	assert_string_equal(f.facts->rundir, "/run/test");
	assert_string_equal(f.facts->stack_file, "stack");
	assert_int_equal(f.facts->epmd_port, 4369);
	assert_int_equal(f.facts->epmd_origin.kind, EJG_ORIGIN_DEFAULT);
	assert_int_equal(f.facts->n_public_ports, 0);
	assert_int_equal(f.facts->n_peers, 0);
	assert_int_equal(f.facts->n_users, 0);
	assert_int_equal(report_finding_count(f.scratch->report), 0);
}

static void test_auto(void **state)
{
	struct fixture f;

	fixture_init(&f, state);
	assert_int_equal(fixture_collect(&f, "epmd auto\ndist auto\npublic auto\npeers auto\nusers auto\nconfig auto\n"
					     "cgroups auto"),
			 0);
	assert_int_equal(f.facts->epmd_port, 4369);
	assert_int_equal(f.facts->dist_state, EJG_DIST_INDETERMINATE);
	fixture_refused(&f, "epmd auto auto", "fact-value", "auto takes no other values");
	fixture_refused(&f, "dist 4200 auto", "fact-value", "auto takes no other values");
	assert_int_equal(fixture_collect(&f, "peers"), -EBADMSG); /* the reader of the stack says why */
}

static void test_ports(void **state)
{
	struct fixture f;

	fixture_init(&f, state);
	assert_int_equal(fixture_collect(&f, "epmd 4400\ndist 4380 4370-4375 4376\npublic 5222 443 8000-65535"), 0);
	assert_int_equal(f.facts->epmd_port, 4400);
	assert_int_equal(f.facts->epmd_origin.kind, EJG_ORIGIN_STACK);
	assert_int_equal(f.facts->epmd_origin.line, 1);
	assert_int_equal(f.facts->dist_state, EJG_DIST_FIXED);
	assert_null(f.facts->dist_note);
	assert_int_equal(f.facts->n_dist, 3);
	assert_int_equal(f.facts->dist[0].first, 4370);
	assert_int_equal(f.facts->dist[0].last, 4375);
	assert_int_equal(f.facts->dist[1].first, 4376);
	assert_int_equal(f.facts->dist[2].first, 4380);
	assert_int_equal(f.facts->n_public_ports, 3);
	assert_int_equal(f.facts->public_ports[0].first, 443);
	assert_int_equal(f.facts->public_ports[2].last, 65535);
	assert_int_equal(f.facts->public_origin.line, 3);
}

static void test_wrong_ports(void **state)
{
	static const struct {
		const char *text;
		const char *message;
	} table[] = {
		{ "epmd 0", "0 is not a port" },
		{ "epmd 65536", "65536 is not a port" },
		{ "epmd 4369-4370", "4369-4370 is not a port" },
		{ "epmd epmd", "epmd is not a port" },
		{ "epmd -1", "-1 is not a port" },
		{ "epmd 4369 4370", "takes one port" },
		{ "dist 4200-", "4200- is neither" },
		{ "dist -4200", "-4200 is neither" },
		{ "dist 4210-4200", "4210-4200 is neither" },
		{ "dist 4200:4210", "neither" },
		{ "dist 4200,4201", "neither" },
		{ "dist random", "neither" },
		{ "dist 4200-4210 4210-4220", "4210-4220 overlaps 4200-4210 at stack:1:6" },
		{ "dist 4205 4200-4210", "4205 overlaps 4200-4210 at stack:1:11" },
		{ "dist 4200 4200", "4200 overlaps 4200 at stack:1:6" },
		{ "public 5222 5222", "overlaps" },
		{ "public 4369", "4369 includes epmd's port 4369 (the default)" },
		{ "public 1-65535", "1-65535 includes epmd's port 4369" },
		{ "epmd 4400\npublic 4400", "(stack:1:6)" },
		{ "dist 4200-4210\npublic 4300 4205", "4205 overlaps the distribution ports 4200-4210 (stack:1:6)" },
	};
	struct fixture f;

	fixture_init(&f, state);
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		fixture_refused(&f, table[i].text, "fact-value", table[i].message);
	/* as found in ejabberdctl.cfg */
	scratch_mkdir(f.scratch, "etc");
	scratch_text(f.scratch, "etc/ejabberdctl.cfg", "POLL=true\nFIREWALL_WINDOW=5200-5300\n");
	fixture_refused(&f, "public 5222", "fact-value", "ejabberdctl.cfg:2");
}

/* All wrong lines are reported together, with their places. */
static void test_all_errors(void **state)
{
	const struct ejg_finding *finding;
	struct fixture f;

	fixture_init(&f, state);
	fixture_refused(&f, "epmd 0\ndist x y\nusers no-such-user-here 1 1\npeers 127.0.0.1\ncgroups x\nconfig rel",
			"fact-value", "0 is not a port");
	assert_int_equal(report_finding_count(f.scratch->report), 8);
	finding = report_finding(f.scratch->report, 3);
	assert_string_equal(finding->file, "stack");
	assert_int_equal(finding->line, 2);
	assert_int_equal(finding->column, 8);
}

static void test_users(void **state)
{
	struct fixture f;

	fixture_init(&f, state);
	assert_int_equal(fixture_collect(&f, "users root 1234 4294967294"), 0);
	assert_int_equal(f.facts->n_users, 3);
	assert_int_equal(f.facts->users[0], 0);
	assert_int_equal(f.facts->users[1], 1234);
	assert_int_equal(f.facts->users[2], 4294967294U);
	fixture_refused(&f, "users no-such-user-here", "fact-value", "no user no-such-user-here");
	fixture_refused(&f, "users 4294967295", "fact-value", "not a user id");
	fixture_refused(&f, "users 99999999999999999999", "fact-value", "not a user id");
	fixture_refused(&f, "users -1", "fact-value", "no user -1");
	fixture_refused(&f, "users root 0", "fact-value", "0 is user 0, and so is root at stack:1:7");
}

static void test_config(void **state)
{
	struct fixture f;
	char *dir;

	fixture_init(&f, state);
	scratch_mkdir(f.scratch, "etc");
	assert_int_equal(fixture_collect(&f, ""), 0);
	assert_string_equal(f.facts->config_dir, f.config_dirs[0]);
	assert_int_equal(f.facts->config_origin.kind, EJG_ORIGIN_DISCOVERED);
	scratch_mkdir(f.scratch, "other");
	scratch_text(f.scratch, "other/ejabberdctl.cfg", "FIREWALL_WINDOW=4200\n");
	dir = arena_printf(f.scratch->arena, "config %s/other", f.scratch->folder);
	assert_int_equal(fixture_collect(&f, dir), 0);
	assert_string_equal(f.facts->config_dir, dir + strlen("config "));
	assert_int_equal(f.facts->config_origin.kind, EJG_ORIGIN_STACK);
	assert_int_equal(f.facts->dist_state, EJG_DIST_FIXED);
	fixture_refused(&f, "config etc", "fact-value", "not an absolute path");
	fixture_refused(&f, "config /nonexistent/x", "fact-value", "No such file");
	fixture_refused(&f, "config /etc /opt", "fact-value", "takes one folder");
	fixture_refused(&f, arena_printf(f.scratch->arena, "config %s/other/ejabberdctl.cfg", f.scratch->folder),
			"fact-value", "not a folder");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(test_nothing_set), scratch_test(test_auto),       scratch_test(test_ports),
		scratch_test(test_wrong_ports), scratch_test(test_all_errors), scratch_test(test_users),
		scratch_test(test_config),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
