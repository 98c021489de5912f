/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds the command of a unit, and whether another program can run it. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "libejguard/util/cleanup.h"
#include "tools/systemd/dropin.h"
#include "tools/systemd/execstart.h"
#include "tools/systemd/systemctl.h"

int report_fail(struct report *report, int error, const char *format, ...)
{
	return error;
}

int dropin_errno(int error)
{
	return error;
}

bool dropin_is_ours(const char *text)
{
	return false;
}

int dropin_read(const char *path, int flags, char **ret)
{
	return -ENOENT;
}

bool systemctl_available(void)
{
	return false;
}

int systemctl_files(const char *unit, char **ret)
{
	return -EIO;
}

static void test_commands(void **state)
{
	static const struct {
		const char *text, *command, *problem;
	} cases[] = {
		{ "[Service]\nExecStart=/bin/a b\n", "/bin/a b", NULL },
		{ "[Service]\nExecStart = /bin/a \"b  c\" $D %i \r\n", "/bin/a \"b  c\" $D %i", NULL },
		{ "[Service]\nExecStart=/bin/a", "/bin/a", NULL },
		{ "[Service]\nExecStart=/bin/a \\\n# no\n  ; no\n  b\nUser=c\n", "/bin/a    b", NULL },
		{ "# [Service] \\\n[Service]\nExecStart=/bin/a\n", "/bin/a", NULL },
		{ "[Service]\n#ExecStart=/bin/b\nExecStart=/bin/a\n;ExecStart=/bin/c\n", "/bin/a", NULL },
		{ "[Service]\nExecStart=/bin/b\nExecStart=\nExecStart=/bin/a\n", "/bin/a", NULL },
		{ "[Service]\nExecStart=/bin/a b;c ';'\n", "/bin/a b;c ';'", NULL },
		{ "[Unit]\nExecStart=/bin/b\n[Service]\nExecStartPre=/bin/c\n", NULL, "no ExecStart=" },
		{ "[Service]\nExecStart=/bin/a\n[Install]\nExecStart=/bin/b\n", "/bin/a", NULL },
		{ "[Service]\nExecStart=/bin/a\n[Unit]\n[Service]\nExecStart=/bin/b\n", "/bin/b", "several" },
		{ "[Service]\nExecStart=/bin/a ; /bin/b\n", "/bin/a ; /bin/b", "several" },
		{ "[Service]\nExecStart=-/bin/a\n", "-/bin/a", "begins with" },
		{ "[Service]\nExecStart=+/bin/a\n", "+/bin/a", "begins with" },
		{ "[Service]\nExecStart=!!/bin/a\n", "!!/bin/a", "begins with" },
		{ "[Service]\nExecStart=@/bin/a b\n", "@/bin/a b", "begins with" },
		{ "[Service]\nExecStart=:/bin/a\n", ":/bin/a", "begins with" },
		{ "[Service]\nExecStart=/bin/a b\\\\\nUser=c\n", "/bin/a b\\\\", NULL },
		{ "[Service]\nExecStart=/bin/a b\\\\\\\nc\n", "/bin/a b\\\\ c", NULL },
		{ "[Service]\nExecStart=/bin/sh -c 'b ; c'\n", "/bin/sh -c 'b ; c'", NULL },
		{ "[Service]\nExecStart=/bin/sh -c \"b \\\" ; c\"\n", "/bin/sh -c \"b \\\" ; c\"", NULL },
		{ "[Service]\nExecStart=/bin/a \\; b\n", "/bin/a \\; b", NULL },
		{ "[Service]\nExecStart=/bin/a 'b' ; /bin/c\n", "/bin/a 'b' ; /bin/c", "several" },
		{ "[Service]\nExecStart=\"/bin/a b\" $C\n", "\"/bin/a b\" $C", NULL },
		{ "[Service]\nExecStart=a b\n", "a b", "absolute" },
		{ "[Service]\nExecStart=$A b\n", "$A b", "absolute" },
		{ "[Service]\nExecStart=/bin/$A b\n", "/bin/$A b", "absolute" },
		{ "[Service]\nExecStart='/bin/a $B' c\n", "'/bin/a $B' c", "absolute" },
		{ "", NULL, "no ExecStart=" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct execstart execstart = {};
		const char *problem;

		assert_int_equal(execstart_read(&execstart, cases[i].text), 0);
		problem = execstart_problem(&execstart);
		if (!cases[i].command != !execstart.command ||
		    (execstart.command && strcmp(execstart.command, cases[i].command) != 0))
			fail_msg("%s: %s", cases[i].text, execstart.command ? execstart.command : "none");
		if (!cases[i].problem != !problem || (problem && !strstr(problem, cases[i].problem)))
			fail_msg("%s: %s", cases[i].text, problem ? problem : "no problem");
		execstart_free(&execstart);
	}
}

/* A later file removes the command of an earlier one only with an empty value. */
static void test_files(void **state)
{
	struct execstart execstart = {};

	assert_int_equal(execstart_read(&execstart, "[Service]\nExecStart=/bin/a\n"), 0);
	assert_int_equal(execstart_read(&execstart, "ExecStart=/bin/no-section\n[Service]\nUser=b\n"), 0);
	assert_null(execstart_problem(&execstart));
	assert_int_equal(execstart_read(&execstart, "[Service]\nExecStart=\nExecStart=/bin/b\n"), 0);
	assert_null(execstart_problem(&execstart));
	assert_string_equal(execstart.command, "/bin/b");
	assert_int_equal(execstart_read(&execstart, "[Service]\nExecStart=/bin/c\n"), 0);
	assert_non_null(execstart_problem(&execstart));
	execstart_free(&execstart);
}

static void test_cookies(void **state)
{
	static const struct {
		const char *command;
		bool has;
	} cases[] = {
		{ "/bin/erl -sname a -setcookie SECRET -noinput", true },
		{ "/bin/erl -setcookie 'SECRET'", true },
		{ "/bin/erl \"-setcookie\" \"SECRET\"", true },
		{ "/bin/elixir --cookie SECRET", true },
		{ "/bin/elixir --cookie=SECRET", true },
		{ "/bin/env RELEASE_COOKIE=SECRET /bin/app start", true },
		{ "/bin/sh -c 'erl -setcookie SECRET'", true },
		{ "/bin/erl -eval 'erlang:set_cookie(node(), a).'", true },
		{ "/bin/erl -setcookie ${COOKIE} -setcookie SECRET", true },
		{ "/bin/erl -setcookie ${COOKIE}", false },
		{ "/bin/erl -setcookie \"$COOKIE\" -noinput", false },
		{ "/bin/sh -c 'erl -setcookie $(cat /etc/cookie)'", false },
		{ "/bin/app --cookie-file /etc/app/cookie", false },
		{ "/bin/app --no-cookie --foreground", false },
		{ "/bin/app --no-cookie", false },
		{ "/bin/cookie-server", false },
		{ "/usr/sbin/ejabberdctl foreground", false },
		{ "/bin/sh -c 'test -r /var/lib/ejabberd/.erlang.cookie && exec erl'", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (execstart_has_cookie(cases[i].command) != cases[i].has)
			fail_msg("%s", cases[i].command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_cookies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
