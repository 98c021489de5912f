/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Chooses where the guard decides who is accepted: in the network namespace (lookup), at the cgroups (ingress), or
 * both.
 */
#ifndef EJG_NET_ACCEPT_H
#define EJG_NET_ACCEPT_H

#include "libejguard/modules/net/pins.h"
#include "libejguard/util/netns.h"

/* The values of the option accept=, ended by NULL. */
extern const char *const net_accept_words[];

enum net_accept {
	NET_ACCEPT_AUTO,
	NET_ACCEPT_NETNS,
	NET_ACCEPT_CGROUP,
};

/*
 * Finds addresses of `listen` that programs of this host reach from another of its addresses, as for secondary
 * addresses of a network. A program in the namespace cannot know that such a connection comes from this host. With
 * `say` a finding names each. Return: true if there are any.
 */
bool accept_other_sources(struct ejg_call *call, const struct netns_list *networks, bool say);

/*
 * The hooks that an apply of the stack would have, as bits. Return: 0, or -EOPNOTSUPP with accept=netns when the kernel
 * does not support it, set on the call.
 */
int accept_choose(struct ejg_call *call, uint32_t *ret_hooks);

/* True if a set with these hooks decides as the stack asks: accept=auto allows both ways. */
bool accept_fits(struct ejg_call *call, uint32_t hooks);

/*
 * True if an apply would decide in the network namespace, by stack and kernel. That needs Linux 5.17: since then the
 * program knows the device, and so it can tell loopback from forged packets.
 */
bool accept_wants_netns(struct ejg_call *call);

#endif
