/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where it is decided who is accepted: in the network namespace (lookup), at the cgroups (ingress), or at both. */
#ifndef EJG_NET_ACCEPT_H
#define EJG_NET_ACCEPT_H

#include "libejguard/modules/net/pins.h"
#include "libejguard/util/netns.h"

/* The words of the option accept=, ended by NULL. */
extern const char *const net_accept_words[];

enum net_accept {
	NET_ACCEPT_AUTO,
	NET_ACCEPT_NETNS,
	NET_ACCEPT_CGROUP,
};

/*
 * Asks for addresses of `listen` to which programs of this host go from another of its addresses, as the kernel does with
 * the secondary addresses of a network. The namespace then does not know that it is this host. With `say` a finding names
 * each. Return: whether there are any.
 */
bool accept_other_sources(struct ejg_call *call, const struct netns_list *networks, bool say);

/*
 * The hooks that an apply of the stack would have, as bits. Return: 0, or -EOPNOTSUPP with accept=netns where the kernel
 * cannot, set on the call.
 */
int accept_choose(struct ejg_call *call, uint32_t *ret_hooks);

/* Whether a set with these hooks decides as the stack says: with accept=auto it may do so in either way. */
bool accept_fits(struct ejg_call *call, uint32_t hooks);

/*
 * Whether an apply would decide in the network namespace, as far as stack and kernel go. That takes Linux 5.17, from which on programs are told the device,
 * which tells loopback from what pretends to be it.
 */
bool accept_wants_netns(struct ejg_call *call);

#endif
