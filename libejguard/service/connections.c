/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libejguard/service/connections.h"

#include <errno.h>
#include <string.h>

#include "libejguard/util/address.h"
#include "libejguard/util/registered.h"
#include "libejguard/util/sockets.h"

enum {
	MAX_CONNECTIONS = 4096, /* of the service, and as many others: nobody can push those out */
};

struct connection_search {
	struct survey_draft *draft;
	unsigned int home;
	struct ejg_connection *items;
	size_t n;
	size_t n_ours;
	size_t dropped;
};

static bool is_private(const struct survey_draft *draft, uint16_t port)
{
	return port == draft->facts->epmd_port || port_in_ranges(draft->facts->dist, draft->facts->n_dist, port) ||
	       is_registered_by_service(draft->facts, draft->survey, port);
}

static uint32_t direction_of(const struct socket_info *info)
{
	switch (socket_find_direction(info)) {
	case SOCKET_INCOMING:
		return EJG_INCOMING;
	case SOCKET_OUTGOING:
		return EJG_OUTGOING;
	default:
		return EJG_DIRECTION_UNKNOWN;
	}
}

static int add(void *data, const struct socket_info *info)
{
	struct connection_search *c = data;
	struct ejg_connection connection = {
		.local = info->local,
		.local_port = info->local_port,
		.remote = info->remote,
		.remote_port = info->remote_port,
		.uid = info->uid,
	};
	struct ejg_connection *grown;
	const char *cgroup;

	if (!is_private(c->draft, info->local_port) && !is_private(c->draft, info->remote_port))
		return 0;
	if (survey_cgroups_find(c->draft->cgroups, info->cgroup_id, &cgroup) < 0)
		return -ENOMEM;
	connection.in_service = survey_cgroups_in_service(c->draft->cgroups, info->cgroup_id, cgroup);
	if ((connection.in_service ? c->n_ours : c->n - c->n_ours) >= MAX_CONNECTIONS) {
		c->dropped++;
		return 0;
	}
	connection.direction = direction_of(info);
	grown = arena_grow(c->draft->arena, c->items, c->n, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	c->items = grown;
	c->n_ours += connection.in_service;
	grown[c->n++] = connection;
	return 0;
}

static int look(void *data)
{
	return sockets_each(SOCKETS_CONNECTED, add, data);
}

/* In each network namespace where the service lives. */
static int look_at_homes(struct connection_search *c)
{
	const struct netns_list *homes = &c->draft->homes;
	int r;

	do {
		r = homes->n > 0 ? netns_run(&homes->items[c->home], look, c) : look(c);
		if (r < 0 && r != -ENOMEM)
			r = survey_unseen(c->draft, "the kernel does not list connections: %s", strerrordesc_np(-r));
	} while (r == 0 && ++c->home < homes->n);
	return r;
}

int connections_collect(struct survey_draft *draft)
{
	struct connection_search c = { .draft = draft };
	int r = look_at_homes(&c);

	if (r == 0 && c.dropped > 0)
		r = survey_unseen(draft, "there are %zu more connections; only the first %d are listed", c.dropped,
				  MAX_CONNECTIONS);
	draft->survey->connections = c.items;
	draft->survey->n_connections = c.n;
	return r;
}
