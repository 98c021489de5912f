/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Loads and verifies the programs of this module without pinning them, for prepare. */
#ifndef EJG_NET_PROGRAMS_H
#define EJG_NET_PROGRAMS_H

#include <ejguard/module.h>
#include <sys/types.h>

struct bpf_object;

struct programs {
	struct bpf_object *object;
	pid_t waiter; /* a child that waits for the kernel to forget what was in the maps before; 0: none */
};

/*
 * Loads the programs of the hooks in the mask. Return: 0, -EOPNOTSUPP, -EPERM, -ENOMEM, set on the call. Free by
 * programs_unload().
 */
int programs_load(struct ejg_call *call, uint32_t hooks, struct programs *ret);

/*
 * The same for a set that will replace the service's set, if it has one: collected data and counters are kept if the
 * layout is the same. Otherwise the maps are new. The policy in a map is in force in what was loaded.
 */
int programs_load_over(struct ejg_call *call, uint32_t hooks, int policy_fd, struct programs *ret);
/* Also waits for the waiter. */
void programs_unload(struct programs *programs);

#endif
