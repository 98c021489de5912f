/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The state of the module, and functions that its files share. */
#ifndef EJG_NET_NET_H
#define EJG_NET_NET_H

#include "libejguard/modules/net/accept.h"
#include "libejguard/modules/net/links.h"
#include "libejguard/modules/net/listening.h"
#include "libejguard/modules/net/lookups.h"
#include "libejguard/modules/net/networks.h"
#include "libejguard/modules/net/peers.h"
#include "libejguard/modules/net/pins.h"
#include "libejguard/modules/net/policy.h"
#include "libejguard/modules/net/state.h"

struct inspection;

struct net_state {
	struct set_state set;
	struct net_peers peers; /* made by prepare */
	uint64_t *networks;	/* made by apply: inodes of the attached namespaces */
	size_t n_networks;
};

/* Checks that the facts and options can be guarded. Return: 0 or -EBADMSG, set on the call. */
int net_validate(struct ejg_call *call);

/* Makes the policy from the facts, the options and these peers. Return: 0 or -ENOMEM; errors are set on the call. */
int net_make_policy(struct ejg_call *call, const struct net_peers *peers, struct net_policy *ret);

/*
 * The policy that an apply of the stack would make now; names are not resolved again. Return: 0 or a negative errno,
 * set on the call; free by net_policy_free().
 */
int net_expect_policy(struct ejg_call *call, struct net_policy *ret);

/* Warns about configured listen addresses that the policy refuses. */
void net_check_configured(struct ejg_call *call, const struct net_policy *policy);

/* Reports peers that are a large part of the internet. */
void net_check_wide(struct ejg_call *call, const struct net_policy *policy);

/* The operations of the module, with the files that implement them. */
int net_prepare(struct ejg_call *call);
int net_apply(struct ejg_call *call);
int net_check(struct ejg_call *call);

/*
 * Reports listeners and connections that the policy would refuse, in all namespaces where the service has sockets.
 * Return: true if that is a failure; sockets that cannot be seen are one. From then on these namespaces count as the
 * service's.
 */
bool net_check_sockets(const struct inspection *check, struct netns_list *networks);

/* Ends the connections that the policy would refuse, if the kernel supports that. */
void net_evict(struct ejg_call *call, const struct net_policy *policy);

/*
 * Reports programs of others on the hooks of the service; with `undoing` only those that could undo a refusal.
 * Return: true if there is one, or if that is unknown.
 */
bool net_report_foreign(struct ejg_call *call, const struct pins *pins, bool undoing);

/* Reports programs that choose a socket for a stranger in a namespace, or may do so. Return: true if there are any. */
bool net_check_choosers(struct ejg_call *call, const struct net_policy *policy, const struct netns *netns);

int net_status(struct ejg_call *call);
int net_prove(struct ejg_call *call);

/* Makes a forbidden attempt in each network namespace of the service. Return: as net_prove(). */
int net_prove_lookups(struct ejg_call *call, const struct pins *pins, const struct net_policy *policy);

int net_doctor(struct ejg_call *call);
int net_explain(struct ejg_call *call, const struct ejg_question *question);

#endif
