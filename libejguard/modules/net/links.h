/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The links of a set to cgroups: guarded cgroups, programs and hooks. */
#ifndef EJG_NET_LINKS_H
#define EJG_NET_LINKS_H

#include "libejguard/modules/net/pins.h"

/* State of a cgroup's links in a set, for all hooks together. */
enum links_state {
	LINKS_ABSENT,
	LINKS_PARTIAL, /* some hooks are missing, dead, or have other programs than the set's */
	LINKS_INTACT,
};

/* The state of one link. */
enum link_state {
	LINK_ABSENT,
	LINK_DEAD,    /* its cgroup or namespace was removed */
	LINK_FOREIGN, /* of another cgroup or namespace, another hook or another program */
	LINK_INTACT,
};

/* State of the link of one hook of a cgroup. Return: enum link_state or a negative errno. */
int link_state(const struct pins *pins, uint64_t cgroup_id, enum policy_hook hook);

/* State of all links of a cgroup. Return: enum links_state or a negative errno. */
int links_state(const struct pins *pins, uint64_t cgroup_id);

/*
 * Attaches the missing links at a cgroup. *ret_made has bit HOOK set for each new link.
 * Return: 0; -ENOENT when the cgroup was removed during the call; or a negative errno. After an error no change of this
 * call is left.
 */
int links_attach(const struct pins *pins, const struct ejg_cgroup *cgroup, uint32_t *ret_made);

/*
 * Makes the live links of a cgroup run the programs of the set: only a pointer changes, and the guard is never
 * interrupted. Links that cannot be changed stay. Live links at hooks that the set does not have are removed.
 */
void links_adopt(const struct pins *pins, uint64_t cgroup_id);

/* Removes the links of a cgroup at the hooks in the mask. */
void links_remove(const struct pins *pins, uint64_t cgroup_id, uint32_t hooks);

/* Called for each cgroup of a set that has links. */
typedef void (*links_fn)(void *data, uint64_t cgroup_id);

/* Calls fn for each cgroup of the set. Return: 0 or a negative errno. */
int links_each(const struct pins *pins, links_fn fn, void *data);

/*
 * Removes the links of cgroups that no longer exist and have no sockets. A removed cgroup with live sockets keeps its
 * links, as in the kernel. Return: how many cgroups were cleaned up.
 */
unsigned int links_prune(const struct pins *pins);

/*
 * Pins a link, and only then removes a dead or foreign one that is pinned at that path, so that there is always one.
 * After an error no change is left. Return: 0 or a negative errno.
 */
int link_pin(int link, const char *path);

/* Reads the kernel's data of a pinned link. Return: 0 or a negative errno. */
struct bpf_link_info;
int link_read(const char *path, struct bpf_link_info *ret);

#endif
