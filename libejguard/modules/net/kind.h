/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The parts of a set of pins. The files of this folder that make, read and replace sets are used by two modules, net
 * and host; each has its own copy of them and defines set_kind for it.
 */
#ifndef EJG_NET_KIND_H
#define EJG_NET_KIND_H

#include <stddef.h>
#include <stdint.h>

#include "bpf/policy-names.h"
#include "libejguard/modules/net/policy.h"

struct bpf_object;

/* The pinned maps of a set, without `meta`. */
enum set_map {
	SET_POLICY,
	SET_POLICY_LARGE,
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
	const char *suffix;	    /* of the set's name: "", or ":WORD", which no service's name contains */
	uint32_t hooks;		    /* bit HOOK for each hook of enum policy_hook that it can have */
	uint32_t maps;		    /* bit MAP for each of its maps, by enum set_map */
	uint32_t kept;		    /* those that a new set keeps from the replaced set of the same layout */
	enum net_places places;	    /* the meaning of peers and `listen` in a policy */
	const char *listen;	    /* for people: the meaning of the addresses of `listen` in a policy */
	const char *absent;	    /* for people: what it means that there is no set */
	const char *without_policy; /* the behaviour without a policy in force */
	const char *kernel;	    /* what programs_load() names as needed if the kernel refuses the programs */
	const void *(*elf)(size_t *ret_size);	      /* the programs, built into the module */
	uint64_t build;				      /* a digest of them */
	void (*configure)(struct bpf_object *object); /* before they are loaded; or NULL */
};

extern const struct set_kind set_kind;

/*
 * The first hook of the kind at or after one:
 *
 *     for (hook = set_hook(0); hook < POLICY_N_HOOKS; hook = set_hook(hook + 1))
 */
static inline int set_hook(int from)
{
	while (from < POLICY_N_HOOKS && !(set_kind.hooks & (1U << from)))
		from++;
	return from;
}

#endif
