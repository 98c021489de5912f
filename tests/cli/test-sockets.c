/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which socket units, of what systemd says of all of them, listen where the guard should be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "libejguard/util/cleanup.h"
#include "tools/systemd/sockets.h"

static int take(void *data, const char *name, const char *listen)
{
	FILE *out = data;

	fprintf(out, "%s %s\n", name, listen);
	return 0;
}

/* The units that are found, a line each. */
static void find(const struct ejg_facts *facts, const char *answer, const char *expected)
{
	cleanup_free char *copy = strdup(answer), *found = NULL;
	size_t size;
	FILE *out = open_memstream(&found, &size);

	assert_non_null(copy);
	assert_non_null(out);
	assert_int_equal(sockets_read(facts, copy, take, out), 0);
	assert_int_equal(fclose(out), 0);
	assert_string_equal(found, expected);
}

#define LOADED "LoadState=loaded\n"

static void test_find(void **state)
{
	static const struct ejg_cgroup cgroups[] = { { .name = "ejabberd.service" }, { .name = "epmd.socket" } };
	static const struct ejg_port_range dist[] = { { 4370, 4375 } };
	static const struct ejg_kind without_epmd = { .size = sizeof(without_epmd), .without_epmd = true };
	struct ejg_facts facts = {
		EJG_FACTS_HEADER, .cgroups = cgroups, .n_cgroups = 2, .epmd_port = 4369, .dist = dist, .n_dist = 1,
	};

	find(&facts, "", "");
	find(&facts, "\n\n=\nno sign\n", "");
	/* The service's own, by one of its names. */
	find(&facts, "Listen=[::]:4369 (Stream)\nId=epmd.socket\nNames=epmd.socket\n" LOADED, "");
	find(&facts, "Listen=[::]:4369 (Stream)\nId=a.socket\nNames=a.socket epmd.socket b.socket\n" LOADED, "");
	find(&facts, "Listen=[::]:4369 (Stream)\nId=epmd.socke\nNames=epmd.socke epmd.sockets\n" LOADED,
	     "epmd.socke [::]:4369 (Stream)\n");
	/* Others, in each form of a listener; only the first is said. */
	find(&facts,
	     "Listen=/run/x (Stream)\nListen=198.51.100.1:4369 (Stream)\nListen=[::]:4369 (Stream)\n"
	     "Id=a.socket\nNames=a.socket\n" LOADED "\nId=b.socket\nListen=[fe80::1]:4372%eth0 (Stream)\n" LOADED
	     "\n" LOADED "Id=c.socket\nListen=0.0.0.0:4375 (Stream)",
	     "a.socket 198.51.100.1:4369 (Stream)\nb.socket [fe80::1]:4372%eth0 (Stream)\n"
	     "c.socket 0.0.0.0:4375 (Stream)\n");
	/* Others that nobody reaches, or that are not about these ports. */
	find(&facts,
	     "Listen=127.0.0.1:4369 (Stream)\nListen=[::1]:4369 (Stream)\nListen=[::]:4369 (Datagram)\n"
	     "Listen=[::]:4368 (Stream)\nListen=[::]:4376 (Stream)\nListen=@x:4369 (Stream)\n"
	     "Listen=/run/x:4369 (Stream)\nListen=vsock:2:4369 (Stream)\nListen=[::]:4369\nId=a.socket\n" LOADED,
	     "");
	find(&facts, "Listen=[::]:4369 (Stream)\nId=a.socket\nLoadState=masked\n", "");
	facts.kind = &without_epmd;
	find(&facts, "Listen=[::]:4369 (Stream)\nId=a.socket\n" LOADED, "");
	find(&facts, "Listen=[::]:4370 (Stream)\nId=a.socket\n" LOADED, "a.socket [::]:4370 (Stream)\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_find) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
