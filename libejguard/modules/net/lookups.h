/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The links of a set to network namespaces, with accept=netns. A pinned link does not keep its namespace alive; it
 * outlives it, and then guards nothing. A namespace is identified by its inode. The kernel reuses inodes, so the data
 * of the link decides.
 */
#ifndef EJG_NET_LOOKUPS_H
#define EJG_NET_LOOKUPS_H

#include "libejguard/modules/net/links.h"
#include "libejguard/util/netns.h"

/* State of the link of a namespace. Return: enum link_state or a negative errno. */
int lookup_state(const struct pins *pins, const struct netns *netns);

/*
 * The programs of a namespace at the hook lookup; at most 64 (kernel/bpf/net_namespace.c). Return: how many, or a
 * negative errno.
 */
#define LOOKUPS_MAX 64
int lookup_programs(const struct netns *netns, uint32_t ids[static LOOKUPS_MAX]);

/* True if the program of the set runs in a namespace, by a link of the set or by another one (a proof's). */
bool lookup_runs(const struct pins *pins, const struct netns *netns);

/*
 * Attaches the program to a namespace if it is not attached yet. *ret_made: true if a link was made.
 * Return: 0 or a negative errno; after an error no change of this call is left.
 */
int lookup_attach(const struct pins *pins, const struct netns *netns, bool *ret_made);

/* Makes the link of a namespace run the program of the set, without interruption of the guard. */
void lookup_adopt(const struct pins *pins, uint64_t inode);

/* Removes the link of a namespace. */
void lookup_remove(const struct pins *pins, uint64_t inode);

/* Called for each namespace of a set that has a link, with its state: LINK_INTACT, LINK_FOREIGN or LINK_DEAD. */
typedef void (*lookups_fn)(void *data, uint64_t inode, enum link_state state);

/* Calls fn for each namespace of the set. Return: 0 or a negative errno. */
int lookups_each(const struct pins *pins, lookups_fn fn, void *data);

/* Removes the links of namespaces that no longer exist. */
void lookups_prune(const struct pins *pins);

/* The inode in the name of a folder of links, "net:INODE"; 0 for a cgroup's folder. */
uint64_t lookup_inode(const char *name);

#endif
