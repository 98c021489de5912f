/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The cgroups and network namespaces of the service, in two maps next to the policy: every start of a unit makes new
 * ones, and as a part of the policy they would require a new policy each time. The kernel never uses an id of either
 * kind twice.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "libejguard/modules/host/host.h"
#include "libejguard/modules/net/listening.h"
#include "libejguard/util/cgroup-name.h"
#include "libejguard/util/cleanup.h"

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

int host_find_networks(struct ejg_call *call, struct netns_list *ret)
{
	const struct pins none = PINS_NULL;
	int r = net_find_networks(call, ret);

	if (r == 0)
		listening_mark(call, &none, ret);
	return r;
}

int network_cookie(uint64_t *ret)
{
	cleanup_fd int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	uint64_t cookie;
	socklen_t size = sizeof(cookie);

	if (fd < 0 || getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &size) < 0)
		return errno == ENOPROTOOPT ? -EOPNOTSUPP : -errno;
	*ret = cookie;
	return 0;
}

static int read_cookie(void *data)
{
	return network_cookie(data);
}

int network_of_namespace(const struct netns *netns, uint64_t *ret)
{
	return netns_run(netns, read_cookie, ret);
}

/* Tests whether a map has a key with this value; 0: with any value. */
static int have(int map, uint64_t key, uint8_t wanted)
{
	uint8_t value;
	int r = bpf_map_lookup_elem(map, &key, &value);

	return r == -ENOENT ? 0 : r < 0 ? r : !wanted || value == wanted;
}

static int put(const struct pins *pins, enum set_map map, uint64_t key)
{
	const uint8_t value = POLICY_NETWORK_OF_SERVICE;

	return bpf_map_update_elem(pins->maps[map], &key, &value, BPF_ANY);
}

static int add(struct ejg_call *call, const struct pins *pins, enum set_map map, uint64_t key)
{
	int r = put(pins, map, key);

	if (r < 0)
		return ejg_call_error(call, r == -EPERM ? -EPERM : -EIO, "run: ejguard release\nrun: ejguard apply",
				      "cannot write to the map %s below %s: %s", pins_map_name(map), pins->path,
				      strerror(-r));
	return 0;
}

/* Calls fn for each key, and removes it if fn returns false. Keys are collected first: removal disturbs iteration. */
static void keep_if(const struct pins *pins, enum set_map map, bool (*fn)(const void *data, uint64_t key),
		    const void *data)
{
	uint64_t keys[POLICY_MAX_MEMBERS], key = 0;
	size_t n = 0;

	while (n < POLICY_MAX_MEMBERS && bpf_map_get_next_key(pins->maps[map], n ? &key : NULL, &key) == 0)
		keys[n++] = key;
	for (size_t i = 0; i < n; i++)
		if (!fn(data, keys[i]))
			(void)bpf_map_delete_elem(pins->maps[map], &keys[i]);
}

static bool cgroup_lives(const void *data, uint64_t id)
{
	const char *mount = data;
	char path[PATH_MAX];

	return cgroup_name(mount, id, path) < 0 || *path; /* if the kernel cannot tell, it may exist */
}

/* The cookies of a list of namespaces, at the same index; 0 for one that could not be read. */
struct cookies {
	uint64_t *items;
	size_t n;
};

static bool is_among(const void *data, uint64_t cookie)
{
	const struct cookies *cookies = data;

	for (size_t i = 0; i < cookies->n; i++)
		if (cookies->items[i] == cookie)
			return true;
	return false;
}

/*
 * Reads the cookies of all namespaces. A service must not make applies fail by a namespace of its own: check reports
 * it. Return: 1 if no namespace is missing, 0, or a negative errno, set on the call.
 */
static int read_cookies(struct ejg_call *call, const struct netns_list *networks, struct cookies *cookies)
{
	bool all = !*networks->unseen && !networks->cut;

	cookies->items = calloc(networks->n + 1, sizeof(*cookies->items));
	if (!cookies->items)
		return ejg_call_error(call, -ENOMEM, NULL, "no memory");
	cookies->n = networks->n;
	for (size_t i = 0; i < networks->n; i++) {
		const struct netns *netns = &networks->items[i];
		int error = network_of_namespace(netns, &cookies->items[i]);

		if (error == -EOPNOTSUPP)
			return ejg_call_error(call, error, set_kind.kernel,
					      "this kernel cannot identify network namespaces");
		if (error < 0 && net_lives_in(networks, netns) && !netns->made_by_user)
			return ejg_call_error(call, -EIO, "try again", "cannot enter the network namespace %s: %s",
					      netns->label, strerror(-error));
		all &= error == 0;
	}
	return all;
}

static size_t count(const struct pins *pins, enum set_map map)
{
	uint64_t key = 0;
	size_t n = 0;

	while (n < POLICY_MAX_MEMBERS && bpf_map_get_next_key(pins->maps[map], n ? &key : NULL, &key) == 0)
		n++;
	return n;
}

/*
 * Adds the namespaces of the service, those that root made first: of those that users made so many that half of the map
 * is left.
 */
static int add_networks(struct ejg_call *call, const struct pins *pins, const struct netns_list *networks,
			const struct cookies *cookies)
{
	size_t n;
	int r = 0;

	for (size_t i = 0; r == 0 && i < networks->n; i++) {
		if (!net_lives_in(networks, &networks->items[i]) || networks->items[i].made_by_user)
			continue;
		r = add(call, pins, SET_NETWORKS, cookies->items[i]);
	}
	n = count(pins, SET_NETWORKS);
	for (size_t i = 0; r == 0 && i < networks->n && n < POLICY_MAX_MEMBERS / 2; i++)
		if (net_lives_in(networks, &networks->items[i]) && networks->items[i].made_by_user && cookies->items[i])
			n += put(pins, SET_NETWORKS, cookies->items[i]) == 0;
	return r;
}

/* Removes namespaces before others are added. Where some are not seen, it does so only before the map is full. */
static int update_networks(struct ejg_call *call, const struct pins *pins, const struct netns_list *networks)
{
	struct cookies cookies = {};
	int r = read_cookies(call, networks, &cookies);

	if (r > 0 || (r == 0 && count(pins, SET_NETWORKS) > POLICY_MAX_MEMBERS / 4 * 3))
		keep_if(pins, SET_NETWORKS, is_among, &cookies);
	if (r >= 0)
		r = add_networks(call, pins, networks, &cookies);
	free(cookies.items);
	return r;
}

int members_update(struct ejg_call *call, const struct pins *pins)
{
	const struct ejg_facts *facts = ejg_call_facts(call);
	struct netns_list networks = {};
	int r = host_find_networks(call, &networks);

	if (r < 0)
		return r;
	keep_if(pins, SET_CGROUPS, cgroup_lives, facts->cgroup_mount);
	for (size_t i = 0; r == 0 && i < facts->n_cgroups; i++)
		if (ejg_cgroup_get(facts, i)->id)
			r = add(call, pins, SET_CGROUPS, ejg_cgroup_get(facts, i)->id);
	if (r == 0)
		r = update_networks(call, pins, &networks);
	netns_free(&networks);
	return r;
}

int members_have_network(const struct pins *pins, const struct netns *netns)
{
	uint64_t cookie;
	int r = network_of_namespace(netns, &cookie);

	return r < 0 ? r : have(pins->maps[SET_NETWORKS], cookie, POLICY_NETWORK_OF_SERVICE);
}

int members_have_cgroup(int cgroups, const char *cgroup_mount, uint64_t id)
{
	char path[PATH_MAX], whole[2 * PATH_MAX];
	int r = have(cgroups, id, 0);

	cgroup_name(cgroup_mount, id, path);
	while (r == 0 && strrchr(path, '/') && strrchr(path, '/') != path) {
		struct stat st;

		*strrchr(path, '/') = '\0';
		snprintf(whole, sizeof(whole), "%s%s", cgroup_mount, path);
		if (stat(whole, &st) == 0)
			r = have(cgroups, st.st_ino, 0);
	}
	return r;
}
