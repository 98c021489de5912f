/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The policy as built, tested with the same functions that the kernel's programs run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "tests/unit/policy-bed.h"

static bool peer_in(struct net_policy *policy, const char *text)
{
	struct decision d = { policy, &policy->chunks[0].head };
	struct policy_address a = address(text);

	return find_peer(&d, &a, 2);
}

static void test_peers(void **state)
{
	static const struct {
		const char *address;
		bool peer;
	} cases[] = {
		{ "198.51.100.0", true },
		{ "198.51.100.255", true },
		{ "198.51.99.255", false },
		{ "198.51.101.0", false },
		{ "203.0.113.7", true },
		{ "203.0.113.6", false },
		{ "203.0.113.8", false },
		{ "2001:db8::7", true },
		{ "2001:db8::6", false },
		{ "2001:db8:1::", true },
		{ "2001:db8:1:ffff::1", true },
		{ "2001:db8:2::", false },
		{ "::1", false },
		{ "0.0.0.0", false },
		{ "255.255.255.255", false },
		{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", false },
	};
	struct net_policy policy;

	build(&policy, PEERS("203.0.113.7", "198.51.100.0/24", "198.51.100.5", "2001:db8::7", "2001:db8:1::/48"), false,
	      0);
	assert_int_equal(policy.chunks[0].head.n_ranges, 4);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (peer_in(&policy, cases[i].address) != cases[i].peer)
			fail_msg("%s: expected %d", cases[i].address, cases[i].peer);
	net_policy_free(&policy);
}

static void test_everything_of_one_family_is_not_the_other(void **state)
{
	struct net_policy policy;

	build(&policy, PEERS("::/0"), false, 0);
	assert_true(peer_in(&policy, "2001:db8::1"));
	assert_true(peer_in(&policy, "::"));
	assert_true(peer_in(&policy, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"));
	assert_false(peer_in(&policy, "198.51.100.1"));
	assert_false(peer_in(&policy, "255.255.255.255"));
	net_policy_free(&policy);

	build(&policy, PEERS("0.0.0.0/0"), false, 0);
	assert_true(peer_in(&policy, "198.51.100.1"));
	assert_true(peer_in(&policy, "0.0.0.0"));
	assert_true(peer_in(&policy, "255.255.255.255"));
	assert_false(peer_in(&policy, "2001:db8::1"));
	assert_false(peer_in(&policy, "::fffe:ffff:ffff"));
	assert_false(peer_in(&policy, "::1:0:0:0"));
	net_policy_free(&policy);

	build(&policy, PEERS("::/0", "0.0.0.0/0"), false, 0);
	assert_true(peer_in(&policy, "198.51.100.1"));
	assert_true(peer_in(&policy, "2001:db8::1"));
	net_policy_free(&policy);
}

static void test_no_peers(void **state)
{
	struct net_policy policy;

	build(&policy, NULL, 0, false, 0);
	assert_int_equal(policy.n_chunks, 2);
	assert_false(peer_in(&policy, "198.51.100.1"));
	assert_false(peer_in(&policy, "::"));
	assert_false(peer_in(&policy, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"));
	net_policy_free(&policy);
}

static void test_bind(void **state)
{
	static const struct {
		const char *address;
		uint16_t port;
		unsigned int wildcard;
		bool strict;
		enum policy_reason reason;
	} cases[] = {
		{ "127.0.0.1", 4369, POLICY_WILDCARD_ALLOW, false, POLICY_ALLOWED },
		{ "127.9.9.9", 4375, POLICY_WILDCARD_ALLOW, false, POLICY_ALLOWED },
		{ "::1", 4370, POLICY_WILDCARD_DENY, false, POLICY_ALLOWED },
		{ "198.51.100.1", 4369, POLICY_WILDCARD_DENY, false, POLICY_ALLOWED },
		{ "198.51.100.2", 4369, POLICY_WILDCARD_ALLOW, false, POLICY_BIND_ADDRESS },
		{ "2001:db8::1", 4369, POLICY_WILDCARD_ALLOW, false, POLICY_BIND_ADDRESS },
		{ "198.51.100.2", 4376, POLICY_WILDCARD_ALLOW, false, POLICY_ALLOWED },
		{ "198.51.100.2", 4376, POLICY_WILDCARD_ALLOW, true, POLICY_BIND_ADDRESS },
		{ "198.51.100.2", 5223, POLICY_WILDCARD_ALLOW, true, POLICY_ALLOWED },
		{ "198.51.100.2", 5224, POLICY_WILDCARD_ALLOW, true, POLICY_BIND_ADDRESS },
		{ "198.51.100.2", 65535, POLICY_WILDCARD_ALLOW, true, POLICY_BIND_ADDRESS },
		{ "198.51.100.2", 1, POLICY_WILDCARD_ALLOW, true, POLICY_BIND_ADDRESS },
		{ "198.51.100.2", 0, POLICY_WILDCARD_DENY, true, POLICY_ALLOWED },
		{ "0.0.0.0", 4369, POLICY_WILDCARD_ALLOW, false, POLICY_ALLOWED },
		{ "0.0.0.0", 4369, POLICY_WILDCARD_DENY, false, POLICY_BIND_WILDCARD },
		{ "::", 4369, POLICY_WILDCARD_DENY, false, POLICY_BIND_WILDCARD },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct net_policy policy;
		struct decision d;

		build(&policy, NULL, 0, cases[i].strict, cases[i].wildcard);
		d = (struct decision){ &policy, &policy.chunks[0].head };
		assert_int_equal(decide_bind(&d, cases[i].port, address(cases[i].address)), cases[i].reason);
		net_policy_free(&policy);
	}
}

static void test_connect(void **state)
{
	static const struct {
		const char *address;
		uint16_t port;
		enum policy_reason reason;
	} cases[] = {
		{ "127.0.0.1", 4369, POLICY_ALLOWED },	   { "127.255.255.255", 4370, POLICY_ALLOWED },
		{ "128.0.0.0", 4370, POLICY_DESTINATION }, { "126.255.255.255", 4370, POLICY_DESTINATION },
		{ "::1", 4369, POLICY_ALLOWED },	   { "::2", 4369, POLICY_DESTINATION },
		{ "0.0.0.0", 4369, POLICY_ALLOWED },	   { "::", 4369, POLICY_ALLOWED },
		{ "0.0.0.1", 4369, POLICY_DESTINATION },   { "198.51.100.1", 4369, POLICY_ALLOWED },
		{ "203.0.113.7", 4375, POLICY_ALLOWED },   { "203.0.113.8", 4375, POLICY_DESTINATION },
		{ "203.0.113.8", 4376, POLICY_ALLOWED },   { "203.0.113.8", 5222, POLICY_ALLOWED },
	};
	struct net_policy policy;
	struct decision d;

	/* strict makes ports private for listeners, not for destinations */
	build(&policy, PEERS("203.0.113.7"), true, 0);
	d = (struct decision){ &policy, &policy.chunks[0].head };
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (decide_connect(&d, cases[i].port, address(cases[i].address)) != cases[i].reason)
			fail_msg("%s %u: expected %d", cases[i].address, cases[i].port, cases[i].reason);
	net_policy_free(&policy);
}

static void test_accept(void **state)
{
	struct net_policy policy;
	struct decision d;

	build(&policy, PEERS("203.0.113.0/24"), false, 0);
	d = (struct decision){ &policy, &policy.chunks[0].head };
	assert_int_equal(decide_accept(&d, address("203.0.113.9"), address("198.51.100.1"), 2), POLICY_ALLOWED);
	assert_int_equal(decide_accept(&d, address("203.0.113.9"), address("198.51.100.2"), 2), POLICY_LOCAL_ADDRESS);
	assert_int_equal(decide_accept(&d, address("203.0.114.0"), address("198.51.100.1"), 2), POLICY_SOURCE);
	/* Loopback is recognised by its device: a forged source that came over the wire is no peer. */
	assert_int_equal(decide_accept(&d, address("127.0.0.1"), address("127.0.0.1"), 2), POLICY_SOURCE);
	net_policy_free(&policy);
}

static void test_scoped_peer_counts_on_its_interface_only(void **state)
{
	struct ejg_peer peer = { .prefix = prefix("fe80::7"), .origin = { .file = "stack", .line = 1 } };
	struct net_config config = {};
	struct ejg_facts facts = { EJG_FACTS_HEADER, .epmd_port = 4369, .peers = &peer, .n_peers = 1 };
	struct policy_address a = address("fe80::7");
	struct net_policy policy;
	struct decision d;

	peer.prefix.scope = 3;
	assert_int_equal(net_policy_build(&facts, &config, EJG_ENFORCE, NULL, 0, &policy), 0);
	d = (struct decision){ &policy, &policy.chunks[0].head };
	assert_true(find_peer(&d, &a, 3));
	assert_false(find_peer(&d, &a, 4));
	assert_true(find_peer(&d, &a, 0));
	net_policy_free(&policy);
}

/* Narrow ones first: each contains the block of IPv4-mapped addresses, and none contains the next. */
static void test_listen_of_wide_prefixes_fits(void **state)
{
	struct ejg_prefix listen[NET_POLICY_MAX_WIDE] = {};
	struct net_config config = { .listen = { listen, ARRAY_SIZE(listen) } };
	struct ejg_facts facts = { EJG_FACTS_HEADER, .epmd_port = 4369 };
	struct policy_address in = address("0:0:0:0:ffff::"), out = address("198.51.100.1");
	struct policy_address last = address("ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe");
	struct net_policy policy;

	for (size_t i = 0; i < ARRAY_SIZE(listen); i++)
		listen[i].length = ARRAY_SIZE(listen) - 1 - i; /* ::/15 to ::/0 */
	assert_int_equal(net_policy_build(&facts, &config, EJG_ENFORCE, NULL, 0, &policy), 0);
	assert_int_equal(policy.chunks[0].head.n_listen, 2);
	assert_int_equal(policy.chunks[0].head.n_scoped, 0);
	assert_true(find_listen(&policy.chunks[0].head, &in));
	assert_true(find_listen(&policy.chunks[0].head, &last));
	assert_false(find_listen(&policy.chunks[0].head, &out));
	net_policy_free(&policy);
}

/* The same numbers in every run. */
static uint32_t next(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return *seed >> 32;
}

/* Many prefixes, over several chunks, against a plain walk through all of them. */
static void test_search_agrees_with_a_walk(void **state)
{
	static const size_t sizes[] = { 1, 2, 3, 15, 16, 17, 1023, 1024, 1025, 2048, 5000, 65536 };

	for (size_t s = 0; s < ARRAY_SIZE(sizes); s++) {
		size_t n = sizes[s], hits = 0;
		cleanup_free struct ejg_peer *peers = calloc(n, sizeof(*peers));
		struct net_config config = {};
		struct ejg_facts facts = { EJG_FACTS_HEADER, .epmd_port = 4369, .peers = peers, .n_peers = n };
		struct net_policy policy;
		struct decision d;
		uint64_t seed = n;

		for (size_t i = 0; i < n; i++) {
			uint32_t host = next(&seed), length = 20 + next(&seed) % 13;

			memset(peers[i].prefix.bytes + 10, 0xff, 2);
			peers[i].prefix.length = 96 + length;
			host = htonl(host & (uint32_t)(~0ULL << (32 - length)));
			memcpy(peers[i].prefix.bytes + 12, &host, sizeof(host));
		}
		assert_int_equal(net_policy_build(&facts, &config, EJG_ENFORCE, NULL, 0, &policy), 0);
		d = (struct decision){ &policy, &policy.chunks[0].head };
		for (int t = 0; t < 300; t++) {
			const uint8_t *base = peers[next(&seed) % n].prefix.bytes;
			uint32_t host, flip = next(&seed) % 40;
			bool expected = false;

			memcpy(&host, base + 12, sizeof(host));
			host = ntohl(host) ^ (flip < 32 ? 1U << flip : 0); /* an exact hit, or one bit off */
			for (size_t i = 0; i < n && !expected; i++) {
				uint32_t net, bits = peers[i].prefix.length - 96;

				memcpy(&net, peers[i].prefix.bytes + 12, sizeof(net));
				expected = ((host ^ ntohl(net)) & (uint32_t)(~0ULL << (32 - bits))) == 0;
			}
			hits += expected;
			assert_int_equal(!!find_peer(&d, &(struct policy_address){ 0, 0xffff00000000ULL | host }, 0),
					 expected);
		}
		assert_in_range(hits, 1, 300);
		net_policy_free(&policy);
	}
}

/* Every number of users, ids far from each other and beside each other. */
static void test_users_agree_with_a_walk(void **state)
{
	for (uint32_t apart = 1; apart <= 1000; apart += 999) {
		struct policy_head head = {};

		for (head.n_users = 0; head.n_users < POLICY_MAX_USERS; head.n_users++) {
			for (uint32_t uid = 0; uid < (head.n_users + 2) * apart; uid += apart)
				assert_int_equal(user_in(&head, uid), uid < head.n_users * apart);
			assert_int_equal(user_in(&head, apart + 1), apart == 1 && head.n_users > 2);
			assert_false(user_in(&head, UINT32_MAX));
			head.users[head.n_users] = head.n_users * apart;
		}
		for (uint32_t uid = 0; uid < (POLICY_MAX_USERS + 2) * apart; uid += apart)
			assert_int_equal(user_in(&head, uid), uid < POLICY_MAX_USERS * apart);
		assert_false(user_in(&head, UINT32_MAX));
	}
}

static void test_one_port_is_shared(void **state)
{
	struct policy_head head = {};

	for (uint32_t port = 4369; port <= 4375; port++)
		head.guarded_ports[port / 8] |= 1U << port % 8;
	/* A policy of before has no such port: all of its ports are shared. */
	assert_true(shares_port(&head, 4369));
	assert_true(shares_port(&head, 4370));
	assert_false(shares_port(&head, 4376));
	head.flags = POLICY_SHARES;
	head.shared_port = 4369;
	assert_true(shares_port(&head, 4369));
	assert_false(shares_port(&head, 4370));
	head.shared_port = 0;
	assert_false(shares_port(&head, 4369));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_peers),
		cmocka_unit_test(test_everything_of_one_family_is_not_the_other),
		cmocka_unit_test(test_no_peers),
		cmocka_unit_test(test_bind),
		cmocka_unit_test(test_connect),
		cmocka_unit_test(test_accept),
		cmocka_unit_test(test_scoped_peer_counts_on_its_interface_only),
		cmocka_unit_test(test_listen_of_wide_prefixes_fits),
		cmocka_unit_test(test_search_agrees_with_a_walk),
		cmocka_unit_test(test_users_agree_with_a_walk),
		cmocka_unit_test(test_one_port_is_shared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
