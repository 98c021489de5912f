/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which of two policies is the stricter one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/unit/policy-bed.h"

/* Is former as strict as policy: for net, whose peers are let in, and for host, which keeps users from them? */
static void compare(struct net_policy *former, struct net_policy *policy, bool net, bool host)
{
	assert_int_equal(net_policy_is_as_strict(former, policy, NET_PLACES_ALLOWED), net);
	assert_int_equal(net_policy_is_as_strict(former, policy, NET_PLACES_REFUSED), host);
}

static void test_strictness(void **state)
{
	struct net_policy few, many, parts;
	struct policy_head *head;

	(void)state;
	build(&few, PEERS("198.51.100.2"), false, POLICY_WILDCARD_DENY);
	build(&many, PEERS("198.51.100.2", "198.51.100.8/31", "2001:db8::/64"), false, POLICY_WILDCARD_DENY);
	build(&parts, PEERS("198.51.100.2", "198.51.100.8", "198.51.100.9", "2001:db8::/65", "2001:db8:0:0:8000::/65"),
	      false, POLICY_WILDCARD_DENY);
	compare(&few, &few, true, true);
	compare(&few, &many, true, false);
	compare(&many, &few, false, true);
	compare(&many, &parts, true, true);
	compare(&parts, &many, true, true);

	head = &few.chunks[0].head;
	head->n_listen--;
	head->listen[head->n_listen] = (struct policy_range){ .first = { UINT64_MAX, UINT64_MAX } };
	compare(&few, &many, true, false);
	compare(&many, &few, false, true);
	memcpy(few.chunks[1].ranges, many.chunks[1].ranges, sizeof(few.chunks[1].ranges));
	head->n_ranges = many.chunks[0].head.n_ranges;
	head->range_step = many.chunks[0].head.range_step;
	compare(&few, &many, true, false); /* listen alone differs */
	compare(&many, &few, false, true);

	/* What means the same in both: users, ports, permissive. */
	many.chunks[0].head.users[many.chunks[0].head.n_users++] = 7;
	compare(&parts, &many, true, true);
	compare(&many, &parts, false, false);
	many.chunks[0].head.n_users = 0;
	many.chunks[0].head.private_ports[700] = many.chunks[0].head.guarded_ports[700] = 1;
	compare(&many, &parts, true, true);
	compare(&parts, &many, false, false);
	parts.chunks[0].head.flags |= POLICY_PERMISSIVE;
	compare(&many, &parts, true, true);
	many.chunks[0].head.private_ports[700] = many.chunks[0].head.guarded_ports[700] = 0;
	compare(&parts, &many, false, false);
	net_policy_free(&few);
	net_policy_free(&many);
	net_policy_free(&parts);
}

/* A link-local peer is one of its interface; to a connect, whose hook does not see the interface, it is one of any. */
static void test_strictness_of_link_local_peers(void **state)
{
	struct net_policy none, second, third;
	struct policy_scoped *scoped;

	(void)state;
	build(&none, PEERS("198.51.100.2"), false, POLICY_WILDCARD_DENY);
	build(&second, PEERS("198.51.100.2"), false, POLICY_WILDCARD_DENY);
	build(&third, PEERS("198.51.100.2"), false, POLICY_WILDCARD_DENY);
	scoped = second.chunks[0].head.scoped;
	second.chunks[0].head.n_scoped = third.chunks[0].head.n_scoped = 1;
	scoped->range.first = scoped->range.last = address("fe80::7");
	scoped->ifindex = 2;
	third.chunks[0].head.scoped[0] = *scoped;
	third.chunks[0].head.scoped[0].ifindex = 3;
	compare(&none, &second, true, false);
	compare(&second, &none, false, true);
	compare(&second, &second, true, true);
	compare(&second, &third, false, true);
	net_policy_free(&none);
	net_policy_free(&second);
	net_policy_free(&third);
}

/* Of the words of wildcard=, allow refuses nothing, rewrite what it cannot rewrite, deny all. */
static void test_strictness_of_wildcard(void **state)
{
	static const unsigned int words[] = { POLICY_WILDCARD_ALLOW, POLICY_WILDCARD_REWRITE, POLICY_WILDCARD_DENY };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(words); j++) {
			struct net_policy former, policy;

			build(&former, PEERS("198.51.100.2"), false, words[i]);
			build(&policy, PEERS("198.51.100.2"), false, words[j]);
			compare(&former, &policy, i >= j, i >= j);
			net_policy_free(&former);
			net_policy_free(&policy);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strictness),
		cmocka_unit_test(test_strictness_of_link_local_peers),
		cmocka_unit_test(test_strictness_of_wildcard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
