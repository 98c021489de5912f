/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads the output of `systemctl show` for a unit, and chooses exit statuses by it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "libejguard/util/cleanup.h"
#include "tools/systemd/own-status.h"
#include "tools/systemd/systemctl.h"

#define OURS                                                                                                           \
	"ExecStartPre={ path=" EJG_SBINDIR "/ejguard ; argv[]=" EJG_SBINDIR                                            \
	"/ejguard apply --own ejabberd ; ignore_errors=no ; start_time=[n/a] ; stop_time=[n/a] ; pid=0 }\n"
#define MAY_FAIL                                                                                                       \
	"ExecStartPre={ path=" EJG_SBINDIR "/ejguard ; argv[]=" EJG_SBINDIR                                            \
	"/ejguard apply --own ejabberd ; ignore_errors=yes ; start_time=[n/a] ; stop_time=[n/a] ; pid=0 }\n"
#define ANOTHER_NAME                                                                                                   \
	"ExecStartPre={ path=" EJG_SBINDIR "/ejguard-not ; argv[]=" EJG_SBINDIR                                        \
	"/ejguard-not apply --own ejabberd ; ignore_errors=no ; start_time=[n/a] ; pid=0 }\n"
#define OTHER_FLAGS(flags) "ExecStartPreEx={ path=/bin/x ; argv[]=/bin/x -setcookie y ; flags=" flags " ; pid=0 }\n"
#define OURS_FLAGS(flags)                                                                                              \
	"ExecStartPreEx={ path=" EJG_SBINDIR "/ejguard ; argv[]=" EJG_SBINDIR                                          \
	"/ejguard apply --own ejabberd ; flags=" flags " ; pid=0 }\n"
#define CONDITION "ExecConditionEx={ path=/bin/c ; argv[]=/bin/c ; flags= ; pid=0 }\n"
#define OTHER                                                                                                          \
	"ExecStartPre={ path=/usr/bin/mkdir ; argv[]=/usr/bin/mkdir -p /run/x ; ignore_errors=no ; pid=0 ; "           \
	"code=(null) }\n"

static void test_answers(void **state)
{
	static const struct {
		const char *answer;
		uint64_t changed;
		bool installed, active, restart_due;
		const char *earlier, *applies;
	} cases[] = {
		{ "", 0, false, false, false, NULL },
		{ "LoadState=not-found\nActiveState=inactive\nInactiveExitTimestampMonotonic=0\n", 5, false, false,
		  false, NULL },
		{ "LoadState=loaded\nActiveState=active\nInactiveExitTimestampMonotonic=10\n", 5, true, true, false,
		  NULL },
		{ "LoadState=loaded\nActiveState=active\nInactiveExitTimestampMonotonic=10\n", 11, true, true, true,
		  NULL },
		{ "LoadState=loaded\nActiveState=activating\nInactiveExitTimestampMonotonic=10", 11, true, true, true,
		  NULL },
		{ "LoadState=loaded\nActiveState=failed\nInactiveExitTimestampMonotonic=10\n", 11, true, false, false,
		  NULL },
		{ "LoadState=masked\nActiveState=inactive\n", 11, false, false, false, NULL },
		{ OURS "LoadState=loaded\n", 0, true, false, false, NULL, "apply --own ejabberd" },
		{ MAY_FAIL "LoadState=loaded\n", 0, true, false, false, NULL },
		{ ANOTHER_NAME OURS, 0, false, false, false, EJG_SBINDIR "/ejguard-not", "apply --own ejabberd" },
		{ OURS OURS, 0, false, false, false, NULL, "apply --own ejabberd\napply --own ejabberd" },
		{ OTHER OURS OTHER "LoadState=loaded\n", 0, true, false, false, "/usr/bin/mkdir",
		  "apply --own ejabberd" },
		{ OTHER OTHER "ExecCondition={ path=/bin/c ; argv[]=/bin/c -x ; ignore_errors=no ; pid=0 }\n" OURS, 0,
		  false, false, false, "/usr/bin/mkdir, /usr/bin/mkdir, /bin/c", "apply --own ejabberd" },
		{ "ExecStartPre=\nLoadState=loaded\n", 0, true, false, false, NULL },
		{ "ExecStartPre={ odd\n", 0, false, false, false, "(unknown)" },
		{ "no equals sign\n\n=\n", 0, false, false, false, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		cleanup_free char *answer = strdup(cases[i].answer);
		struct unit unit = {};

		assert_non_null(answer);
		assert_int_equal(systemctl_read_answer(&unit, answer, cases[i].changed), 0);
		assert_true(unit.asked);
		assert_int_equal(unit.installed, cases[i].installed);
		assert_int_equal(unit.active, cases[i].active);
		assert_int_equal(unit.restart_due, cases[i].restart_due);
		if (cases[i].earlier)
			assert_string_equal(unit.earlier, cases[i].earlier);
		else
			assert_null(unit.earlier);
		if (cases[i].applies)
			assert_string_equal(unit.applies, cases[i].applies);
		else
			assert_null(unit.applies);
		free(unit.applies);
		free(unit.earlier);
	}
}

static void test_commands_of_the_user(void **state)
{
	static const char *const cases[][2] = {
		{ "User=u\n" OTHER_FLAGS("") OURS_FLAGS("privileged"), "/bin/x" },
		{ "User=u\n" OURS_FLAGS("privileged") OTHER_FLAGS(""), NULL },
		{ "User=u\n" OURS_FLAGS("ignore-failure privileged") OTHER_FLAGS(""), "/bin/x" },
		{ "User=u\n" OTHER_FLAGS("privileged") OTHER_FLAGS("no-setuid") OURS_FLAGS("privileged"), NULL },
		{ "User=u\n" OTHER_FLAGS("ignore-failure") OTHER_FLAGS("ambient") OURS_FLAGS("privileged"),
		  "/bin/x, /bin/x" },
		{ OURS_FLAGS("privileged") CONDITION "User=u\n", "/bin/c" },
		{ "User=u\n" OURS_FLAGS(
			  "privileged") "ExecStopPostEx={ path=/bin/s ; argv[]=/bin/s ; flags= ; pid=0 }\n",
		  "/bin/s" },
		{ "User=u\n" OURS_FLAGS("privileged") "ExecStopPostEx={ path=/bin/s ; flags=privileged ; pid=0 }\n",
		  NULL },
		{ "User=root\n" CONDITION OTHER_FLAGS(""), NULL },
		{ "User=0\n" CONDITION OTHER_FLAGS(""), NULL },
		{ "User=\n" CONDITION OTHER_FLAGS(""), NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		cleanup_free char *answer = strdup(cases[i][0]);
		struct unit unit = {};

		assert_non_null(answer);
		assert_int_equal(systemctl_read_answer(&unit, answer, 0), 0);
		if (cases[i][1])
			assert_string_equal(unit.early, cases[i][1]);
		else
			assert_null(unit.early);
		free(unit.early);
		free(unit.applies);
		free(unit.earlier);
	}
}

static void test_own_status(void **state)
{
	cleanup_free char *all = NULL;
	size_t size;
	FILE *out = open_memstream(&all, &size);

	assert_non_null(out);
	for (int i = 0; i < 256; i++)
		fprintf(out, "%d ", i);
	fprintf(out, "HUP KILL");
	assert_int_equal(fclose(out), 0);
	assert_int_equal(own_status_choose(78, ""), 78);
	assert_int_equal(own_status_choose(78, "7 8 778 7 8 78x x78"), 78);
	assert_int_equal(own_status_choose(78, "KILL 78"), 1);
	assert_int_equal(own_status_choose(69, "69"), 1);
	assert_int_equal(own_status_choose(69, "1 2  69 4"), 3);
	assert_int_equal(own_status_choose(1, "1"), 2);
	assert_int_equal(own_status_choose(1, all), 0);
}

static void test_excused(void **state)
{
	static const struct {
		const char *successes, *excused;
	} cases[] = {
		{ "", NULL },
		{ "0 1 69 199", NULL },
		{ "TERM HUP INT PIPE SIGTERM", NULL },
		{ "200", "200" },
		{ "69 203 143 KILL", "203 KILL" },
		{ "SIGKILL  TERMX SIG", "SIGKILL TERMX SIG" },
		{ " 255 TER", "255 TER" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		cleanup_free char *excused = NULL, *answer = NULL;
		struct unit unit = {};

		assert_int_equal(own_status_excused(cases[i].successes, &excused), 0);
		assert_true(asprintf(&answer, "SuccessExitStatus=%s\nLoadState=loaded\n", cases[i].successes) > 0);
		assert_int_equal(systemctl_read_answer(&unit, answer, 0), 0);
		assert_true(unit.installed);
		if (cases[i].excused)
			assert_string_equal(excused, cases[i].excused);
		else
			assert_null(excused);
		if (*cases[i].successes)
			assert_string_equal(unit.successes, cases[i].successes);
		else
			assert_null(unit.successes);
		free(unit.successes);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_commands_of_the_user),
		cmocka_unit_test(test_own_status),
		cmocka_unit_test(test_excused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
