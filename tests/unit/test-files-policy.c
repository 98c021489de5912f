/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/files/policy.h"

#include <stdio.h>
#include <string.h>

#include "libejguard/modules/files/tally.h"
#include "tests/unit/scratch.h"

static void names_say_what_a_file_is(void **state)
{
	static const struct {
		enum file_group group;
		const char *name;
		bool folder;
		enum file_group expected;
	} rows[] = {
		{ GROUP_SPOOL, "schema.DAT", false, GROUP_SPOOL },
		{ GROUP_SPOOL, ".erlang.cookie", false, GROUP_COOKIE },
		{ GROUP_CONFIG, ".erlang.cookie", false, GROUP_COOKIE },
		{ GROUP_LOG, "erl_crash_20260101-000000.dump", false, GROUP_DUMP },
		{ GROUP_LOG, "erl_crashes", true, GROUP_LOG },
		{ GROUP_LOG, "ejabberd.log.1.gz", false, GROUP_LOG },
		{ GROUP_LOG, "core", false, GROUP_DUMP },
		{ GROUP_LOG, "core.1234", false, GROUP_DUMP },
		{ GROUP_LOG, "score", false, GROUP_LOG },
		{ GROUP_SPOOL, "MnesiaCore.ejabberd@localhost_1_2_3", false, GROUP_DUMP },
		{ GROUP_SPOOL, "database.backup", false, GROUP_BACKUP },
		{ GROUP_SPOOL, "2026-backup-x", false, GROUP_BACKUP },
		{ GROUP_SPOOL, "dump.txt", false, GROUP_BACKUP },
		{ GROUP_SPOOL, "a.tar.gz", false, GROUP_BACKUP },
		{ GROUP_SPOOL, "a.sql", false, GROUP_BACKUP },
		{ GROUP_SPOOL, "sql", false, GROUP_SPOOL },
		{ GROUP_SPOOL, ".sql", false, GROUP_BACKUP },
		{ GROUP_SPOOL, ".ejabberd-modules", true, GROUP_CODE },
		{ GROUP_SPOOL, ".erlang", false, GROUP_CODE },
		{ GROUP_SPOOL, "acme", true, GROUP_KEY },
		{ GROUP_SPOOL, "x.pem", false, GROUP_CERTIFICATE },
		{ GROUP_CONFIG, "x.pem", false, GROUP_CERTIFICATE },
		{ GROUP_CONFIG, "inetrc", false, GROUP_DATA },
		{ GROUP_CONFIG, "inetrc.old", false, GROUP_CONFIG },
		{ GROUP_EXTRA, "core", false, GROUP_EXTRA },
		{ GROUP_CODE, "core", false, GROUP_CODE },
		{ GROUP_DOCROOT, "x.pem", false, GROUP_DOCROOT },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (file_group_of(rows[i].group, rows[i].name, rows[i].folder) != rows[i].expected)
			fail_msg("%s: %d", rows[i].name, file_group_of(rows[i].group, rows[i].name, rows[i].folder));
}

static void every_group_has_a_policy(void **state)
{
	for (int i = 0; i < N_GROUPS; i++) {
		assert_non_null(file_policies[i].what);
		assert_non_null(file_policies[i].writable);
	}
}

static void only_the_first_are_told(void **state)
{
	struct tally tally = {};
	char ids[TALLY_KINDS + 1][8];

	for (int i = 0; i < TALLY_SHOWN; i++) {
		assert_false(tally_full(&tally, "a"));
		assert_true(tally_add(&tally, "a"));
	}
	assert_true(tally_full(&tally, "a"));
	assert_false(tally_add(&tally, "a"));
	assert_true(tally_add(&tally, "b"));
	assert_int_equal(tally.rows[0].n, TALLY_SHOWN + 1);
	for (int i = 0; i <= TALLY_KINDS; i++) {
		snprintf(ids[i], sizeof(ids[i]), "id%d", i);
		assert_int_equal(tally_add(&tally, ids[i]), i < TALLY_KINDS - 2);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_say_what_a_file_is),
		cmocka_unit_test(every_group_has_a_policy),
		cmocka_unit_test(only_the_first_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
