/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The filter of the module seccomp, in the kernel: the calls that it refuses, and that inspect.c reads it correctly. */
#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "libejguard/modules/seccomp/filter.h"
#include "libejguard/modules/seccomp/inspect.h"
#include "libejguard/util/cleanup.h"
#include "tests/unit/valgrind.h"

static const struct filter_plan refusing = { .action = FILTER_ERROR };
static const struct filter_plan killing = { .action = FILTER_KILL };
static const struct filter_plan recording = { .action = FILTER_LOG };
static const struct filter_plan with_mptcp = { .action = FILTER_ERROR, .mptcp = true };

/* Starts a process with the filter, or without any, until it is killed. */
static pid_t start(const struct filter_plan *plan)
{
	int ready[2];
	pid_t child;
	char byte;

	assert_int_equal(pipe(ready), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		const char *failed;

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (plan && filter_load(plan, &failed) < 0)
			_exit(1);
		if (write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return child;
}

static void end(pid_t child)
{
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

/* The number of rules that the process's filter allows; *ret_recorded: and how many of these the kernel records. */
static size_t gaps(pid_t child, size_t *ret_recorded)
{
	cleanup_inspection struct inspect_filters inspection = INSPECTION_NULL;
	uint64_t arguments[RULE_N_ARGUMENTS];
	size_t n = 0, recorded = 0;

	assert_int_equal(inspect_read(child, &inspection), 0);
	for (size_t i = 0; i < n_rules; i++) {
		uint32_t action;

		rule_sample(&rules[i], arguments);
		action = inspect_ask(&inspection, rule_number(&rules[i]), arguments);
		n += !inspect_refuses(action);
		recorded += (action & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_LOG;
	}
	*ret_recorded = recorded;
	return n;
}

static void needs_root(void)
{
	if (geteuid() != 0)
		skip();
}

static void test_reader_sees_what_is_refused(void **state)
{
	pid_t none, filtered, records, mptcp;
	size_t n_recorded;

	needs_root();
	none = start(NULL);
	filtered = start(&refusing);
	records = start(&recording);
	mptcp = start(&with_mptcp);
	assert_int_equal(gaps(none, &n_recorded), n_rules);
	assert_int_equal(n_recorded, 0);
	assert_int_equal(gaps(filtered, &n_recorded), 0);
	assert_int_equal(gaps(records, &n_recorded), n_rules);
	assert_int_equal(n_recorded, n_rules);
	assert_int_equal(gaps(mptcp, &n_recorded), 2); /* IPv4 and IPv6 */
	assert_int_equal(n_recorded, 0);
	end(none);
	end(filtered);
	end(records);
	end(mptcp);
}

static void test_other_architectures(void **state)
{
	cleanup_inspection struct inspect_filters inspection = INSPECTION_NULL;
	const uint64_t arguments[RULE_N_ARGUMENTS] = { 0 };
	pid_t child;

	needs_root();
	child = start(&refusing);
	assert_int_equal(inspect_read(child, &inspection), 0);
	assert_false(inspect_refuses(inspect_ask(&inspection, seccomp_syscall_resolve_name("getpid"), arguments)));
	assert_true(inspect_refuses(inspect_ask_as(&inspection, AUDIT_ARCH_ARM ^ 1, 20, arguments)));
	if (inspect_architecture() == AUDIT_ARCH_X86_64)
		assert_true(
			inspect_refuses(inspect_ask_as(&inspection, AUDIT_ARCH_X86_64, 0x40000000u | 39, arguments)));
	end(child);
}

static void test_count(void **state)
{
	pid_t none = start(NULL), filtered = start(&refusing);
	unsigned int n;
	int mode;

	assert_int_equal(inspect_count(none, &mode, &n), 0);
	assert_int_equal(mode, SECCOMP_MODE_DISABLED);
	assert_int_equal(inspect_count(filtered, &mode, &n), 0);
	assert_int_equal(mode, SECCOMP_MODE_FILTER);
	assert_int_equal(n, 1);
	end(none);
	end(filtered);
	assert_int_equal(inspect_count(filtered, &mode, &n), -ENOENT);
}

/* A signal that arrives during the inspection is not lost. */
static void test_signal_is_not_lost(void **state)
{
	needs_root();
	for (int i = 0; i < 50; i++) {
		pid_t child = start(&refusing), reader = fork();
		int status;

		if (reader == 0) {
			cleanup_inspection struct inspect_filters inspection = INSPECTION_NULL;

			inspect_read(child, &inspection); /* it may have ended by now */
			_exit(0);
		}
		kill(child, SIGTERM);
		assert_int_equal(waitpid(reader, &status, 0), reader);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
	}
}

/* A process that does not stop, because it waits for the child of its vfork(2), blocks nobody. */
static void test_process_that_does_not_stop(void **state)
{
	cleanup_inspection struct inspect_filters inspection = INSPECTION_NULL;
	int ready[2];
	pid_t child;
	char byte;

	needs_root();
	assert_int_equal(pipe(ready), 0);
	child = fork();
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (syscall(SYS_vfork) == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			if (write(ready[1], "", 1) != 1)
				_exit(1);
			for (;;)
				pause();
		}
		_exit(0);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_int_equal(inspect_read(child, &inspection), -ETIMEDOUT);
	close(ready[0]);
	close(ready[1]);
	end(child);
}

/*
 * Really makes the call, under the filter or without. Return: 0, the error, or minus the signal that ended it.
 */
static int make_call(const struct filter_plan *plan, const long a[])
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		const char *failed;

		if (plan && filter_load(plan, &failed) < 0)
			_exit(255);
		_exit(syscall(a[0], a[1], a[2], a[3], a[4]) < 0 ? errno : 0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static int make_socket(const struct filter_plan *plan, long family, long type, long protocol)
{
	return make_call(plan, (const long[]){ SYS_socket, family, type, protocol, 0 });
}

/* Calls with overlapping conditions; the control does the same without the filter. */
static void test_sockets(void **state)
{
	static const struct {
		long family, type, protocol;
		int error;
	} attempts[] = {
		{ AF_PACKET, SOCK_RAW, 0, EAFNOSUPPORT },
		{ AF_INET, SOCK_RAW | SOCK_CLOEXEC, 1, EPERM },
		{ AF_INET6, SOCK_RAW | SOCK_NONBLOCK, 58, EPERM },
		{ AF_NETLINK, SOCK_RAW, 15, EPROTONOSUPPORT }, /* NETLINK_KOBJECT_UEVENT */
		{ AF_NETLINK, SOCK_RAW, 16, EPROTONOSUPPORT }, /* NETLINK_GENERIC */
		{ AF_INET | 1L << 32, SOCK_STREAM, 0, EAFNOSUPPORT },
		{ AF_INET, SOCK_RAW | 1L << 32, 1, EPERM },
		{ AF_INET, SOCK_STREAM, 262 | 1L << 32, EPROTONOSUPPORT },
	};
	static const int needed[][3] = {
		{ AF_UNIX, SOCK_STREAM, 0 }, { AF_UNIX, SOCK_SEQPACKET, 0 }, { AF_INET, SOCK_STREAM, 0 },
		{ AF_INET, SOCK_STREAM, 6 }, { AF_INET6, SOCK_STREAM, 0 },   { AF_INET, SOCK_DGRAM, 17 },
		{ AF_NETLINK, SOCK_RAW, 0 }, { AF_NETLINK, SOCK_DGRAM, 0 },  { AF_NETLINK, SOCK_RAW, 4 },
	};

	needs_root();
	for (size_t i = 0; i < ARRAY_SIZE(attempts); i++) {
		assert_int_not_equal(make_socket(NULL, attempts[i].family, attempts[i].type, attempts[i].protocol),
				     attempts[i].error);
		assert_int_equal(make_socket(&refusing, attempts[i].family, attempts[i].type, attempts[i].protocol),
				 attempts[i].error);
	}
	for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
		assert_int_equal(make_socket(&refusing, needed[i][0], needed[i][1], needed[i][2]), 0);
}

/* The filter compares only what the kernel reads: an unsigned int. The control fails, too, but for the descriptor. */
static void test_terminals_and_pairs(void **state)
{
	static const struct {
		long call, a, b, c, d;
		int error, without;
	} attempts[] = {
		{ SYS_ioctl, -1, TIOCSTI, 0, 0, EPERM, EBADF },
		{ SYS_ioctl, -1, TIOCSTI | 1L << 32, 0, 0, EPERM, EBADF },
		{ SYS_ioctl, -1, TIOCLINUX, 0, 0, EPERM, EBADF },
		{ SYS_ioctl, -1, TIOCGWINSZ, 0, 0, EBADF, EBADF },
		{ SYS_socketpair, AF_INET, SOCK_STREAM, 0, -1, EAFNOSUPPORT, EFAULT },
		{ SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, -1, EFAULT, EFAULT },
	};

	for (size_t i = 0; i < ARRAY_SIZE(attempts); i++) {
		const long a[] = { attempts[i].call, attempts[i].a, attempts[i].b, attempts[i].c, attempts[i].d };

		assert_int_equal(make_call(NULL, a), attempts[i].without);
		assert_int_equal(make_call(&refusing, a), attempts[i].error);
	}
}

/* The C library makes threads by clone3() first: a filter that kills must leave them. */
static void *do_nothing(void *unused)
{
	return unused;
}

static int make_thread(const struct filter_plan *plan)
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		const char *failed;
		pthread_t thread;

		if (filter_load(plan, &failed) < 0 || pthread_create(&thread, NULL, do_nothing, NULL) != 0)
			_exit(255);
		_exit(pthread_join(thread, NULL));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

static void test_threads(void **state)
{
	static const long unshare[] = { SYS_unshare, 0, 0, 0, 0 };

	assert_int_equal(make_thread(&refusing), 0);
	assert_int_equal(make_thread(&recording), 0);
	assert_int_equal(make_thread(&killing), 0);
	assert_int_equal(make_call(&killing, unshare), -SIGSYS);
}

static bool has_rule(const char *group, const char *call)
{
	for (size_t i = 0; i < n_rules; i++)
		if (strcmp(rules[i].call, call) == 0 && strcmp(rule_group_name(rules[i].group), group) == 0)
			return true;
	return false;
}

/* The text of a group in the manual page, up to the colon or the next item: the calls. */
static char *read_item(const char *group)
{
	cleanup_file FILE *file = fopen(MANUAL_PAGE, "re");
	char heading[64], line[512], *text = calloc(1, 8192);
	bool inside = false;

	assert_non_null(file);
	assert_non_null(text);
	snprintf(heading, sizeof(heading), ".It %s\n", group);
	while (fgets(line, sizeof(line), file)) {
		if (inside && (strncmp(line, ".It ", 4) == 0 || strncmp(line, ".El", 3) == 0))
			break;
		if (inside)
			strcat(text, line);
		inside |= strcmp(line, heading) == 0;
	}
	text[strcspn(text, ":")] = '\0';
	return text;
}

static bool has_word(const char *text, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = text; (at = strstr(at, word)); at++)
		if ((at == text || strchr(" ,\n", at[-1])) && strchr(" ,.\n", at[length]))
			return true;
	return false;
}

/* The manual page names each call of the table in the item of its group, and no other. */
static void test_manual_page(void **state)
{
	for (size_t i = 0; i < n_rules; i++) {
		cleanup_free char *text = read_item(rule_group_name(rules[i].group));

		if (rules[i].group != RULE_MPTCP && !has_word(text, rules[i].call))
			fail_msg("%s is not in the item %s", rules[i].call, rule_group_name(rules[i].group));
	}
	for (unsigned int group = 0; group < N_RULE_GROUPS; group++) {
		cleanup_free char *text = read_item(rule_group_name(group));
		char *rest = text, *word;

		while ((word = strsep(&rest, " ,.;\n")))
			if (seccomp_syscall_resolve_name(word) >= 0 && !has_rule(rule_group_name(group), word))
				fail_msg("%s is not in the table, group %s", word, rule_group_name(group));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reader_sees_what_is_refused),
		cmocka_unit_test(test_other_architectures),
		cmocka_unit_test(test_count),
		cmocka_unit_test(test_signal_is_not_lost),
		cmocka_unit_test(test_process_that_does_not_stop),
		cmocka_unit_test(test_sockets),
		cmocka_unit_test(test_terminals_and_pairs),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_manual_page),
	};

	/* valgrind supports neither seccomp(2) nor a vfork(2) that waits. */
	return is_under_valgrind() ? 0 : cmocka_run_group_tests(tests, NULL, NULL);
}
