/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Loads and verifies the programs of this module without pinning them, for prepare. */
#ifndef EJG_NET_PROGRAMS_H
#define EJG_NET_PROGRAMS_H

#include <ejguard/module.h>

struct bpf_object;

/*
 * Loads the programs of the hooks in the mask. Return: 0, -EOPNOTSUPP, -EPERM, -ENOMEM, set on the call. Free by
 * programs_unload().
 */
int programs_load(struct ejg_call *call, uint32_t hooks, struct bpf_object **ret);

/*
 * The same for a set that will replace the service's set, if it has one: collected data and counters are kept if the
 * layout is the same. Otherwise the maps are new. The policy in a map is in force in what was loaded.
 */
int programs_load_over(struct ejg_call *call, uint32_t hooks, int policy_fd, struct bpf_object **ret);
void programs_unload(struct bpf_object *loaded);

#endif
