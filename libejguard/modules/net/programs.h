/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The programs that this module brings, loaded and verified but not pinned yet: what prepare makes. */
#ifndef EJG_NET_PROGRAMS_H
#define EJG_NET_PROGRAMS_H

#include <ejguard/module.h>

struct bpf_object;

/* Loads the programs of the hooks whose bits are set. Return: 0, -EOPNOTSUPP, -EPERM, -ENOMEM; the error is set on the call. Free by programs_unload(). */
int programs_load(struct ejg_call *call, uint32_t hooks, struct bpf_object **ret);

/*
 * The same for a set that is to take the place of the service's set, if there is one: what that one has learned and counted is
 * kept, where its layout is the same. Else the maps are new.
 */
int programs_load_over(struct ejg_call *call, uint32_t hooks, struct bpf_object **ret);
void programs_unload(struct bpf_object *loaded);

/* Digest of the programs. */
uint64_t programs_build(void);

#endif
