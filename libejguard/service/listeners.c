/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/service/listeners.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "libejguard/service/owners.h"
#include "libejguard/util/address.h"
#include "libejguard/util/sockets.h"

enum {
	MAX_LISTENERS = 4096, /* for the service and its ports, and as many others: they cannot displace these */
};

/* A listener, and the inode by which its process is found. */
struct seen {
	struct ejg_listener listener;
	unsigned int home;  /* index into the homes of survey_draft */
	const char *cgroup; /* below the mount, or NULL */
	uint32_t inode;
};

struct collection {
	struct survey_draft *draft;
	unsigned int home;
	struct seen *seen;
	size_t n;
	size_t n_ours;
	size_t dropped;
};

/* True for a port that the facts list for the service. */
static bool is_known_port(const struct ejg_facts *facts, uint16_t port)
{
	return port == facts->epmd_port || port_in_ranges(facts->dist, facts->n_dist, port) ||
	       port_in_ranges(facts->public_ports, facts->n_public_ports, port);
}

static int add(void *data, const struct socket_info *info)
{
	struct collection *c = data;
	struct seen seen = {
		.listener = {
			.address = info->local,
			.port = info->local_port,
			.uid = info->uid,
			.cgroup_id = info->cgroup_id,
		},
		.home = c->home,
		.inode = info->inode,
	};
	struct seen *grown;
	bool ours;
	int r;

	if (prefix_is_link_local(&info->local))
		seen.listener.address.scope = info->id.idiag_if;
	r = survey_cgroups_find(c->draft->cgroups, info->cgroup_id, &seen.cgroup);
	if (r == 0)
		r = survey_cgroups_unit(c->draft->cgroups, seen.cgroup, &seen.listener.unit);
	if (r < 0)
		return r;
	seen.listener.in_service = survey_cgroups_in_service(c->draft->cgroups, info->cgroup_id, seen.cgroup);
	ours = seen.listener.in_service || is_known_port(c->draft->facts, info->local_port);
	if ((ours ? c->n_ours : c->n - c->n_ours) >= MAX_LISTENERS) {
		c->dropped++;
		return 0;
	}
	grown = arena_grow(c->draft->arena, c->seen, c->n, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	c->seen = grown;
	c->n_ours += ours;
	grown[c->n++] = seen;
	return 0;
}

static int compare_seen(const void *a, const void *draft)
{
	const struct ejg_listener *x = &((const struct seen *)a)->listener,
				  *y = &((const struct seen *)draft)->listener;

	if (x->port != y->port)
		return x->port < y->port ? -1 : 1;
	return memcmp(x->address.bytes, y->address.bytes, sizeof(x->address.bytes));
}

static int keep(struct collection *c)
{
	struct ejg_listener *listeners = arena_array(c->draft->arena, c->n, sizeof(*listeners));
	struct owned *owned = arena_array(c->draft->arena, c->n, sizeof(*owned));
	unsigned int *homes = arena_array(c->draft->arena, c->n, sizeof(*homes));

	if (!listeners || !owned || !homes)
		return -ENOMEM;
	qsort(c->seen, c->n, sizeof(*c->seen), compare_seen);
	for (size_t i = 0; i < c->n; i++) {
		listeners[i] = c->seen[i].listener;
		homes[i] = c->seen[i].home;
		owned[i] = (struct owned){ c->seen[i].inode, &listeners[i], c->seen[i].cgroup };
	}
	c->draft->listener_homes = homes;
	c->draft->survey->listeners = listeners;
	c->draft->survey->n_listeners = c->n;
	return listeners_find_owners(c->draft, owned, c->n);
}

static int look(void *data)
{
	return sockets_each(SOCKETS_LISTENING, add, data);
}

/* Runs in each network namespace of the service. */
static int look_at_home(struct collection *c)
{
	const struct netns_list *homes = &c->draft->homes;
	int r;

	do {
		r = homes->n > 0 ? netns_run(&homes->items[c->home], look, c) : look(c);
		if (r < 0 && r != -ENOMEM)
			r = survey_unseen(c->draft, "the kernel does not list sockets: %s", strerrordesc_np(-r));
	} while (r == 0 && ++c->home < homes->n);
	return r;
}

int listeners_collect(struct survey_draft *draft)
{
	struct collection c = { .draft = draft };
	int r = look_at_home(&c);

	if (r == 0 && c.dropped > 0)
		r = survey_unseen(draft, "there are %zu more listeners; only the first %d are listed", c.dropped,
				  MAX_LISTENERS);
	return r < 0 || c.n == 0 ? r : keep(&c);
}
