/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the hooks do not see and the kernel's list of sockets shows: sockets older than the policy (listeners of other
 * users on private ports, their connections to such ports of this host and of peers, listeners of the service without a
 * mark), and sockets of other users beside the service's on a port that it chose, where the kernel chose that port for
 * them, too. A release of another service changes the policy: its users lose the ports that it shared.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "libejguard/modules/host/host.h"
#include "libejguard/modules/net/match.h"
#include "libejguard/modules/net/outside.h"
#include "libejguard/modules/net/sharing.h"
#include "libejguard/util/cgroup-name.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/sockets.h"

/* A connection whose server end is a private port of this host: its client end is on this host too. */
struct served {
	struct ejg_prefix client, server;
	uint16_t client_port, server_port;
};

enum task {
	TASK_CHECK,
	TASK_MARK,
	TASK_EVICT,
};

struct host_sockets {
	struct ejg_call *call;
	const struct ejg_facts *facts;
	const struct net_policy *policy;
	const struct policy_head *head;	  /* of the policy */
	struct pins pins;		  /* of walk(): not open if nothing is pinned */
	struct policy_ports *known_ports; /* of the set; NULL: none */
	struct sharing sharing;		  /* users that other services allow */
	enum task task;
	bool early; /* a later run repeats what fails now */
	bool failed;

	/* of the current network namespace */
	struct served *served;
	size_t n_served;
	uint8_t chosen[POLICY_PORT_BYTES]; /* a bit for each port that the service chose and listens on */
};

static bool lets(const struct host_sockets *s, const struct policy_head *head, int cgroups,
		 const struct socket_info *info)
{
	return user_in(head, info->uid) ||
	       (cgroups >= 0 && members_have_cgroup(cgroups, s->facts->cgroup_mount, info->cgroup_id) == 1);
}

/* True if a socket belongs to the service or an allowed user or, at a shared port, to another service. */
static bool may(const struct host_sockets *s, const struct socket_info *info, uint16_t port)
{
	if (lets(s, s->head, s->pins.maps[SET_CGROUPS], info))
		return true;
	for (size_t i = 0; i < s->sharing.n; i++) {
		const struct policy_head *head = &s->sharing.others[i].chunks->head;

		if (port_in(s->head->guarded_ports, port) && shares_port(head, port) &&
		    lets(s, head, s->sharing.cgroups[i], info))
			return true;
	}
	return false;
}

static void describe(const struct host_sockets *s, const struct socket_info *info, const char *id, const char *what)
{
	char subject[SOCKET_TEXT_SIZE], path[PATH_MAX];
	bool connection = info->remote_port;

	socket_format(connection ? &info->remote : &info->local, connection ? info->remote_port : info->local_port,
		      subject);
	cgroup_name(s->facts->cgroup_mount, info->cgroup_id, path);
	ejg_call_finding(s->call, id, subject, "%s (uid %u, cgroup %s)", what, info->uid, *path ? path : "(removed)");
}

/*
 * Only the service's cgroups make a port private that the policy does not list: an allowed user may use any port. A
 * process that was moved there has kept its listener, whose cgroup is another one.
 */
static bool is_chosen_by_service(const struct host_sockets *s, const struct socket_info *info)
{
	return s->known_ports && !port_in(s->head->guarded_ports, info->local_port) &&
	       port_in(s->head->private_ports, info->local_port) &&
	       (members_have_cgroup(s->pins.maps[SET_CGROUPS], s->facts->cgroup_mount, info->cgroup_id) == 1 ||
		outside_is_held_inside(s->call, info));
}

/* If the mark cannot be read, the port decides: a socket of the service was marked at that port. */
static bool is_known(const struct host_sockets *s, const struct socket_info *info)
{
	return s->known_ports->chosen[info->local_port] && marks_find(&s->pins, s->facts->cgroup_mount, info) != 0;
}

static int mark_listener(void *data, const struct socket_info *info)
{
	struct host_sockets *s = data;
	int r = !is_chosen_by_service(s, info) || is_known(s, info) ? 0
								    : marks_set(&s->pins, s->facts->cgroup_mount, info);

	/* check reports it. */
	if (r < 0 && !s->early)
		ejg_call_log(s->call, EJG_LOG_WARNING, "cannot mark the listener at port %u: %s", info->local_port,
			     strerror(-r));
	return 0;
}

static int note_chosen(void *data, const struct socket_info *info)
{
	struct host_sockets *s = data;

	if (is_chosen_by_service(s, info))
		s->chosen[info->local_port / 8] |= 1U << info->local_port % 8;
	return 0;
}

/*
 * At another address than the service's. The hooks refuse a bind that names such a port, but not one to a port of the
 * kernel's choice.
 */
static void check_beside(struct host_sockets *s, const struct socket_info *info)
{
	if (!port_in(s->chosen, info->local_port) || may(s, info, info->local_port) || is_chosen_by_service(s, info))
		return;
	describe(s, info, "listener-beside",
		 "the service chose this port and listens there, and another user has a socket there, too");
	s->failed = true;
}

/* It can listen at any time: no hook sees that. */
static int check_bound(void *data, const struct socket_info *info)
{
	struct host_sockets *s = data;

	check_beside(s, info);
	if (port_in(s->head->guarded_ports, info->local_port) && !may(s, info, info->local_port)) {
		describe(s, info, "listener-before",
			 "this socket, which can listen on a private port, is older than the policy, which does not "
			 "permit its user");
		s->failed = true;
	}
	return 0;
}

static int check_listener(void *data, const struct socket_info *info)
{
	struct host_sockets *s = data;

	check_beside(s, info);
	if (port_in(s->head->guarded_ports, info->local_port) && !may(s, info, info->local_port)) {
		describe(s, info, "listener-before",
			 "this listener on a private port is older than the policy, which does not permit its user");
		s->failed = true;
	}
	if (is_chosen_by_service(s, info) && !is_known(s, info)) {
		describe(s, info, "listener-unknown",
			 "the port is private, but this listener of the service is older than the guard");
		s->failed = true;
	}
	return 0;
}

/* True if a port is in the policy, or if the service chose it and it is not public. */
static bool is_private(const struct host_sockets *s, uint16_t port)
{
	return port_in(s->head->guarded_ports, port) ||
	       (port_in(s->head->private_ports, port) && s->known_ports && s->known_ports->chosen[port]);
}

static int note_served(void *data, const struct socket_info *info)
{
	struct host_sockets *s = data;
	struct served *items;

	if (!is_private(s, info->local_port))
		return 0;
	items = reallocarray(s->served, s->n_served + 1, sizeof(*items));
	if (!items)
		return -ENOMEM;
	s->served = items;
	items[s->n_served++] = (struct served){ info->remote, info->local, info->remote_port, info->local_port };
	return 0;
}

/*
 * True if a connection goes to this host, although no other end of it is seen: behind a full queue of a listener there
 * is none until the listener takes it, by the answer to a SYN that is sent again, or by a SYN cookie.
 */
static bool waits_here(const struct host_sockets *s, const struct socket_info *info)
{
	const struct policy_address remote = net_address(&info->remote);

	return info->open && (is_loopback(&remote) || find_listen(s->head, &remote) || host_is_own(&remote));
}

/* True if a connection was made to a port that is private on a peer, too, which accepts this whole host. */
static bool goes_to_peer(const struct host_sockets *s, const struct socket_info *info)
{
	const struct policy_address remote = net_address(&info->remote);
	const struct decision d = net_decision(s->policy);

	return port_in(s->head->guarded_ports, info->remote_port) && find_peer(&d, &remote, 0) &&
	       socket_find_direction(info) != SOCKET_INCOMING;
}

/* True if the other end of a connection is a socket of this host with a private port. */
static bool is_served(const struct host_sockets *s, const struct socket_info *info)
{
	for (size_t i = 0; i < s->n_served; i++) {
		const struct served *served = &s->served[i];

		if (served->client_port == info->local_port && served->server_port == info->remote_port &&
		    !memcmp(served->client.bytes, info->local.bytes, sizeof(info->local.bytes)) &&
		    !memcmp(served->server.bytes, info->remote.bytes, sizeof(info->remote.bytes)))
			return true;
	}
	return false;
}

static int check_connection(void *data, const struct socket_info *info)
{
	struct host_sockets *s = data;
	int r;

	if (!is_private(s, info->remote_port) || may(s, info, info->remote_port) ||
	    (!is_served(s, info) && !waits_here(s, info) && !goes_to_peer(s, info)))
		return 0;
	if (s->task == TASK_CHECK) {
		describe(s, info, "connection-before",
			 "this connection to a private port is older than the policy, which does not permit its user");
		s->failed = true;
		return 0;
	}
	r = sockets_destroy(info);
	if (r < 0)
		ejg_call_log(s->call, EJG_LOG_WARNING, "cannot end a connection: %s", strerror(-r));
	else
		describe(s, info, "connection-ended", "the connection was ended");
	return 0;
}

static int check_listeners(struct host_sockets *s)
{
	int r = s->known_ports ? sockets_each(SOCKETS_LISTENING, note_chosen, s) : 0;

	if (r == 0)
		r = sockets_each(SOCKETS_LISTENING, check_listener, s);
	if (r == 0)
		r = sockets_each(SOCKETS_BOUND, check_bound, s);
	return r;
}

/* Runs in the namespace. */
static int look(void *data)
{
	struct host_sockets *s = data;
	int r;

	if (s->task == TASK_MARK)
		return sockets_each(SOCKETS_LISTENING, mark_listener, s);
	r = s->task == TASK_CHECK ? check_listeners(s) : 0;
	if (r == 0)
		r = sockets_each(SOCKETS_CONNECTED, note_served, s);
	if (r == 0)
		r = sockets_each(SOCKETS_CONNECTED, check_connection, s);
	free(s->served);
	s->served = NULL;
	s->n_served = 0;
	memset(s->chosen, 0, sizeof(s->chosen));
	return r;
}

static void read_ports(struct host_sockets *s)
{
	uint32_t zero = 0;

	s->known_ports = s->pins.maps[SET_PORTS] < 0 ? NULL : malloc(sizeof(*s->known_ports));
	if (s->known_ports && bpf_map_lookup_elem(s->pins.maps[SET_PORTS], &zero, s->known_ports) < 0) {
		free(s->known_ports);
		s->known_ports = NULL;
	}
}

static void unseen(struct host_sockets *s, const char *where, const char *label, const char *why)
{
	if (s->task != TASK_CHECK)
		return;
	ejg_call_finding(s->call, "sockets-unseen", NULL, "the sockets%s%s cannot be listed: %s", where, label, why);
	s->failed = true;
}

/* @pins: a set that is not in place yet, or NULL for the one in force */
static bool walk(struct host_sockets *s, const struct pins *pins, const struct netns_list *networks)
{
	struct pins in_force = PINS_NULL;
	enum pins_state state;

	if (!pins && pins_open(s->call, s->facts->service, &in_force, &state) < 0) {
		unseen(s, "", "", "the pins cannot be read");
		return true;
	}
	s->pins = pins ? *pins : in_force;
	read_ports(s);
	s->sharing = sharing_read(&s->pins);
	if (*networks->unseen)
		unseen(s, " of a network namespace of the service", "", networks->unseen);
	for (size_t i = 0; i < networks->n; i++) {
		int r;

		if (!net_lives_in(networks, &networks->items[i]))
			continue;
		r = netns_run(&networks->items[i], look, s);
		if (r < 0)
			unseen(s, networks->items[i].own ? "" : " in the network namespace ", networks->items[i].label,
			       strerror(-r));
	}
	free(s->known_ports);
	sharing_free(&s->sharing);
	pins_close(&in_force);
	return s->failed;
}

bool host_check_sockets(struct ejg_call *call, const struct net_policy *policy, const struct netns_list *networks)
{
	struct host_sockets s = {
		.call = call,
		.facts = ejg_call_facts(call),
		.policy = policy,
		.head = &policy->chunks->head,
	};

	return walk(&s, NULL, networks);
}

void host_mark_listeners(struct ejg_call *call, const struct pins *pins, const struct net_policy *policy)
{
	struct host_sockets s = {
		.call = call,
		.facts = ejg_call_facts(call),
		.policy = policy,
		.head = &policy->chunks->head,
		.task = TASK_MARK,
		.early = pins,
	};
	struct netns_list networks = {};

	if (host_find_networks(call, &networks) < 0)
		return; /* check reports that */
	(void)walk(&s, pins, &networks);
	netns_free(&networks);
}

void host_evict(struct ejg_call *call, const struct net_policy *policy)
{
	struct host_sockets s = {
		.call = call,
		.facts = ejg_call_facts(call),
		.policy = policy,
		.head = &policy->chunks->head,
		.task = TASK_EVICT,
	};
	struct netns_list networks = {};

	if (host_find_networks(call, &networks) < 0)
		return; /* check reports that */
	(void)walk(&s, NULL, &networks);
	netns_free(&networks);
}
