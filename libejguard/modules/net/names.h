/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Peers given as host names. A helper process resolves them, and is killed after two seconds, whatever the resolver
 * does; the last known addresses are kept in the service's state folder, for a boot before DNS works.
 */
#ifndef EJG_NET_NAMES_H
#define EJG_NET_NAMES_H

#include <ejguard/module.h>

#define NAMES_TIMEOUT_MS 2000
#define NAMES_MAX_ADDRESSES 64 /* of one name; the rest is left out, and reported */

/* An address of a name. */
struct name_address {
	size_t peer; /* index into the peers of the facts */
	struct ejg_prefix address;
	int64_t seen; /* when the resolver last returned it, in seconds of CLOCK_REALTIME; 0: unknown */
};

struct name_list {
	struct name_address *items;
	size_t n;
};

/*
 * Resolves the names among the peers for which wanted[peer] is true. Names without an answer in time are not in the
 * list. Return: 0 or a negative errno.
 */
int names_resolve(const struct ejg_facts *facts, const bool *wanted, struct name_list *ret);

/*
 * The last known addresses of the names among the peers. A missing file is an empty list. Return: 0 or a negative
 * errno.
 */
int names_load(const struct ejg_facts *facts, struct name_list *ret);

/* Replaces the last known addresses. Return: 0 or a negative errno. */
int names_save(const struct ejg_facts *facts, const struct name_list *list);

/* Appends an address that the resolver returned at that time. Return: 0 or -ENOMEM. */
int names_add(struct name_list *list, size_t peer, const struct ejg_prefix *address, int64_t seen);

/* True if the list has an address of that peer. */
bool names_have_peer(const struct name_list *list, size_t peer);

/* True if the list has that address of that peer. */
bool names_have(const struct name_list *list, size_t peer, const struct ejg_prefix *address);

/* The current time, in the unit of struct name_address. */
int64_t names_now(void);

void names_free(struct name_list *list);

#endif
