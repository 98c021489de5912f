/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* With servers that answer like epmd, and others, in a new network namespace. */
#include "libejguard/service/epmd.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "libejguard/util/address.h"
#include "tests/unit/own-network.h"
#include "tests/unit/survey-fixture.h"

enum { PORT = 4369 };

/* The behaviour of a server after the request. */
enum manner {
	ANSWER,	  /* writes the answer and closes */
	BYTEWISE, /* a byte in each segment, quickly */
	DRIP,	  /* a byte in 100 ms, endlessly */
	ENDLESS,  /* as much as possible, endlessly */
	SILENT,	  /* keeps the connection open */
	RESET,	  /* closes it without reading */
	DEAF,	  /* never accepts */
};

#define HEAD "\0\0\x11\x11" /* 4369 */

static void write_all(int fd, const char *bytes, size_t n)
{
	while (n-- > 0)
		if (send(fd, bytes++, 1, MSG_NOSIGNAL) < 0)
			_exit(0);
}

static void serve(int listener, enum manner manner, const char *answer, size_t size)
{
	const struct timespec moment = { .tv_nsec = 100 * 1000 * 1000 };
	static char zeros[65536];
	char request[3];
	int fd;

	if (manner == DEAF)
		pause();
	fd = accept(listener, NULL, NULL);
	if (manner == RESET) {
		const struct linger hard = { 1, 0 };

		setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
		_exit(0);
	}
	if (recv(fd, request, sizeof(request), MSG_WAITALL) != 3 || memcmp(request, "\0\1n", 3) != 0)
		_exit(1);
	if (manner == ANSWER)
		(void)!send(fd, answer, size, MSG_NOSIGNAL);
	else if (manner == BYTEWISE)
		write_all(fd, answer, size);
	while (manner == DRIP && send(fd, "x", 1, MSG_NOSIGNAL) == 1)
		nanosleep(&moment, NULL);
	while (manner == ENDLESS && send(fd, zeros, sizeof(zeros), MSG_NOSIGNAL) > 0)
		;
	if (manner == SILENT)
		pause();
	_exit(0);
}

static double now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Starts the server, and makes the survey ask it. */
static void ask(struct survey_fixture *f, void **state, int family, enum manner manner, const char *answer, size_t size)
{
	const int listener = own_listener(family, false, PORT);
	struct ejg_listener seen = { .port = PORT, .address = { .length = 128 } };
	const double start = now();
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		serve(listener, manner, answer, size);
	close(listener);
	survey_fixture_init(f, state);
	seen.pid = pid;
	if (family == AF_INET)
		memcpy(seen.address.bytes + 10, "\xff\xff\x7f\0\0\1", 6);
	else
		seen.address.bytes[15] = 1;
	f->build.survey->listeners = &seen;
	f->build.survey->n_listeners = 1;
	assert_int_equal(epmd_names_collect(&f->build), 0);
	assert_true(now() - start < 1.5);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	f->build.survey->listeners = NULL;
	f->build.survey->n_listeners = 0;
}

static void test_answers(void **state)
{
	static const char good[] =
		HEAD "name ejabberd at port 4370\nname a at port b at port 65535\nname \xc3\xa9 at port 1\n";
	static const struct {
		int family;
		enum manner manner;
	} ways[] = { { AF_INET, ANSWER }, { AF_INET6, ANSWER }, { AF_INET, BYTEWISE } };
	struct survey_fixture f;

	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		const struct ejg_survey *survey;

		if (i > 0) {
			scratch_teardown(state);
			scratch_setup(state);
		}
		ask(&f, state, ways[i].family, ways[i].manner, good, sizeof(good) - 1);
		survey = f.build.survey;
		assert_true(survey->epmd_answered);
		assert_int_equal(survey->n_epmd_names, 3);
		assert_string_equal(survey->epmd_names[0].name, "ejabberd");
		assert_int_equal(survey->epmd_names[0].port, 4370);
		assert_string_equal(survey->epmd_names[1].name, "a at port b");
		assert_int_equal(survey->epmd_names[1].port, 65535);
		assert_string_equal(survey->epmd_names[2].name, "\xc3\xa9");
		assert_int_equal(survey->n_unseen, 0);
	}
}

/* Names that cannot be printed, and malformed lines. */
static void test_odd_names(void **state)
{
	static const char answer[] =
		HEAD "name \x1b[31mred at port 1\nname ok at port 2\nname  at port 3\nname x at port 0\n"
		     "name x at port 65536\nname x at port 1 \nname \xff\xfe at port 4\nNAME x at port 4\n"
		     "\n\nname a\tb at port 7\nname last at port 5";
	struct survey_fixture f;

	ask(&f, state, AF_INET, ANSWER, answer, sizeof(answer) - 1);
	assert_true(f.build.survey->epmd_answered);
	assert_int_equal(f.build.survey->n_epmd_names, 2);
	assert_string_equal(f.build.survey->epmd_names[0].name, "ok");
	assert_string_equal(f.build.survey->epmd_names[1].name, "last");
	assert_true(survey_fixture_unseen(&f, "8 lines of epmd's answer"));
}

static void test_strangers(void **state)
{
	static const struct {
		enum manner manner;
		const char *answer;
		size_t size;
		const char *note;
	} cases[] = {
		{ DRIP, NULL, 0, "within a second" },
		{ ENDLESS, NULL, 0, "an endless answer" },
		{ SILENT, NULL, 0, "within a second" },
		{ DEAF, NULL, 0, "within a second" },
		{ RESET, NULL, 0, "did not answer" },
		{ ANSWER, "", 0, "not answer as epmd" },
		{ ANSWER, HEAD, 3, "not answer as epmd" },
		{ ANSWER, "HTTP/1.1 400 Bad Request\r\n\r\n", 28, "not answer as epmd" },
		{ ANSWER, "\0\0\x11\x12name a at port 1\n", 21, "not answer as epmd" },
		{ ANSWER, HEAD "name a\0b at port 1\n", 23, "not answer as epmd" },
	};
	struct survey_fixture f;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		if (i > 0) {
			scratch_teardown(state);
			scratch_setup(state);
		}
		ask(&f, state, AF_INET, cases[i].manner, cases[i].answer, cases[i].size);
		if (f.build.survey->epmd_answered || !strstr(f.build.survey->epmd_note, cases[i].note))
			fail_msg("case %zu: %s", i, f.build.survey->epmd_note);
		assert_int_equal(f.build.survey->n_epmd_names, 0);
	}
}

static void test_many_names(void **state)
{
	static char answer[256 * 1024];
	struct survey_fixture f;
	size_t size = 4;

	memcpy(answer, HEAD, 4);
	for (int i = 0; i < 2000; i++)
		size += (size_t)sprintf(answer + size, "name n%d at port 1\n", i);
	ask(&f, state, AF_INET, ANSWER, answer, size);
	assert_true(f.build.survey->epmd_answered);
	assert_int_equal(f.build.survey->n_epmd_names, 1024);
	assert_true(survey_fixture_unseen(&f, "976 lines"));
}

/* True if the survey connects. There is no listener, whatever the survey contains: a connection is refused. */
static bool is_asked(struct survey_fixture *f, struct ejg_survey *survey)
{
	f->build.survey = survey;
	assert_int_equal(epmd_names_collect(&f->build), 0);
	assert_false(survey->epmd_answered);
	assert_non_null(survey->epmd_note);
	return strstr(survey->epmd_note, "Connection refused") != NULL;
}

/* The listeners that the survey may ask: never a socket that only the service manager holds, or may hold. */
static void test_not_asked(void **state)
{
	static const struct ejg_process epmd = { .pid = 50, .role = EJG_PROCESS_EPMD, .unit = "epmd.service" },
					first = { .pid = 1, .role = EJG_PROCESS_EPMD },
					far = { .pid = 50,
						.role = EJG_PROCESS_EPMD,
						.unit = "epmd.service",
						.other_network = true },
					node = { .pid = 50, .role = EJG_PROCESS_NODE, .unit = "epmd.service" };
	static const struct {
		const char *address; /* "" for no listener */
		pid_t pid;
		uid_t uid;
		const char *unit;
		const struct ejg_process *process;
		bool asked;
	} cases[] = {
		{ "", 0, 0, NULL, NULL, false },
		{ "127.0.0.1", 50, 0, NULL, NULL, true },
		{ "0.0.0.0", 50, 0, NULL, NULL, true },
		{ "::", 50, 0, NULL, NULL, true },
		{ "::1", 50, 0, NULL, NULL, true },
		{ "198.51.100.1", 50, 0, NULL, NULL, false },
		{ "::", 1, 0, "epmd.socket", NULL, false },
		{ "::", 1, 0, "epmd.socket", &epmd, false },
		{ "::", 1, 0, NULL, &first, true },
		{ "::", 0, 0, "epmd.socket", NULL, false },
		{ "::", 0, 0, "epmd.socket", &epmd, true },
		{ "::", 0, 0, "epmd.socket", &far, false },
		{ "::", 0, 0, "epmd.socket", &node, false },
		{ "::", 0, 0, NULL, &epmd, false },
		{ "::", 0, 0, "epmd2.socket", &epmd, false },
		{ "::", 0, 1000, NULL, NULL, true },
	};
	struct survey_fixture f;

	survey_fixture_init(&f, state);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct ejg_listener listener = {
			.port = PORT, .pid = cases[i].pid, .uid = cases[i].uid, .unit = cases[i].unit
		};
		struct ejg_survey survey = { EJG_SURVEY_HEADER, .listeners = &listener, .processes = cases[i].process };
		const char *problem;

		survey.n_listeners = *cases[i].address != '\0';
		survey.n_processes = cases[i].process != NULL;
		if (survey.n_listeners)
			assert_int_equal(prefix_parse(cases[i].address, &listener.address, &problem), 0);
		if (is_asked(&f, &survey) != cases[i].asked)
			fail_msg("case %zu: %s", i, survey.epmd_note);
	}
}

/* Of two listeners the one counts that would get the connection: another user's exact address before the wildcard. */
static void test_which(void **state)
{
	struct ejg_listener listeners[2] = { { .port = PORT, .pid = 1 }, { .port = PORT, .pid = 50 } };
	struct ejg_survey survey = { EJG_SURVEY_HEADER, .listeners = listeners, .n_listeners = 2 };
	struct survey_fixture f;
	const char *problem;

	survey_fixture_init(&f, state);
	assert_int_equal(prefix_parse("::", &listeners[0].address, &problem), 0);
	assert_int_equal(prefix_parse("127.0.0.1", &listeners[1].address, &problem), 0);
	assert_true(is_asked(&f, &survey));
	listeners[0].pid = 50;
	listeners[1].pid = 1;
	assert_true(is_asked(&f, &survey));
	assert_non_null(strstr(survey.epmd_note, " on ::1 "));
	assert_int_equal(prefix_parse("0.0.0.0", &listeners[0].address, &problem), 0);
	assert_false(is_asked(&f, &survey));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(test_answers),    scratch_test(test_odd_names), scratch_test(test_strangers),
		scratch_test(test_many_names), scratch_test(test_not_asked), scratch_test(test_which),
	};

	if (!own_network()) {
		puts("skipped: no network namespace of its own");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
