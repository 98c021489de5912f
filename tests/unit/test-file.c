/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/util/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libejguard/util/cleanup.h"
#include "tests/unit/scratch.h"

static void test_read_all(void **state)
{
	static const size_t sizes[] = { 0, 1, 65535, 65536, 65537, 200000 };
	struct scratch *scratch = *state;
	char *bytes = malloc(200000);

	assert_non_null(bytes);
	memset(bytes, 'x', 200000);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		cleanup_free char *text = NULL;
		cleanup_fd int fd = -1;
		size_t size;

		scratch_write(scratch, "file", bytes, sizes[i]);
		fd = open(scratch_path(scratch, "file"), O_RDONLY | O_CLOEXEC);
		if (sizes[i] > 0)
			assert_int_equal(file_read_all(fd, sizes[i] - 1, &text, &size), -EFBIG);
		assert_null(text);
		assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
		assert_int_equal(file_read_all(fd, sizes[i], &text, &size), 0);
		assert_int_equal(size, sizes[i]);
		assert_int_equal(strlen(text), sizes[i]);
	}
	assert_int_equal(file_read_all(-1, 1, &(char *){ NULL }, &(size_t){ 0 }), -EBADF);
	free(bytes);
}

static void test_read_some(void **state)
{
	struct scratch *scratch = *state;
	cleanup_fd int fd = -1;
	char text[8] = "";

	scratch_text(scratch, "file", "abcdef");
	fd = open(scratch_path(scratch, "file"), O_RDONLY | O_CLOEXEC);
	assert_int_equal(file_read_some(fd, text, 4), 4);
	assert_string_equal(text, "abcd");
	assert_int_equal(file_read_some(fd, text, 7), 2);
	assert_int_equal(file_read_some(fd, text, 7), 0);
	assert_int_equal(file_read_some(-1, text, 7), -EBADF);
}

static void test_regular_only(void **state)
{
	struct scratch *scratch = *state;
	cleanup_fd int fd = -1;

	scratch_text(scratch, "file", "x");
	assert_int_equal(mkfifo(scratch_path(scratch, "fifo"), 0600), 0);
	assert_int_equal(symlink("file", scratch_path(scratch, "link")), 0);
	fd = file_open_regular(scratch_path(scratch, "link"));
	assert_true(fd >= 0);
	assert_int_equal(file_open_regular(scratch_path(scratch, "fifo")), -EINVAL);
	assert_int_equal(file_open_regular(scratch->folder), -EINVAL);
	assert_int_equal(file_open_regular("/dev/null"), -EINVAL);
	assert_int_equal(file_open_regular(scratch_path(scratch, "absent")), -ENOENT);
}

static void test_replace(void **state)
{
	struct scratch *scratch = *state;
	cleanup_fd int folder = -1;
	cleanup_free char *text = NULL;
	cleanup_fd int fd = -1;
	struct stat st;
	size_t size;

	scratch_write(scratch, "file", "old", 3);
	scratch_write(scratch, "file.new", "of one that was killed", 22);
	folder = open(scratch->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(file_replace(folder, "file", "new"), 0);
	fd = openat(folder, "file", O_RDONLY | O_CLOEXEC);
	assert_int_equal(file_read_all(fd, 100, &text, &size), 0);
	assert_string_equal(text, "new");
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(fstatat(folder, "file.new", &st, 0), -1);

	/* A folder is not replaced, and no temporary file is left. */
	assert_int_equal(mkdirat(folder, "folder", 0700), 0);
	assert_int_equal(file_replace(folder, "folder", "new"), -EISDIR);
	assert_int_equal(fstatat(folder, "folder.new", &st, 0), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(unlinkat(folder, "folder", AT_REMOVEDIR), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(test_read_all),
		scratch_test(test_read_some),
		scratch_test(test_regular_only),
		scratch_test(test_replace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
