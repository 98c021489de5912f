/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/util/own-commands.h"

#include "libejguard/util/cleanup.h"
#include "tests/unit/scratch.h"

static void commands_name_the_service(void **state)
{
	static const struct {
		const char *text, *named;
	} rows[] = {
		{ "run: ejguard apply", "run: ejguard apply rabbit" },
		{ "add it\nrun: ejguard release\nrun: ejguard apply",
		  "add it\nrun: ejguard release rabbit\nrun: ejguard apply rabbit" },
		{ "ejguard enable --seccomp, and restart", "ejguard enable --seccomp rabbit, and restart" },
		{ "set repair=yes and run `ejguard apply`", "set repair=yes and run `ejguard apply rabbit`" },
		{ "run: ejguard apply && systemctl start a", "run: ejguard apply rabbit && systemctl start a" },
		{ "run: ejguard apply other", "run: ejguard apply other" },
		{ "run: ejguard apply --cgroup CGROUP", "run: ejguard apply --cgroup CGROUP" },
		{ "start it by: ejguard exec -- COMMAND", "start it by: ejguard exec -- COMMAND" },
		{ "run: ejguard modules", "run: ejguard modules" },
		{ "run: systemctl daemon-reload", "run: systemctl daemon-reload" },
		{ "", "" },
	};
	struct scratch *scratch = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_string_equal(own_commands_name(scratch->arena, rows[i].text, "rabbit"), rows[i].named);
	assert_null(own_commands_name(scratch->arena, NULL, "rabbit"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(commands_name_the_service),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
