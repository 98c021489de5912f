/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The addresses of the peers: names are resolved, remembered, or left out with a warning. They never make a start fail.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "libejguard/modules/net/match.h"
#include "libejguard/modules/net/peers.h"
#include "libejguard/util/cleanup.h"

#define MAX_PEERS 65536

/* True if a name may have the address: not this host, not link-local, not multicast. */
static bool is_usable(const struct ejg_prefix *prefix)
{
	struct policy_address address = net_address(prefix);
	bool link_local = address.high >> 54 == 0xfe80 >> 6;

	return !is_loopback(&address) && !link_local && !is_multicast(&address);
}

static size_t count_of(const struct name_list *list, size_t peer)
{
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++)
		n += list->items[i].peer == peer;
	return n;
}

/* Reports a name that the resolver did not answer. Return: true if its last known addresses are used. */
static bool fall_back(struct ejg_call *call, const struct ejg_peer *peer, size_t n_known)
{
	const struct ejg_place place = { .file = peer->origin.file, .line = peer->origin.line };

	if (n_known)
		ejg_call_finding_at(call, "peer-remembered", peer->name, &place,
				    "does not resolve now; its last known addresses are used");
	else
		ejg_call_finding_at(call, "peer-unresolved", peer->name, &place,
				    "does not resolve, and no address of it is known: the peer is refused");
	return n_known;
}

static int add_addresses(struct ejg_call *call, const struct name_list *from, size_t peer, struct net_peers *peers)
{
	const struct ejg_peer *named = ejg_peer_get(ejg_call_facts(call), peer);
	char text[EJG_PREFIX_TEXT_SIZE];
	int r = 0;

	for (size_t i = 0; r == 0 && i < from->n; i++) {
		const struct ejg_prefix *address = &from->items[i].address;

		if (from->items[i].peer != peer)
			continue;
		if (!is_usable(address)) {
			ejg_call_finding(call, "peer-unusable", named->name,
					 "resolves to %s, which cannot be a peer's address",
					 ejg_prefix_format(address, text));
			continue;
		}
		/* At most as many as a stack may name: one more would make the start fail. */
		if (peers->n >= MAX_PEERS) {
			ejg_call_finding(call, "peer-unusable", named->name,
					 "has too many addresses: all peers together can have %d", MAX_PEERS);
			break;
		}
		peers->items[peers->n++] = (struct ejg_peer){ .prefix = *address, .origin = named->origin };
		r = names_add(&peers->names, peer, address, from->items[i].seen);
	}
	return r;
}

/*
 * Adds addresses that the name had recently. Many names return only some of their addresses at a time, and some return
 * none for a moment: a periodic apply would allow and refuse the same host in turn.
 */
static int add_recent(struct ejg_call *call, const struct name_list *known, const struct name_list *resolved,
		      size_t peer, struct net_peers *peers)
{
	const struct ejg_facts *facts = ejg_call_facts(call);
	const struct name_address *item;
	struct name_list recent = {};
	char text[EJG_PREFIX_TEXT_SIZE];
	int64_t left;
	int r = 0;

	for (size_t i = 0; r == 0 && i < known->n; i++) {
		item = &known->items[i];
		left = item->seen + (int64_t)facts->peer_grace - names_now();
		if (item->peer != peer || left <= 0 || names_have(resolved, peer, &item->address))
			continue;
		ejg_call_finding(call, "peer-lingers", ejg_peer_get(facts, peer)->name,
				 "does not resolve to %s any more; that address is still admitted for %lld seconds",
				 ejg_prefix_format(&item->address, text), (long long)left);
		r = names_add(&recent, peer, &item->address, item->seen);
	}
	if (r == 0)
		r = add_addresses(call, &recent, peer, peers);
	names_free(&recent);
	return r;
}

static int add_resolved(struct ejg_call *call, const struct name_list *resolved, const struct name_list *known,
			size_t peer, struct net_peers *peers)
{
	int r = add_addresses(call, resolved, peer, peers);

	return r < 0 ? r : add_recent(call, known, resolved, peer, peers);
}

/* Combines the peers given as addresses with the results for the names. */
static int collect(struct ejg_call *call, const bool *asked, const struct name_list *resolved,
		   const struct name_list *known, struct net_peers *peers)
{
	const struct ejg_facts *facts = ejg_call_facts(call);
	int r = 0;

	peers->items = calloc(facts->n_peers + resolved->n + known->n, sizeof(*peers->items));
	if (!peers->items)
		return -ENOMEM;
	for (size_t i = 0; r == 0 && i < facts->n_peers; i++) {
		if (!ejg_peer_get(facts, i)->name)
			peers->items[peers->n++] = *ejg_peer_get(facts, i);
		else if (count_of(resolved, i))
			r = add_resolved(call, resolved, known, i, peers);
		else if (!asked[i] || fall_back(call, ejg_peer_get(facts, i), count_of(known, i)))
			r = add_addresses(call, known, i, peers);
	}
	return r;
}

/* The results for the names, shared by all modules of a verb: all modules must use the same answers. */
struct answers {
	struct name_list known, resolved;
	bool *asked; /* of each peer */
	int error;   /* of reading the known ones */
};

static void drop_answers(void *object)
{
	struct answers *answers = object;

	names_free(&answers->known);
	names_free(&answers->resolved);
	free(answers->asked);
}

static int make_answers(struct ejg_call *call, bool all, struct answers *answers)
{
	const struct ejg_facts *facts = ejg_call_facts(call);
	bool any = false;
	int r;

	answers->asked = calloc(facts->n_peers + 1, sizeof(*answers->asked));
	if (!answers->asked)
		return -ENOMEM;
	answers->error = names_load(facts, &answers->known);
	for (size_t i = 0; i < facts->n_peers; i++) {
		answers->asked[i] = ejg_peer_get(facts, i)->name && (all || !count_of(&answers->known, i));
		any |= answers->asked[i];
	}
	if (any)
		ejg_call_log(call, EJG_LOG_INFO, "progress: resolving the names of peers");
	r = answers->error == -ENOMEM ? -ENOMEM : any ? names_resolve(facts, answers->asked, &answers->resolved) : 0;
	if (r < 0) {
		drop_answers(answers);
		*answers = (struct answers){};
	}
	return r;
}

static int ask_all(struct ejg_call *call, void *object)
{
	return make_answers(call, true, object);
}

static int ask_unknown(struct ejg_call *call, void *object)
{
	return make_answers(call, false, object);
}

int net_resolve_peers(struct ejg_call *call, bool ask, struct net_peers *ret)
{
	const struct answers *answers;
	struct net_peers peers = {};
	const void *object;
	int r = ejg_call_shared(call, "peers " EJG_VERSION, sizeof(*answers), ask ? ask_all : ask_unknown, drop_answers,
				&object);

	if (r < 0)
		return r;
	answers = object;
	if (answers->error < 0)
		ejg_call_finding_at(call, "peers-forgotten", NULL,
				    &(struct ejg_place){ .file = ejg_call_facts(call)->statedir },
				    "the last known addresses of peers cannot be read: %s", strerror(-answers->error));
	r = collect(call, answers->asked, &answers->resolved, &answers->known, &peers);
	if (r < 0)
		net_peers_free(&peers);
	else
		*ret = peers;
	return r;
}

void net_peers_free(struct net_peers *peers)
{
	free(peers->items);
	names_free(&peers->names);
	*peers = (struct net_peers){};
}
