/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A child that the host program does not notice. Control: one of fork(3), which it does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "libejguard/util/child.h"

static volatile sig_atomic_t ended;

static void count_end(int signal)
{
	(void)signal;
	ended++;
}

static void watch_ends(void (*handler)(int signal))
{
	ended = 0;
	signal(SIGCHLD, handler);
}

static int give(const void *data)
{
	return *(const int *)data;
}

static int wait_for_byte(const void *data)
{
	char byte;

	return read(*(const int *)data, &byte, 1) == 1 ? 0 : 1;
}

static int kill_itself(const void *data)
{
	(void)data;
	raise(SIGTERM); /* blocked */
	kill(getpid(), SIGKILL);
	return 0;
}

static void test_result(void **state)
{
	const int code = 117;
	int status;

	(void)state;
	assert_int_equal(child_wait(child_start(give, &code), &status), 0);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 117);
	assert_int_equal(child_wait(child_start(kill_itself, NULL), &status), 0);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGKILL);
}

static void test_host_does_not_notice(void **state)
{
	int fds[2], status;
	pid_t child;

	(void)state;
	watch_ends(count_end);
	assert_int_equal(pipe(fds), 0);
	child = child_start(wait_for_byte, &fds[0]);
	assert_true(child > 0);
	assert_int_equal(waitpid(-1, &status, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	assert_int_equal(write(fds[1], "", 1), 1);
	assert_int_equal(child_wait(child, &status), 0);
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_int_equal(ended, 0);
	close(fds[0]);
	close(fds[1]);

	child = fork();
	if (child == 0)
		_exit(0);
	assert_int_equal(waitpid(-1, &status, 0), child);
	assert_int_equal(ended, 1);
	watch_ends(SIG_DFL);
}

/* A host that ignores SIGCHLD has the kernel clear its children away: not this one, whose result is needed. */
static void test_host_ignores_ends(void **state)
{
	const int code = 5;
	int status;

	(void)state;
	watch_ends(SIG_IGN);
	assert_int_equal(child_wait(child_start(give, &code), &status), 0);
	assert_int_equal(WEXITSTATUS(status), 5);
	watch_ends(SIG_DFL);
}

static void test_mask_is_restored(void **state)
{
	const int code = 0;
	sigset_t before, after;
	int status;

	(void)state;
	sigemptyset(&before);
	sigaddset(&before, SIGUSR1);
	sigprocmask(SIG_SETMASK, &before, NULL);
	assert_int_equal(child_wait(child_start(give, &code), &status), 0);
	sigprocmask(SIG_SETMASK, NULL, &after);
	assert_true(sigismember(&after, SIGUSR1));
	assert_false(sigismember(&after, SIGUSR2));
}

static void test_no_child(void **state)
{
	int status = 7;

	(void)state;
	assert_int_equal(child_wait(getpid(), &status), -ECHILD);
	assert_int_equal(status, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_result),
		cmocka_unit_test(test_host_does_not_notice),
		cmocka_unit_test(test_host_ignores_ends),
		cmocka_unit_test(test_mask_is_restored),
		cmocka_unit_test(test_no_child),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
