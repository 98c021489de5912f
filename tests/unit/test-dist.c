/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The distribution range and epmd's port from ejabberdctl.cfg and vm.args. */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "tests/unit/facts-fixture.h"

enum { STRANGER = 4242 };

static const struct {
	const char *cfg;       /* ejabberdctl.cfg; NULL: none */
	const char *arguments; /* vm.args; NULL: none */
	const char *result;
	const char *note; /* a part of it */
} table[] = {
	{ NULL, NULL, RANDOM, "there is no" },
	{ "", NULL, RANDOM, "FIREWALL_WINDOW is not set in" },
	{ "#FIREWALL_WINDOW=4200-4210\n", NULL, RANDOM, "not set" },
	{ "FIREWALL_WINDOW=\n", NULL, RANDOM, "not set" },
	{ "FIREWALL_WINDOW=4200-4210\n", NULL, "4200-4210", NULL },
	{ "FIREWALL_WINDOW=\"4200-4210\"\n", NULL, "4200-4210", NULL },
	{ "FIREWALL_WINDOW=4200\n", NULL, "4200-4200", NULL },
	{ "FIREWALL_WINDOW=1-65535\n", NULL, "1-65535", NULL },
	{ "FIREWALL_WINDOW=4200-4210\nFIREWALL_WINDOW=\n", NULL, RANDOM, "not set" },
	{ "export FIREWALL_WINDOW\n", NULL, RANDOM, "not set" },
	/* malformed windows */
	{ "POLL=true\nFIREWALL_WINDOW=42:00\n", NULL, INDETERMINATE, "ejabberdctl.cfg:2: FIREWALL_WINDOW" },
	{ "FIREWALL_WINDOW=4200-\n", NULL, "4200-4200", NULL },
	{ "FIREWALL_WINDOW=-4210\n", NULL, RANDOM, ":1 has no minimum" },
	{ "FIREWALL_WINDOW=-4210\n", "-kernel inet_dist_listen_min 4400 inet_dist_listen_max 4410\n", RANDOM,
	  ":1 has no minimum" },
	{ "FIREWALL_WINDOW=abc-def\n", NULL, RANDOM, "no minimum" },
	{ "FIREWALL_WINDOW=4200:4210\n", NULL, INDETERMINATE, "4200:4210" },
	{ "FIREWALL_WINDOW=4200-4205-4210\n", NULL, INDETERMINATE, "4200-4205-4210" },
	{ "FIREWALL_WINDOW='4200 - 4210'\n", NULL, "4200-4210", NULL },
	{ "FIREWALL_WINDOW=' '\n", NULL, RANDOM, "no minimum" },
	{ "FIREWALL_WINDOW=' 4200-4210'\n", NULL, "4200-4210", NULL },
	{ "FIREWALL_WINDOW=4200-4210,4300\n", NULL, INDETERMINATE, "two ports" },
	{ "FIREWALL_WINDOW=0-4210\n", NULL, RANDOM, "no minimum" },
	{ "FIREWALL_WINDOW=4200-65536\n", NULL, "4200-65535", NULL },
	{ "FIREWALL_WINDOW=4200-99999999999999999999\n", NULL, "4200-65535", NULL },
	{ "FIREWALL_WINDOW=4200-+4210\n", NULL, INDETERMINATE, "two ports" },
	{ "FIREWALL_WINDOW=4210-4200\n", NULL, INDETERMINATE, "does not start" },
	{ "FIREWALL_WINDOW=4200-4210\r\n", NULL, "4200-4210", NULL },
	{ "FIREWALL_WINDOW=$WINDOW\n", NULL, INDETERMINATE, "a variable that is not set here" },
	{ "FIREWALL_WINDOW+=4200\n", NULL, INDETERMINATE, "appended" },
	{ "FIREWALL_WINDOW=4200-4210 # cluster\n", NULL, "4200-4210", NULL },
	{ "FIREWALL_WINDOW=4200-4210\n. /etc/more\n", NULL, INDETERMINATE,
	  ":2: the effect of this line cannot be determined" },
	{ "if true; then\nFIREWALL_WINDOW=4200-4210\nfi\n", NULL, INDETERMINATE, ":2: " },
	{ "umask 027\nif true; then\nulimit -n 9\nfi\nFIREWALL_WINDOW=4200-4210\n", NULL, "4200-4210", NULL },
	{ "A=4200\nFIREWALL_WINDOW=$A-4210\n", NULL, "4200-4210", NULL },
	{ "FIREWALL_WINDOW=4200-4210 ulimit -n 9\n", NULL, INDETERMINATE, "follows the assignment" },
	{ "IFS=-\nFIREWALL_WINDOW=4200-4210\n", NULL, INDETERMINATE, "IFS" },
	{ "ERLANG_NODE=ejabberd@$(hostname -f)\nFIREWALL_WINDOW=4200-4210\n", NULL, "4200-4210", NULL },
	/* ERL_DIST_PORT */
	{ "ERL_DIST_PORT=5210\n", NULL, "5210-5210", NULL },
	{ "export ERL_DIST_PORT=5210\n", NULL, "5210-5210", NULL },
	{ "ERL_DIST_PORT=\n", NULL, RANDOM, "not set" },
	{ "ERL_DIST_PORT=0\n", NULL, RANDOM, "is not a port" },
	{ "ERL_DIST_PORT=5210-5211\n", NULL, RANDOM, "is not a port" },
	{ "ERL_DIST_PORT=' 05210'\n", NULL, "5210-5210", NULL },
	{ "ERL_DIST_PORT=70000\n", NULL, INDETERMINATE, "is not a port" },
	{ "ERL_DIST_PORT=-1\n", NULL, INDETERMINATE, "is not a port" },
	{ "ERL_DIST_PORT='5210 -x'\n", NULL, INDETERMINATE, "is not a port" },
	{ "FIREWALL_WINDOW=4200-4210\nERL_DIST_PORT=auto\n", NULL, "4200-4210", NULL },
	{ "FIREWALL_WINDOW='4200 to 4210'\n", NULL, INDETERMINATE, "is not a range" },
	{ "FIREWALL_WINDOW=4200..4210\n", NULL, INDETERMINATE, "is not a range" },
	{ "ERL_DIST_PORT=$PORT\n", NULL, INDETERMINATE, "ERL_DIST_PORT cannot be read" },
	{ "FIREWALL_WINDOW=4200-4210\nERL_DIST_PORT=5210\n", NULL, "4200-4210 5210-5210", NULL },
	{ "FIREWALL_WINDOW=4200-4210\nERL_DIST_PORT=4100\n", NULL, "4100-4100 4200-4210", NULL },
	{ "FIREWALL_WINDOW=4200-4210\nERL_DIST_PORT=4205\n", NULL, "4200-4210", NULL },
	{ "FIREWALL_WINDOW=4200\nERL_DIST_PORT=4200\n", NULL, "4200-4200", NULL },
	/* ERL_OPTIONS: the first -kernel key wins */
	{ "ERL_OPTIONS='-kernel inet_dist_listen_min 4300 inet_dist_listen_max 4310'\n", NULL, "4300-4310", NULL },
	{ "FIREWALL_WINDOW=4200-4210\nERL_OPTIONS='-kernel inet_dist_listen_min 4300 inet_dist_listen_max 4310'\n",
	  NULL, "4300-4310", NULL },
	{ "ERL_OPTIONS='+A 5 -smp auto'\nFIREWALL_WINDOW=4200-4210\n", NULL, "4200-4210", NULL },
	{ "ERL_OPTIONS='-kernel inet_dist_listen_min 4300'\n", NULL, INDETERMINATE, "another form" },
	{ "ERL_OPTIONS='-kernel inet_dist_listen_max 4310'\n", NULL, INDETERMINATE, "another form" },
	{ "ERL_OPTIONS='-kernel inet_dist_listen_min 4310 inet_dist_listen_max 4300'\n", NULL, INDETERMINATE,
	  "another form" },
	{ "ERL_OPTIONS='-kernel inet_dist_listen_min 1 inet_dist_listen_max 2 -kernel inet_dist_listen_min 3'\n", NULL,
	  INDETERMINATE, "another form" },
	{ "ERL_OPTIONS='-kernel inet_dist_listen_options [{port,9}]'\n", NULL, INDETERMINATE, "another form" },
	{ "ERL_OPTIONS='-erl_epmd_port 4300'\n", NULL, INDETERMINATE, "another form" },
	{ "FIREWALL_WINDOW=4200-4210\nERL_OPTIONS='-args_file /x'\n", NULL, INDETERMINATE, "another form" },
	{ "FIREWALL_WINDOW=4200-4210\nERL_OPTIONS='-config /x'\n", NULL, INDETERMINATE, "another form" },
	{ "FIREWALL_WINDOW=4200-4210\nERL_OPTIONS='-extra'\n", NULL, INDETERMINATE, "another form" },
	{ "ERL_OPTIONS='-extra -kernel inet_dist_listen_min 1 inet_dist_listen_max 2'\n", NULL, INDETERMINATE,
	  "another form" },
	{ "FIREWALL_WINDOW=4200-4210\nERL_OPTIONS='--'\n", NULL, INDETERMINATE, "another form" },
	{ "FIREWALL_WINDOW=4200-4210\nERL_OPTIONS=$X\n", NULL, INDETERMINATE,
	  "the value of ERL_OPTIONS cannot be determined" },
	/* other names that become arguments */
	{ "FIREWALL_WINDOW=4200\nPOLL='true -kernel inet_dist_listen_min 1 inet_dist_listen_max 2'\n", NULL,
	  INDETERMINATE, "POLL" },
	{ "FIREWALL_WINDOW=4200\nexport ERL_AFLAGS='-kernel inet_dist_listen_min 1'\n", NULL, INDETERMINATE,
	  "ERL_AFLAGS" },
	{ "FIREWALL_WINDOW=4200\nexport ERL_ZFLAGS=\"$X\"\n", NULL, INDETERMINATE, "ERL_ZFLAGS" },
	{ "FIREWALL_WINDOW=4200\nMNESIA_OPTIONS='-erl_epmd_port 1'\n", NULL, INDETERMINATE, "MNESIA_OPTIONS" },
	{ "FIREWALL_WINDOW=4200\nERL_MAX_PORTS=32000\nERL_PROCESSES=250000\n", NULL, "4200-4200", NULL },
	/* vm.args */
	{ "", "", RANDOM, "not set" },
	{ "", "+K true\n-smp auto\n", RANDOM, "not set" },
	{ "", "-kernel inet_dist_listen_min 4400 inet_dist_listen_max 4410\n", "4400-4410", NULL },
	{ NULL, "-kernel inet_dist_listen_min 4400 inet_dist_listen_max 4410", "4400-4410", NULL },
	{ "", "-kernel inet_dist_listen_min 4400 # from\n-kernel inet_dist_listen_max 4410 # to\n", "4400-4410", NULL },
	{ "", "-kernel inet_dist_listen_min 4400\n-kernel inet_dist_listen_min 4410\n", INDETERMINATE, "vm.args" },
	{ "", "-kernel inet_dist_listen_min 4400\n-kernel x y -kernel inet_dist_listen_max 4410\n", "4400-4410", NULL },
	{ "", "-kernel a {b,c} inet_dist_listen_max 4410 d e\n-kernel inet_dist_listen_min 4400\n", "4400-4410", NULL },
	{ "", "-kernel a inet_dist_listen_min 4400 inet_dist_listen_max 4410\n", INDETERMINATE, "vm.args" },
	{ "", "-kernel a b inet_dist_listen_min 4400\n", INDETERMINATE, "vm.args" },
	{ "", "-kernel a inet_dist_listen_min b c\n", INDETERMINATE, "vm.args" },
	{ "", "-kernel\r\n inet_dist_listen_min 4400\n inet_dist_listen_max\t4410\r\n", "4400-4410", NULL },
	{ "", "# -kernel inet_dist_listen_min 4400 inet_dist_listen_max 4410\n", RANDOM, "not set" },
	{ "", "-kernel inet_dist_listen_min 4400 inet_dist_listen_max 4410#0\n", "4400-4410", NULL },
	{ "", "x# -kernel inet_dist_listen_min 4400 inet_dist_listen_max 4410\n", RANDOM, "not set" },
	{ "", "-kernel inet_dist_listen_min 4400\n", INDETERMINATE, "vm.args" },
	{ "", "-kernel inet_dist\\_listen_min 4400 inet_dist_listen_max '4410'\n", "4400-4410", NULL },
	{ "", "-ker\"nel\" \"inet_dist\"_listen_min 4400\n", INDETERMINATE, "vm.args" },
	{ "FIREWALL_WINDOW=4200\n", "-erl_epmd\"_port\" 4400\n", INDETERMINATE, "vm.args" },
	{ "FIREWALL_WINDOW=4200\n", "-setcookie \"a b\"\n", "4200-4200", NULL },
	{ "FIREWALL_WINDOW=4200\n", "-setcookie \"a b\"\n-'extra' x\n", INDETERMINATE, "vm.args" },
	/* a cookie whose words look relevant */
	{ "FIREWALL_WINDOW=4200\n", "-setcookie prod-config-7f -smp\n", "4200-4200", NULL },
	{ "FIREWALL_WINDOW=4200\n", "-setcookie n@h prod-config-7f\n", "4200-4200", NULL },
	{ "FIREWALL_WINDOW=4200\n", "-setcookie\n", "4200-4200", NULL },
	{ "FIREWALL_WINDOW=4200\n", "-setcookie x -config /y\n", INDETERMINATE, "another form" },
	{ "FIREWALL_WINDOW=4200\n", "-setcookies prod-config-7f\n", INDETERMINATE, "another form" },
	{ "FIREWALL_WINDOW='4 -setcookie x9'\n", NULL, INDETERMINATE, "-setcookie ***" },
	{ "FIREWALL_WINDOW=4200-4210\n", "-kernel inet_dist_listen_min 4400 inet_dist_listen_max 4410\n", "4200-4210",
	  NULL },
	{ "FIREWALL_WINDOW=4200-4210\n", "+K true\n-args_file /x\n", INDETERMINATE, "vm.args:2: vm.args sets the" },
	{ "FIREWALL_WINDOW=4200-4210\n", "-erl_epmd_port 4400\n", INDETERMINATE, "vm.args" },
	{ "VMARGS=\n", "-kernel inet_dist_listen_min 4400 inet_dist_listen_max 4410\n", RANDOM, "not set" },
	{ "VMARGS=/nonexistent/vm.args\n", "-kernel inet_dist_listen_min 4400\n", RANDOM, "not set" },
	{ "VMARGS=vm.args\n", NULL, INDETERMINATE, "VMARGS" },
	{ "VMARGS='/a b'\n", NULL, INDETERMINATE, "VMARGS" },
	{ "VMARGS=$HOME/vm.args\n", NULL, INDETERMINATE, "VMARGS" },
};

static void write_or_remove(struct scratch *scratch, const char *name, const char *text)
{
	if (text)
		scratch_text(scratch, name, text);
	else
		unlink(scratch_path(scratch, name));
}

static void test_table(void **state)
{
	struct fixture f;

	fixture_init(&f, state);
	scratch_mkdir(f.scratch, "etc");
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		write_or_remove(f.scratch, "etc/ejabberdctl.cfg", table[i].cfg);
		write_or_remove(f.scratch, "etc/vm.args", table[i].arguments);
		if (fixture_collect(&f, "") != 0)
			fail_msg("'%s': not collected", table[i].cfg);
		if (strcmp(fixture_dist(&f), table[i].result) != 0)
			fail_msg("'%s' + '%s': %s, not %s (%s)", table[i].cfg, table[i].arguments, fixture_dist(&f),
				 table[i].result, f.facts->dist_note);
		if (!table[i].note)
			assert_null(f.facts->dist_note);
		else if (!strstr(f.facts->dist_note, table[i].note))
			fail_msg("'%s': note '%s', not '%s'", table[i].cfg, f.facts->dist_note, table[i].note);
		assert_int_equal(f.facts->dist_origin.kind, EJG_ORIGIN_DISCOVERED);
	}
}

/* As in Debian: the file in the configuration folder is a link; messages name the file itself. */
static void test_link(void **state)
{
	struct fixture f;

	fixture_init(&f, state);
	scratch_mkdir(f.scratch, "etc");
	scratch_text(f.scratch, "default", "\nFIREWALL_WINDOW=4200-4210\n");
	assert_int_equal(symlink("../default", scratch_path(f.scratch, "etc/ejabberdctl.cfg")), 0);
	assert_int_equal(fixture_collect(&f, ""), 0);
	assert_string_equal(fixture_dist(&f), "4200-4210");
	assert_string_equal(f.facts->dist_origin.file, scratch_path(f.scratch, "default"));
	assert_int_equal(f.facts->dist_origin.line, 2);
	unlink(scratch_path(f.scratch, "default"));
	assert_int_equal(fixture_collect(&f, ""), 0);
	assert_string_equal(fixture_dist(&f), RANDOM);
}

static void test_no_regular_file(void **state)
{
	struct fixture f;

	fixture_init(&f, state);
	scratch_mkdir(f.scratch, "etc");
	assert_int_equal(mkfifo(scratch_path(f.scratch, "etc/ejabberdctl.cfg"), 0600), 0);
	assert_int_equal(fixture_collect(&f, ""), 0); /* and does not block */
	assert_string_equal(fixture_dist(&f), RANDOM);
}

static void test_large_file(void **state)
{
	struct fixture f;
	char *text = malloc(SOURCE_MAX_FILE + 1);

	assert_non_null(text);
	memset(text, '\n', SOURCE_MAX_FILE + 1);
	fixture_init(&f, state);
	scratch_mkdir(f.scratch, "etc");
	scratch_write(f.scratch, "etc/ejabberdctl.cfg", text, SOURCE_MAX_FILE);
	assert_int_equal(fixture_collect(&f, ""), 0);
	assert_string_equal(fixture_dist(&f), RANDOM);
	scratch_write(f.scratch, "etc/ejabberdctl.cfg", text, SOURCE_MAX_FILE + 1);
	assert_int_equal(fixture_collect(&f, ""), 0);
	assert_string_equal(fixture_dist(&f), INDETERMINATE);
	assert_non_null(strstr(f.facts->dist_note, "1 MiB"));
	scratch_text(f.scratch, "etc/ejabberdctl.cfg", "");
	scratch_write(f.scratch, "etc/vm.args", text, SOURCE_MAX_FILE + 1);
	assert_int_equal(fixture_collect(&f, ""), 0);
	assert_string_equal(fixture_dist(&f), INDETERMINATE);
	free(text);
}

static void test_unreadable(void **state)
{
	const bool root = geteuid() == 0;
	struct fixture f;
	int r;

	fixture_init(&f, state);
	scratch_mkdir(f.scratch, "etc");
	scratch_text(f.scratch, "etc/ejabberdctl.cfg", "");
	assert_int_equal(chmod(scratch_path(f.scratch, "etc/ejabberdctl.cfg"), 0), 0);
	assert_int_equal(chmod(f.scratch->folder, 0755), 0);
	if (root)
		assert_int_equal(seteuid(STRANGER), 0); /* root reads everything */
	r = fixture_collect(&f, "");
	if (root)
		assert_int_equal(seteuid(0), 0);
	assert_int_equal(r, 0);
	assert_string_equal(fixture_dist(&f), INDETERMINATE);
	assert_non_null(strstr(f.facts->dist_note, "Permission denied"));
}

static void test_no_folder(void **state)
{
	struct fixture f;

	fixture_init(&f, state);
	assert_int_equal(fixture_collect(&f, ""), 0);
	assert_string_equal(fixture_dist(&f), INDETERMINATE);
	assert_null(f.facts->config_dir);
}

/* Another service has no default folder, and a folder without ejabberdctl.cfg has no settings for it. */
static void test_other_service(void **state)
{
	struct fixture f;

	fixture_init(&f, state);
	scratch_mkdir(f.scratch, "etc");
	assert_int_equal(fixture_collect_for(&f, "rabbitmq", ""), 0);
	assert_null(f.facts->config_dir);
	assert_string_equal(fixture_dist(&f), INDETERMINATE);
	assert_int_equal(
		fixture_collect_for(&f, "rabbitmq", arena_printf(f.scratch->arena, "config %s", f.config_dirs[0])), 0);
	assert_string_equal(f.facts->config_dir, f.config_dirs[0]);
	assert_string_equal(fixture_dist(&f), INDETERMINATE);
}

static const struct {
	const char *cfg;
	unsigned int port; /* 0: refused */
	const char *message;
} epmd_table[] = {
	{ "", 4369, NULL },
	{ "#ERL_EPMD_PORT=4400\n", 4369, NULL },
	{ "#ERL_EPMD_PORT=4400\nulimit -n 9\n", 4369, NULL },
	{ "ulimit -n 9\n", 4369, NULL },
	{ "export ERL_EPMD_PORT=4400\n", 4400, NULL },
	{ "ERL_EPMD_PORT=4400\nexport ERL_EPMD_PORT\n", 4400, NULL },
	{ "export ERL_EPMD_PORT\nERL_EPMD_PORT=4400\n", 4400, NULL },
	{ "ERL_EPMD_PORT=4400\n", 4369, NULL }, /* erl does not see it */
	{ "ERL_EPMD_PORT=$X\n", 4369, NULL },
	{ "export ERL_EPMD_PORT\n", 4369, NULL },
	{ "export ERL_EPMD_PORT=$X\n", 0, "cannot be determined" },
	{ "export ERL_EPMD_PORT=4400\nulimit -n 9\n", 4400, NULL },
	{ "export ERL_EPMD_PORT=4400\n. /x\n", 0, "cannot be determined" },
	{ "set -a\nERL_EPMD_PORT=4400\n", 4400, NULL },
	{ "[ -f /x ] && export ERL_EPMD_PORT=4400\n", 0, "cannot be determined" },
	{ "if x; then\n export ERL_EPMD_PORT=4400\nfi", 0, "cannot be determined" },
	{ "export ERL_EPMD_PORT=0\n", 0, "is not a port" },
	{ "export ERL_EPMD_PORT=\n", 0, "is not a port" },
	{ "export ERL_EPMD_PORT=4400\r\n", 0, "is not a port" },
};

static void test_epmd(void **state)
{
	struct fixture f;

	fixture_init(&f, state);
	scratch_mkdir(f.scratch, "etc");
	for (size_t i = 0; i < sizeof(epmd_table) / sizeof(epmd_table[0]); i++) {
		scratch_text(f.scratch, "etc/ejabberdctl.cfg", epmd_table[i].cfg);
		if (epmd_table[i].port == 0) {
			fixture_refused(&f, "", "fact-value", epmd_table[i].message);
			assert_int_equal(fixture_collect(&f, "epmd 4370"), 0);
			assert_int_equal(f.facts->epmd_port, 4370);
			continue;
		}
		assert_int_equal(fixture_collect(&f, ""), 0);
		if (f.facts->epmd_port != epmd_table[i].port)
			fail_msg("'%s': %u", epmd_table[i].cfg, f.facts->epmd_port);
		assert_int_equal(f.facts->epmd_origin.kind,
				 epmd_table[i].port == 4369 ? EJG_ORIGIN_DEFAULT : EJG_ORIGIN_DISCOVERED);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(test_table),	  scratch_test(test_link),	 scratch_test(test_no_regular_file),
		scratch_test(test_large_file),	  scratch_test(test_unreadable), scratch_test(test_no_folder),
		scratch_test(test_other_service), scratch_test(test_epmd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
