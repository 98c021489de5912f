/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The state of the module, and functions that its files share. */
#ifndef EJG_HOST_HOST_H
#define EJG_HOST_HOST_H

#include "libejguard/modules/net/inspect.h"
#include "libejguard/modules/net/networks.h"
#include "libejguard/modules/net/state.h"
#include "libejguard/util/sockets.h"

/* The options of the module. */
struct host_config {
	bool strict;
	bool evict;
};

struct host_state {
	struct set_state set;
	struct ejg_cgroup top; /* made by prepare */
};

/*
 * The policy of the facts and options; with `ask` the names of peers are resolved, else their last known addresses are
 * used.
 * Return: 0, or a negative errno, set on the call; free by net_policy_free().
 */
int host_make_policy(struct ejg_call *call, bool ask, struct net_policy *ret);

/* Reports visible processes in a network namespace of the service that are not below the top cgroup. */
void host_check_outside(struct inspection *check, const struct ejg_cgroup *top, const struct netns_list *networks);

/*
 * Reports programs of others that choose listeners in the service's network namespaces: such a program can redirect a
 * connection past every private port.
 */
void host_report_lookups(struct ejg_call *call);

/* Finds the top of the visible cgroup tree. Return: 0, or a negative errno, set on the call. */
int host_find_top(struct ejg_call *call, struct ejg_cgroup *ret);

/*
 * Updates the set with the existing cgroups and network namespaces of the service, and removes old ones.
 * Return: 0, or a negative errno, set on the call.
 */
int members_update(struct ejg_call *call, const struct pins *pins);

/*
 * As net_find_networks(); namespaces in which the service only listens, as by a socket unit, count as the service's.
 */
int host_find_networks(struct ejg_call *call, struct netns_list *ret);

/* Tests whether a map `cgroups` has a cgroup or a parent of it. Return: 1, 0 or a negative errno. */
int members_have_cgroup(int cgroups, const char *cgroup_mount, uint64_t id);

/* Tests whether the set has a network namespace. Return: 1, 0 or a negative errno. */
int members_have_network(const struct pins *pins, const struct netns *netns);

/* Tests whether a listener has the mark of the set. Return: 1, 0, or a negative errno when that is unknown. */
int marks_find(const struct pins *pins, const char *cgroup_mount, const struct socket_info *info);

/* Marks a listener. Return: 0, -ENOENT when no process with it is found, or another negative errno. */
int marks_set(const struct pins *pins, const char *cgroup_mount, const struct socket_info *info);

/* The cookie of the caller's network namespace. Return: 0 or a negative errno. */
int network_cookie(uint64_t *ret);

/* The cookie of any network namespace. */
int network_of_namespace(const struct netns *netns, uint64_t *ret);

/* True for an address of this host, in the caller's network namespace; also if that cannot be found out. */
bool host_is_own(const struct policy_address *address);

/* Reports sockets older than the policy that it would refuse. Return: true if there are any. */
bool host_check_sockets(struct ejg_call *call, const struct net_policy *policy, const struct netns_list *networks);

/*
 * Adds marks for the service's listeners that were bound before the set was attached, if a process with the socket is
 * found. @pins: the set, which is not in force yet; NULL: the one in force
 */
void host_mark_listeners(struct ejg_call *call, const struct pins *pins, const struct net_policy *policy);

/* Ends connections older than the policy, if the kernel supports that. */
void host_evict(struct ejg_call *call, const struct net_policy *policy);

/* Reports the users who were refused last, as the metric `recent_denials`. */
void host_report_refused(struct ejg_call *call, const struct pins *pins);

int host_prepare(struct ejg_call *call);
int host_apply(struct ejg_call *call);
int host_check(struct ejg_call *call);
int host_prove(struct ejg_call *call);
int host_status(struct ejg_call *call);
int host_doctor(struct ejg_call *call);
int host_explain(struct ejg_call *call, const struct ejg_question *question);

#endif
