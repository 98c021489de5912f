/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/net/sharing.h"

#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "libejguard/modules/net/match.h"
#include "libejguard/util/cleanup.h"

/* A set of this host. */
struct owner {
	char name[NAME_MAX + 1];
	struct policy_arrays arrays;
	int policy;  /* the policy in force */
	int cgroups; /* its map `cgroups`, if the kind has one, or -1 */
	uint32_t id, cgroups_id;
	uint8_t ports[POLICY_PORT_BYTES]; /* its ports with a known number */
};

struct owners {
	struct owner *items;
	size_t n;
};

static void owner_close(struct owner *owner)
{
	ejg_close_fd(&owner->arrays.small);
	ejg_close_fd(&owner->arrays.large);
	ejg_close_fd(&owner->policy);
	ejg_close_fd(&owner->cgroups);
}

static void owners_free(struct owners *owners)
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

static bool has_members(void)
{
	return set_kind.maps & (1U << SET_MEMBERS);
}

static int open_pinned(const char *name, enum set_map map)
{
	char path[PINS_PATH_SIZE];

	pins_format(path, PINS_ROOT "/%s%s/%s", name, set_kind.suffix, pins_map_name(map));
	return bpf_obj_get(path);
}

/* Opens the arrays of a set, also of one of the layout before. Return: true if they have entries for other services. */
static bool open_arrays(const char *name, struct policy_arrays *ret)
{
	int policy = open_pinned(name, SET_POLICY), large = open_pinned(name, SET_POLICY_LARGE);

	*ret = large < 0 ? (struct policy_arrays){ -1, policy } : (struct policy_arrays){ policy, large };
	return policy >= 0 && (large >= 0 || large == -ENOENT) && has_entries(policy);
}

static bool owner_open(const char *name, struct owner *ret)
{
	struct owner owner = { .policy = -1, .cgroups = -1 };
	struct policy_head head;
	bool read;

	snprintf(owner.name, sizeof(owner.name), "%s", name);
	if (open_arrays(name, &owner.arrays))
		owner.policy = pins_open_policy(&owner.arrays, 0);
	if (has_members())
		owner.cgroups = open_pinned(name, SET_CGROUPS);
	/* One that is small, in a set without the other array: the set is damaged. */
	read = owner.policy >= 0 && (owner.arrays.small >= 0 || pins_policy_kind(owner.policy) == SET_POLICY_LARGE) &&
	       (owner.cgroups >= 0 || !has_members()) && pins_read_head(owner.policy, &head) == 0;
	if (read) {
		owner.id = map_id(owner.policy);
		owner.cgroups_id = map_id(owner.cgroups);
		memcpy(owner.ports, head.guarded_ports, sizeof(owner.ports));
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

bool sharing_guards(const char *service, uint16_t port)
{
	struct policy_head head;
	struct owner owner;
	bool guards;

	if (!owner_open(service, &owner))
		return false;
	/* With strict=yes every port is private that its stack does not call public. */
	guards = pins_read_head(owner.policy, &head) == 0 && !(head.flags & POLICY_PERMISSIVE) &&
		 (head.flags & POLICY_STRICT || port_in(head.private_ports, port));
	owner_close(&owner);
	return guards;
}

/* Reads the sets in force, sorted by name. */
static int owners_read(struct owners *ret)
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

static bool overlap(const uint8_t *a, const uint8_t *b)
{
	for (size_t i = 0; i < POLICY_PORT_BYTES; i++)
		if (a[i] & b[i])
			return true;
	return false;
}

/* Computes the entries that a set should have. Return: how many, or -E2BIG. */
static int find_others(const struct owners *owners, const char *name, const uint8_t *ports,
		       const struct owner *ret[static POLICY_MAX_OWNERS])
{
	int n = 0;

	for (size_t i = 0; i < owners->n; i++) {
		if (!strcmp(owners->items[i].name, name) || !overlap(owners->items[i].ports, ports))
			continue;
		if (n == POLICY_MAX_OWNERS - 1)
			return -E2BIG;
		ret[n++] = &owners->items[i];
	}
	return n;
}

static uint32_t entry_id(int map, uint32_t index)
{
	uint32_t id = 0;

	return bpf_map_lookup_elem(map, &index, &id) < 0 ? 0 : id;
}

static int write_cgroups(int map, uint32_t index, int fd, uint32_t id)
{
	uint32_t now = entry_id(map, index);

	if (id && now != id)
		return bpf_map_update_elem(map, &index, &fd, BPF_ANY);
	return !id && now ? bpf_map_delete_elem(map, &index) : 0;
}

/* True if the entry is a copy of the policy: one that is small is copied for a set of an older layout. */
static bool has_copy(const struct policy_arrays *arrays, uint32_t index, int fd)
{
	cleanup_fd int copy = arrays->small < 0 ? pins_open_policy(arrays, index) : -1;
	struct net_policy policy = {};
	bool equal = copy >= 0 && pins_read_policy(fd, &policy) == 0 && pins_policy_equals(copy, &policy) == 1;

	net_policy_free(&policy);
	return equal;
}

static int write_policy(const struct policy_arrays *arrays, uint32_t index, int fd, uint32_t id)
{
	uint32_t now = 0;
	int r = pins_policy_id(arrays, index, &now);

	if (r < 0 || now == id || (now && id && has_copy(arrays, index, fd)))
		return r;
	return id ? pins_put_policy(arrays, index, fd) : pins_drop_policy(arrays, index);
}

/*
 * Each change waits for RCU, so correct entries are left alone. The cgroups of one service must never be combined with
 * the policy of another: an entry without cgroups allows nobody. For the next policy of the same service they stay, so
 * that it is not refused during the change.
 */
static int write_entries(const struct policy_arrays *arrays, int members, const struct owner *const *others, int n)
{
	const struct owner none = { .policy = -1, .cgroups = -1 };
	int r = 0;

	for (uint32_t i = 1; r == 0 && i < POLICY_MAX_OWNERS; i++) {
		const struct owner *other = (int)i <= n ? others[i - 1] : &none;

		if (has_members() && entry_id(members, i) != other->cgroups_id)
			r = write_cgroups(members, i, -1, 0);
		if (r == 0)
			r = write_policy(arrays, i, other->policy, other->id);
		if (r == 0 && has_members())
			r = write_cgroups(members, i, other->cgroups, other->cgroups_id);
	}
	return r;
}

/* True if the set has these entries. */
static bool has_entries_of(const struct pins *pins, const struct owner *const *others, int n)
{
	const struct policy_arrays arrays = pins_arrays(pins);

	for (int i = 1; i < POLICY_MAX_OWNERS; i++) {
		uint32_t id = 0;

		if (pins_policy_id(&arrays, i, &id) < 0 || id != (i <= n ? others[i - 1]->id : 0))
			return false;
		if (has_members() && entry_id(pins->maps[SET_MEMBERS], i) != (i <= n ? others[i - 1]->cgroups_id : 0))
			return false;
	}
	return true;
}

static int sharing_error(struct ejg_call *call, int error)
{
	if (error == -E2BIG)
		return ejg_call_error(call, -EBADMSG, "let some of them use an epmd of their own ('set epmd')",
				      "more than %d services share a port", POLICY_MAX_OWNERS);
	return ejg_call_error(call, error == -ENOMEM ? -ENOMEM : -EIO, "try again",
			      "cannot share a port with another service: %s", strerror(-error));
}

int sharing_fill(struct ejg_call *call, const struct pins *pins, const struct net_policy *policy)
{
	const struct owner *others[POLICY_MAX_OWNERS];
	const struct policy_arrays arrays = pins_arrays(pins);
	cleanup_fd int locked = pins_lock();
	struct owners owners = {};
	int r = locked < 0 ? locked : owners_read(&owners);

	if (r == 0)
		r = find_others(&owners, ejg_call_facts(call)->service, policy->chunks[0].head.guarded_ports, others);
	if (r >= 0)
		r = write_entries(&arrays, pins->maps[SET_MEMBERS], others, r);
	owners_free(&owners);
	return r < 0 ? sharing_error(call, r) : 0;
}

int sharing_update(struct ejg_call *call)
{
	cleanup_fd int locked = pins_lock();
	struct owners owners = {};
	int r = locked == -ENOENT ? 0 : locked < 0 ? locked : owners_read(&owners);

	for (size_t i = 0; r >= 0 && i < owners.n; i++) {
		const struct owner *others[POLICY_MAX_OWNERS];
		cleanup_fd int members = has_members() ? open_pinned(owners.items[i].name, SET_MEMBERS) : -1;

		/* A set of another layout, or one that is being removed, cannot be changed. */
		if (members == -ENOENT)
			continue;
		r = has_members() && members < 0
			    ? members
			    : find_others(&owners, owners.items[i].name, owners.items[i].ports, others);
		if (r >= 0)
			r = write_entries(&owners.items[i].arrays, members, others, r);
	}
	owners_free(&owners);
	return r < 0 ? sharing_error(call, r) : 0;
}

static int sharing_holds(const struct ejg_call *call, const struct pins *pins, const struct net_policy *policy)
{
	const struct owner *others[POLICY_MAX_OWNERS];
	cleanup_fd int locked = pins_lock();
	struct owners owners = {};
	int r = locked < 0 ? locked : owners_read(&owners), n = 0;

	if (r == 0)
		r = n = find_others(&owners, ejg_call_facts(call)->service, policy->chunks[0].head.guarded_ports,
				    others);
	if (r >= 0)
		r = has_entries_of(pins, others, n);
	owners_free(&owners);
	return r;
}

int sharing_settles(const struct ejg_call *call, const struct pins *pins, const struct net_policy *policy)
{
	enum { TRIES = 20, PAUSE_NS = 25000000 };
	int r = sharing_holds(call, pins, policy);

	for (int i = 0; r == 0 && i < TRIES; i++) {
		nanosleep(&(const struct timespec){ .tv_nsec = PAUSE_NS }, NULL);
		r = sharing_holds(call, pins, policy);
	}
	return r;
}

struct sharing sharing_read(const struct pins *pins)
{
	const struct policy_arrays arrays = pins_arrays(pins);
	struct sharing sharing = {};

	for (uint32_t i = 1; i < POLICY_MAX_OWNERS; i++) {
		cleanup_fd int fd = pins_open_policy(&arrays, i);

		if (fd < 0 || pins_read_policy(fd, &sharing.others[sharing.n]) < 0)
			continue;
		sharing.cgroups[sharing.n++] =
			has_members() ? bpf_map_get_fd_by_id(entry_id(pins->maps[SET_MEMBERS], i)) : -1;
	}
	return sharing;
}

void sharing_free(struct sharing *sharing)
{
	for (size_t i = 0; i < sharing->n; i++) {
		net_policy_free(&sharing->others[i]);
		ejg_close_fd(&sharing->cgroups[i]);
	}
	sharing->n = 0;
}

bool sharing_admits(const struct sharing *sharing, uint16_t port, struct policy_address source,
		    struct policy_address destination, uint32_t ifindex)
{
	for (size_t i = 0; i < sharing->n; i++) {
		const struct decision d = net_decision(&sharing->others[i]);

		if (port_in(d.head->guarded_ports, port) &&
		    decide_accept(&d, source, destination, ifindex) == POLICY_ALLOWED)
			return true;
	}
	return false;
}
