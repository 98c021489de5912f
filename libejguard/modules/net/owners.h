/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The sets in force of all services of this host: each owns ports, some of them with others. */
#ifndef EJG_NET_OWNERS_H
#define EJG_NET_OWNERS_H

#include <limits.h>

#include "libejguard/modules/net/pins.h"

/* A set of this host. */
struct owner {
	char name[NAME_MAX + 1];
	struct policy_arrays arrays;
	int policy;  /* the policy in force */
	int cgroups; /* its map `cgroups`, if the kind has one, or -1 */
	uint32_t id, cgroups_id;
	struct policy_head head;
};

struct owners {
	struct owner *items;
	size_t n;
};

/* Opens the set of a service. Return: true; then owner_close() closes it. False if there is none that can be read. */
bool owner_open(const char *service, struct owner *ret);
void owner_close(struct owner *owner);

/* Opens the sets in force, sorted by name. Return: 0 or -ENOMEM; free them by owners_free(). */
int owners_read(struct owners *ret);
void owners_free(struct owners *owners);

/* True if sets of this kind say which cgroups belong to the services that share a port. */
bool owners_have_members(void);

/* Opens a map of a service's set. Return: a descriptor or a negative errno. */
int owners_open_pinned(const char *service, enum set_map map);

/*
 * The first port of the service's distribution range that another service guards, whose name goes to @service; or 0.
 * Ranges are not shared: there each of them refuses the other's peers.
 */
uint16_t owners_overlap(const struct ejg_facts *facts, char service[static NAME_MAX + 1]);

/* True if the set of a service refuses connections, and decides about the port. */
bool owners_guard(const char *service, uint16_t port);

#endif
