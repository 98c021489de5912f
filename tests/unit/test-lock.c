/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "libejguard/core/lock.h"
#include "libejguard/util/cleanup.h"
#include "tests/unit/scratch.h"

/* A path in the scratch folder that stays valid. */
static const char *keep(struct scratch *scratch, const char *name)
{
	return arena_strdup(scratch->arena, scratch_path(scratch, name));
}

static void makes_its_folders(void **state)
{
	struct scratch *scratch = *state;
	const char *rundir = keep(scratch, "run/ejabberd");
	cleanup_fd int fd = -1;
	mode_t mask = umask(0);
	struct stat st;
	int r;

	r = lock_take(scratch->report, rundir, 0, &fd);
	umask(mask);
	assert_int_equal(r, 0);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	assert_int_equal(stat(scratch_path(scratch, "run"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0755);
	assert_int_equal(stat(rundir, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(stat(scratch_path(scratch, "run/ejabberd/lock"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
}

static void names_the_holder(void **state)
{
	struct scratch *scratch = *state;
	const char *rundir = keep(scratch, "s");
	cleanup_fd int fd = -1;
	int untouched = -77;
	char pid[32];

	assert_int_equal(lock_take(scratch->report, rundir, 0, &fd), 0);
	assert_int_equal(lock_take(scratch->report, rundir, 50, &untouched), -EBUSY);
	assert_int_equal(untouched, -77);
	snprintf(pid, sizeof(pid), "process %ld has", (long)getpid());
	assert_reported(scratch->report, "lock-busy", pid);
}

static void is_shared_by_those_who_look(void **state)
{
	struct scratch *scratch = *state;
	const char *rundir = keep(scratch, "s");
	cleanup_fd int one = -1, two = -1, fd = -1;
	struct lock_seen before, after;

	assert_int_equal(lock_take(scratch->report, rundir, 0, &fd), 0);
	assert_int_equal(lock_share(scratch->report, rundir, 50, &one), -EBUSY);
	ejg_close_fd(&fd);
	before = lock_look(rundir);
	assert_int_equal(lock_share(scratch->report, rundir, 0, &one), 0);
	assert_int_equal(lock_share(scratch->report, rundir, 0, &two), 0);
	after = lock_look(rundir);
	assert_false(lock_was_held(&before, &after));
	report_clear(scratch->report);
	assert_int_equal(lock_take(scratch->report, rundir, 50, &fd), -EBUSY);
	assert_reported(scratch->report, "lock-busy", "another process has");
	ejg_close_fd(&one);
	ejg_close_fd(&two);
	assert_int_equal(lock_take(scratch->report, rundir, 0, &fd), 0);
	after = lock_look(rundir);
	assert_true(lock_was_held(&before, &after));
}

static void goes_with_the_process(void **state)
{
	struct scratch *scratch = *state;
	const char *rundir = keep(scratch, "s");
	cleanup_fd int fd = -1;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		int held = -1;

		_exit(lock_take(scratch->report, rundir, 0, &held) == 0 ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(lock_take(scratch->report, rundir, 0, &fd), 0);
}

/* Many processes at once: each runs alone, and all get their turn. */
static void serialises(void **state)
{
	struct scratch *scratch = *state;
	const char *rundir = keep(scratch, "run/s"), *mark = keep(scratch, "mark");
	int status, failed = 0;

	for (int i = 0; i < 8; i++) {
		if (fork() == 0) {
			int fd = -1, exclusive;

			if (lock_take(scratch->report, rundir, 20000, &fd) < 0)
				_exit(1);
			exclusive = open(mark, O_CREAT | O_EXCL | O_CLOEXEC, 0600);
			usleep(5000);
			_exit(exclusive < 0 || unlink(mark) < 0 ? 2 : 0);
		}
	}
	for (int i = 0; i < 8; i++) {
		assert_true(wait(&status) > 0);
		failed |= status;
	}
	assert_int_equal(failed, 0);
}

static void survives_a_cleaner(void **state)
{
	struct scratch *scratch = *state;
	const char *rundir = keep(scratch, "s"), *file = keep(scratch, "s/lock");
	cleanup_fd int one = -1, two = -1;

	assert_int_equal(lock_take(scratch->report, rundir, 0, &one), 0);
	assert_int_equal(unlink(file), 0);
	assert_int_equal(lock_take(scratch->report, rundir, 0, &two), 0);
}

static void follows_no_link(void **state)
{
	struct scratch *scratch = *state;
	const char *rundir = keep(scratch, "s");
	int fd = -77;

	scratch_text(scratch, "victim", "precious\n");
	scratch_mkdir(scratch, "s");
	assert_int_equal(symlink("../victim", scratch_path(scratch, "s/lock")), 0);
	assert_int_equal(lock_take(scratch->report, rundir, 0, &fd), -EIO);
	assert_int_equal(unlink(scratch_path(scratch, "s/lock")), 0);
	assert_int_equal(mkfifo(scratch_path(scratch, "s/lock"), 0600), 0);
	assert_int_equal(lock_take(scratch->report, rundir, 0, &fd), -EIO);
	assert_int_equal(symlink("s", scratch_path(scratch, "link")), 0);
	rundir = keep(scratch, "link");
	assert_int_equal(lock_take(scratch->report, rundir, 0, &fd), -EIO);
	assert_int_equal(fd, -77);
}

static void trusts_no_folder_of_others(void **state)
{
	struct scratch *scratch = *state;
	const char *rundir = keep(scratch, "open/s");
	int fd = -77;

	scratch_mkdir(scratch, "open");
	scratch_mkdir(scratch, "open/s");
	assert_int_equal(chmod(scratch_path(scratch, "open/s"), 0777), 0);
	assert_int_equal(lock_take(scratch->report, rundir, 0, &fd), -EIO);
	assert_int_equal(chmod(scratch_path(scratch, "open/s"), 01777), 0);
	assert_int_equal(lock_take(scratch->report, rundir, 0, &fd), -EIO);
	assert_int_equal(chmod(scratch_path(scratch, "open/s"), 0700), 0);
	assert_int_equal(chmod(scratch_path(scratch, "open"), 0777), 0);
	assert_int_equal(lock_take(scratch->report, rundir, 0, &fd), -EIO);
	assert_int_equal(chmod(scratch_path(scratch, "open"), 0755), 0);
	if (geteuid() == 0) {
		assert_int_equal(chown(rundir, 65534, 65534), 0);
		assert_true(lock_take(scratch->report, rundir, 0, &fd) < 0);
	}
	assert_int_equal(fd, -77);
}

static void needs_a_folder(void **state)
{
	struct scratch *scratch = *state;
	const char *deep = keep(scratch, "a/b/c");
	int fd = -77;

	assert_int_equal(lock_take(scratch->report, deep, 0, &fd), -EIO);
	assert_int_equal(lock_take(scratch->report, "relative/s", 0, &fd), -EIO);
	scratch_text(scratch, "file", "");
	assert_int_equal(lock_take(scratch->report, keep(scratch, "file"), 0, &fd), -EIO);
	assert_int_equal(lock_take(scratch->report, keep(scratch, "file/s"), 0, &fd), -EIO);
	assert_int_equal(fd, -77);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(makes_its_folders),
		scratch_test(names_the_holder),
		scratch_test(is_shared_by_those_who_look),
		scratch_test(goes_with_the_process),
		scratch_test(serialises),
		scratch_test(survives_a_cleaner),
		scratch_test(follows_no_link),
		scratch_test(trusts_no_folder_of_others),
		scratch_test(needs_a_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
