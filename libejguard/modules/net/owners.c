/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/net/owners.h"

#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libejguard/modules/net/match.h"
#include "libejguard/util/address.h"
#include "libejguard/util/cleanup.h"

void owner_close(struct owner *owner)
{
	ejg_close_fd(&owner->arrays.small);
	ejg_close_fd(&owner->arrays.large);
	ejg_close_fd(&owner->policy);
	ejg_close_fd(&owner->cgroups);
}

void owners_free(struct owners *owners)
{
	for (size_t i = 0; i < owners->n; i++)
		owner_close(&owners->items[i]);
	free(owners->items);
}

static uint32_t map_id(int fd)
{
	struct bpf_map_info info = {};
	uint32_t size = sizeof(info);

	return bpf_obj_get_info_by_fd(fd, &info, &size) < 0 ? 0 : info.id;
}

/* Only since this layout or the one before does a map have entries for other services. */
static bool has_entries(int map)
{
	struct bpf_map_info info = {};
	uint32_t size = sizeof(info);

	return bpf_obj_get_info_by_fd(map, &info, &size) == 0 && info.type == BPF_MAP_TYPE_ARRAY_OF_MAPS &&
	       info.max_entries == POLICY_MAX_OWNERS;
}

bool owners_have_members(void)
{
	return set_kind.maps & (1U << SET_MEMBERS);
}

int owners_open_pinned(const char *name, enum set_map map)
{
	char path[PINS_PATH_SIZE];

	pins_format(path, PINS_ROOT "/%s%s/%s", name, set_kind.suffix, pins_map_name(map));
	return bpf_obj_get(path);
}

/* Opens the arrays of a set, also of one of the layout before. Return: true if they have entries for other services. */
static bool open_arrays(const char *name, struct policy_arrays *ret)
{
	int policy = owners_open_pinned(name, SET_POLICY), large = owners_open_pinned(name, SET_POLICY_LARGE);

	*ret = large < 0 ? (struct policy_arrays){ -1, policy } : (struct policy_arrays){ policy, large };
	return policy >= 0 && (large >= 0 || large == -ENOENT) && has_entries(policy);
}

bool owner_open(const char *name, struct owner *ret)
{
	struct owner owner = { .policy = -1, .cgroups = -1 };
	bool read;

	snprintf(owner.name, sizeof(owner.name), "%s", name);
	if (open_arrays(name, &owner.arrays))
		owner.policy = pins_open_policy(&owner.arrays, 0);
	if (owners_have_members())
		owner.cgroups = owners_open_pinned(name, SET_CGROUPS);
	/* One that is small, in a set without the other array: the set is damaged. */
	read = owner.policy >= 0 && (owner.arrays.small >= 0 || pins_policy_kind(owner.policy) == SET_POLICY_LARGE) &&
	       (owner.cgroups >= 0 || !owners_have_members()) && pins_read_head(owner.policy, &owner.head) == 0;
	if (read) {
		owner.id = map_id(owner.policy);
		owner.cgroups_id = map_id(owner.cgroups);
		*ret = owner;
		return true;
	}
	owner_close(&owner);
	return false;
}

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct owner *)a)->name, ((const struct owner *)b)->name);
}

/* Extracts the service from the name of a set of this kind. Names of temporary sets have another colon. */
static bool get_service(const char *set, char service[static NAME_MAX + 1])
{
	size_t length = strlen(set), suffix = strlen(set_kind.suffix);

	if (set[0] == '.' || length <= suffix || strcmp(set + length - suffix, set_kind.suffix) != 0)
		return false;
	snprintf(service, NAME_MAX + 1, "%.*s", (int)(length - suffix), set);
	return !strchr(service, ':');
}

int owners_read(struct owners *ret)
{
	struct owners owners = {};
	cleanup_dir DIR *dir = opendir(PINS_ROOT);
	const struct dirent *entry;
	char service[NAME_MAX + 1];

	while (dir && (entry = readdir(dir))) {
		struct owner *items;

		if (!get_service(entry->d_name, service))
			continue;
		items = reallocarray(owners.items, owners.n + 1, sizeof(*items));
		if (!items) {
			owners_free(&owners);
			return -ENOMEM;
		}
		owners.items = items;
		owners.n += owner_open(service, &items[owners.n]);
	}
	if (owners.n > 1)
		qsort(owners.items, owners.n, sizeof(*owners.items), compare);
	*ret = owners;
	return 0;
}

/* The first port of the service's range that a policy guards, or 0. */
static uint16_t first_guarded(const struct policy_head *head, const struct ejg_facts *facts)
{
	for (uint32_t port = 1; port <= UINT16_MAX; port++)
		if (port_in(head->guarded_ports, port) && port_in_ranges(facts->dist, facts->n_dist, port))
			return port;
	return 0;
}

uint16_t owners_overlap(const struct ejg_facts *facts, char service[static NAME_MAX + 1])
{
	struct owners owners = {};
	uint16_t port = 0;

	(void)owners_read(&owners);
	for (size_t i = 0; !port && i < owners.n; i++) {
		snprintf(service, NAME_MAX + 1, "%s", owners.items[i].name);
		if (strcmp(service, facts->service) != 0 && !(owners.items[i].head.flags & POLICY_PERMISSIVE))
			port = first_guarded(&owners.items[i].head, facts);
	}
	owners_free(&owners);
	return port;
}

bool owners_guard(const char *service, uint16_t port)
{
	struct owner owner;
	bool guards;

	if (!owner_open(service, &owner))
		return false;
	guards = !(owner.head.flags & POLICY_PERMISSIVE) && port_in(owner.head.private_ports, port);
	owner_close(&owner);
	return guards;
}
