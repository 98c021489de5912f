/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Updates a set: its policy, and its links to some cgroups; and undoes the update. */
#ifndef EJG_NET_INSTALL_H
#define EJG_NET_INSTALL_H

#include "libejguard/modules/net/links.h"
#include "libejguard/modules/net/pins.h"

/* The hooks that a run has attached to one cgroup, so that it can undo exactly these. */
struct set_made {
	uint64_t cgroup_id;
	uint32_t hooks;
};

struct set_change {
	/* by install_prepare() */
	struct pins pins; /* the set in force; once it is applied, the new set */
	enum pins_state state;
	uint32_t hooks; /* hooks of the set, as bits */
	const struct net_policy *policy;
	bool in_force; /* the set in force has these hooks and this policy already */
	int policy_fd; /* else the map of the policy */
	struct programs loaded;

	/* by the caller, before install_apply() */
	const struct ejg_cgroup *cgroups; /* those without an id do not exist now */
	size_t n_cgroups;
	size_t cgroup_size; /* of one */
	/* Fills maps that the programs need for refusals; or NULL. Return: 0, or a negative errno, set on the call. */
	int (*before_links)(struct ejg_call *call, const struct pins *pins);
	/* Undoes what before_links() did; or NULL. */
	void (*undo)(struct ejg_call *call, const struct pins *pins);

	/* by install_apply(): what to undo */
	bool created;	 /* the set did not exist before */
	bool replaced;	 /* it replaced another set, which is removed */
	int previous_fd; /* the policy that was in force before, or -1 */
	struct set_made *made;
	size_t n_made;
};

/* An empty change, for install_free(). */
void install_begin(struct set_change *ret);

/*
 * Does everything that can fail without changing the system: loads the programs of these hooks if they have no set yet,
 * and makes the map of the policy, which must live as long as the change, unless it is in force. After install_begin().
 * Return: 0, or a negative errno, set on the call; free by install_free() in either case.
 */
int install_prepare(struct ejg_call *call, const struct net_policy *policy, uint32_t hooks, struct set_change *ret);
void install_free(struct set_change *change);

/*
 * Puts the policy in force and attaches to the cgroups: completely or not at all. Return: 0, or a negative errno, set
 * on the call.
 */
int install_apply(struct ejg_call *call, struct set_change *change);

/* True if the change replaced a policy by one that refuses something that the former one allowed. */
bool install_is_stricter(const struct set_change *change);

/* Undoes the change, or removes the set. Return: 0, or a negative errno, set on the call. */
int install_release(struct ejg_call *call, enum ejg_release_scope scope, struct set_change *change);

#endif
