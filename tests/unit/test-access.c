/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Access rights of files, and the users who can reach them. */
#include "libejguard/modules/lib/access/access.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/access-bed.h"

static void rights_come_from_the_mode(void **state)
{
	static const struct {
		uid_t uid;
		gid_t gid;
		mode_t mode;
		unsigned int rights;
	} rows[] = {
		{ SERVICE, SERVICE, 0600, 0 },
		{ SERVICE, SERVICE, 0660, 0 },
		{ SERVICE, SERVICE, 0664, 4 },
		{ SERVICE, OTHERS, 0640, 4 },
		{ SERVICE, OTHERS, 0620, 2 },
		{ SERVICE, OTHERS, 0600, 0 },
		{ SERVICE, READERS, 0660, 0 },
		{ STRANGER, SERVICE, 0400, 7 },
		{ 0, 0, 0660, 0 },
		{ 0, 0, 0666, 6 },
		{ SERVICE, SERVICE, 0711, 1 },
	};
	struct scratch *scratch = *state;

	need_root();
	scratch_text(scratch, "file", "");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		give(scratch, "file", rows[i].uid, rows[i].gid, rows[i].mode);
		give(scratch, ".", 0, 0, 0755);
		assert_int_equal(exposed(scratch, "file"), rows[i].rights);
		give(scratch, ".", 0, 0, 0700);
		assert_int_equal(exposed(scratch, "file"), 0);
	}
}

static void rights_come_from_the_acl(void **state)
{
	static const struct {
		const char *acl;
		unsigned int rights;
		const char *who;
	} rows[] = {
		{ "u::rw,g::r,o::-", 0, NULL },
		{ "u::rw,g::-,u:4343:r,m::r,o::-", 4, "user 4343 (ACL)" },
		{ "u::rw,g::-,u:4343:rw,m::r,o::-", 4, "user 4343 (ACL)" },
		{ "u::rw,g::rw,u:4343:rw,m::-,o::-", 0, NULL },
		{ "u::rw,g::-,g:4545:rw,m::rw,o::-", 6, "group 4545 (ACL)" },
		{ "u::rw,g::-,g:4444:rw,u:4242:rw,m::rw,o::-", 0, NULL },
		{ "u::rw,g::-,g:4545:r,u:4343:r,m::r,o::r", 4, "everybody" },
	};
	struct scratch *scratch = *state;

	need_root();
	give(scratch, ".", 0, 0, 0755);
	scratch_text(scratch, "file", "");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		cleanup_access_path struct access_path path = ACCESS_PATH_NULL;
		const char *who;

		give(scratch, "file", SERVICE, SERVICE, 0600);
		set_acl(scratch, "file", ACL_TYPE_ACCESS, rows[i].acl);
		walk(scratch, "file", 0, &path);
		assert_int_equal(access_exposed(&path.access, &path.reach, &trust), rows[i].rights);
		who = access_describe(scratch->arena, &path.access, &path.reach, &trust, ACCESS_READ | ACCESS_WRITE);
		if (rows[i].who)
			assert_string_equal(who, rows[i].who);
		else
			assert_null(who);
	}
}

static void default_acls_are_for_new_files(void **state)
{
	struct scratch *scratch = *state;
	cleanup_access_path struct access_path path = ACCESS_PATH_NULL;

	need_root();
	scratch_mkdir(scratch, "a");
	set_acl(scratch, "a", ACL_TYPE_DEFAULT, "u::rwx,g::-,u:4343:r,m::r,o::-");
	walk(scratch, "a", 0, &path);
	assert_int_equal(access_exposed_new(&path.access, &trust), ACCESS_READ);
	assert_true(path.access.acl);
}

/* The folders decide who can reach a file; a user in two groups is assumed to exist. */
static void folders_decide_who_gets_there(void **state)
{
	static const struct {
		gid_t above, below;
		mode_t mode_above, mode_below;
		unsigned int rights;
	} rows[] = {
		{ 0, 0, 0755, 0755, 4 },
		{ 0, 0, 0755, 0700, 0 },
		{ 0, 0, 0700, 0755, 0 },
		{ OTHERS, 0, 0750, 0755, 4 },
		{ OTHERS, 0, 0750, 0700, 0 },
		{ READERS, 0, 0750, 0755, 0 },
		{ OTHERS, READERS, 0750, 0750, 0 },
		{ 0, OTHERS, 0755, 0740, 0 },
		{ 0, OTHERS, 0711, 0710, 4 },
		{ OTHERS, OTHERS + 1, 0750, 0750, 4 },
	};
	struct scratch *scratch = *state;

	need_root();
	give(scratch, ".", 0, 0, 0755);
	scratch_mkdir(scratch, "a");
	scratch_mkdir(scratch, "a/b");
	scratch_text(scratch, "a/b/file", "");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		give(scratch, "a", 0, rows[i].above, rows[i].mode_above);
		give(scratch, "a/b", 0, rows[i].below, rows[i].mode_below);
		if (exposed(scratch, "a/b/file") != rows[i].rights)
			fail_msg("row %zu", i);
		assert_int_equal(exposed(scratch, "a/../a/./b//file"), rows[i].rights);
	}
}

static void paths_are_walked_by_component(void **state)
{
	struct scratch *scratch = *state;
	cleanup_access_path struct access_path root = ACCESS_PATH_NULL, here = ACCESS_PATH_NULL,
					       none = ACCESS_PATH_NULL;
	cleanup_access_path struct access_path link = ACCESS_PATH_NULL, followed = ACCESS_PATH_NULL;
	const char *problem = NULL;

	scratch_mkdir(scratch, "a");
	scratch_text(scratch, "a/file", "");
	assert_int_equal(symlink("a/../a", scratch_path(scratch, "link")), 0);
	assert_int_equal(symlink("loop", scratch_path(scratch, "loop")), 0);
	walk(scratch, "/", 0, &root);
	assert_string_equal(root.path, "/");
	assert_int_equal(root.n_steps, 0);
	assert_true(S_ISDIR(root.access.mode));
	walk(scratch, "a/.", 0, &here);
	assert_string_equal(here.path, scratch_path(scratch, "a"));
	walk(scratch, "none/file", 0, &none);
	assert_int_equal(none.fd, -1);
	assert_string_equal(none.path, scratch_path(scratch, "none/file"));
	assert_string_equal(none.steps[none.n_steps - 1].next, "none");
	assert_false(none.steps[none.n_steps - 1].next_exists);
	walk(scratch, "link", 0, &link);
	assert_true(S_ISLNK(link.access.mode));
	walk(scratch, "link/file", ACCESS_FOLLOW, &followed);
	assert_string_equal(followed.path, scratch_path(scratch, "a/file"));
	assert_int_equal(access_walk(scratch->arena, NULL, scratch_path(scratch, "loop"), ACCESS_FOLLOW, &trust, &none,
				     &problem),
			 -ELOOP);
	assert_non_null(strstr(problem, "loop"));
	assert_int_equal(
		access_walk(scratch->arena, NULL, scratch_path(scratch, "a/file/x"), 0, &trust, &none, &problem),
		-ENOTDIR);
	assert_int_equal(
		access_walk(scratch->arena, NULL, scratch_path(scratch, "a/file/"), 0, &trust, &none, &problem),
		-ENOTDIR);
	assert_int_equal(access_walk(scratch->arena, NULL, "a/file", 0, &trust, &none, &problem), -EINVAL);
}

static void writable_folders_are_found(void **state)
{
	static const struct {
		uid_t owner;
		gid_t group;
		mode_t mode;
		uid_t file; /* owner of it; -1: it does not exist */
		bool replaceable;
	} rows[] = {
		{ 0, 0, 0755, 0, false },	  { SERVICE, SERVICE, 0770, SERVICE, false },
		{ 0, 0, 0777, 0, true },	  { 0, OTHERS, 0775, 0, true },
		{ 0, READERS, 0775, 0, false },	  { 0, 0, 0722, 0, false }, /* nobody gets in to write */
		{ 0, 0, 01777, SERVICE, false },  { 0, 0, 01777, STRANGER, true },
		{ 0, 0, 01777, (uid_t)-1, true }, { STRANGER, 0, 0755, 0, true },
		{ STRANGER, 0, 01755, 0, true },  { 0, 0, 0755, (uid_t)-1, false },
		{ 0, 0, 0755, STRANGER, false },
	};
	struct scratch *scratch = *state;

	need_root();
	give(scratch, ".", 0, 0, 0755);
	scratch_mkdir(scratch, "a");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		cleanup_access_path struct access_path path = ACCESS_PATH_NULL;
		const struct access_step *step;

		unlink(scratch_path(scratch, "a/file"));
		if (rows[i].file != (uid_t)-1) {
			scratch_text(scratch, "a/file", "");
			give(scratch, "a/file", rows[i].file, 0, 0644);
		}
		give(scratch, "a", rows[i].owner, rows[i].group, rows[i].mode);
		walk(scratch, "a/file", ACCESS_FOLLOW, &path);
		step = access_replaceable(&path, &trust);
		if (!!step != rows[i].replaceable)
			fail_msg("row %zu: %s", i, step ? step->path : "not replaceable");
		if (step)
			assert_string_equal(step->path, scratch_path(scratch, "a"));
	}
}

static void links_lead_through_writable_folders(void **state)
{
	struct scratch *scratch = *state;
	cleanup_access_path struct access_path path = ACCESS_PATH_NULL, again = ACCESS_PATH_NULL;

	need_root();
	give(scratch, ".", 0, 0, 0755);
	scratch_mkdir(scratch, "safe");
	scratch_mkdir(scratch, "open");
	scratch_text(scratch, "safe/file", "");
	assert_int_equal(symlink("../safe/file", scratch_path(scratch, "open/link")), 0);
	give(scratch, "open", 0, 0, 0777);
	walk(scratch, "open/link", ACCESS_FOLLOW, &path);
	assert_string_equal(path.path, scratch_path(scratch, "safe/file"));
	assert_string_equal(access_replaceable(&path, &trust)->path, scratch_path(scratch, "open"));
	walk(scratch, "safe/file", ACCESS_FOLLOW, &again);
	assert_null(access_replaceable(&again, &trust));
}

static void many_who_pass_are_everybody(void **state)
{
	struct access_entry entries[ACCESS_REACH_MAX + 1];
	struct access folder = { .entries = entries, .n_entries = ARRAY_SIZE(entries) };
	struct access_reach reach = access_reach_all();

	for (size_t i = 0; i < ARRAY_SIZE(entries); i++)
		entries[i] = (struct access_entry){ ACCESS_USER, 5000 + (uint32_t)i, ACCESS_EXECUTE };
	assert_true(access_reach_enter(&reach, &folder, &trust).everybody);
	folder.n_entries--;
	assert_false(access_reach_enter(&reach, &folder, &trust).everybody);
	assert_int_equal(access_reach_enter(&reach, &folder, &trust).n, ACCESS_REACH_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(rights_come_from_the_mode),	   scratch_test(rights_come_from_the_acl),
		scratch_test(default_acls_are_for_new_files),	   scratch_test(folders_decide_who_gets_there),
		scratch_test(paths_are_walked_by_component),	   scratch_test(writable_folders_are_found),
		scratch_test(links_lead_through_writable_folders), scratch_test(many_who_pass_are_everybody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
