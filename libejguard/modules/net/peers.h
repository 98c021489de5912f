/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The peers, with their names resolved. */
#ifndef EJG_NET_PEERS_H
#define EJG_NET_PEERS_H

#include "libejguard/modules/net/names.h"

/* The peers as addresses, and what became of those that are names. */
struct net_peers {
	struct ejg_peer *items;
	size_t n;
	struct name_list names;
};

/*
 * Resolves peers that are names; with `ask` all of them, else only those of which no address is known. The resolver is asked
 * once in a verb, by the first caller of any module. Findings say which peers are not admitted. Return: 0 or a negative errno;
 * free by net_peers_free().
 */
int net_resolve_peers(struct ejg_call *call, bool ask, struct net_peers *ret);
void net_peers_free(struct net_peers *peers);

#endif
