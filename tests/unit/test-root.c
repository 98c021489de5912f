/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/util/root.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libejguard/util/cleanup.h"
#include "libejguard/util/file.h"
#include "tests/unit/scratch.h"

static void link_to(struct scratch *scratch, const char *target, const char *name)
{
	assert_int_equal(symlink(target, scratch_path(scratch, name)), 0);
}

static void make_tree(struct scratch *scratch)
{
	scratch_mkdir(scratch, "etc");
	scratch_mkdir(scratch, "etc/deep");
	scratch_text(scratch, "etc/passwd", "ours\n");
	scratch_text(scratch, "etc/deep/file", "deep\n");
	link_to(scratch, "/etc/passwd", "absolute");
	link_to(scratch, "etc/passwd", "relative");
	link_to(scratch, "../../../../etc/passwd", "etc/deep/out");
	link_to(scratch, "/../../etc", "folder");
	link_to(scratch, "loop", "loop");
	link_to(scratch, "/nowhere", "dangling");
}

static void assert_reads(const char *root, const char *path, const char *expected)
{
	cleanup_fd int fd = root_open(root, path, O_RDONLY);
	char text[16] = "";

	assert_true(fd >= 0);
	assert_true(file_read_some(fd, text, sizeof(text) - 1) > 0);
	assert_string_equal(text, expected);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
}

static void test_stays_inside(void **state)
{
	static const char *const paths[] = { "/etc/passwd",	  "//etc/./passwd", "/etc/deep/../passwd",
					     "/../../etc/passwd", "/absolute",	    "/relative",
					     "/etc/deep/out",	  "/folder/passwd", "/folder/deep/out" };
	struct scratch *scratch = *state;

	make_tree(scratch);
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		assert_reads(scratch->folder, paths[i], "ours\n");
}

static void test_failures(void **state)
{
	struct scratch *scratch = *state;
	const char *root = scratch->folder;

	make_tree(scratch);
	assert_int_equal(root_open(root, "/loop", O_RDONLY), -ELOOP);
	assert_int_equal(root_open(root, "/dangling", O_RDONLY), -ENOENT);
	assert_int_equal(root_open(root, "/etc/passwd/x", O_RDONLY), -ENOTDIR);
	assert_int_equal(root_open(root, "/etc/absent", O_RDONLY), -ENOENT);
	assert_int_equal(root_open("/nowhere/at/all", "/etc/passwd", O_RDONLY), -ENOENT);
}

static void test_system(void **state)
{
	struct scratch *scratch = *state;

	make_tree(scratch);
	assert_reads(NULL, scratch_path(scratch, "etc/passwd"), "ours\n");
	assert_reads("", scratch_path(scratch, "relative"), "ours\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(test_stays_inside),
		scratch_test(test_failures),
		scratch_test(test_system),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
