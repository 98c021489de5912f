/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/util/passwd.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "libejguard/util/arena.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/trusted-users.h"
#include "tests/unit/scratch.h"

static void make_databases(struct scratch *scratch)
{
	scratch_mkdir(scratch, "etc");
	scratch_text(scratch, "etc/passwd",
		     "root:x:0:0::/root:/bin/sh\n"
		     "ejabberd:x:4711:4711::/var/lib/ejabberd:/bin/sh\n"
		     "backup:x:34:4711::/backup:/bin/sh\n");
	scratch_text(scratch, "etc/group",
		     "root:x:0:\n"
		     "ejabberd:x:4711:www-data,backup\n"
		     "ssl-cert:x:115:nobody,ejabberd\n"
		     "tls:x:116:ejabberd\n");
}

static void test_users_of_a_root(void **state)
{
	cleanup_passwd_user struct passwd_user by_name = { 0 }, by_id = { 0 };
	struct passwd_user untouched = { .uid = 7 };
	struct scratch *scratch = *state;

	make_databases(scratch);
	assert_int_equal(passwd_user_by_name(scratch->folder, "ejabberd", &by_name), 0);
	assert_int_equal(by_name.uid, 4711);
	assert_int_equal(by_name.gid, 4711);
	assert_string_equal(by_name.home, "/var/lib/ejabberd");
	assert_int_equal(passwd_user_by_id(scratch->folder, 34, &by_id), 0);
	assert_string_equal(by_id.name, "backup");
	assert_string_equal(by_name.name, "ejabberd"); /* memory of its own */
	assert_int_equal(passwd_user_by_name(scratch->folder, "nobody", &untouched), -ENOENT);
	assert_int_equal(untouched.uid, 7);
	assert_int_equal(passwd_user_by_name("/nowhere/at/all", "root", &untouched), -ENOENT);
}

static void test_trusted(void **state)
{
	struct scratch *scratch = *state;
	const uid_t named[] = { 7, 0 };
	struct trusted_users known = { scratch->folder, "ejabberd", NULL, named, ARRAY_SIZE(named) };
	uid_t users[3];

	make_databases(scratch);
	assert_int_equal(trusted_users(&known, users, 3), 3);
	assert_int_equal(users[0], 0);
	assert_int_equal(users[1], 7);
	assert_int_equal(users[2], 4711);
	known.configured = "backup"; /* who only has the service's name is not trusted then */
	assert_int_equal(trusted_users(&known, users, 3), 3);
	assert_int_equal(users[2], 34);
	assert_int_equal(trusted_users(&known, users, 1), 1);
	known.configured = "1005"; /* has no entry */
	assert_int_equal(trusted_users(&known, users, 3), 3);
	assert_int_equal(users[2], 1005);
	known.configured = "nobody of that name";
	assert_int_equal(trusted_users(&known, users, 3), 2);
	assert_int_equal(users[1], 7);
	known.configured = "4294967295";
	assert_int_equal(trusted_users(&known, users, 3), 2);
	known.configured = ""; /* User= without a value takes back what was set before */
	assert_int_equal(trusted_users(&known, users, 3), 3);
	assert_int_equal(users[2], 4711);
}

static void test_groups_of_a_root(void **state)
{
	cleanup_passwd_group struct passwd_group by_name = { 0 }, by_id = { 0 };
	struct scratch *scratch = *state;

	make_databases(scratch);
	assert_int_equal(passwd_group_by_name(scratch->folder, "ejabberd", &by_name), 0);
	assert_int_equal(by_name.gid, 4711);
	assert_string_equal(by_name.members[0], "www-data");
	assert_string_equal(by_name.members[1], "backup");
	assert_null(by_name.members[2]);
	assert_int_equal(passwd_group_by_id(scratch->folder, 115, &by_id), 0);
	assert_string_equal(by_id.name, "ssl-cert");
	assert_int_equal(passwd_group_by_id(scratch->folder, 999, &by_id), -ENOENT);
}

static int stop_at_second(void *data, const struct passwd_user *user)
{
	unsigned int *n = data;

	assert_non_null(user->name);
	return ++*n == 2 ? -ECANCELED : 0;
}

static int count(void *data, const struct passwd_user *user)
{
	(void)user;
	++*(unsigned int *)data;
	return 0;
}

static void test_each_user(void **state)
{
	struct scratch *scratch = *state;
	unsigned int n = 0;

	make_databases(scratch);
	assert_int_equal(passwd_each_user(scratch->folder, count, &n), 0);
	assert_int_equal(n, 3);
	n = 0;
	assert_int_equal(passwd_each_user(scratch->folder, stop_at_second, &n), -ECANCELED);
	assert_int_equal(n, 2);
	assert_int_equal(passwd_each_user("/nowhere/at/all", count, &n), -ENOENT);
}

static void test_groups_of_a_user(void **state)
{
	const struct passwd_user user = { .gid = 4711, .name = "ejabberd" };
	struct scratch *scratch = *state;
	gid_t gids[8];

	make_databases(scratch);
	assert_int_equal(passwd_groups_of(scratch->folder, &user, gids, ARRAY_SIZE(gids)), 3);
	assert_int_equal(gids[0], 4711);
	assert_int_equal(gids[1], 115);
	assert_int_equal(gids[2], 116);
	assert_int_equal(passwd_groups_of(scratch->folder, &user, gids, 2), -E2BIG);
	unlink(scratch_path(scratch, "etc/group"));
	assert_int_equal(passwd_groups_of(scratch->folder, &user, gids, 2), 1);
}

/* A group with more members than fit into one page. */
static void test_long_entry(void **state)
{
	cleanup_passwd_group struct passwd_group group = { 0 };
	struct scratch *scratch = *state;
	const char *text = "many:x:1:m0";
	size_t n = 0;

	make_databases(scratch);
	for (unsigned int i = 1; i < 2000; i++)
		text = arena_printf(scratch->arena, "%s,m%u", text, i);
	scratch_text(scratch, "etc/group", text);
	assert_int_equal(passwd_group_by_id(scratch->folder, 1, &group), 0);
	while (group.members[n])
		n++;
	assert_int_equal(n, 2000);
}

static void test_system(void **state)
{
	cleanup_passwd_user struct passwd_user user = { 0 }, same = { 0 };
	cleanup_passwd_group struct passwd_group group = { 0 };
	gid_t gids[64];

	(void)state;
	assert_int_equal(passwd_user_by_id(NULL, 0, &user), 0);
	assert_int_equal(passwd_user_by_name("", user.name, &same), 0);
	assert_int_equal(same.uid, 0);
	assert_int_equal(passwd_group_by_id(NULL, 0, &group), 0);
	assert_true(passwd_groups_of(NULL, &user, gids, ARRAY_SIZE(gids)) >= 1);
	assert_int_equal(passwd_user_by_name(NULL, "no such user here", &same), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(test_users_of_a_root),  scratch_test(test_trusted),
		scratch_test(test_groups_of_a_root), scratch_test(test_each_user),
		scratch_test(test_groups_of_a_user), scratch_test(test_long_entry),
		scratch_test(test_system),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
