/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Recognises commands that guard a unit like the ones that enable writes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "libejguard/util/cleanup.h"
#include "tools/base/handle.h"
#include "tools/systemd/wanted.h"

int report_fail(struct report *report, int error, const char *format, ...)
{
	return error;
}

static bool has_users_guard;

bool handle_has_module(const struct report *report, const char *name)
{
	return strcmp(name, NETWORK_GUARD) == 0 || has_users_guard;
}

struct command {
	const char *words;
	bool main, other; /* does it guard the service's own unit, and another one? */
};

static void check(const struct command *command, const char *service, struct arguments *arguments)
{
	const struct report report = { .service = service, .arguments = arguments };

	if (wanted_guards(&report, command->words, true) != command->main ||
	    wanted_guards(&report, command->words, false) != command->other)
		fail_msg("%s", command->words);
}

/* If the stack has the module host, other units run it too. */
static void test_users(void **state)
{
	static const struct command commands[] = {
		{ "apply --own ejabberd", true, true },
		{ "apply --own --only net ejabberd", false, false },
		{ "apply --own --only host ejabberd", false, false },
		{ "apply --own --only net --only host ejabberd", false, true },
		{ "apply --own --only host --only net ejabberd", false, true },
	};
	struct arguments arguments = {};

	has_users_guard = true;
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		check(&commands[i], "ejabberd", &arguments);
	has_users_guard = false;
}

static void test_plain(void **state)
{
	static const struct command commands[] = {
		{ "apply --own ejabberd", true, true },
		{ "apply --own", true, true },
		{ "-q apply --own ejabberd", true, true },
		{ "apply -v --own -- ejabberd", true, true },
		{ "apply --own --only net ejabberd", false, true },
		{ "apply --own --only net --only host ejabberd", false, true },
		{ "apply --own --only host ejabberd", false, false },
		{ "apply --own --only node ejabberd", false, false },
		{ "apply --own --only net --only node ejabberd", false, false },
		{ "apply --own --only", false, false },
		{ "apply --own --no-proof ejabberd", true, true },
		{ "apply ejabberd", false, false },
		{ "apply --own other", false, false },
		{ "apply --own ejabberd other", false, false },
		{ "ejabberd apply --own", false, false },
		{ "apply --own --help ejabberd", false, false },
		{ "apply apply --own", false, false },
		{ "check --own ejabberd", false, false },
		{ "version apply --own ejabberd", false, false },
		{ "--confdir /x apply --own ejabberd", false, false },
		{ "--moduledir /x apply --own ejabberd", false, false },
		{ "apply --own --cgroup /x ejabberd", false, false },
		{ "", false, false },
	};
	struct arguments arguments = {};

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		check(&commands[i], "ejabberd", &arguments);
}

static void test_other_service(void **state)
{
	static const struct command commands[] = {
		{ "apply --own chat", true, true },
		{ "apply --own", false, false },
		{ "apply --own ejabberd", false, false },
		{ "apply --own --only net chat", false, true },
	};
	struct arguments arguments = {};

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		check(&commands[i], "chat", &arguments);
}

static void test_folders(void **state)
{
	static const struct command commands[] = {
		{ "--confdir /a b --moduledir /m apply --own ejabberd", true, true },
		{ "--moduledir /m apply --confdir /a b --own ejabberd", true, true },
		{ "--confdir /a b apply --own ejabberd", false, false },
		{ "--confdir /a --moduledir /m apply --own ejabberd", false, false },
		{ "--confdir /a bc --moduledir /m apply --own ejabberd", false, false },
		{ "--confdir /a b --moduledir /m2 apply --own ejabberd", false, false },
		{ "--confdir /a b --confdir /x --moduledir /m apply --own ejabberd", false, false },
		{ "apply --own ejabberd", false, false },
		{ "--moduledir /m apply --own ejabberd --confdir", false, false },
	};
	char confdir[] = "/a b", moduledir[] = "/m";
	struct arguments arguments = { .confdir = confdir, .moduledir = moduledir };

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		check(&commands[i], "ejabberd", &arguments);
}

static void test_lacks_users(void **state)
{
	static const char old[] = "[Service]\nExecStartPre=+/x apply --own --only net ejabberd\n";
	static const char wanted[] = "[Service]\nExecStartPre=+/x apply --own --only net --only host ejabberd\n";

	assert_true(wanted_lacks_users(old, wanted));
	assert_false(wanted_lacks_users(wanted, wanted));
	assert_false(wanted_lacks_users(wanted, old));
	assert_false(wanted_lacks_users("[Service]\nExecStartPre=+/x apply --own --only net ejabberd\nExecStartPre=\n",
					wanted));
	assert_false(wanted_lacks_users("[Service]\n", wanted));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),	    cmocka_unit_test(test_users),
		cmocka_unit_test(test_lacks_users), cmocka_unit_test(test_other_service),
		cmocka_unit_test(test_folders),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
