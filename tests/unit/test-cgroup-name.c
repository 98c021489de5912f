/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which unit a cgroup's path names. cgroup_name() itself is kernel/users' and service/host's. */
#include "libejguard/util/cgroup-name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_unit_of_path(void **state)
{
	static const struct {
		const char *path, *unit;
	} table[] = {
		{ "", "" },
		{ "/", "" },
		{ "(removed)", "" },
		{ "/a/b", "" },
		{ "/system.slice/a.service", "a.service" },
		{ "/system.slice/a.service/", "a.service" },
		{ "/system.slice//a.service/init/x", "a.service" },
		{ "/user.slice/user-7.slice/session-1.scope", "session-1.scope" },
		{ "/user.slice/user-7.slice/user@7.service/app.slice/b.service", "b.service" },
		{ "/user.slice/user-7.slice/user@7.service/app.slice", "app.slice" },
		{ "/system.slice/epmd.socket", "epmd.socket" },
		{ "/system.slice/srv.mount", "srv.mount" },
		{ "/system.slice/.service", "system.slice" },
		{ "/system.slice/a.services", "system.slice" },
		{ "/a.service.d", "" },
		{ "a.service", "a.service" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		char unit[NAME_MAX + 1] = "former";

		cgroup_unit(table[i].path, unit);
		assert_string_equal(unit, table[i].unit);
	}
}

static void test_longest_unit_of_path(void **state)
{
	char path[1 + NAME_MAX + 2], unit[NAME_MAX + 1];

	(void)state;
	memset(path, 'x', sizeof(path));
	path[0] = '/';
	strcpy(path + 1 + NAME_MAX - strlen(".scope"), ".scope");
	cgroup_unit(path, unit);
	assert_string_equal(unit, path + 1);
	strcpy(path + 2 + NAME_MAX - strlen(".scope"), ".scope"); /* longer than a name can be */
	cgroup_unit(path, unit);
	assert_string_equal(unit, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unit_of_path),
		cmocka_unit_test(test_longest_unit_of_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
