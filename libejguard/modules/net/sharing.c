/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/modules/net/sharing.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "libejguard/modules/net/match.h"
#include "libejguard/modules/net/owners.h"
#include "libejguard/util/cleanup.h"

/* True if a policy guards a port that the owner shares. */
static bool shares_with(const struct owner *owner, const struct policy_head *head)
{
	for (uint32_t port = 1; port <= UINT16_MAX; port++)
		if (port_in(head->guarded_ports, port) && shares_port(&owner->head, port))
			return true;
	return false;
}

/* Computes the entries that a set should have. Return: how many, or -E2BIG. */
static int find_others(const struct owners *owners, const char *name, const struct policy_head *head,
		       const struct owner *ret[static POLICY_MAX_OWNERS])
{
	int n = 0;

	for (size_t i = 0; i < owners->n; i++) {
		if (!strcmp(owners->items[i].name, name) || !shares_with(&owners->items[i], head))
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

		if (owners_have_members() && entry_id(members, i) != other->cgroups_id)
			r = write_cgroups(members, i, -1, 0);
		if (r == 0)
			r = write_policy(arrays, i, other->policy, other->id);
		if (r == 0 && owners_have_members())
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
		if (owners_have_members() &&
		    entry_id(pins->maps[SET_MEMBERS], i) != (i <= n ? others[i - 1]->cgroups_id : 0))
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
		r = find_others(&owners, ejg_call_facts(call)->service, &policy->chunks[0].head, others);
	if (r >= 0)
		r = write_entries(&arrays, pins->maps[SET_MEMBERS], others, r);
	owners_free(&owners);
	return r < 0 ? sharing_error(call, r) : 0;
}

static int update_owner(const struct owners *owners, const struct owner *owner)
{
	const struct owner *others[POLICY_MAX_OWNERS];
	cleanup_fd int members = owners_have_members() ? owners_open_pinned(owner->name, SET_MEMBERS) : -1;
	int n;

	/* A set of another layout, or one that is being removed, cannot be changed. */
	if (members == -ENOENT)
		return 0;
	if (owners_have_members() && members < 0)
		return members;
	n = find_others(owners, owner->name, &owner->head, others);
	return n < 0 ? n : write_entries(&owner->arrays, members, others, n);
}

int sharing_update(struct ejg_call *call)
{
	cleanup_fd int locked = pins_lock();
	struct owners owners = {};
	int r = locked == -ENOENT ? 0 : locked < 0 ? locked : owners_read(&owners);

	/* One that cannot be updated must not keep the others from it: they would admit who is no peer any more. */
	for (size_t i = 0; i < owners.n; i++) {
		int updated = update_owner(&owners, &owners.items[i]);

		r = r < 0 ? r : updated;
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
		r = n = find_others(&owners, ejg_call_facts(call)->service, &policy->chunks[0].head, others);
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
			owners_have_members() ? bpf_map_get_fd_by_id(entry_id(pins->maps[SET_MEMBERS], i)) : -1;
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

		if (shares_port(d.head, port) && decide_accept(&d, source, destination, ifindex) == POLICY_ALLOWED)
			return true;
	}
	return false;
}
