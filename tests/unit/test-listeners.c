/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Real sockets in a new network namespace; the owners also on a made-up /proc. */
#include "libejguard/service/listeners.h"

#include <sys/resource.h>

#include "libejguard/service/owners.h"
#include "libejguard/util/address.h"
#include "tests/unit/own-network.h"
#include "tests/unit/survey-fixture.h"

static const struct ejg_listener *listener(const struct survey_fixture *f, uint16_t port, const char *address)
{
	char text[EJG_PREFIX_TEXT_SIZE];

	for (size_t i = 0; i < f->build.survey->n_listeners; i++) {
		const struct ejg_listener *found = &f->build.survey->listeners[i];

		if (found->port == port && strcmp(ejg_prefix_format(&found->address, text), address) == 0)
			return found;
	}
	return NULL;
}

static void test_real_sockets(void **state)
{
	const int four = own_listener(AF_INET, false, 4370), six = own_listener(AF_INET6, false, 4369);
	const int wild = own_listener(AF_INET6, true, 5222), wild4 = own_listener(AF_INET, true, 80);
	struct survey_fixture f;

	survey_fixture_init(&f, state);
	assert_int_equal(survey_begin(f.base.scratch->arena, &f.facts, &survey_source_system, &f.build), 0);
	assert_int_equal(listeners_collect(&f.build), 0);
	assert_int_equal(f.build.survey->n_listeners, 4);
	assert_int_equal(f.build.survey->listeners[0].port, 80);
	assert_non_null(listener(&f, 80, "0.0.0.0"));
	assert_non_null(listener(&f, 4369, "::1"));
	assert_non_null(listener(&f, 4370, "127.0.0.1"));
	assert_non_null(listener(&f, 5222, "::"));
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(f.build.survey->listeners[i].pid, getpid());
		assert_int_equal(f.build.survey->listeners[i].uid, getuid());
		assert_false(f.build.survey->listeners[i].in_service);
	}
	assert_int_equal(f.build.survey->n_unseen, 0);
	close(four);
	close(six);
	close(wild);
	close(wild4);
}

/* Uses the cgroup of this process, if known, as the service's. */
static void test_cgroup(void **state)
{
	const int fd = own_listener(AF_INET, false, 4370);
	struct survey_fixture f;
	uint64_t id;

	survey_fixture_init(&f, state);
	assert_int_equal(survey_begin(f.base.scratch->arena, &f.facts, &survey_source_system, &f.build), 0);
	assert_int_equal(listeners_collect(&f.build), 0);
	id = f.build.survey->listeners[0].cgroup_id;
	f.cgroups[0].id = id;
	assert_int_equal(survey_begin(f.base.scratch->arena, &f.facts, &survey_source_system, &f.build), 0);
	assert_int_equal(listeners_collect(&f.build), 0);
	assert_int_equal(f.build.survey->listeners[0].in_service, id != 0);
	close(fd);
}

/* A process with thousands of listeners does not displace those on the service's ports. */
static void test_many(void **state)
{
	const int fd = own_listener(AF_INET, false, 4369);
	struct survey_fixture f;
	static int many[4200];
	size_t n = 0;

	for (n = 0; n < ARRAY_SIZE(many); n++)
		many[n] = own_listener(AF_INET, false, (uint16_t)(10000 + n));
	survey_fixture_init(&f, state);
	assert_int_equal(survey_begin(f.base.scratch->arena, &f.facts, &survey_source_system, &f.build), 0);
	assert_int_equal(listeners_collect(&f.build), 0);
	assert_int_equal(f.build.survey->n_listeners, 4097);
	assert_int_equal(listener(&f, 4369, "127.0.0.1")->pid, getpid());
	assert_true(survey_fixture_unseen(&f, "104 more listeners"));
	while (n-- > 0)
		close(many[n]);
	close(fd);
}

/* The holder of a socket: processes of the survey before others, the service manager last. */
static void test_owners(void **state)
{
	struct ejg_listener listeners[5] = { 0 };
	struct owned owned[] = {
		{ 900, &listeners[0] }, { 100, &listeners[1] }, { 500, &listeners[2] },
		{ 700, &listeners[3] }, { 100, &listeners[4] },
	};
	static const struct ejg_process known[] = { { .pid = 30 } };
	struct survey_fixture f;
	struct scratch *scratch;

	survey_fixture_init(&f, state);
	scratch = f.base.scratch;
	fake_process(&f, &(struct fake){ .pid = 1, .arguments = "init" });
	fake_process(&f, &(struct fake){ .pid = 20, .arguments = "other" });
	fake_process(&f, &(struct fake){ .pid = 30, .arguments = "ours" });
	fake_link(scratch, "socket:[900]", "proc/1/fd/3");
	fake_link(scratch, "socket:[500]", "proc/1/fd/4");
	fake_link(scratch, "socket:[900]", "proc/20/fd/9");
	fake_link(scratch, "/dev/null", "proc/20/fd/0");
	fake_link(scratch, "socket:[x]", "proc/20/fd/1");
	fake_link(scratch, "socket:[", "proc/20/fd/2");
	fake_link(scratch, "pipe:[700]", "proc/20/fd/3");
	fake_link(scratch, "socket:[900]", "proc/30/fd/1");
	f.build.survey->processes = known;
	f.build.survey->n_processes = 1;
	assert_int_equal(listeners_find_owners(&f.build, owned, ARRAY_SIZE(owned)), 0);
	assert_int_equal(listeners[0].pid, 30);
	assert_int_equal(listeners[2].pid, 1);
	assert_int_equal(listeners[1].pid + listeners[3].pid + listeners[4].pid, 0);

	f.source.proc = "/nonexistent";
	assert_int_equal(listeners_find_owners(&f.build, owned, ARRAY_SIZE(owned)), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(test_real_sockets),
		scratch_test(test_cgroup),
		scratch_test(test_owners),
	};
	const struct CMUnitTest many[] = {
		scratch_test(test_many),
	};
	const struct rlimit limit = { 8192, 8192 };
	int failed;

	if (!own_network()) {
		puts("skipped: no network namespace of its own");
		return 77;
	}
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	/* valgrind reserves some descriptors, and so changes the limit. */
	return setrlimit(RLIMIT_NOFILE, &limit) < 0 ? failed : failed + cmocka_run_group_tests(many, NULL, NULL);
}
