/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The links of a set: which cgroups are guarded, by which programs, at which hooks. */
#ifndef EJG_NET_LINKS_H
#define EJG_NET_LINKS_H

#include "libejguard/modules/net/pins.h"

/* State of a cgroup's links in a set, all hooks taken together. */
enum links_state {
	LINKS_ABSENT,
	LINKS_PARTIAL, /* some hooks are missing, dead, or run other programs than the set's */
	LINKS_INTACT,
};

/* What a link was found to be. */
enum link_state {
	LINK_ABSENT,
	LINK_DEAD,    /* its cgroup or namespace is gone */
	LINK_FOREIGN, /* of another one, another hook or another program */
	LINK_INTACT,
};

/* State of the link of one hook of a cgroup. Return: enum link_state or a negative errno. */
int link_state(const struct pins *pins, uint64_t cgroup_id, enum policy_hook hook);

/* State of all links of a cgroup. Return: enum links_state or a negative errno. */
int links_state(const struct pins *pins, uint64_t cgroup_id);

/*
 * Attaches what is missing at a cgroup. *ret_made has bit HOOK set for each link that was made.
 * Return: 0; -ENOENT when the cgroup went away meanwhile; or a negative errno. After an error nothing of this call is
 * left.
 */
int links_attach(const struct pins *pins, const struct ejg_cgroup *cgroup, uint32_t *ret_made);

/*
 * Lets the living links of a cgroup run the programs of the set, where they run others: one pointer is swapped, and there is
 * no moment without a guard. What cannot be changed stays as it is. Living links at hooks that the set does not have go.
 */
void links_adopt(const struct pins *pins, uint64_t cgroup_id);

/* Removes the links of a cgroup at the hooks of the mask. */
void links_remove(const struct pins *pins, uint64_t cgroup_id, uint32_t hooks);

/* Called for each cgroup of a set that has links. */
typedef void (*links_fn)(void *data, uint64_t cgroup_id);

/* Calls fn for each cgroup of the set. Return: 0 or a negative errno. */
int links_each(const struct pins *pins, links_fn fn, void *data);

/*
 * Removes the links of cgroups that are gone, sockets and all. A removed cgroup whose sockets still live keeps its
 * links: the kernel does too. Return: how many cgroups were cleared away.
 */
unsigned int links_prune(const struct pins *pins);

/*
 * Pins a link, and only then lets a dead or foreign one that is pinned there go: no moment without the new one. After an
 * error nothing is left. Return: 0 or a negative errno.
 */
int link_pin(int link, const char *path);

/* What the kernel says of a pinned link. Return: 0 or a negative errno. */
struct bpf_link_info;
int link_read(const char *path, struct bpf_link_info *ret);

#endif
