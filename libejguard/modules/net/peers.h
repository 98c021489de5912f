/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The peers, with their names resolved. */
#ifndef EJG_NET_PEERS_H
#define EJG_NET_PEERS_H

#include "libejguard/modules/net/names.h"

/* The peers as addresses, and the results for those given as names. */
struct net_peers {
	struct ejg_peer *items;
	size_t n;
	struct name_list names;
};

/*
 * Resolves peers given as names: all of them with `ask`, else only those without a known address. The resolver is asked
 * once in a verb, by the first caller of any module. Findings report peers that are not allowed. Return: 0 or a
 * negative errno; free by net_peers_free().
 */
int net_resolve_peers(struct ejg_call *call, bool ask, struct net_peers *ret);
void net_peers_free(struct net_peers *peers);

#endif
