/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Listeners and established connections that the policy would not allow. The hooks do not see existing sockets; the
 * kernel's list of sockets does.
 */
#include <endian.h>
#include <errno.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "libejguard/modules/net/inspect.h"
#include "libejguard/modules/net/listening.h"
#include "libejguard/modules/net/match.h"
#include "libejguard/modules/net/net.h"
#include "libejguard/modules/net/outside.h"
#include "libejguard/modules/net/sharing.h"
#include "libejguard/modules/net/users.h"
#include "libejguard/util/address.h"
#include "libejguard/util/cgroup-name.h"
#include "libejguard/util/cleanup.h"
#include "libejguard/util/netns.h"
#include "libejguard/util/sockets.h"

#define WHERE_SIZE (NETNS_LABEL_SIZE + 32)

struct net_sockets {
	struct ejg_call *call;
	const struct ejg_facts *facts;
	const struct decision *d;
	const struct pins *pins; /* not open if nothing is pinned */
	bool evict;
	bool would_evict; /* dry run of a stack that would evict */
	uint32_t hooks;	  /* of the set in force; in a dry run those that it would have */
	bool everybody;	  /* accept=netns: the guard decides for all listeners of a namespace, of any user */
	bool failed;
	struct sharing sharing; /* policies of other services */

	/* of the current network namespace */
	const struct netns *netns;
	struct ifaddrs *own; /* addresses of this host there */
	bool home;	     /* the service has a process or a socket there */
};

/* " in the network namespace of process 4711", for findings; empty in the caller's own. */
static const char *format_netns(const struct net_sockets *s, char text[static WHERE_SIZE])
{
	snprintf(text, WHERE_SIZE, "%s%s", s->netns->own ? "" : " in the network namespace ", s->netns->label);
	return text;
}

/* True for a cgroup of the service or one below it. */
static bool is_ours(const struct net_sockets *s, uint64_t id)
{
	return listening_is_ours(s->facts, s->pins, id);
}

/* 1 for a user that may run the service or epmd, 0 for another one, or a negative errno. */
static int is_service_user(struct ejg_call *call, uid_t uid)
{
	uid_t users[USERS_MAX];
	int n = users_of_service(call, users);

	for (int i = 0; i < n; i++)
		if (users[i] == uid)
			return 1;
	return n < 0 ? n : 0;
}

/*
 * A listener outside of the service's cgroups matters if other nodes would connect to it: an epmd of any user, and a
 * node of the service's user. A listener of any other user in the distribution range does not affect the node: the node
 * uses the next port, and must still be able to start. One of another guarded service, such as an epmd that both use,
 * is that one's.
 */
static int check_foreign(struct net_sockets *s, const struct socket_info *info, const char *subject)
{
	struct policy_address address = net_address(&info->local);
	int theirs = info->local_port == s->facts->epmd_port ? 1 : is_service_user(s->call, info->uid);
	bool open = theirs && (is_wildcard(&address) || !is_loopback(&address));
	char path[PATH_MAX], where[WHERE_SIZE];

	if (theirs < 0)
		return theirs;
	if (outside_is_guarded(s->call, info))
		return 0;
	cgroup_name(s->facts->cgroup_mount, info->cgroup_id, path);
	if (s->everybody && outside_is_unconfined(s->call, info, subject, path, format_netns(s, where))) {
		s->failed = true;
	} else if (s->everybody) {
		ejg_call_finding(s->call, "listener-foreign", subject,
				 "a process of uid %u in the cgroup %s, which is not the service's, listens there: the "
				 "guard decides who can connect, but cannot confine that process%s",
				 info->uid, *path ? path : "(removed)", format_netns(s, where));
	} else {
		ejg_call_finding(s->call, open ? "listener-unguarded" : "listener-foreign", subject,
				 "a process of uid %u in the cgroup %s, which is not the service's, listens there%s",
				 info->uid, *path ? path : "(removed)", format_netns(s, where));
		s->failed |= open;
	}
	return 0;
}

/*
 * To a removed cgroup of which a socket lives no program can be attached any more; those that it had are brought up to
 * date. A set that has the hook where its former one had none does not decide there. The links of a cgroup that exists
 * are checked with the cgroups.
 */
static void check_removed(struct net_sockets *s, const struct socket_info *info, const char *subject)
{
	char where[WHERE_SIZE], path[PATH_MAX];

	if (!port_in(s->d->head->private_ports, info->local_port) || !(s->hooks & (1U << POLICY_INGRESS)) ||
	    (s->everybody && port_in(s->d->head->guarded_ports, info->local_port)) ||
	    !listening_is_linked(s->pins, info->cgroup_id) ||
	    link_state(s->pins, info->cgroup_id, POLICY_INGRESS) == LINK_INTACT ||
	    cgroup_name(s->facts->cgroup_mount, info->cgroup_id, path) < 0 || *path)
		return;
	ejg_call_finding(
		s->call, "listener-unguarded", subject,
		"a process that left a cgroup of the service, which was removed since, listens there, and nothing "
		"%s who connects%s",
		ejg_call_trial(s->call) ? "would decide" : "decides", format_netns(s, where));
	s->failed = true;
}

static int check_listener(void *data, const struct socket_info *info)
{
	struct net_sockets *s = data;
	const struct policy_head *head = s->d->head;
	char subject[SOCKET_TEXT_SIZE], where[WHERE_SIZE];

	socket_format(&info->local, info->local_port, subject);
	if (!is_ours(s, info->cgroup_id)) {
		if (s->home && port_in(head->guarded_ports, info->local_port))
			return check_foreign(s, info, subject);
		s->failed |= s->home && port_in(head->private_ports, info->local_port) &&
			     outside_fails(s->call, info, subject, format_netns(s, where));
		return 0;
	}
	check_removed(s, info, subject);
	if (!port_in(head->private_ports, info->local_port) &&
	    !port_in_ranges(s->facts->public_ports, s->facts->n_public_ports, info->local_port)) {
		ejg_call_finding(s->call, "listener-unknown", subject,
				 "the service listens on this port%s, which is neither public nor private",
				 format_netns(s, where));
		s->failed = true;
	}
	return 0;
}

static bool is_own_address(const struct net_sockets *s, const struct ejg_prefix *address)
{
	for (const struct ifaddrs *i = s->own; i; i = i->ifa_next) {
		struct ejg_prefix own = { .length = 128 };

		if (i->ifa_addr && i->ifa_addr->sa_family == AF_INET) {
			memset(own.bytes + 10, 0xff, 2);
			memcpy(own.bytes + 12, &((const struct sockaddr_in *)(const void *)i->ifa_addr)->sin_addr, 4);
		} else if (i->ifa_addr && i->ifa_addr->sa_family == AF_INET6) {
			memcpy(own.bytes, &((const struct sockaddr_in6 *)(const void *)i->ifa_addr)->sin6_addr, 16);
		} else {
			continue;
		}
		if (!memcmp(own.bytes, address->bytes, sizeof(own.bytes)))
			return true;
	}
	return false;
}

/* True if the policy would admit an incoming connection. */
static bool is_admitted_in(const struct net_sockets *s, const struct socket_info *info)
{
	struct policy_address local = net_address(&info->local), remote = net_address(&info->remote);

	return !port_in(s->d->head->private_ports, info->local_port) || is_loopback(&remote) ||
	       is_own_address(s, &info->remote) ||
	       decide_accept(s->d, remote, local, info->id.idiag_if) == POLICY_ALLOWED ||
	       sharing_admits(&s->sharing, info->local_port, remote, local, info->id.idiag_if);
}

/*
 * True if the policy would allow a connection. Listeners do not tell its direction: they may have been closed, or
 * opened after an outgoing connection from their port. If the kernel does not know it, the policy must allow both.
 */
static bool is_admitted(const struct net_sockets *s, const struct socket_info *info)
{
	enum socket_direction direction = socket_find_direction(info);

	if (direction != SOCKET_INCOMING &&
	    decide_connect(s->d, info->remote_port, net_address(&info->remote)) != POLICY_ALLOWED)
		return false;
	return direction == SOCKET_OUTGOING || is_admitted_in(s, info);
}

/*
 * True if the guard decides about a connection. If the socket is not the service's, it decides on incoming ones only.
 */
static bool is_judged(struct net_sockets *s, const struct socket_info *info)
{
	if (is_ours(s, info->cgroup_id)) {
		s->home = true;
		return true;
	}
	return s->everybody && s->home && port_in(s->d->head->guarded_ports, info->local_port) &&
	       socket_find_direction(info) != SOCKET_OUTGOING;
}

static int check_connection(void *data, const struct socket_info *info)
{
	struct net_sockets *s = data;
	char local[SOCKET_TEXT_SIZE], remote[SOCKET_TEXT_SIZE], where[WHERE_SIZE];
	int r;

	if (!is_judged(s, info) || is_admitted(s, info))
		return 0;
	socket_format(&info->local, info->local_port, local);
	socket_format(&info->remote, info->remote_port, remote);
	format_netns(s, where);
	if (s->would_evict) {
		ejg_call_finding(s->call, "would-change", remote, "its connection with %s would be ended", local);
		return 0;
	}
	if (!s->evict) {
		ejg_call_finding(
			s->call, "connection-before", remote,
			"is connected with %s%s; the connection is older than the policy, which does not allow it",
			local, where);
		s->failed = true;
		return 0;
	}
	r = sockets_destroy(info);
	if (r < 0) {
		ejg_call_log(s->call, EJG_LOG_WARNING, "cannot end the connection of %s with %s%s: %s", remote, local,
			     where, strerror(-r));
		return 0;
	}
	ejg_call_finding(s->call, "connection-ended", remote, "its connection with %s%s was ended", local, where);
	return 0;
}

static int note_listener(void *data, const struct socket_info *info)
{
	struct net_sockets *s = data;

	s->home |= is_ours(s, info->cgroup_id);
	return 0;
}

/* Runs in the namespace. Listeners first: they show whether the service lives there. */
static int look(void *data)
{
	struct net_sockets *s = data;
	int r = sockets_each(SOCKETS_LISTENING, note_listener, s);

	if (r == 0 && getifaddrs(&s->own) < 0)
		r = -errno;
	if (r == 0)
		r = sockets_each(SOCKETS_CONNECTED, check_connection, s);
	if (r == 0 && !s->evict)
		r = sockets_each(SOCKETS_LISTENING, check_listener, s);
	freeifaddrs(s->own);
	s->own = NULL;
	return r;
}

static void unseen(struct net_sockets *s, const char *where, const char *why)
{
	if (s->evict)
		return;
	ejg_call_finding(s->call, "sockets-unseen", NULL, "the sockets%s cannot be listed: %s", where, why);
	s->failed = true;
}

/* A namespace that has ended has no sockets; another one that cannot be entered is not known to be the service's. */
static void look_everywhere(struct net_sockets *s, struct netns_list *networks)
{
	if (*networks->unseen)
		unseen(s, " of a network namespace of the service", networks->unseen);
	for (size_t i = 0; i < networks->n; i++) {
		char where[WHERE_SIZE];
		int r;

		s->netns = &networks->items[i];
		s->home = net_lives_in(networks, s->netns);
		r = netns_run(s->netns, look, s);
		networks->items[i].member |= s->home;
		if (r < 0 && (s->home || s->netns->own))
			unseen(s, format_netns(s, where), strerror(-r));
		else if (r < 0)
			ejg_call_log(s->call, EJG_LOG_INFO, "the sockets%s cannot be listed: %s",
				     format_netns(s, where), strerror(-r));
	}
}

static void walk(struct net_sockets *s, enum pins_state state, struct netns_list *networks)
{
	/*
	 * If nothing, or another version, is applied, the choice of an apply counts: see "not-loaded" and "outdated".
	 */
	if (!ejg_call_trial(s->call) && state == PINS_CURRENT)
		s->hooks = s->pins->meta.hooks;
	s->everybody = s->hooks ? s->hooks & (1U << POLICY_LOOKUP) : accept_wants_netns(s->call);
	s->sharing = sharing_read(s->pins);
	look_everywhere(s, networks);
	sharing_free(&s->sharing);
}

bool net_check_sockets(const struct inspection *check, struct netns_list *networks)
{
	const struct decision d = net_decision(check->policy);
	struct net_sockets s = { .call = check->call,
				 .facts = ejg_call_facts(check->call),
				 .d = &d,
				 .pins = &check->pins,
				 .hooks = check->trial ? check->hooks : 0,
				 .would_evict = check->trial &&
						((const struct net_config *)ejg_call_config(check->call))->evict &&
						ejg_call_mode(check->call) == EJG_ENFORCE };

	walk(&s, check->state, networks);
	return s.failed;
}

void net_evict(struct ejg_call *call, const struct net_policy *policy)
{
	const struct decision d = net_decision(policy);
	struct pins pins = PINS_NULL;
	struct net_sockets s = { .call = call, .facts = ejg_call_facts(call), .d = &d, .pins = &pins, .evict = true };
	struct netns_list networks = {};
	enum pins_state state;

	if (net_find_networks(call, &networks) < 0)
		return; /* check reports that */
	if (pins_open(call, s.facts->service, &pins, &state) == 0)
		walk(&s, state, &networks);
	pins_close(&pins);
	netns_free(&networks);
}
