/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sockets and listeners of the service, by their cgroup. */
#ifndef EJG_NET_LISTENING_H
#define EJG_NET_LISTENING_H

#include "libejguard/modules/net/networks.h"
#include "libejguard/modules/net/pins.h"

/* True if the set of net has a link to a cgroup; false if @pins is not open. */
bool listening_is_linked(const struct pins *pins, uint64_t id);

/* True for a cgroup of the service or one below it. @pins: of net; not open: only the cgroups of the facts count */
bool listening_is_ours(const struct ejg_facts *facts, const struct pins *pins, uint64_t id);

/*
 * Marks the namespaces in which the service listens as the service's, even if it has no process there (as for a socket
 * unit). @pins: as above
 */
void listening_mark(struct ejg_call *call, const struct pins *pins, struct netns_list *networks);

#endif
