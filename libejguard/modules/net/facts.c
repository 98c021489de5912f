/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks the facts and options for net before anything is changed. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "libejguard/modules/net/changeable.h"
#include "libejguard/modules/net/dist.h"
#include "libejguard/modules/net/kernel-layout.h"
#include "libejguard/modules/net/match.h"
#include "libejguard/modules/net/net.h"

/* True if an IPv6 prefix contains the block of IPv4-mapped addresses. */
static bool covers_ipv4(const struct ejg_prefix *prefix)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	for (unsigned int bit = 0; bit < prefix->length && bit < 96; bit++)
		if ((prefix->bytes[bit / 8] ^ mapped[bit / 8]) & (0x80 >> bit % 8))
			return false;
	return prefix->length < 96;
}

static int validate_listen(struct ejg_call *call, const struct net_config *config)
{
	char text[EJG_PREFIX_TEXT_SIZE];

	if (config->listen.n > POLICY_MAX_LISTEN)
		return ejg_call_error(call, -EBADMSG, "name only the addresses to which other nodes connect",
				      "listen= takes at most %d addresses", POLICY_MAX_LISTEN);
	for (size_t i = 0; i < config->listen.n; i++) {
		const struct ejg_prefix *listen = &config->listen.items[i];
		struct policy_address first = net_address(listen);

		if (is_wildcard(&first) || covers_ipv4(listen))
			return ejg_call_error(call, -EBADMSG,
					      "name the addresses of this host to which other nodes connect",
					      "listen=%s means all addresses", ejg_prefix_format(listen, text));
		if (is_multicast(&first))
			return ejg_call_error(call, -EBADMSG, "name an address of this host",
					      "listen=%s is a multicast address", ejg_prefix_format(listen, text));
		/*
		 * The service may connect to the addresses in listen=: a network there would let it reach its
		 * neighbours.
		 */
		if (listen->length < 128 && !is_loopback(&first))
			return ejg_call_error(
				call, -EBADMSG,
				"name the single addresses of this host; networks of peers go into set peers",
				"listen=%s is a network", ejg_prefix_format(listen, text));
		if (listen->scope)
			return ejg_call_error(call, -EBADMSG, "remove the %interface; only set peers takes one",
					      "listen= takes no %%interface: %s", ejg_prefix_format(listen, text));
	}
	return 0;
}

/* Peers that cannot reach any address are an error. */
static int validate_peers(struct ejg_call *call, const struct ejg_facts *facts, const struct net_config *config)
{
	size_t n_scoped = 0;
	bool reachable = false;

	for (size_t i = 0; i < facts->n_peers; i++)
		n_scoped += ejg_peer_get(facts, i)->prefix.scope != 0;
	if (n_scoped > POLICY_MAX_SCOPED)
		return ejg_call_error(call, -EBADMSG, "use global addresses", "at most %d peers with %%interface",
				      POLICY_MAX_SCOPED);
	for (size_t i = 0; i < config->listen.n; i++) {
		struct policy_address first = net_address(&config->listen.items[i]);

		reachable |= !is_loopback(&first);
	}
	if (facts->n_peers && !reachable)
		return ejg_call_error(
			call, -EBADMSG, "add this host's cluster address to the net line: listen=127.0.0.1,::1,ADDRESS",
			"peers are set (%s:%u), but listen= is loopback only: no peer can connect",
			facts->peers_origin.file ? facts->peers_origin.file : "set peers", facts->peers_origin.line);
	return 0;
}

int net_validate(struct ejg_call *call)
{
	const struct ejg_facts *facts = ejg_call_facts(call);
	const struct net_config *config = ejg_call_config(call);
	int r = validate_listen(call, config);

	if (r == 0)
		r = validate_peers(call, facts, config);
	if (r == 0)
		r = dist_validate(call, config->strict);
	return r;
}

int net_make_policy(struct ejg_call *call, const struct net_peers *peers, struct net_policy *ret)
{
	struct ejg_facts facts = *ejg_call_facts(call);
	uint32_t line;
	const char *file = ejg_call_where(call, &line);
	int r;

	facts.peers = peers->items;
	facts.n_peers = peers->n;
	facts.peer_size = sizeof(*peers->items);
	r = net_policy_build(&facts, ejg_call_config(call), ejg_call_mode(call), file, line, ret);
	if (r < 0)
		return ejg_call_error(call, r, NULL, "no memory for the policy");
	if (ret->chunks[0].head.wildcard == POLICY_WILDCARD_REWRITE)
		kernel_layout_find(&ret->chunks[0].head);
	return changeable_keep_ports(call, ret);
}

int net_expect_policy(struct ejg_call *call, struct net_policy *ret)
{
	struct net_peers peers = {};
	int r = net_validate(call);

	if (r == 0)
		r = net_resolve_peers(call, ejg_call_trial(call), &peers);
	if (r == 0)
		r = net_place_peers(call, &peers);
	if (r == 0)
		r = net_make_policy(call, &peers, ret);
	net_peers_free(&peers);
	return r;
}
