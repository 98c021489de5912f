/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The distribution range and epmd's port, if the unit sets them. */
#include <sys/stat.h>

#include "tests/unit/facts-fixture.h"

/*
 * The environment of the unit, with a start script that has only the relevant statements. "/etc" is a folder in the
 * tree and on every host, as facts_collect() requires.
 */
static const struct {
	const char *unit; /* lines of [Service] */
	const char *cfg;
	const char *result;
	const char *note;
	unsigned int epmd; /* 0: refused */
} unit_table[] = {
	{ "", "", RANDOM, "not set", 4369 },
	{ "Environment=ERL_DIST_PORT=5210\n", "", "5210-5210", NULL, 4369 },
	{ "Environment=ERL_DIST_PORT=5210\n", "ERL_DIST_PORT=\n", RANDOM, "not set", 4369 },
	{ "Environment=ERL_DIST_PORT=5210\n", "ERL_DIST_PORT=5211\n", "5211-5211", NULL, 4369 },
	{ "Environment=ERL_DIST_PORT=5210\n", "FIREWALL_WINDOW=4200-4210\n", "4200-4210 5210-5210", NULL, 4369 },
	{ "Environment=FIREWALL_WINDOW=1-2\n", "", RANDOM, "not set", 4369 },
	{ "Environment=FIREWALL_WINDOW=1-2\n", "FIREWALL_WINDOW=4200-4210\n", "4200-4210", NULL, 4369 },
	{ "Environment=ERL_FLAGS=-config\\x20/x\n", "FIREWALL_WINDOW=1-2\n", INDETERMINATE,
	  "the value of ERL_FLAGS cannot be determined", 4369 },
	{ "Environment='ERL_ZFLAGS=-config /x'\n", "FIREWALL_WINDOW=1-2\n", INDETERMINATE, "ERL_ZFLAGS", 4369 },
	{ "Environment=\"ERL_AFLAGS=-kernel inet_'dist'_listen_min 9\"\n", "FIREWALL_WINDOW=1-2\n", INDETERMINATE,
	  "ERL_AFLAGS", 4369 },
	{ "Environment='ERL_FLAGS=# -kernel inet_\"dist\"_listen_min 9'\n", "FIREWALL_WINDOW=1-2\n", INDETERMINATE,
	  "ERL_FLAGS", 4369 },
	{ "Environment=VMARGS=/nonexistent/%H\n", "FIREWALL_WINDOW=1-2\n", INDETERMINATE, "VMARGS", 4369 },
	{ "PassEnvironment=ERL_OPTIONS\n", "FIREWALL_WINDOW=1-2\n", INDETERMINATE, "service manager", 4369 },
	{ "PassEnvironment=ERL_OPTIONS\n", "FIREWALL_WINDOW=1-2\nERL_OPTIONS=\n", "1-2", NULL, 4369 },
	{ "EnvironmentFile=/e*c/x\n", "FIREWALL_WINDOW=1-2\n", INDETERMINATE, "EnvironmentFile", 4369 },
	{ "RootDirectory=/srv\n", "FIREWALL_WINDOW=1-2\n", INDETERMINATE, "elsewhere", 4369 },
	{ "ExecStart=\nExecStart=/usr/local/bin/start-ejabberd\n", "FIREWALL_WINDOW=1-2\n", INDETERMINATE,
	  "does not call", 4369 },
	{ "ExecStart=\nExecStart=/bin/sh -c 'ERL_DIST_PORT=7 exec /usr/sbin/ejabberdctl foreground'\n", "", "7-7", NULL,
	  4369 },
	{ "ExecStart=\n"
	  "ExecStart=/usr/sbin/ejguard exec --only-confine --service ejabberd -- /usr/sbin/ejabberdctl foreground\n",
	  "FIREWALL_WINDOW=4200-4210\n", "4200-4210", NULL, 4369 },
	{ "ExecStart=\nExecStart=/usr/sbin/ejguard --confdir \"/a -- b\" exec --only-confine --service ejabberd -- "
	  "/bin/sh -c 'ERL_DIST_PORT=7 exec /usr/sbin/ejabberdctl foreground'\n",
	  "", "7-7", NULL, 4369 },
	{ "ExecStart=\nExecStart=/usr/sbin/ejguard exec --only-confine -- /usr/local/bin/start-ejabberd\n",
	  "FIREWALL_WINDOW=1-2\n", INDETERMINATE, "does not call", 4369 },
	{ "ExecStart=\nExecStart=/usr/sbin/other exec --only-confine -- /usr/sbin/ejabberdctl foreground\n",
	  "FIREWALL_WINDOW=1-2\n", INDETERMINATE, "does more", 4369 },
	{ "Environment=ERL_DIST_PORT=5210 A=\\\\\nEnvironment=ERL_DIST_PORT=5211\n", "", "5211-5211", NULL, 4369 },
	{ "Environment=ERL_DIST_PORT=5210 \\\nEnvironment=ERL_DIST_PORT=5211\n", "", "5210-5210", NULL, 4369 },
	{ "Environment=ERL_EPMD_PORT=4400\n", "", RANDOM, "not set", 4400 },
	{ "Environment=ERL_EPMD_PORT=4400\n", "ERL_EPMD_PORT=4401\n", RANDOM, "not set", 4401 },
	{ "PassEnvironment=ERL_EPMD_PORT\n", "", RANDOM, "not set", 0 },
	{ "", "ERL_OPTIONS='-epmd_port 4400'\n", RANDOM, "not set", 0 },
	{ "", "ERL_OPTIONS='-env ERL_EPMD_PORT 4400'\n", RANDOM, "not set", 0 },
};

static const char unit_script[] =
	"#!/bin/sh\nFIREWALL_WINDOW=\n: \"${CONFIG_DIR:=\"/etc\"}\"\n"
	": \"${EJABBERDCTL_CONFIG_PATH:=\"$CONFIG_DIR/ejabberdctl.cfg\"}\"\n"
	": \"${VMARGS:=\"$CONFIG_DIR/vm.args\"}\"\n"
	"[ -f \"$EJABBERDCTL_CONFIG_PATH\" ] && . \"$EJABBERDCTL_CONFIG_PATH\"\n"
	"[ -n \"$ERL_DIST_PORT\" ] && O=\"-erl_epmd_port $ERL_DIST_PORT -start_epmd false\"\n";

static void make_folders(struct scratch *scratch, const char *path)
{
	char *copy = arena_strdup(scratch->arena, path);

	for (char *slash = copy; slash && (slash = strchr(slash, '/')); *slash++ = '/') {
		*slash = '\0';
		if (access(scratch_path(scratch, copy), F_OK) < 0)
			scratch_mkdir(scratch, copy);
	}
}

static void test_unit(void **state)
{
	struct settings_source settings = { .hostname = "host" };
	struct fixture f;

	fixture_init(&f, state);
	make_folders(f.scratch, "root/usr/sbin/");
	make_folders(f.scratch, "root/etc/systemd/system/");
	settings.root = fixture_path(f.scratch, "root");
	f.source.settings = &settings;
	f.config_dirs[0] = "/etc";
	scratch_text(f.scratch, "root/usr/sbin/ejabberdctl", unit_script);
	for (size_t i = 0; i < sizeof(unit_table) / sizeof(unit_table[0]); i++) {
		scratch_text(f.scratch, "root/etc/systemd/system/ejabberd.service",
			     arena_printf(f.scratch->arena, "[Service]\nExecStart=/usr/sbin/ejabberdctl foreground\n%s",
					  unit_table[i].unit));
		scratch_text(f.scratch, "root/etc/ejabberdctl.cfg", unit_table[i].cfg);
		if (unit_table[i].epmd == 0)
			fixture_refused(&f, "", "fact-value", "cannot be determined");
		assert_int_equal(fixture_collect(&f, unit_table[i].epmd ? "" : "epmd 4369"), 0);
		assert_string_equal(f.facts->config_dir, "/etc");
		if (strcmp(fixture_dist(&f), unit_table[i].result) != 0)
			fail_msg("%s + %s: %s, not %s (%s)", unit_table[i].unit, unit_table[i].cfg, fixture_dist(&f),
				 unit_table[i].result, f.facts->dist_note);
		if (unit_table[i].note && (!f.facts->dist_note || !strstr(f.facts->dist_note, unit_table[i].note)))
			fail_msg("%s: note '%s', not '%s'", unit_table[i].unit, f.facts->dist_note, unit_table[i].note);
		if (unit_table[i].epmd)
			assert_int_equal(f.facts->epmd_port, unit_table[i].epmd);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { scratch_test(test_unit) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
