/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The system's resolver, asked within a bound of time. */
#ifndef EJG_NODE_RESOLVER_H
#define EJG_NODE_RESOLVER_H

#include "libejguard/modules/node/hosts.h"

/* Appends an address of AF_INET or AF_INET6, unless there are NODE_HOST_MAX. */
void node_host_add(struct node_host *host, int family, const void *bytes);

/*
 * Asks getaddrinfo(3) in a helper process that is ended after NODE_HOST_TIMEOUT_MS: no option of the resolver bounds
 * what the modules behind nsswitch.conf(5) do, a thread that hangs there cannot be ended, and a process can. Writes the
 * addresses and where they come from, or NODE_HOST_TIMEOUT.
 *
 * Return: 0 or a negative errno.
 */
int node_resolver_ask(const char *name, int family, struct node_host *host);

#endif
