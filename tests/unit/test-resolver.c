/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* This file acts as the resolver: it reports on the calling process, and tests what happens without an answer. */
#include "libejguard/util/resolver.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "libejguard/util/address.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/clock.h"
#include "tests/unit/scratch.h"

/* --- the C library's: "dumpable" is answered by 127.0.0.D, "many" by itself n times, "never" not at all */

static void answer(struct gaicb *request, const char *text)
{
	struct addrinfo *info = calloc(1, sizeof(*info));
	struct sockaddr_in *in = calloc(1, sizeof(*in));

	in->sin_family = AF_INET;
	inet_pton(AF_INET, text, &in->sin_addr);
	info->ai_family = AF_INET;
	info->ai_addr = (struct sockaddr *)in;
	info->ai_next = request->ar_result;
	request->ar_result = info;
}

int getaddrinfo_a(int mode, struct gaicb *list[], int n, struct sigevent *event)
{
	char text[32];

	for (int i = 0; i < n; i++) {
		if (!list[i])
			continue;
		snprintf(text, sizeof(text), "127.0.0.%d", prctl(PR_GET_DUMPABLE));
		if (strcmp(list[i]->ar_name, "dumpable") == 0)
			answer(list[i], text);
		for (int j = 0; j < 9 && strcmp(list[i]->ar_name, "many") == 0; j++)
			answer(list[i], "198.51.100.1");
	}
	return 0;
}

int gai_error(struct gaicb *request)
{
	return strcmp(request->ar_name, "never") == 0 ? EAI_INPROGRESS : request->ar_result ? 0 : EAI_NONAME;
}

int gai_suspend(const struct gaicb *const list[], int n, const struct timespec *patience)
{
	return usleep(1000);
}

/* --- the tests */

struct seen {
	size_t n;
	size_t index;
	struct ejg_prefix last;
	int error;
};

static int see(void *data, size_t index, const struct ejg_prefix *address)
{
	struct seen *seen = data;

	seen->n++;
	seen->index = index;
	seen->last = *address;
	return seen->error;
}

/* A core file of the helper would contain the host's memory, for example a cookie. */
static void test_not_dumpable(void **state)
{
	static const char *const names[] = { NULL, "dumpable" };
	char text[EJG_PREFIX_TEXT_SIZE];
	struct seen seen = { 0 };
	bool done = false;

	assert_int_equal(prctl(PR_GET_DUMPABLE), 1);
	assert_int_equal(resolver_ask(names, 2, AF_UNSPEC, 64, 5000, see, &seen, &done), 0);
	assert_true(done);
	assert_int_equal(seen.n, 1);
	assert_int_equal(seen.index, 1);
	assert_string_equal(ejg_prefix_format(&seen.last, text), "127.0.0.0");
	assert_int_equal(prctl(PR_GET_DUMPABLE), 1);
}

static void test_bounds(void **state)
{
	static const char *const names[] = { "many", "unknown" }, *const hangs[] = { "dumpable", "never" };
	struct seen seen = { 0 };
	int64_t start;
	bool done = false;

	assert_int_equal(resolver_ask(names, 2, AF_INET, 4, 5000, see, &seen, &done), 0);
	assert_true(done);
	assert_int_equal(seen.n, 4);

	/* one that hangs does not affect the others */
	seen.n = 0;
	start = clock_ms();
	assert_int_equal(resolver_ask(hangs, 2, AF_INET, 4, 300, see, &seen, &done), 0);
	assert_false(done);
	assert_int_equal(seen.n, 1);
	assert_true(clock_ms() - start >= 300);

	seen = (struct seen){ .error = -ENOMEM };
	assert_int_equal(resolver_ask(names, 2, AF_INET, 4, 5000, see, &seen, NULL), -ENOMEM);
	assert_int_equal(seen.n, 1);
	assert_int_equal(resolver_ask(names, 0, AF_INET, 4, 5000, see, &seen, &done), 0);
	assert_true(done);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_not_dumpable), cmocka_unit_test(test_bounds) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
