/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The inside of the module: its state, and what its files share. */
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
 * The policy of the facts and options; with `ask` the names of peers are resolved, else the last known addresses are taken.
 * Return: 0, or a negative errno, set on the call; free by net_policy_free().
 */
int host_make_policy(struct ejg_call *call, bool ask, struct net_policy *ret);

/*
 * Reports who is not below the top, though in a network namespace of the service, as far as that can be seen from here.
 */
void host_check_outside(struct inspection *check, const struct ejg_cgroup *top, const struct netns_list *networks);

/*
 * Reports the programs of others that choose listeners where the service lives: one can lead a connection past every port that
 * is private.
 */
void host_report_lookups(struct ejg_call *call);

/* The top of the cgroup tree, as far as it is seen from here. Return: 0, or a negative errno, set on the call. */
int host_find_top(struct ejg_call *call, struct ejg_cgroup *ret);

/*
 * Lets the set know the service's cgroups and network namespaces that exist now, and forget those that are gone.
 * Return: 0, or a negative errno, set on the call.
 */
int members_update(struct ejg_call *call, const struct pins *pins);

/* Whether a map `cgroups` has a cgroup or one above it. Return: 1, 0 or a negative errno. */
int members_have_cgroup(int cgroups, const char *cgroup_mount, uint64_t id);

/* Whether the set knows a network namespace. Return: 1, 0 or a negative errno. */
int members_have_network(const struct pins *pins, const struct netns *netns);

/* Whether a listener has the mark of the set. Return: 1, 0, or a negative errno when that cannot be told. */
int marks_find(const struct pins *pins, const char *cgroup_mount, const struct socket_info *info);

/* Marks a listener. Return: 0, -ENOENT when nobody is seen who has it, or another negative errno. */
int marks_set(const struct pins *pins, const char *cgroup_mount, const struct socket_info *info);

/* The cookie of the caller's network namespace. Return: 0 or a negative errno. */
int network_cookie(uint64_t *ret);

/* The same of any. */
int network_of_namespace(const struct netns *netns, uint64_t *ret);

/* Reports sockets from before the guard, that it would not let be. Return: whether there are any. */
bool host_check_sockets(struct ejg_call *call, const struct net_policy *policy, const struct netns_list *networks);

/*
 * Lets a set know listeners of the service that were bound before it stood there, as far as somebody can be found who has them.
 * @pins: the set, which is not in force yet; NULL: the one in force
 */
void host_mark_listeners(struct ejg_call *call, const struct pins *pins, const struct net_policy *policy);

/* Ends connections from before the guard, as far as the kernel can. */
void host_evict(struct ejg_call *call, const struct net_policy *policy);

int host_prepare(struct ejg_call *call);
int host_apply(struct ejg_call *call);
int host_check(struct ejg_call *call);
int host_prove(struct ejg_call *call);
int host_status(struct ejg_call *call);
int host_doctor(struct ejg_call *call);
int host_explain(struct ejg_call *call, const struct ejg_question *question);

#endif
