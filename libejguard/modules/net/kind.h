/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a set of pins is made of. The files of this folder that make, read and replace sets serve two modules, net and host;
 * each links its own copy of them and defines set_kind for it.
 */
#ifndef EJG_NET_KIND_H
#define EJG_NET_KIND_H

#include <stddef.h>
#include <stdint.h>

#include "bpf/policy-names.h"

struct bpf_object;

/* The maps of a set that are pinned, but `meta`. */
enum set_map {
	SET_POLICY,
	SET_COUNTERS,
	SET_INSIDERS,
	SET_OUTSIDERS,
	SET_CGROUPS,
	SET_NETWORKS,
	SET_PORTS,
	SET_CHOSEN,
	SET_MEMBERS,
	N_SET_MAPS,
};

struct set_kind {
	const char *suffix; /* of the set's name: "", or ":WORD", which cannot stand in the name of a service */
	uint32_t hooks;	    /* bit HOOK for each hook of enum policy_hook that it may be attached to */
	uint32_t maps;	    /* bit MAP for each map of enum set_map that it has */
	uint32_t kept;	    /* those of them that a set takes from the one of the same layout that it replaces */
	const char *listen; /* for people: what the addresses of `listen` in a policy are */
	const char *without_policy; /* what happens where no policy is in force */
	const char *kernel; /* what programs_load() says is needed where the kernel does not take them */
	const void *(*elf)(size_t *ret_size);	      /* the programs, as the module brings them */
	void (*configure)(struct bpf_object *object); /* before they are loaded; or NULL */
};

extern const struct set_kind set_kind;

/* The first hook of the kind at or after one: for (hook = set_hook(0); hook < POLICY_N_HOOKS; hook = set_hook(hook + 1)) */
static inline int set_hook(int from)
{
	while (from < POLICY_N_HOOKS && !(set_kind.hooks & (1U << from)))
		from++;
	return from;
}

#endif
