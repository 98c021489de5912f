/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Policies in maps of the kernel, small and large (bpf/policy.h), and the arrays that hold them. */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "libejguard/modules/net/pins.h"
#include "libejguard/util/cleanup.h"

static bool is_small(const struct net_policy *policy)
{
	return policy->chunks->head.n_ranges <= POLICY_CHUNK_RANGES;
}

static int make_map(uint32_t value_size, uint32_t entries)
{
	LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = BPF_F_RDONLY_PROG);

	return bpf_map_create(BPF_MAP_TYPE_ARRAY, "ejg_policy", sizeof(uint32_t), value_size, entries, &options);
}

static int fill_small(int fd, const struct net_policy *policy)
{
	cleanup_free struct policy_small *small = calloc(1, sizeof(*small));
	uint32_t zero = 0;

	if (!small)
		return -ENOMEM;
	small->head = policy->chunks[0].head;
	memcpy(small->ranges, policy->chunks[1].ranges, sizeof(small->ranges));
	return bpf_map_update_elem(fd, &zero, small, BPF_ANY);
}

static int fill_large(int fd, const struct net_policy *policy)
{
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < policy->n_chunks; i++)
		r = bpf_map_update_elem(fd, &i, &policy->chunks[i], BPF_ANY);
	return r;
}

static int make_policy(const struct net_policy *policy, bool small)
{
	cleanup_fd int fd = small ? make_map(sizeof(struct policy_small), 1)
				  : make_map(sizeof(struct policy_chunk), POLICY_ENTRIES);
	int r;

	if (fd < 0)
		return fd;
	r = small ? fill_small(fd, policy) : fill_large(fd, policy);
	/* From here on not even root can change it: a policy is always replaced as a whole. */
	if (r == 0)
		r = bpf_map_freeze(fd);
	return r < 0 ? r : take_fd(fd);
}

int pins_make_policy(const struct net_policy *policy)
{
	return make_policy(policy, is_small(policy));
}

int pins_policy_kind(int policy_fd)
{
	struct bpf_map_info info = {};
	uint32_t size = sizeof(info);
	int r = bpf_obj_get_info_by_fd(policy_fd, &info, &size);

	if (r < 0)
		return r;
	if (info.value_size == sizeof(struct policy_small) && info.max_entries == 1)
		return SET_POLICY;
	if (info.value_size == sizeof(struct policy_chunk) && info.max_entries == POLICY_ENTRIES)
		return SET_POLICY_LARGE;
	return -EUCLEAN;
}

/* The id of the map in an entry of an array; 0: none. Return: 0 or a negative errno. */
static int id_in(int array, uint32_t owner, uint32_t *ret)
{
	uint32_t id = 0;
	int r = array < 0 ? -ENOENT : bpf_map_lookup_elem(array, &owner, &id);

	if (r < 0 && r != -ENOENT)
		return r;
	*ret = r < 0 ? 0 : id;
	return 0;
}

/* Every change of an array waits for RCU: an empty entry is left alone. */
static int clear(int array, uint32_t owner)
{
	uint32_t id = 0;
	int r = id_in(array, owner, &id);

	return r == 0 && id ? bpf_map_delete_elem(array, &owner) : r;
}

/* A large copy of a small policy, for a set of an older layout. */
static int copy_large(int policy_fd)
{
	struct net_policy policy = {};
	int r = pins_read_policy(policy_fd, &policy);

	if (r == 0)
		r = make_policy(&policy, false);
	net_policy_free(&policy);
	return r;
}

int pins_put_policy(const struct policy_arrays *arrays, uint32_t owner, int policy_fd)
{
	const int kind = pins_policy_kind(policy_fd);
	cleanup_fd int copy = -1;
	int r;

	if (kind < 0)
		return kind;
	if (kind == SET_POLICY && arrays->small >= 0) {
		r = bpf_map_update_elem(arrays->small, &owner, &policy_fd, BPF_ANY);
		return r < 0 ? r : clear(arrays->large, owner);
	}
	if (kind == SET_POLICY) {
		policy_fd = copy = copy_large(policy_fd);
		if (copy < 0)
			return copy;
	}
	r = bpf_map_update_elem(arrays->large, &owner, &policy_fd, BPF_ANY);
	return r < 0 ? r : clear(arrays->small, owner);
}

int pins_drop_policy(const struct policy_arrays *arrays, uint32_t owner)
{
	/* The small one hides the large one, if an apply that was killed has left both. */
	int r = clear(arrays->large, owner);

	return r < 0 ? r : clear(arrays->small, owner);
}

int pins_policy_id(const struct policy_arrays *arrays, uint32_t owner, uint32_t *ret)
{
	uint32_t id = 0;
	int r = 0;

	/* Twice: a small policy may take the place of a large one between the two looks. */
	for (int i = 0; r == 0 && i < 2 && !id; i++) {
		r = id_in(arrays->small, owner, &id);
		if (r == 0 && !id)
			r = id_in(arrays->large, owner, &id);
	}
	if (r == 0)
		*ret = id;
	return r;
}

int pins_open_policy(const struct policy_arrays *arrays, uint32_t owner)
{
	uint32_t id = 0;
	int r = pins_policy_id(arrays, owner, &id);

	return r < 0 ? r : id ? bpf_map_get_fd_by_id(id) : -ENOENT;
}

struct policy_arrays pins_arrays(const struct pins *pins)
{
	return (struct policy_arrays){ pins->maps[SET_POLICY], pins->maps[SET_POLICY_LARGE] };
}

int pins_set_policy(const struct pins *pins, int policy_fd)
{
	const struct policy_arrays arrays = pins_arrays(pins);

	return pins_put_policy(&arrays, 0, policy_fd);
}

int pins_clear_hidden(const struct pins *pins)
{
	const struct policy_arrays arrays = pins_arrays(pins);
	uint32_t id = 0;
	int r = id_in(arrays.small, 0, &id);

	return r == 0 && id ? clear(arrays.large, 0) : r;
}

int pins_get_policy(const struct pins *pins)
{
	const struct policy_arrays arrays = pins_arrays(pins);

	return pins_open_policy(&arrays, 0);
}

/* The first entry of either kind begins with the head. */
int pins_read_head(int policy_fd, struct policy_head *ret)
{
	const int kind = pins_policy_kind(policy_fd);
	cleanup_free struct policy_small *first = NULL;
	uint32_t zero = 0;
	int r;

	_Static_assert(sizeof(*first) >= sizeof(struct policy_chunk), "room for the first entry of a large policy");
	if (kind < 0)
		return kind;
	first = calloc(1, sizeof(*first));
	r = first ? bpf_map_lookup_elem(policy_fd, &zero, first) : -ENOMEM;
	if (r == 0 && first->head.layout < POLICY_LAYOUT_LARGE)
		r = -EUCLEAN;
	if (r == 0)
		*ret = first->head;
	return r;
}

static int read_small(int fd, struct policy_chunk *chunks)
{
	cleanup_free struct policy_small *small = calloc(1, sizeof(*small));
	uint32_t zero = 0;
	int r = small ? bpf_map_lookup_elem(fd, &zero, small) : -ENOMEM;

	if (r < 0)
		return r;
	chunks[0].head = small->head;
	memcpy(chunks[1].ranges, small->ranges, sizeof(small->ranges));
	return 0;
}

static int read_large(int fd, struct policy_chunk *chunks, uint32_t n)
{
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < n; i++)
		r = bpf_map_lookup_elem(fd, &i, &chunks[i]);
	return r;
}

int pins_read_policy(int policy_fd, struct net_policy *ret)
{
	struct net_policy policy = {};
	struct policy_head head;
	bool small;
	int r = pins_read_head(policy_fd, &head);

	if (r < 0)
		return r;
	small = pins_policy_kind(policy_fd) == SET_POLICY;
	policy.n_chunks = net_policy_n_chunks(head.n_ranges);
	if (policy.n_chunks > (small ? 2 : POLICY_ENTRIES))
		return -EUCLEAN;
	policy.chunks = calloc(policy.n_chunks, sizeof(*policy.chunks));
	if (!policy.chunks)
		return -ENOMEM;
	r = small ? read_small(policy_fd, policy.chunks) : read_large(policy_fd, policy.chunks, policy.n_chunks);
	if (r < 0) {
		net_policy_free(&policy);
		return r;
	}
	*ret = policy;
	return 0;
}

int pins_policy_equals(int policy_fd, const struct net_policy *policy)
{
	struct net_policy current = {};
	int r = pins_read_policy(policy_fd, &current);

	if (r < 0)
		return r == -EUCLEAN ? 0 : r;
	r = current.n_chunks == policy->n_chunks &&
	    !memcmp(current.chunks, policy->chunks, current.n_chunks * sizeof(*current.chunks));
	net_policy_free(&current);
	return r;
}
