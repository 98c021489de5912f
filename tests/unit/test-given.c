/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/core/given.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libejguard/util/cleanup.h"
#include "tests/unit/scratch.h"

static const char *const two[] = { "/services/a b", "/services/\xc3\xa4" };

static const char *rundir(struct scratch *scratch)
{
	scratch_mkdir(scratch, "run");
	return arena_strdup(scratch->arena, scratch_path(scratch, "run"));
}

static void nothing_was_given(void **state)
{
	struct scratch *scratch = *state;
	struct given given = { .n = 77 };

	assert_int_equal(given_read(scratch->arena, scratch->report, "/nowhere/at/all", &given), 0);
	assert_int_equal(given.n, 0);
}

static void what_is_kept_is_read_back(void **state)
{
	struct scratch *scratch = *state;
	const char *folder = rundir(scratch);
	struct given given = {};
	struct stat st;

	assert_int_equal(given_write(scratch->report, folder, &(struct given){ two, 2 }), 0);
	assert_int_equal(stat(scratch_path(scratch, "run/cgroups"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(given_read(scratch->arena, scratch->report, folder, &given), 0);
	assert_int_equal(given.n, 2);
	assert_string_equal(given.paths[0], two[0]);
	assert_string_equal(given.paths[1], two[1]);
	assert_int_equal(given_write(scratch->report, folder, &(struct given){ two, 1 }), 0);
	assert_int_equal(given_read(scratch->arena, scratch->report, folder, &given), 0);
	assert_int_equal(given.n, 1);
	assert_int_equal(given_write(scratch->report, folder, &(struct given){}), 0);
	assert_int_equal(access(scratch_path(scratch, "run/cgroups"), F_OK), -1);
	assert_int_equal(given_write(scratch->report, folder, &(struct given){}), 0);
}

static void what_a_kill_left_is_no_obstacle(void **state)
{
	struct scratch *scratch = *state;
	const char *folder = rundir(scratch);
	struct given given = {};

	scratch_text(scratch, "run/cgroups.new", "/half of it");
	assert_int_equal(given_read(scratch->arena, scratch->report, folder, &given), 0);
	assert_int_equal(given.n, 0);
	assert_int_equal(given_write(scratch->report, folder, &(struct given){ two, 2 }), 0);
	assert_int_equal(access(scratch_path(scratch, "run/cgroups.new"), F_OK), -1);
}

static void what_others_could_have_written_is_refused(void **state)
{
	struct scratch *scratch = *state;
	const char *folder = rundir(scratch);
	struct given given = { .n = 77 };

	assert_int_equal(given_write(scratch->report, folder, &(struct given){ two, 2 }), 0);
	assert_int_equal(chmod(scratch_path(scratch, "run/cgroups"), 0622), 0);
	assert_int_equal(given_read(scratch->arena, scratch->report, folder, &given), -EBADMSG);
	assert_reported(scratch->report, "given-cgroups", "written");
	assert_int_equal(given.n, 77);
	assert_int_equal(unlink(scratch_path(scratch, "run/cgroups")), 0);
	assert_int_equal(symlink("/etc/hostname", scratch_path(scratch, "run/cgroups")), 0);
	assert_int_equal(given_read(scratch->arena, scratch->report, folder, &given), -EBADMSG);
}

static void what_is_no_list_of_cgroups(void **state)
{
	struct scratch *scratch = *state;
	const char *folder = rundir(scratch);
	struct given given = { .n = 77 };

	scratch_text(scratch, "run/cgroups", "/services/a\nrelative\n");
	assert_int_equal(given_read(scratch->arena, scratch->report, folder, &given), -EIO);
	assert_reported(scratch->report, "given-cgroups", "run/cgroups");
	assert_int_equal(given.n, 77);
}

static void what_cannot_be_kept_is_told(void **state)
{
	struct scratch *scratch = *state;
	const char *folder = rundir(scratch);

	scratch_mkdir(scratch, "run/cgroups");
	assert_int_equal(given_write(scratch->report, folder, &(struct given){ two, 2 }), -EIO);
	assert_reported(scratch->report, "given-cgroups", "cannot save");
	assert_int_equal(access(scratch_path(scratch, "run/cgroups.new"), F_OK), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(nothing_was_given),
		scratch_test(what_is_kept_is_read_back),
		scratch_test(what_a_kill_left_is_no_obstacle),
		scratch_test(what_others_could_have_written_is_refused),
		scratch_test(what_is_no_list_of_cgroups),
		scratch_test(what_cannot_be_kept_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
