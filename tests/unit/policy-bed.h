/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Policies for tests, from texts. Include cmocka.h before it. */
#ifndef EJG_TESTS_POLICY_BED_H
#define EJG_TESTS_POLICY_BED_H

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libejguard/modules/net/match.h"
#include "libejguard/util/cleanup.h"

static inline struct ejg_prefix prefix(const char *text)
{
	struct ejg_prefix p = {};
	char copy[64];
	char *slash;

	snprintf(copy, sizeof(copy), "%s", text);
	slash = strchr(copy, '/');
	if (slash)
		*slash++ = '\0';
	if (strchr(copy, ':')) {
		assert_int_equal(inet_pton(AF_INET6, copy, p.bytes), 1);
		p.length = slash ? atoi(slash) : 128;
	} else {
		memset(p.bytes + 10, 0xff, 2);
		assert_int_equal(inet_pton(AF_INET, copy, p.bytes + 12), 1);
		p.length = 96 + (slash ? atoi(slash) : 32);
	}
	return p;
}

static inline struct policy_address address(const char *text)
{
	struct ejg_prefix p = prefix(text);
	struct policy_address a = {};

	for (int i = 0; i < 8; i++) {
		a.high = a.high << 8 | p.bytes[i];
		a.low = a.low << 8 | p.bytes[8 + i];
	}
	return a;
}

static const struct ejg_port_range dist = { 4370, 4375 };
static const struct ejg_port_range public_ports[] = { { 5222, 5223 }, { 5269, 5269 } };

static inline void build(struct net_policy *policy, const char *const *peers, size_t n, bool strict,
			 unsigned int wildcard)
{
	const struct ejg_prefix listen[] = { prefix("127.0.0.0/8"), prefix("::1"), prefix("198.51.100.1") };
	struct net_config config = {
		.strict = strict,
		.wildcard = wildcard,
		.listen = { listen, ARRAY_SIZE(listen) },
	};
	cleanup_free struct ejg_peer *list = calloc(n + 1, sizeof(*list));
	struct ejg_facts facts = {
		EJG_FACTS_HEADER,
		.epmd_port = 4369,
		.dist = &dist,
		.n_dist = 1,
		.dist_state = EJG_DIST_FIXED,
		.public_ports = public_ports,
		.n_public_ports = 2,
		.peers = list,
		.n_peers = n,
	};

	for (size_t i = 0; i < n; i++)
		list[i] = (struct ejg_peer){ .prefix = prefix(peers[i]), .origin = { .file = "stack", .line = i + 1 } };
	assert_int_equal(net_policy_build(&facts, &config, EJG_ENFORCE, "stack", 9, policy), 0);
}

#define PEERS(...) (const char *const[]){ __VA_ARGS__ }, ARRAY_SIZE(((const char *const[]){ __VA_ARGS__ }))

#endif
